//! From when to when a device needs each buffer.

use std::ops::Range;

use engine::{Instruction, Program};

/// By buffer, as the program says; but what the updates read stays until all are made together.
pub fn of(program: &Program) -> Vec<Option<Range<usize>>> {
    let mut lifetimes = program.memory.lifetimes.clone();
    let last = |is_one: fn(&Instruction) -> bool| program.instructions.iter().rposition(is_one);
    let update = last(|i| matches!(i, Instruction::Update { .. }));
    let running = last(|i| matches!(i, Instruction::Running { .. }));
    let mut extend = |id: engine::BufferId, to: Option<usize>| {
        if let (Some(lifetime), Some(to)) = (&mut lifetimes[id.index()], to) {
            lifetime.end = lifetime.end.max(to + 1);
        }
    };
    for instruction in &program.instructions {
        match instruction {
            Instruction::Update { gradient, .. } => extend(*gradient, update),
            Instruction::Running { statistics, .. } => extend(*statistics, running),
            _ => {}
        }
    }
    lifetimes
}
