//! Maps that the backward pass computes again instead of finding them kept.

use std::collections::{BTreeMap, BTreeSet};

use super::backward::Backward;
use crate::program::{BufferId, Instruction, Role};

/// Which of the maps that the backward pass reads are cheaper to compute again than to keep: those
/// that one pass over memory makes of maps that are there anyway, or are remade themselves.
pub(super) fn remade(forward: &[Instruction], read: &BTreeSet<BufferId>) -> BTreeSet<BufferId> {
    let mut producers = BTreeMap::new();
    for instruction in forward {
        for id in instruction.operands().writes {
            producers.insert(id, instruction);
        }
    }
    let mut remade = BTreeSet::new();
    // In the order of the forward pass, so that sources are settled before what is made of them.
    for instruction in forward {
        let Some((y, sources)) = sources(instruction) else {
            continue;
        };
        let is_there = |source: &BufferId| {
            remade.contains(source) || read.contains(source) || !producers.contains_key(source)
        };
        if sources.iter().all(is_there) {
            remade.insert(y);
        }
    }
    remade
}

/// For an instruction that is cheap to repeat: what it writes, and the maps it reads that have to
/// be there for another reason.
fn sources(instruction: &Instruction) -> Option<(BufferId, Vec<BufferId>)> {
    use Instruction as I;
    match instruction {
        I::BatchNorm { x, y, .. }
        | I::LayerNorm { x, y, .. }
        | I::Activate { x, y, .. }
        | I::ScaleShift { x, y, .. }
        | I::Pad { x, y, .. }
        | I::ReverseChannels { x, y } => Some((*y, vec![*x])),
        I::BatchNormAdd { x, residual, y, .. } => Some((*y, vec![*x, *residual])),
        I::Scale { x, factors, y } => Some((*y, vec![*x, *factors])),
        I::Add { a, b, y } | I::AddRelu { a, b, y } => Some((*y, vec![*a, *b])),
        // Parts are kept for it if need be: later concatenations hold the same parts.
        I::Concatenate { y, .. } => Some((*y, Vec::new())),
        _ => None,
    }
}

/// Repeats `producer`, one that [`sources`] knows, into `y`.
pub(super) fn remake(of: &mut Backward, producer: Instruction, y: BufferId) {
    use Instruction as I;
    let instruction = match producer {
        I::BatchNorm {
            relu,
            x,
            gamma,
            beta,
            statistics,
            ..
        } => I::BatchNormAgain {
            relu,
            x: of.map(x),
            gamma,
            beta,
            statistics,
            y,
        },
        I::BatchNormAdd {
            x,
            gamma,
            beta,
            residual,
            statistics,
            ..
        } => I::BatchNormAddAgain {
            x: of.map(x),
            gamma,
            beta,
            residual: of.map(residual),
            statistics,
            y,
        },
        I::LayerNorm {
            epsilon,
            x,
            gamma,
            beta,
            statistics,
            ..
        } => I::LayerNorm {
            epsilon,
            x: of.map(x),
            gamma,
            beta,
            statistics: of.like(statistics, Role::Statistics),
            y,
        },
        I::Activate { function, x, .. } => I::Activate {
            function,
            x: of.map(x),
            y,
        },
        I::ScaleShift { relu, x, line, .. } => I::ScaleShift {
            relu,
            x: of.map(x),
            line,
            y,
        },
        I::Pad { border, x, .. } => I::Pad {
            border,
            x: of.map(x),
            y,
        },
        I::ReverseChannels { x, .. } => I::ReverseChannels { x: of.map(x), y },
        I::Scale { x, factors, .. } => I::Scale {
            x: of.map(x),
            factors: of.map(factors),
            y,
        },
        I::Add { a, b, .. } => I::Add {
            a: of.map(a),
            b: of.map(b),
            y,
        },
        I::AddRelu { a, b, .. } => I::AddRelu {
            a: of.map(a),
            b: of.map(b),
            y,
        },
        I::Concatenate { parts, .. } => I::Concatenate {
            parts: parts.into_iter().map(|part| of.map(part)).collect(),
            y,
        },
        other => unreachable!("{other:?} is not cheap to repeat"),
    };
    of.push(instruction);
}
