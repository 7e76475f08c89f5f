//! What rounding alone does to a result.

use std::ops::Range;
use std::sync::Arc;

use engine::{BufferId, Element, Executor, Kept, Program, Reference, Step};

/// The reference with the results of every instruction rounded to `f32`: as far from the truth as
/// an executor may be that rounds well.
#[derive(Debug, Default)]
pub struct Rounding {
    exact: Reference,
    program: Option<Arc<Program>>,
}

impl Executor for Rounding {
    fn put(&mut self, kept: &Kept, values: Vec<f32>) {
        self.exact.put(kept, values);
    }

    fn kept(&self, kept: &Kept) -> Option<Vec<f32>> {
        self.exact.kept(kept)
    }

    fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool) {
        self.exact.forget(is_forgotten);
    }

    fn enter(&mut self, program: &Arc<Program>) {
        self.exact.enter(program);
        self.program = Some(program.clone());
    }

    fn upload(&mut self, buffer: BufferId, values: &[f32]) {
        self.exact.upload(buffer, values);
    }

    fn download(&self, buffer: BufferId) -> Vec<f32> {
        self.exact.download(buffer)
    }

    fn run(&mut self, instructions: Range<usize>, step: Step) {
        let program = self.program.clone().expect("a present program");
        for at in instructions {
            self.exact.run(at..at + 1, step);
            for id in program.instructions[at].operands().writes {
                if program.buffer(id).element == Element::Float {
                    let rounded = self.exact.download(id);
                    self.exact.upload(id, &rounded);
                }
            }
        }
    }
}
