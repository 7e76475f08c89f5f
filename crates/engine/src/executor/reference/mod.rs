//! Programs in double precision: slow, and easy to check by reading.

mod activation;
mod arrange;
mod joint;
mod loss;
mod memory;
mod norm;
mod pool;
mod product;
mod response;
mod run;
#[cfg(test)]
mod tests;
mod tokens;
mod update;
mod windows;

use std::ops::Range;
use std::sync::Arc;

use self::memory::Memory;
use super::{Executor, Step};
use crate::program::{BufferId, Kept, Program};

/// What other executors are held against: the formulas of every instruction as plain loops over
/// `f64`, on one thread. Every buffer has memory of its own, which is NaN until an instruction has
/// written it; products are exact whatever precision they ask for. For tests: it is some thousand
/// times slower than [`Cpu`](super::Cpu).
///
/// ```
/// use engine::{Maps, Model, Reference};
/// use networks::Input;
/// use initialisation::{Initialisation, initialise};
/// use networks::zoo::{self, Choice};
/// use rand_chacha::ChaCha8Rng;
/// use rand_chacha::rand_core::SeedableRng as _;
///
/// let input = Input::square(3, 16);
/// let network = std::sync::Arc::new(zoo::network(&Choice::named("cbr-tiny"), input, 2)?);
/// let stream = |_: &str| ChaCha8Rng::seed_from_u64(1);
/// let (weights, _) = initialise(&network, &Initialisation::random(), None, &stream)?;
///
/// let pixels = Maps::filled([1, 3, 16, 16], 1.0);
/// let exact = Model::on(Box::new(Reference::default()), network.clone(), &weights)?;
/// let rounded = Model::new(network, &weights)?;
/// for (a, b) in exact.forward(&pixels).values().iter().zip(rounded.forward(&pixels).values()) {
///     assert!((a - b).abs() < 1e-4);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Reference {
    memory: Memory,
}

impl Reference {
    /// The numbers of a buffer of the present program, unrounded; none of a buffer of bytes.
    pub fn exact(&self, buffer: BufferId) -> &[f64] {
        self.memory.get(buffer)
    }
}

impl Executor for Reference {
    fn put(&mut self, kept: &Kept, values: Vec<f32>) {
        let values = values.into_iter().map(f64::from).collect();
        self.memory.kept.insert(kept.clone(), values);
    }

    fn kept(&self, kept: &Kept) -> Option<Vec<f32>> {
        self.memory.kept.get(kept).map(|values| rounded(values))
    }

    fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool) {
        self.memory.kept.retain(|kept, _| !is_forgotten(kept));
        self.memory.leave();
    }

    fn enter(&mut self, program: &Arc<Program>) {
        self.memory.enter(program);
    }

    fn upload(&mut self, buffer: BufferId, values: &[f32]) {
        let values = values.iter().copied().map(f64::from).collect();
        self.memory.set(buffer, values);
    }

    fn download(&self, buffer: BufferId) -> Vec<f32> {
        rounded(self.memory.get(buffer))
    }

    fn run(&mut self, instructions: Range<usize>, step: Step) {
        let Some(program) = self.memory.program().cloned() else {
            return;
        };
        for instruction in &program.instructions[instructions] {
            run::run(&program, instruction, step, &mut self.memory);
        }
    }
}

fn rounded(values: &[f64]) -> Vec<f32> {
    values.iter().map(|value| *value as f32).collect()
}
