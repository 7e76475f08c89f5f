//! Maps that the backward pass computes again instead of finding them kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::{BufferId, Instruction};

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
        let (Some(y), Some(sources)) = (instruction.map_written(), sources(instruction)) else {
            continue;
        };
        // Parts are kept for it if need be: later concatenations hold the same parts.
        let is_joined = matches!(instruction, Instruction::Concatenate { .. });
        let is_there = |source: &BufferId| {
            remade.contains(source) || read.contains(source) || !producers.contains_key(source)
        };
        if is_joined || sources.iter().all(is_there) {
            remade.insert(y);
        }
    }
    remade
}

/// The maps that an instruction needs to be repeated, in its own order; none where it is not cheap
/// to repeat.
pub(super) fn sources(instruction: &Instruction) -> Option<Vec<BufferId>> {
    use Instruction as I;
    match instruction {
        I::BatchNorm { x, .. }
        | I::LayerNorm { x, .. }
        | I::Activate { x, .. }
        | I::ScaleShift { x, .. }
        | I::Pad { x, .. }
        | I::Tile { x, .. }
        | I::Rotate { x, .. }
        | I::ReverseChannels { x, .. } => Some(vec![*x]),
        I::BatchNormAdd { x, residual, .. } => Some(vec![*x, *residual]),
        I::Scale { x, factors, .. } => Some(vec![*x, *factors]),
        I::Add { a, b, .. } | I::AddRelu { a, b, .. } | I::Multiply { a, b, .. } => {
            Some(vec![*a, *b])
        }
        I::Concatenate { parts, .. } => Some(parts.clone()),
        _ => None,
    }
}

/// Results beside the map that a repetition has to write somewhere.
pub(super) fn spare(instruction: &Instruction) -> Option<BufferId> {
    match instruction {
        Instruction::LayerNorm { statistics, .. } => Some(*statistics),
        _ => None,
    }
}

/// `producer` once more, from its [`sources`] as they are now, with its [`spare`] result, into `y`.
pub(super) fn again(
    producer: &Instruction,
    sources: &[BufferId],
    spare: Option<BufferId>,
    y: BufferId,
) -> Instruction {
    use Instruction as I;
    match (producer.clone(), sources) {
        (
            I::BatchNorm {
                relu,
                gamma,
                beta,
                statistics,
                ..
            },
            &[x],
        ) => I::BatchNormAgain {
            relu,
            x,
            gamma,
            beta,
            statistics,
            y,
        },
        (
            I::BatchNormAdd {
                gamma,
                beta,
                statistics,
                ..
            },
            &[x, residual],
        ) => I::BatchNormAddAgain {
            x,
            gamma,
            beta,
            residual,
            statistics,
            y,
        },
        (
            I::LayerNorm {
                epsilon,
                gamma,
                beta,
                statistics,
                ..
            },
            &[x],
        ) => I::LayerNorm {
            epsilon,
            x,
            gamma,
            beta,
            statistics: spare.unwrap_or(statistics),
            y,
        },
        (I::Activate { function, .. }, &[x]) => I::Activate { function, x, y },
        (I::ScaleShift { relu, line, .. }, &[x]) => I::ScaleShift { relu, x, line, y },
        (I::Pad { border, .. }, &[x]) => I::Pad { border, x, y },
        (I::Tile { tiling, .. }, &[x]) => I::Tile { tiling, x, y },
        (I::Rotate { rotation, .. }, &[x]) => I::Rotate { rotation, x, y },
        (I::ReverseChannels { .. }, &[x]) => I::ReverseChannels { x, y },
        (I::Scale { .. }, &[x, factors]) => I::Scale { x, factors, y },
        (I::Add { .. }, &[a, b]) => I::Add { a, b, y },
        (I::AddRelu { .. }, &[a, b]) => I::AddRelu { a, b, y },
        (I::Multiply { .. }, &[a, b]) => I::Multiply { a, b, y },
        (I::Concatenate { .. }, parts) => I::Concatenate {
            parts: parts.to_vec(),
            y,
        },
        (other, sources) => unreachable!("{other:?} is not repeated from {sources:?}"),
    }
}
