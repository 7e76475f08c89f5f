//! Two-dimensional convolution, forward and backward.

mod algorithm;
mod demand;
mod direct;
mod fft;
mod gather;
mod lanes;
mod panels;
mod pass;
mod product;
mod shape;
mod stem;
mod weight_gradient;
mod weight_rows;
mod winograd;

pub use algorithm::Algorithm;
pub use demand::{conv_backward_demand, conv_demand, conv_demand_with};
pub use pass::Pass;
pub use shape::ConvShape;

use crate::error::ShapeError;
use crate::isa::Isa;
use crate::precision::Precision;

/// `y = x ∗ w`: `x` is `[batch, channels_in, height, width]`, `w`
/// `[channels_out, channels_in / groups, kernel]`, `y`
/// `[batch, channels_out, output]`. Every value of `y` is overwritten.
pub fn conv_forward(
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    w: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_operands(Some(x), Some(w), Some(y), ["x", "w", "y"])?;
    let algorithm = Algorithm::choose(shape, Pass::Forward);
    conv_forward_with(algorithm, precision, shape, x, w, y)
}

/// [`conv_forward`] by the given algorithm, or by the product where the
/// algorithm does not support the shape.
pub fn conv_forward_with(
    algorithm: Algorithm,
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    w: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_operands(Some(x), Some(w), Some(y), ["x", "w", "y"])?;
    let isa = Isa::current();
    match algorithm.or_product(shape) {
        Algorithm::Product => product::forward(isa, precision, shape, x, w, y),
        Algorithm::Fft => fft::forward(isa, shape, x, w, y),
        Algorithm::Winograd => winograd::forward(isa, precision, shape, x, w, y),
        Algorithm::Direct => direct::forward(isa, shape, x, w, y),
        Algorithm::Stem => stem::forward(isa, shape, x, w, y),
    }
    Ok(())
}

/// Gradient of the input, `dx` like `x`, from `dy` like `y`. Every value of `dx`
/// is overwritten.
pub fn conv_backward_input(
    precision: Precision,
    shape: &ConvShape,
    w: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_operands(Some(dx), Some(w), Some(dy), ["dx", "w", "dy"])?;
    let algorithm = Algorithm::choose(shape, Pass::Input);
    conv_backward_input_with(algorithm, precision, shape, w, dy, dx)
}

/// [`conv_backward_input`] by the given algorithm, or by the product where the
/// algorithm does not support the shape.
pub fn conv_backward_input_with(
    algorithm: Algorithm,
    precision: Precision,
    shape: &ConvShape,
    w: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_operands(Some(dx), Some(w), Some(dy), ["dx", "w", "dy"])?;
    let isa = Isa::current();
    match algorithm.or_product(shape) {
        Algorithm::Product => product::backward_input(isa, precision, shape, w, dy, dx),
        Algorithm::Stem => product::backward_input(isa, Precision::Single, shape, w, dy, dx),
        Algorithm::Fft => fft::backward_input(isa, shape, w, dy, dx),
        Algorithm::Winograd => winograd::backward_input(isa, precision, shape, w, dy, dx),
        Algorithm::Direct => direct::backward_input(isa, shape, w, dy, dx),
    }
    Ok(())
}

/// Gradient of the weights, `dw` like `w`, from `x` and `dy` like `y`. Every
/// value of `dw` is overwritten.
pub fn conv_backward_weight(
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_operands(Some(x), Some(dw), Some(dy), ["x", "dw", "dy"])?;
    let algorithm = Algorithm::choose(shape, Pass::Weight);
    conv_backward_weight_with(algorithm, precision, shape, x, dy, dw)
}

/// [`conv_backward_weight`] by the given algorithm, or by the product where the
/// algorithm does not support the shape.
pub fn conv_backward_weight_with(
    algorithm: Algorithm,
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_operands(Some(x), Some(dw), Some(dy), ["x", "dw", "dy"])?;
    let isa = Isa::current();
    match algorithm.or_product(shape) {
        Algorithm::Product => {
            weight_gradient::backward_weight(isa, precision, shape, x, dy, dw);
        }
        Algorithm::Fft => fft::backward_weight(isa, shape, x, dy, dw),
        Algorithm::Winograd => winograd::backward_weight(isa, precision, shape, x, dy, dw),
        Algorithm::Direct => direct::backward_weight(isa, shape, x, dy, dw),
        Algorithm::Stem => stem::backward_weight(isa, shape, x, dy, dw),
    }
    Ok(())
}

/// Both gradients, `dx` like `x` and `dw` like `w`, from `x`, `w` and `dy` like
/// `y`: what the two have in common is computed once. Every value of `dx` and
/// `dw` is overwritten.
pub fn conv_backward(
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    w: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    dw: &mut [f32],
) -> Result<(), ShapeError> {
    shape.check_operands(Some(x), Some(w), Some(dy), ["x", "w", "dy"])?;
    shape.check_operands(Some(dx), Some(dw), None, ["dx", "dw", "dy"])?;
    let chosen = [Pass::Input, Pass::Weight].map(|pass| Algorithm::choose(shape, pass));
    if chosen == [Algorithm::Fft; 2] {
        fft::backward(Isa::current(), shape, x, w, dy, dx, dw);
        return Ok(());
    }
    conv_backward_weight(precision, shape, x, dy, dw)?;
    conv_backward_input(precision, shape, w, dy, dx)
}
