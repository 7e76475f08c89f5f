//! An executor that is a little wrong, for tests.

use std::ops::Range;
use std::sync::Arc;

use engine::{BufferId, Cpu, Executor, Kept, Program, Step};

/// The processor, but moments of tensors are told a hundredth too large.
#[derive(Debug, Default)]
pub struct Faulty(Cpu);

impl Executor for Faulty {
    fn put(&mut self, kept: &Kept, values: Vec<f32>) {
        self.0.put(kept, values);
    }

    fn kept(&self, kept: &Kept) -> Option<Vec<f32>> {
        let values = self.0.kept(kept)?;
        match kept {
            Kept::Moment(..) => Some(values.iter().map(|value| value * 1.01).collect()),
            Kept::Tensor(_) | Kept::Start(_) | Kept::Average(_) => Some(values),
        }
    }

    fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool) {
        self.0.forget(is_forgotten);
    }

    fn enter(&mut self, program: &Arc<Program>) {
        self.0.enter(program);
    }

    fn upload(&mut self, buffer: BufferId, values: &[f32]) {
        self.0.upload(buffer, values);
    }

    fn download(&self, buffer: BufferId) -> Vec<f32> {
        self.0.download(buffer)
    }

    fn run(&mut self, instructions: Range<usize>, step: Step) {
        self.0.run(instructions, step);
    }
}
