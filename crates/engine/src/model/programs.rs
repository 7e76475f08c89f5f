//! Programs that have been made, for when they are asked for again.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::lower::Part;
use crate::program::Program;

/// More are made again: whole batches, the last of a partition, and the blocks of an analysis.
const KEPT: usize = 64;

/// The newest programs, by what enters them.
#[derive(Debug, Default)]
pub(super) struct Programs {
    newest: VecDeque<(Part, Arc<Program>)>,
}

impl Programs {
    /// The program of a part; `make` makes it the first time.
    pub fn get(&mut self, part: Part, make: impl FnOnce(&Part) -> Program) -> Arc<Program> {
        if let Some((_, program)) = self.newest.iter().find(|(known, _)| *known == part) {
            return program.clone();
        }
        let program = Arc::new(make(&part));
        self.newest.truncate(KEPT - 1);
        self.newest.push_front((part, program.clone()));
        program
    }
}
