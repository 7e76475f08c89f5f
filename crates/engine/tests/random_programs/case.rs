//! Everything that a run needs besides its executor, and what it leaves behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{Executor, Kept, Program, Role, Step};
use networks::{Kind, Network, Parameter};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Tensors, and what is uploaded.
#[derive(Clone)]
pub struct Case {
    pub program: Arc<Program>,
    tensors: BTreeMap<Kept, Vec<f32>>,
    uploads: Vec<(engine::BufferId, Vec<f32>)>,
}

/// What a run left behind, by name.
pub type Outcome = BTreeMap<String, Vec<f32>>;

impl Case {
    /// Random tensors and uploads for a program of `network`.
    pub fn new(network: &Network, program: Arc<Program>, seed: u64) -> Self {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        let mut uniform = |len: usize, low: f32, high: f32| -> Vec<f32> {
            (0..len).map(|_| stream.random_range(low..high)).collect()
        };
        let tensor = |p: &Parameter| {
            let width = (3.0 / p.fan_in() as f32).sqrt();
            let [low, high] = match p.kind {
                Kind::ConvWeight | Kind::LinearWeight => [-width, width],
                Kind::NormScale => [0.5, 1.5],
                Kind::RunningVariance => [0.7, 1.3],
                Kind::LayerScale | Kind::ResponseScale | Kind::Factor => [0.2, 0.8],
                Kind::NormShift => [-0.5, 1.5],
                Kind::Bias
                | Kind::RunningMean
                | Kind::ClassToken
                | Kind::Positions
                | Kind::RelativePositions => [-0.5, 0.5],
            };
            let values = uniform(p.len(), low, high);
            (Kept::Tensor(p.path.clone()), values)
        };
        let mut tensors: BTreeMap<_, _> = network.parameters().iter().map(tensor).collect();
        let mut uploads = Vec::new();
        for id in program.ids() {
            let buffer = program.buffer(id);
            let len = buffer.len();
            match &buffer.role {
                Role::Pixels | Role::Given => uploads.push((id, uniform(len, -1.0, 1.0))),
                Role::Targets => uploads.push((id, uniform(len, 0.0, 0.5))),
                Role::Kept(start @ Kept::Start(_)) => {
                    tensors.insert(start.clone(), uniform(len, -1.0, 1.0));
                }
                _ => {}
            }
        }
        Self {
            program,
            tensors,
            uploads,
        }
    }

    /// The same with every number that is uploaded moved by this share of itself, up or down.
    #[allow(dead_code, reason = "one of the tests that include this asks for it")]
    pub fn nudged(&self, share: f32) -> Self {
        let mut nudged = self.clone();
        for (_, values) in &mut nudged.uploads {
            for (at, value) in values.iter_mut().enumerate() {
                *value *= if at % 3 == 0 {
                    1.0 + share
                } else {
                    1.0 - share
                };
            }
        }
        nudged
    }

    /// Enters the program with its tensors, and shows it what it reads.
    pub fn begin(&self, executor: &mut dyn Executor) {
        for (kept, values) in &self.tensors {
            executor.put(kept, values.clone());
        }
        executor.enter(&self.program);
        self.show(executor);
    }

    fn show(&self, executor: &mut dyn Executor) {
        for (buffer, values) in &self.uploads {
            executor.upload(*buffer, values);
        }
    }

    /// Logits, outputs of blocks and losses of `steps` runs, and what outlives them.
    pub fn run(&self, executor: &mut dyn Executor, steps: u64) -> Outcome {
        let program = &self.program;
        let mut outcome = Outcome::new();
        self.begin(executor);
        for number in 1..=steps {
            self.show(executor);
            let mut start = 0;
            let step = Step { lr: 0.02, number };
            for (index, block) in program.blocks.iter().enumerate() {
                executor.run(start..block.end, step);
                start = block.end;
                let found = executor.download(block.output);
                outcome.insert(format!("step {number}, block {index}"), found);
            }
            executor.run(start..program.forward, step);
            for (index, share) in program.losses.iter().enumerate() {
                let found = executor.download(share.loss);
                outcome.insert(format!("step {number}, loss {index}"), found);
            }
            let end = program.instructions.len();
            executor.run(program.forward..end, step);
            for (index, logits) in program.logits.iter().enumerate() {
                let found = executor.download(*logits);
                outcome.insert(format!("step {number}, logits {index}"), found);
            }
        }
        for buffer in &program.buffers {
            if let Role::Kept(kept) = &buffer.role {
                let values = executor.kept(kept).expect("what the program keeps");
                outcome.insert(format!("{kept:?}"), values);
            }
        }
        outcome
    }
}

/// The largest difference between two runs, with its name: as a share of the largest magnitude
/// there, or of a twentieth of the largest magnitude of its kind: some
/// gradients are sums that cancel, such as that of a shift before a batch norm.
pub fn difference(found: &Outcome, expected: &Outcome) -> (f32, String) {
    assert!(found.keys().eq(expected.keys()));
    let largest = |values: &[f32]| values.iter().fold(0.0, |m: f32, v| m.max(v.abs()));
    let kind = |name: &str| match name.split_once(['(', ',']) {
        // Moments of one number; the rest by what it is.
        Some(("Moment", rest)) => format!("moment{}", rest.rsplit(' ').next().unwrap_or("")),
        Some((first, _)) => first.to_owned(),
        None => name.to_owned(),
    };
    let mut of_kind: BTreeMap<String, f32> = BTreeMap::new();
    for (name, values) in expected {
        let so_far = of_kind.entry(kind(name)).or_default();
        *so_far = so_far.max(largest(values));
    }
    let mut worst = (0.0, String::new());
    for (name, expected) in expected {
        let scale = largest(expected).max(0.05 * of_kind[&kind(name)]);
        for (found, expected) in found[name].iter().zip(expected) {
            let difference = (found - expected).abs() / scale.max(f32::MIN_POSITIVE);
            if difference.is_nan() {
                return (f32::INFINITY, name.clone());
            }
            if difference > worst.0 {
                worst = (difference, name.clone());
            }
        }
    }
    worst
}
