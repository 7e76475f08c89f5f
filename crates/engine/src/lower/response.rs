//! Global response normalisation: factors that a map has for itself, then a scale and a shift.

use networks::ResponseNorm;

use super::backward::Backward;
use super::builder::Builder;
use super::joint;
use crate::program::{BufferId, Instruction, Role};

pub(super) fn norm(builder: &mut Builder, norm: &ResponseNorm, x: BufferId) -> BufferId {
    let map = builder.map_of(x);
    let [gamma, beta] = ["weight", "bias"]
        .map(|name| builder.tensor(&format!("{}.{name}", norm.path), &[norm.channels]));
    let norms = builder.statistics([map.batch, map.channels]);
    let factors = builder.buffer(vec![map.batch, map.channels, 1, 1], Role::Map);
    builder.push(Instruction::ResponseFactors {
        epsilon: norm.epsilon as f32,
        x,
        gamma,
        norms,
        factors,
    });
    let scaled = joint::scale(builder, x, factors);
    let y = builder.map_like(scaled);
    builder.push(Instruction::AddBias {
        x: scaled,
        b: beta,
        y,
    });
    y
}

pub(super) fn gradient(of: &mut Backward, epsilon: f32, [x, gamma, norms, factors]: [BufferId; 4]) {
    let Some(dfactors) = of.gradient(factors) else {
        return;
    };
    let slopes = of.new_gradient(factors);
    let dgamma = of.new_gradient(gamma);
    of.push(Instruction::ResponseFactorsGradient {
        epsilon,
        gamma,
        norms,
        dfactors,
        slopes,
        dgamma,
    });
    if of.needs(x) {
        let again = of.map(x);
        let dx = of.new_gradient(x);
        of.push(Instruction::Scale {
            x: again,
            factors: slopes,
            y: dx,
        });
        of.found(x, dx);
    }
    of.found(gamma, dgamma);
}
