//! Losses: one block.

use engine::BufferId;

use super::builder::Builder;
use super::launch::{Argument, int};

/// Over classes.
pub fn cross_entropy(
    b: &mut Builder,
    weight: f32,
    logits: BufferId,
    targets: BufferId,
    loss: BufferId,
    dlogits: BufferId,
) {
    let map = b.map(logits);
    let operands = [logits, targets, loss, dlogits].map(|id| b.of(id));
    let numbers = [Argument::Float(weight), int(map.batch), int(map.channels)];
    b.launch("cross_entropy", [1, 1], [&operands[..], &numbers].concat());
}

/// Finding by finding.
pub fn binary_cross_entropy(
    b: &mut Builder,
    weight: f32,
    logits: BufferId,
    targets: BufferId,
    loss: BufferId,
    dlogits: BufferId,
) {
    let len = b.program.buffer(logits).len();
    let operands = [logits, targets, loss, dlogits].map(|id| b.of(id));
    let numbers = [Argument::Float(weight), int(len)];
    b.launch(
        "binary_cross_entropy",
        [1, 1],
        [&operands[..], &numbers].concat(),
    );
}
