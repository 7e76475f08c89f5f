//! Batch norm and layer norm.

use kernels::PoolShape;
use networks::Norm;

use super::backward::Backward;
use super::builder::Builder;
use super::forward::Forward;
use crate::program::{BufferId, Instruction};

/// Scale and shift of a norm.
fn affine(builder: &mut Builder, norm: &Norm) -> [BufferId; 2] {
    ["weight", "bias"].map(|name| tensor(builder, norm, name))
}

fn tensor(builder: &mut Builder, norm: &Norm, name: &str) -> BufferId {
    builder.tensor(&format!("{}.{name}", norm.path), &[norm.channels])
}

/// By the batch in training, unless the statistics are frozen; else by the running statistics.
pub(super) fn batch_norm(of: &mut Forward, norm: &Norm, x: BufferId) -> BufferId {
    let uses_batch = of.uses_batch(&norm.path);
    let builder = &mut of.builder;
    let [gamma, beta] = affine(builder, norm);
    let [mean, variance] = ["running_mean", "running_var"].map(|name| tensor(builder, norm, name));
    let epsilon = norm.epsilon as f32;
    let y = builder.map_like(x);
    if !uses_batch {
        let line = builder.statistics([2, norm.channels]);
        builder.push(Instruction::NormLine {
            epsilon,
            gamma,
            beta,
            mean,
            variance,
            line,
        });
        let relu = false;
        builder.push(Instruction::ScaleShift { relu, x, line, y });
        return y;
    }
    let statistics = builder.statistics([4, norm.channels]);
    builder.push(Instruction::BatchNorm {
        epsilon,
        relu: false,
        x,
        gamma,
        beta,
        statistics,
        y,
    });
    of.follow(Instruction::Running {
        statistics,
        mean,
        variance,
    });
    y
}

pub(super) fn layer_norm(builder: &mut Builder, norm: &Norm, x: BufferId) -> BufferId {
    let [gamma, beta] = affine(builder, norm);
    let map = builder.map_of(x);
    let statistics = builder.statistics([2, map.batch * map.plane()]);
    let y = builder.map_like(x);
    builder.push(Instruction::LayerNorm {
        epsilon: norm.epsilon as f32,
        x,
        gamma,
        beta,
        statistics,
        y,
    });
    y
}

/// What a norm reads besides its map, and writes besides its output.
pub(super) struct Normed {
    pub x: BufferId,
    pub gamma: BufferId,
    pub beta: BufferId,
    pub statistics: BufferId,
    pub y: BufferId,
}

/// The gradients of map, scale and shift in the making.
struct Gradients {
    dx: BufferId,
    dgamma: BufferId,
    dbeta: BufferId,
}

impl Normed {
    fn gradients(&self, of: &mut Backward) -> Gradients {
        Gradients {
            dx: of.new_gradient(self.x),
            dgamma: of.new_gradient(self.gamma),
            dbeta: of.new_gradient(self.beta),
        }
    }

    fn found(&self, of: &mut Backward, gradients: Gradients) {
        of.found(self.gamma, gradients.dgamma);
        of.found(self.beta, gradients.dbeta);
        of.found(self.x, gradients.dx);
    }

    pub fn gradient(self, of: &mut Backward, relu: bool) {
        let Some(dy) = of.gradient(self.y) else {
            return;
        };
        let x = of.map(self.x);
        let gradients = self.gradients(of);
        of.push(Instruction::BatchNormGradient {
            relu,
            x,
            gamma: self.gamma,
            beta: self.beta,
            statistics: self.statistics,
            dy,
            dx: gradients.dx,
            dgamma: gradients.dgamma,
            dbeta: gradients.dbeta,
        });
        self.found(of, gradients);
    }

    pub fn pool_gradient(self, of: &mut Backward, epsilon: f32, pool: PoolShape, places: BufferId) {
        let Some(dy) = of.gradient(self.y) else {
            return;
        };
        let x = of.map(self.x);
        let gradients = self.gradients(of);
        of.push(Instruction::BatchNormPoolGradient {
            epsilon,
            pool,
            x,
            gamma: self.gamma,
            beta: self.beta,
            statistics: self.statistics,
            places,
            dy,
            dx: gradients.dx,
            dgamma: gradients.dgamma,
            dbeta: gradients.dbeta,
        });
        self.found(of, gradients);
    }

    /// With the residual that was added before ReLU.
    pub fn add_gradient(self, of: &mut Backward, residual: BufferId) {
        let Some(dy) = of.gradient(self.y) else {
            return;
        };
        let y = of.map(self.y);
        let x = of.map(self.x);
        let gradients = self.gradients(of);
        let dresidual = of.new_gradient(residual);
        of.push(Instruction::BatchNormAddGradient {
            x,
            gamma: self.gamma,
            statistics: self.statistics,
            y,
            dy,
            dx: gradients.dx,
            dresidual,
            dgamma: gradients.dgamma,
            dbeta: gradients.dbeta,
        });
        self.found(of, gradients);
        of.found(residual, dresidual);
    }

    pub fn layer_gradient(self, of: &mut Backward) {
        let Some(dy) = of.gradient(self.y) else {
            return;
        };
        let x = of.map(self.x);
        let gradients = self.gradients(of);
        of.push(Instruction::LayerNormGradient {
            x,
            gamma: self.gamma,
            statistics: self.statistics,
            dy,
            dx: gradients.dx,
            dgamma: gradients.dgamma,
            dbeta: gradients.dbeta,
        });
        self.found(of, gradients);
    }
}

/// The gradient of a batch norm by given statistics, which are constants.
pub(super) fn scale_shift_gradient(of: &mut Backward, relu: bool, [x, line, y]: [BufferId; 3]) {
    let Some(mut dy) = of.gradient(y) else { return };
    if relu {
        let kept = of.map(y);
        let dx = of.new_gradient(y);
        of.push(Instruction::ActivateGradient {
            function: kernels::Activation::Relu,
            kept,
            dy,
            dx,
        });
        dy = dx;
    }
    if of.needs(x) {
        let dx = of.new_gradient(x);
        of.push(Instruction::ScaleShiftInputGradient { line, dy, dx });
        of.found(x, dx);
    }
    let Some(Instruction::NormLine {
        epsilon,
        gamma,
        beta,
        mean,
        variance,
        ..
    }) = of.producer(line).cloned()
    else {
        return;
    };
    if of.needs(gamma) || of.needs(beta) {
        let again = of.map(x);
        let [dgamma, dbeta] = [gamma, beta].map(|tensor| of.new_gradient(tensor));
        of.push(Instruction::NormLineGradient {
            epsilon,
            x: again,
            mean,
            variance,
            dy,
            dgamma,
            dbeta,
        });
        of.found(gamma, dgamma);
        of.found(beta, dbeta);
    }
}
