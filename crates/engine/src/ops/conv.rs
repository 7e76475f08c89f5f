//! Convolution without bias.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::ops::ConvOptions;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;
use kernels::{
    ConvShape, Precision, conv_backward, conv_backward_input, conv_backward_weight, conv_forward,
};
use networks::ConvGeometry;

use super::recipe::{Operand, Recipe};
use super::storage::{contiguous, filled, fitting, floats};

/// Cross-correlation of `x` `[batch, channels_in, height, width]` with
/// `w` `[channels_out, channels_in / groups, kernel_height, kernel_width]`.
///
/// Gradients are computed only for the operands that are tracked. With the `recipe` of `x`, the
/// backward pass computes `x` again and nothing keeps it meanwhile. Kernels of ours multiply in
/// `precision`, forward and backward; Burn's own know `f32` only.
pub fn conv2d(
    x: Tensor<4>,
    w: Tensor<4>,
    geometry: ConvGeometry,
    precision: Precision,
    recipe: Option<Recipe>,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Convolve>::convolve(
        x.into_dispatch(),
        w.into_dispatch(),
        geometry,
        precision,
        recipe,
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Convolve: Backend {
    fn convolve(
        x: FloatTensor<Self>,
        w: FloatTensor<Self>,
        geometry: ConvGeometry,
        _precision: Precision,
        _recipe: Option<Recipe>,
    ) -> FloatTensor<Self> {
        composed::<Self>(x, w, geometry)
    }
}

/// The convolution as Burn has it.
fn composed<B: Backend>(
    x: FloatTensor<B>,
    w: FloatTensor<B>,
    geometry: ConvGeometry,
) -> FloatTensor<B> {
    let ConvGeometry {
        stride,
        padding,
        dilation,
        groups,
    } = geometry;
    B::conv2d(
        x,
        w,
        None,
        ConvOptions::new(stride, padding, dilation, groups),
    )
}

impl Convolve for Flex {
    fn convolve(
        x: FlexTensor,
        w: FlexTensor,
        geometry: ConvGeometry,
        precision: Precision,
        _recipe: Option<Recipe>,
    ) -> FlexTensor {
        forward(&contiguous(x), &contiguous(w), geometry, precision)
    }
}

impl<C: CheckpointStrategy> Convolve for Autodiff<Flex, C> {
    fn convolve(
        x: FloatTensor<Self>,
        w: FloatTensor<Self>,
        geometry: ConvGeometry,
        precision: Precision,
        recipe: Option<Recipe>,
    ) -> FloatTensor<Self> {
        let ((x, x_node), (w, w_node)) = (x.into_parts(), w.into_parts());
        let (x, w) = (contiguous(x), contiguous(w));
        let y = forward(&x, &w, geometry, precision);
        match ConvolveBackward
            .prepare::<C>([x_node, w_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => {
                let x = Operand::new(x, recipe.as_ref());
                prepared.finish((x, w, geometry, precision), y)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

#[derive(Debug)]
struct ConvolveBackward;

impl Backward<Flex, 2> for ConvolveBackward {
    type State = (Operand, FlexTensor, ConvGeometry, Precision);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let (x, w, geometry, precision) = ops.state;
        let shape = over(geometry, x.shape(), &w);
        let [x_node, w_node] = ops.parents;
        let like_x = [shape.batch, shape.channels_in, shape.height, shape.width];
        let like_w = w.shape().dims::<4>();
        let (w, dy) = (floats(&w), floats(&dy));
        match (x_node, w_node) {
            (Some(x_node), Some(w_node)) => {
                let x = x.map();
                let mut dx = None;
                let dw = filled(like_w, |dw| {
                    dx = Some(filled(like_x, |dx| {
                        conv_backward(precision, &shape, floats(&x), w, dy, dx, dw)
                    }));
                    Ok(())
                });
                gradients.register::<Flex>(w_node.id, dw);
                if let Some(dx) = dx {
                    gradients.register::<Flex>(x_node.id, dx);
                }
            }
            (None, Some(w_node)) => {
                let x = x.map();
                let dw = filled(like_w, |dw| {
                    conv_backward_weight(precision, &shape, floats(&x), dy, dw)
                });
                gradients.register::<Flex>(w_node.id, dw);
            }
            (Some(x_node), None) => {
                let dx = filled(like_x, |dx| {
                    conv_backward_input(precision, &shape, w, dy, dx)
                });
                gradients.register::<Flex>(x_node.id, dx);
            }
            (None, None) => {}
        }
    }
}

fn forward(
    x: &FlexTensor,
    w: &FlexTensor,
    geometry: ConvGeometry,
    precision: Precision,
) -> FlexTensor {
    let shape = over(geometry, x.shape().dims(), w);
    fitting(shape.check());
    let [rows, columns] = shape.output();
    filled([shape.batch, shape.channels_out, rows, columns], |y| {
        conv_forward(precision, &shape, floats(x), floats(w), y)
    })
}

/// The convolution of maps of shape `x` with `w`.
fn over(geometry: ConvGeometry, x: [usize; 4], w: &FlexTensor) -> ConvShape {
    let [batch, channels_in, height, width] = x;
    let [channels_out, _, rows, columns] = w.shape().dims();
    ConvShape {
        batch,
        channels_in,
        height,
        width,
        channels_out,
        kernel: [rows, columns],
        stride: geometry.stride,
        padding: geometry.padding,
        dilation: geometry.dilation,
        groups: geometry.groups,
    }
}

#[cfg(test)]
mod tests;
