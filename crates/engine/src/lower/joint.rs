//! Where branches of a network meet: residual sums, concatenations, gates.

use kernels::MapShape;
use networks::{Layer, NetworkError};

use super::backward::Backward;
use super::builder::Builder;
use super::forward::Forward;
use crate::program::{BufferId, Instruction};

/// `body(x) + shortcut(x)`, then `max(·, 0)` if `relu`.
pub(super) fn residual(
    of: &mut Forward,
    body: &[Layer],
    shortcut: &[Layer],
    relu: bool,
    x: BufferId,
) -> Result<BufferId, NetworkError> {
    let a = of.layers(body, x)?;
    let b = of.layers(shortcut, x)?;
    let y = of.builder.map_like(a);
    of.builder.push(match relu {
        true => Instruction::AddRelu { a, b, y },
        false => Instruction::Add { a, b, y },
    });
    Ok(y)
}

/// The channels of what every branch makes of `x`. Parts that are concatenations themselves are
/// taken apart: whoever keeps them keeps no number twice.
pub(super) fn branches(
    of: &mut Forward,
    branches: &[Vec<Layer>],
    x: BufferId,
    output: MapShape,
) -> Result<BufferId, NetworkError> {
    let mut parts = Vec::new();
    for branch in branches {
        let part = of.layers(branch, x)?;
        match of
            .builder
            .instructions
            .iter()
            .rev()
            .find(|i| i.operands().writes.contains(&part))
        {
            Some(Instruction::Concatenate { parts: inner, .. }) => parts.extend(inner),
            _ => parts.push(part),
        }
    }
    let y = of.builder.map(output);
    of.builder.push(Instruction::Concatenate { parts, y });
    Ok(y)
}

/// `x` times one number per channel that the layers make of it.
pub(super) fn gate(
    of: &mut Forward,
    layers: &[Layer],
    x: BufferId,
) -> Result<BufferId, NetworkError> {
    let factors = of.layers(layers, x)?;
    let y = of.builder.map_like(x);
    of.builder.push(Instruction::Scale { x, factors, y });
    Ok(y)
}

/// `x` times one learnt number per channel.
pub(super) fn scale_channels(
    builder: &mut Builder,
    path: &str,
    channels: usize,
    x: BufferId,
) -> BufferId {
    let factors = builder.tensor(path, &[channels, 1, 1]);
    let y = builder.map_like(x);
    builder.push(Instruction::Scale { x, factors, y });
    y
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
