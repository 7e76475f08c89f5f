//! Functions of single numbers.

use networks::Activation;

use super::backward::Backward;
use super::builder::Builder;
use crate::program::{BufferId, Instruction};

pub(super) fn forward(builder: &mut Builder, function: Activation, x: BufferId) -> BufferId {
    let y = builder.map_like(x);
    builder.push(Instruction::Activate {
        function: kernel(function),
        x,
        y,
    });
    y
}

/// From the output where the function keeps it, else from the input.
pub(super) fn gradient(of: &mut Backward, function: kernels::Activation, [x, y]: [BufferId; 2]) {
    let Some(dy) = of.gradient(y) else { return };
    let kept = of.map(if function.keeps_output() { y } else { x });
    let dx = of.new_gradient(x);
    of.push(Instruction::ActivateGradient {
        function,
        kept,
        dy,
        dx,
    });
    of.found(x, dx);
}

/// The function as the kernels name it.
fn kernel(function: Activation) -> kernels::Activation {
    match function {
        Activation::Relu => kernels::Activation::Relu,
        Activation::Relu6 => kernels::Activation::Relu6,
        Activation::Silu => kernels::Activation::Silu,
        Activation::Gelu => kernels::Activation::Gelu,
        Activation::Sigmoid => kernels::Activation::Sigmoid,
        Activation::HardSwish => kernels::Activation::HardSwish,
        Activation::HardSigmoid => kernels::Activation::HardSigmoid,
        Activation::QuickGelu => kernels::Activation::QuickGelu,
    }
}
