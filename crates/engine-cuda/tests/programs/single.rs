//! Every instruction for itself: what a device makes of its own inputs, beside the exact formulas on
//! the same inputs.

use std::sync::Arc;

use engine::{BufferId, Element, Executor, Kept, Program, Reference, Role, Step};
use engine_cuda::{MapType, Schedule};
use networks::Network;
use proptest::prelude::*;

use crate::case::Case;

const STEP: Step = Step {
    lr: 0.02,
    number: 3,
};

/// How far the norm of a result may be off, as a share of it: rounding of sums; of operands and
/// results to bfloat16 too.
fn tolerance(maps: MapType) -> f64 {
    match maps {
        MapType::Float => 2e-5,
        MapType::Bf16 => 1.5e-2,
    }
}

/// Runs a program on the device, one instruction after the other, and each of them on the reference.
pub fn agree(network: &Network, program: Program, seed: u64) -> Result<(), TestCaseError> {
    if !crate::emulator::is_possible() {
        return Ok(());
    }
    let program = Arc::new(program);
    let maps = Schedule::of(&program).maps;
    let (mut device, _alone) = crate::device();
    let mut exact = Reference::default();
    let case = Case::new(network, program.clone(), seed);
    case.begin(&mut device);
    case.begin(&mut exact);
    for (at, instruction) in program.instructions.iter().enumerate() {
        let operands = instruction.operands();
        let mut read = 0.0_f64;
        for id in operands.reads.iter().filter(|id| is_there(&program, **id)) {
            let values = device.download(*id);
            read = read.max(norm(&values));
            exact.upload(*id, &values);
        }
        device.run(at..at + 1, STEP);
        exact.run(at..at + 1, STEP);
        for id in operands.writes.iter().filter(|id| is_there(&program, **id)) {
            let (found, expected) = (device.download(*id), exact.download(*id));
            let off = distance(&found, &expected, CANCELLED * read);
            prop_assert!(
                off < tolerance(maps),
                "{instruction:?} at {at} writes {id} off by {off:.1e} ({maps:?}):\n{:?}\n{:?}",
                &found[..found.len().min(12)],
                &expected[..expected.len().min(12)],
            );
        }
    }
    for buffer in &program.buffers {
        if let Role::Kept(kept @ (Kept::Tensor(_) | Kept::Moment(..) | Kept::Average(_))) =
            &buffer.role
        {
            let [found, expected] =
                [device.kept(kept), exact.kept(kept)].map(|values| values.unwrap_or_default());
            let off = distance(&found, &expected, 0.0);
            prop_assert!(off < 2.0 * tolerance(maps), "{kept:?} is off by {off:.1e}");
        }
    }
    Ok(())
}

/// Not weights, which both have, nor places, which only their own gradient reads.
fn is_there(program: &Program, id: BufferId) -> bool {
    let buffer = program.buffer(id);
    buffer.element == Element::Float && !matches!(buffer.role, Role::Kept(_))
}

/// What is left of the norm of what is read where sums cancel: rounding is told as a share of at
/// least that.
const CANCELLED: f64 = 0.1;

/// The norm of the difference as a share of the norm, or of `least` where that is less.
fn distance(found: &[f32], expected: &[f32], least: f64) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let off: Vec<f32> = found.iter().zip(expected).map(|(a, b)| a - b).collect();
    let least = least.max(1e-2 * (expected.len() as f64).sqrt());
    let share = norm(&off) / norm(expected).max(least);
    if share.is_nan() { f64::INFINITY } else { share }
}

fn norm(values: &[f32]) -> f64 {
    let squares = values.iter().map(|value| f64::from(*value).powi(2));
    squares.sum::<f64>().sqrt()
}
