//! What convolutions in the frequency domain take.

use super::Pass;
use super::product;
use super::weights::{Direction, Turned, raised};
use crate::conv::ConvShape;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::{Demand, steps};

/// What [`forward`](super::forward) takes.
pub(crate) fn forward_demand(isa: Isa, shape: &ConvShape, threads: usize) -> Demand {
    let pass = Pass::new(isa, shape, Direction::Forward);
    pass.demand(&[pass.result_demand()], threads)
}

/// What [`backward_input`](super::backward_input) takes.
pub(crate) fn backward_input_demand(isa: Isa, shape: &ConvShape, threads: usize) -> Demand {
    let pass = Pass::new(isa, shape, Direction::Backward);
    pass.demand(&[pass.result_demand()], threads)
}

/// What [`backward_weight`](super::backward_weight) takes.
pub(crate) fn backward_weight_demand(isa: Isa, shape: &ConvShape, threads: usize) -> Demand {
    let pass = Pass::new(isa, shape, Direction::Backward);
    pass.demand(&[pass.gradient_demand()], threads)
}

/// What [`backward`](super::backward) takes.
pub(crate) fn backward_demand(isa: Isa, shape: &ConvShape, threads: usize) -> Demand {
    let pass = Pass::new(isa, shape, Direction::Backward);
    let taken = [pass.gradient_demand(), pass.result_demand()];
    pass.demand(&taken, threads)
}

/// What one block takes beside its spectra, and what each thread that helps it does.
type Step = [Demand; 2];

impl Pass<'_> {
    /// What a pass takes whose blocks take these steps, one after the other.
    fn demand(&self, taken: &[Step], threads: usize) -> Demand {
        let pair = Demand::floats(self.grid.between(lanes(self.isa)));
        let blocks = self.result.channels.div_ceil(self.width);
        let [step, helper] =
            [0, 1].map(|which| Demand::one_of(taken.iter().map(|step| step[which])));
        let block = self.block_layout.demand().and(step);
        let at_work = block
            .on(threads, blocks)
            .and(helper.then(pair).times(threads));
        let source = self.source_layout.demand();
        source.and(pair.times(threads).then(at_work))
    }

    /// What the result of a block takes.
    fn result_demand(&self) -> Step {
        let depths = steps(self.source.channels, self.depth_step());
        let widths = steps(self.result.channels, self.width);
        let taps = |depth: usize, width: usize| {
            let turned = Turned {
                shape: self.shape,
                direction: self.direction,
                from: 0..depth,
                to: 0..width,
            };
            Demand::floats(depth * turned.channel(self.isa))
        };
        let step = |depth: usize| {
            let taps = Demand::one_of(widths.map(|width| taps(depth, width)));
            taps.and(Demand::floats(self.column(depth)))
        };
        let sums = depths.map(|depth| self.sums(depth));
        [Demand::one_of(depths.map(step)), Demand::one_of(sums)]
    }

    /// What the gradient of the weights of a block takes.
    fn gradient_demand(&self) -> Step {
        let step = self.depth_step();
        let products = Demand::floats(self.column(step));
        let widths = steps(self.result.channels, self.width);
        let raised = widths.map(|width| {
            let vectors = width.div_ceil(lanes(self.isa));
            Demand::floats(step * vectors * raised(self.isa, &self.grid, self.shape))
        });
        let kept = Demand::floats(lanes(self.isa) * self.shape.taps()).times(2);
        let sums = steps(self.source.channels, step).map(|channels| self.sums(channels));
        let helper = Demand::one_of(sums).then(kept);
        [products.and(Demand::one_of(raised)), helper]
    }

    /// What the sums of a product over some channels of the source take.
    fn sums(&self, channels: usize) -> Demand {
        Demand::floats(product::sums(2 * self.chunk, channels))
    }
}
