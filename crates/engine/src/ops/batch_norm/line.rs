//! `scale x + shift` per channel, on slices: batch norm once its statistics are given.

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::flex::FlexTensor;
use rayon::prelude::*;

use crate::ops::storage::{contiguous, extents, filled, floats, map};

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Where the scale has a gradient.
    x: Option<FlexTensor>,
    scale: FlexTensor,
    /// The output, where `max(·, 0)` followed.
    rectified: Option<FlexTensor>,
}

impl Line {
    /// The output, and what its gradient needs; `keeps_x` where the scale has one too.
    pub(super) fn forward(
        x: FlexTensor,
        scale: FlexTensor,
        shift: FlexTensor,
        relu: bool,
        keeps_x: bool,
    ) -> (FlexTensor, Self) {
        let (x, scale, shift) = (contiguous(x), contiguous(scale), contiguous(shift));
        let map = map(&x);
        let y = filled(extents(map), |y| {
            kernels::scale_shift(&map, floats(&x), floats(&scale), floats(&shift), relu, y)
        });
        let rectified = relu.then(|| y.clone());
        (
            y,
            Self {
                x: keeps_x.then_some(x),
                scale,
                rectified,
            },
        )
    }

    /// The gradient of the line itself, before `max(·, 0)`.
    fn line_gradient(&self, dy: FlexTensor) -> FlexTensor {
        match &self.rectified {
            None => dy,
            Some(y) => filled(extents(map(y)), |d| {
                kernels::add_relu_backward(floats(y), floats(&dy), d)
            }),
        }
    }

    fn input_gradient(&self, d: &FlexTensor) -> FlexTensor {
        let map = map(d);
        let zeros = vec![0.0; map.channels];
        filled(extents(map), |dx| {
            kernels::scale_shift(&map, floats(d), floats(&self.scale), &zeros, false, dx)
        })
    }

    fn scale_gradient(x: &FlexTensor, d: &FlexTensor) -> FlexTensor {
        let (map, x, d) = (map(d), floats(x), floats(d));
        let plane = map.plane();
        filled([map.channels], |dscale| {
            dscale
                .par_iter_mut()
                .enumerate()
                .for_each(|(channel, dscale)| {
                    let total: f64 = (0..map.batch)
                        .map(|image| (image * map.channels + channel) * plane)
                        .flat_map(|at| x[at..at + plane].iter().zip(&d[at..at + plane]))
                        .map(|(x, d)| f64::from(x * d))
                        .sum();
                    *dscale = total as f32;
                });
            Ok(())
        })
    }

    fn shift_gradient(&self, d: &FlexTensor) -> FlexTensor {
        let map = map(d);
        filled([map.channels], |dshift| {
            kernels::bias_grad(&map, floats(d), dshift)
        })
    }
}

/// Gradients of `x`, `scale` and `shift`, in this order.
#[derive(Debug)]
pub(super) struct LineBackward;

impl Backward<Flex, 3> for LineBackward {
    type State = Line;

    fn backward(
        self,
        ops: Ops<Line, 3>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let line = ops.state;
        let d = line.line_gradient(contiguous(gradients.consume::<Flex>(&ops.node)));
        let [x_node, scale_node, shift_node] = ops.parents;
        if let Some(node) = shift_node {
            gradients.register::<Flex>(node.id, line.shift_gradient(&d));
        }
        if let (Some(node), Some(x)) = (scale_node, &line.x) {
            gradients.register::<Flex>(node.id, Line::scale_gradient(x, &d));
        }
        if let Some(node) = x_node {
            gradients.register::<Flex>(node.id, line.input_gradient(&d));
        }
    }
}
