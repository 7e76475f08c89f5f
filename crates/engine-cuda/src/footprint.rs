//! How much of a device a program takes.

use engine::Program;

use crate::schedule::Schedule;

/// Bytes on a device: what the program keeps beyond a step (weights, statistics, moments, starts)
/// and the arena of everything else. The driver's own context, a few hundred MiB, comes on top.
pub fn footprint(program: &Program) -> usize {
    let schedule = Schedule::of(program);
    schedule.kept_bytes() + schedule.arena_bytes
}
