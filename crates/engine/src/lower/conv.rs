//! Convolution.

use kernels::{ConvShape, MapShape, Precision};
use networks::Conv;

use super::backward::Backward;
use super::forward::Forward;
use crate::program::{BufferId, Instruction};

/// The convolution, then its bias.
pub(super) fn forward(of: &mut Forward, conv: &Conv, x: BufferId, output: MapShape) -> BufferId {
    let start = of.builder.instructions.len();
    let precision = of.precision();
    let builder = &mut of.builder;
    let MapShape {
        batch,
        height,
        width,
        ..
    } = builder.map_of(x);
    let shape = ConvShape {
        batch,
        channels_in: conv.channels_in,
        height,
        width,
        channels_out: conv.channels_out,
        kernel: conv.kernel,
        stride: conv.geometry.stride,
        padding: conv.geometry.padding,
        dilation: conv.geometry.dilation,
        groups: conv.geometry.groups,
    };
    let inputs = conv.channels_in / conv.geometry.groups;
    let [rows, columns] = conv.kernel;
    let w = [conv.channels_out, inputs, rows, columns];
    let w = builder.tensor(&format!("{}.weight", conv.path), &w);
    let mut y = builder.map(output);
    builder.push(Instruction::Conv {
        shape,
        precision,
        x,
        w,
        y,
    });
    if conv.bias {
        y = add_bias(of, &conv.path, y);
    }
    of.weighted(&conv.path, start, y);
    y
}

/// `x` with the bias at `<path>.bias`.
pub(super) fn add_bias(of: &mut Forward, path: &str, x: BufferId) -> BufferId {
    let builder = &mut of.builder;
    let channels = builder.map_of(x).channels;
    let b = builder.tensor(&format!("{path}.bias"), &[channels]);
    let y = builder.map_like(x);
    builder.push(Instruction::AddBias { x, b, y });
    y
}

/// Gradients of a convolution, only those that are needed.
pub(super) fn gradient(
    of: &mut Backward,
    (shape, precision): (ConvShape, Precision),
    [x, w, y]: [BufferId; 3],
) {
    let Some(dy) = of.gradient(y) else { return };
    match [of.needs(x), of.needs(w)] {
        [true, true] => {
            let again = of.map(x);
            let [dx, dw] = [x, w].map(|of_| of.new_gradient(of_));
            of.push(Instruction::ConvGradients {
                shape,
                precision,
                x: again,
                w,
                dy,
                dx,
                dw,
            });
            of.found(w, dw);
            of.found(x, dx);
        }
        [false, true] => {
            let again = of.map(x);
            let dw = of.new_gradient(w);
            of.push(Instruction::ConvWeightGradient {
                shape,
                precision,
                x: again,
                dy,
                dw,
            });
            of.found(w, dw);
        }
        [true, false] => {
            let dx = of.new_gradient(x);
            of.push(Instruction::ConvInputGradient {
                shape,
                precision,
                w,
                dy,
                dx,
            });
            of.found(x, dx);
        }
        [false, false] => {}
    }
}

/// Gradients of a sum with a bias: that of the map is the sum's own.
pub(super) fn bias_gradient(of: &mut Backward, [x, b, y]: [BufferId; 3]) {
    let Some(dy) = of.gradient(y) else { return };
    if of.needs(b) {
        let db = of.new_gradient(b);
        of.push(Instruction::BiasGradient { dy, db });
        of.found(b, db);
    }
    of.found(x, dy);
}
