//! How much of a device a program takes.

use engine::{Instruction, Program};

use crate::schedule::{MOST_FEATURES, Schedule};

/// What kernels count with.
const MOST_NUMBERS: usize = i32::MAX as usize;

/// Bytes on a device: what the program keeps beyond a step (weights, statistics, moments, starts)
/// and the arena of everything else. The driver's own context, a few hundred MiB, comes on top.
/// `usize::MAX`, more than any device has, where [`refusal`] has a reason.
pub fn footprint(program: &Program) -> usize {
    if refusal(program).is_some() {
        return usize::MAX;
    }
    let schedule = Schedule::of(program);
    schedule.kept_bytes() + schedule.arena_bytes
}

/// Why no device can run a program, whatever its memory; none where one can.
pub fn refusal(program: &Program) -> Option<String> {
    if let Some(largest) = program.buffers.iter().max_by_key(|buffer| buffer.len())
        && largest.len() > MOST_NUMBERS
    {
        return Some(format!(
            "a {} of extents {:?} has more than {MOST_NUMBERS} numbers, which kernels cannot count: \
             take a smaller batch",
            largest.role.name(),
            largest.shape,
        ));
    }
    program.instructions.iter().find_map(|instruction| {
        let features = match instruction {
            Instruction::Attention { heads, qkv, .. }
            | Instruction::AttentionGradient { heads, qkv, .. } => {
                program.buffer(*qkv).map().channels / 3 / heads
            }
            Instruction::WindowAttention { attention, .. }
            | Instruction::WindowAttentionGradient { attention, .. } => attention.features,
            _ => return None,
        };
        (features > MOST_FEATURES).then(|| {
            format!("an attention head of {features} features is wider than {MOST_FEATURES}")
        })
    })
}
