//! Gradients against differences of the loss.

use std::sync::Arc;

use engine::{
    BufferId, Executor, Kept, Mode, Objective, Part, Program, Reference, Step, Training, lower,
};
use kernels::Precision;
use networks::{Network, NetworkError, Weights};
use regimes::Tuning;

use crate::check::Check;
use crate::convolution::REMEDY;
use crate::numbers::{coarse, length};
use crate::processor::Exact;
use crate::specimen::weights;
use crate::step::{BATCH, DESCENT, Left, classes, pixels};

/// How far weights are moved, 2⁻²²: so little that next to no ReLU and no maximum changes sides. The
/// sums are exact in single precision, as weights are below 2 and multiples of 1/65536.
const STEP: f32 = 1.0 / 4_194_304.0;
/// Largest difference of a slope, as a share of the length of its gradient.
const TOLERANCE: f64 = 2e-3;

/// The gradients that `executor` finds are slopes of the exact loss: along a random direction of
/// each tensor, by differences of the loss.
pub fn check(exact: &Exact, executor: Box<dyn Executor>) -> Check {
    let network = &exact.network;
    let what = format!("gradients are slopes of the loss, {}", network.name);
    let left = match Left::of(executor, network) {
        Ok(left) => left,
        Err(error) => return Check::failed(what, error.to_string(), REMEDY),
    };
    match worst(network, &left) {
        Ok((tensors, off, of)) => Check::ok(
            what,
            format!("{tensors} tensors, {off:.0e} off at most ({of})"),
        )
        .unless(off <= TOLERANCE, REMEDY),
        Err(error) => Check::failed(what, error.to_string(), REMEDY),
    }
}

/// How many tensors have a gradient, the largest difference of a slope, and of which.
fn worst(network: &Arc<Network>, left: &Left) -> Result<(usize, f64, String), NetworkError> {
    let mut loss = Loss::new(network)?;
    let start = weights(network);
    let trained = network.parameters().into_iter();
    let gradients = trained
        .filter(|p| p.kind.is_trained())
        .map(|p| (left.gradient(&p.path), p.path));
    let gradients: Vec<(Vec<f64>, String)> = gradients.collect();
    let longest = gradients
        .iter()
        .map(|(gradient, _)| length(gradient))
        .fold(0.0, f64::max);
    let mut worst = (gradients.len(), 0.0, String::new());
    for (gradient, path) in &gradients {
        let signs = coarse(&format!("direction of {path}"), gradient.len());
        let signs: Vec<f32> = signs.map(f32::signum).collect();
        let slope = gradient.iter().zip(&signs);
        let slope: f64 = slope.map(|(g, sign)| g * f64::from(*sign)).sum();
        let [ahead, behind] = [STEP, -STEP].map(|step| loss.at(&start, path, &signs, step));
        let expected = (ahead - behind) / (2.0 * f64::from(STEP));
        let off = (slope - expected).abs() / length(gradient).max(1e-2 * longest);
        if off > worst.1 || off.is_nan() {
            worst = (worst.0, off, path.clone());
        }
    }
    Ok(worst)
}

/// The loss in double precision.
struct Loss {
    program: Arc<Program>,
    reference: Reference,
    pixels: Vec<f32>,
}

impl Loss {
    fn new(network: &Network) -> Result<Self, NetworkError> {
        let training = Training {
            tuning: &Tuning::full(network),
            precision: Precision::Single,
            objective: Objective::CrossEntropy,
            descent: DESCENT,
        };
        let part = Part::whole(network, BATCH);
        let program = lower(network, &part, &Mode::Training(training))?;
        Ok(Self {
            program: Arc::new(program),
            reference: Reference::default(),
            pixels: pixels(network).into_values(),
        })
    }

    /// With `weights`, but for the tensor at `path`, which is moved by `step` along `signs`.
    fn at(&mut self, weights: &Weights, path: &str, signs: &[f32], step: f32) -> f64 {
        for (name, tensor) in &weights.tensors {
            let mut values = tensor.values.clone();
            if name == path {
                for (value, sign) in values.iter_mut().zip(signs) {
                    *value += sign * step;
                }
            }
            self.reference.put(&Kept::Tensor(name.clone()), values);
        }
        let Self {
            program, reference, ..
        } = self;
        reference.enter(program);
        reference.upload(program.pixels, &self.pixels);
        if let Some(targets) = program.targets {
            reference.upload(targets, &classes());
        }
        reference.run(0..program.forward, Step::NONE);
        let exact = |id: BufferId| reference.exact(id).first().copied().unwrap_or(f64::NAN);
        let losses = program.losses.iter();
        losses
            .map(|share| f64::from(share.weight) * exact(share.loss))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use engine::Cpu;

    use super::*;
    use crate::State;
    use crate::faulty::Faulty;
    use crate::processor::exact;

    #[test]
    fn gradients_are_slopes_and_wrong_ones_are_not() {
        for exact in exact().expect("weights that fit") {
            let right = check(&exact, Box::new(Cpu::default()));
            assert_eq!(right.state, State::Ok, "{right}");
            let wrong = check(&exact, Box::new(Faulty::default()));
            assert_eq!(wrong.state, State::Failed, "{wrong}");
        }
    }
}
