//! Linear layers, of vectors and at every pixel.

use kernels::{ConvShape, MapShape};
use networks::Linear;

use super::backward::Backward;
use super::conv;
use super::forward::Forward;
use crate::program::{BufferId, Instruction};

/// `W x + b`: of vectors, or a convolution of 1 × 1 at every pixel, as without a bias.
pub(super) fn forward(
    of: &mut Forward,
    linear: &Linear,
    x: BufferId,
    output: MapShape,
) -> BufferId {
    let Linear {
        path,
        features_in: into,
        features_out: out,
        bias,
    } = linear;
    let (into, out) = (*into, *out);
    let start = of.builder.instructions.len();
    let precision = of.precision();
    let builder = &mut of.builder;
    let w = builder.tensor(&format!("{path}.weight"), &[out, into]);
    let y = builder.map(output);
    let y = if output.plane() == 1 && *bias {
        let b = builder.tensor(&format!("{path}.bias"), &[out]);
        builder.push(Instruction::Linear { x, w, b, y });
        y
    } else {
        let shape = ConvShape {
            batch: output.batch,
            channels_in: into,
            height: output.height,
            width: output.width,
            channels_out: out,
            kernel: [1; 2],
            stride: [1; 2],
            padding: [0; 2],
            dilation: [1; 2],
            groups: 1,
        };
        builder.push(Instruction::Conv {
            shape,
            precision,
            x,
            w,
            y,
        });
        match bias {
            true => conv::add_bias(of, path, y),
            false => y,
        }
    };
    of.weighted(path, start, y);
    y
}

/// Gradients of a linear layer of vectors, only those that are needed.
pub(super) fn gradient(of: &mut Backward, [x, w, b, y]: [BufferId; 4]) {
    let Some(dy) = of.gradient(y) else { return };
    if of.needs(x) {
        let dx = of.new_gradient(x);
        of.push(Instruction::LinearInputGradient { w, dy, dx });
        of.found(x, dx);
    }
    if of.needs(w) {
        let again = of.map(x);
        let dw = of.new_gradient(w);
        of.push(Instruction::LinearWeightGradient { x: again, dy, dw });
        of.found(w, dw);
    }
    if of.needs(b) {
        let db = of.new_gradient(b);
        of.push(Instruction::BiasGradient { dy, db });
        of.found(b, db);
    }
}
