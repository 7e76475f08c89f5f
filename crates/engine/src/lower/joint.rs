//! Where branches of a network meet: residual sums, concatenations, gates.

use kernels::MapShape;

use super::backward::Backward;
use super::builder::Builder;
use crate::program::{BufferId, Instruction};

/// `a + b`, then `max(·, 0)` if `relu`.
pub(super) fn sum(builder: &mut Builder, [a, b]: [BufferId; 2], relu: bool) -> BufferId {
    let y = builder.map_like(a);
    builder.push(match relu {
        true => Instruction::AddRelu { a, b, y },
        false => Instruction::Add { a, b, y },
    });
    y
}

/// The channels of all branches. Those that are concatenations themselves are taken apart: whoever
/// keeps their parts keeps no number twice.
pub(super) fn concatenation(
    builder: &mut Builder,
    branches: &[BufferId],
    output: MapShape,
) -> BufferId {
    let mut parts = Vec::new();
    for branch in branches {
        let mut written = builder.instructions.iter().rev();
        match written.find(|i| i.operands().writes.contains(branch)) {
            Some(Instruction::Concatenate { parts: inner, .. }) => parts.extend(inner),
            _ => parts.push(*branch),
        }
    }
    let y = builder.map(output);
    builder.push(Instruction::Concatenate { parts, y });
    y
}

/// `a · b`, number by number.
pub(super) fn product(builder: &mut Builder, [a, b]: [BufferId; 2]) -> BufferId {
    let y = builder.map_like(a);
    builder.push(Instruction::Multiply { a, b, y });
    y
}

/// `x` times one number per channel of each image.
pub(super) fn scale(builder: &mut Builder, x: BufferId, factors: BufferId) -> BufferId {
    let y = builder.map_like(x);
    builder.push(Instruction::Scale { x, factors, y });
    y
}

/// `x` times one learnt number per channel.
pub(super) fn scale_channels(
    builder: &mut Builder,
    path: &str,
    channels: usize,
    x: BufferId,
) -> BufferId {
    let factors = builder.tensor(path, &[channels, 1, 1]);
    scale(builder, x, factors)
}

/// The gradient of a sum is that of both summands.
pub(super) fn add_gradient(of: &mut Backward, [a, b, y]: [BufferId; 3]) {
    if let Some(dy) = of.gradient(y) {
        of.found(a, dy);
        of.found(b, dy);
    }
}

pub(super) fn add_relu_gradient(of: &mut Backward, [a, b, y]: [BufferId; 3]) {
    let Some(dy) = of.gradient(y) else { return };
    let kept = of.map(y);
    let d = of.new_gradient(y);
    of.push(Instruction::ActivateGradient {
        function: kernels::Activation::Relu,
        kept,
        dy,
        dx: d,
    });
    of.found(a, d);
    of.found(b, d);
}

/// The gradient of a factor is that of the product times the other.
pub(super) fn multiply_gradient(of: &mut Backward, [a, b, y]: [BufferId; 3]) {
    let Some(dy) = of.gradient(y) else { return };
    let found = [(a, b), (b, a)].map(|(factor, other)| {
        of.needs(factor).then(|| {
            let other = of.map(other);
            let d = of.new_gradient(factor);
            of.push(Instruction::Multiply {
                a: dy,
                b: other,
                y: d,
            });
            (factor, d)
        })
    });
    for (factor, d) in found.into_iter().flatten() {
        of.found(factor, d);
    }
}

pub(super) fn concatenate_gradient(of: &mut Backward, parts: &[BufferId], y: BufferId) {
    let Some(dy) = of.gradient(y) else { return };
    let found: Vec<BufferId> = parts.iter().map(|part| of.new_gradient(*part)).collect();
    of.push(Instruction::Split {
        dy,
        parts: found.clone(),
    });
    for (part, gradient) in parts.iter().zip(found) {
        of.found(*part, gradient);
    }
}

/// The factors are read before they learn.
pub(super) fn scale_gradient(of: &mut Backward, [x, factors, y]: [BufferId; 3]) {
    let Some(dy) = of.gradient(y) else { return };
    let dx = of.needs(x).then(|| {
        let factors = of.map(factors);
        let dx = of.new_gradient(x);
        of.push(Instruction::Scale {
            x: dy,
            factors,
            y: dx,
        });
        dx
    });
    if of.needs(factors) {
        let again = of.map(x);
        let dfactors = of.new_gradient(factors);
        of.push(Instruction::FactorsGradient {
            x: again,
            dy,
            dfactors,
        });
        of.found(factors, dfactors);
    }
    if let Some(dx) = dx {
        of.found(x, dx);
    }
}
