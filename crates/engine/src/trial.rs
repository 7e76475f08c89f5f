//! Small programs with random tensors on the reference, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use networks::{Block, Draws, Input, Kind, Layer, Network, Parameter};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::executor::{Executor as _, Reference, Step};
use crate::program::{BufferId, Kept, Program, Role};

/// Outputs of every head.
pub const CLASSES: usize = 3;
/// Images of a batch.
pub const BATCH: usize = 3;
/// What networks read.
pub const INPUT: Input = Input::square(2, 6);

/// The network of `blocks`, the last of which is its head.
pub fn network(blocks: Vec<Vec<Layer>>) -> Network {
    let blocks = blocks.into_iter().enumerate();
    Network {
        name: "trial".into(),
        input: INPUT,
        classes: CLASSES,
        blocks: blocks
            .map(|(index, layers)| Block::new(format!("block{index}"), layers))
            .collect(),
        draws: Draws::RESNET,
        first_new: None,
    }
}

/// A program in the reference, its tensors at numbers that single precision holds with room for
/// small steps.
pub struct Trial {
    pub program: Arc<Program>,
    pub reference: Reference,
    uploads: Vec<(BufferId, Vec<f32>)>,
}

impl Trial {
    /// Draws tensors and uploads.
    pub fn new(network: &Network, program: Program) -> Self {
        let mut stream = ChaCha8Rng::seed_from_u64(3);
        let mut uniform = |len: usize, low: f32, high: f32| -> Vec<f32> {
            let coarse = |value: f32| (value * 4096.0).round() / 4096.0;
            let values = (0..len).map(|_| coarse(stream.random_range(low..high)));
            values.collect()
        };
        let mut reference = Reference::default();
        for Parameter {
            path, shape, kind, ..
        } in network.parameters()
        {
            let [low, high] = match kind {
                Kind::NormScale | Kind::RunningVariance => [0.5, 1.5],
                _ => [-0.8, 0.8],
            };
            let values = uniform(shape.iter().product(), low, high);
            reference.put(&Kept::Tensor(path), values);
        }
        let mut uploads = Vec::new();
        for id in program.ids() {
            let buffer = program.buffer(id);
            match buffer.role {
                Role::Pixels | Role::Given => {
                    uploads.push((id, uniform(buffer.len(), -1.0, 1.0)));
                }
                Role::Targets => uploads.push((id, uniform(buffer.len(), 0.0, 0.5))),
                _ => {}
            }
        }
        Self {
            program: Arc::new(program),
            reference,
            uploads,
        }
    }

    /// Runs the first instructions of the program, up to number `end`.
    pub fn run(&mut self, end: usize) {
        self.reference.enter(&self.program);
        for (buffer, values) in &self.uploads {
            self.reference.upload(*buffer, values);
        }
        self.reference.run(
            0..end,
            Step {
                lr: 0.05,
                number: 1,
            },
        );
    }

    /// What the last run minimises: the losses with their weights, and given gradients times logits.
    pub fn objective(&self) -> f64 {
        let exact = |id: BufferId| self.reference.exact(id);
        let losses = self.program.losses.iter();
        let losses = losses.map(|share| f64::from(share.weight) * exact(share.loss)[0]);
        let given = self.program.given.iter().zip(&self.program.logits);
        let dots = given.flat_map(|(given, logits)| exact(*given).iter().zip(exact(*logits)));
        losses.sum::<f64>() + dots.map(|(given, logit)| given * logit).sum::<f64>()
    }

    /// What outlives the program, unrounded.
    pub fn kept(&self) -> BTreeMap<Kept, Vec<f64>> {
        let ids = self.program.ids();
        let kept = ids.filter_map(|id| match &self.program.buffer(id).role {
            Role::Kept(kept) => Some((kept.clone(), self.reference.exact(id).to_vec())),
            _ => None,
        });
        kept.collect()
    }
}

/// Largest difference as a share of the largest expected magnitude.
pub fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().chain(expected).all(|value| value.is_finite()));
    let largest = expected
        .iter()
        .fold(f64::MIN_POSITIVE, |m, e| m.max(e.abs()));
    let pairs = found.iter().zip(expected);
    pairs.fold(0.0, |m: f64, (f, e)| m.max((f - e).abs())) / largest
}
