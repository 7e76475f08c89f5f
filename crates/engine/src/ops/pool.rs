//! Maximum and mean over windows and over whole maps.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use kernels::{MapShape, PoolShape};
use networks::PoolGeometry;

use super::storage::{contiguous, extents, filled, fitting, floats, map, tensor};

/// Maximum of each window of `x` `[batch, channels, height, width]`. The border never wins; of
/// equal numbers the first in the window gets the gradient.
pub fn max_pool(x: Tensor<4>, geometry: PoolGeometry) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Pool>::pool_max(x.into_dispatch(), geometry))
}

/// Mean of each window of `x` `[batch, channels, height, width]`; zeros of the border count.
///
/// PyTorch's `AvgPool2d` with its default `count_include_pad=True`; not the mean of what lies
/// inside the map.
pub fn average_pool(x: Tensor<4>, geometry: PoolGeometry) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Pool>::pool_average(
        x.into_dispatch(),
        geometry,
    ))
}

/// Mean of each map of `x` `[batch, channels, height, width]`, as `[batch, channels]`.
pub fn global_average(x: Tensor<4>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as Pool>::pool_map(x.into_dispatch()))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Pool: Backend {
    fn pool_max(x: FloatTensor<Self>, geometry: PoolGeometry) -> FloatTensor<Self> {
        composed_max::<Self>(x, geometry)
    }

    fn pool_average(x: FloatTensor<Self>, geometry: PoolGeometry) -> FloatTensor<Self> {
        composed_average::<Self>(x, geometry)
    }

    fn pool_map(x: FloatTensor<Self>) -> FloatTensor<Self> {
        composed_map::<Self>(x)
    }
}

/// [`Pool::pool_max`] as Burn has it.
pub(super) fn composed_max<B: Backend>(x: FloatTensor<B>, g: PoolGeometry) -> FloatTensor<B> {
    B::max_pool2d(x, g.kernel, g.stride, g.padding, [1, 1], g.ceil)
}

/// [`Pool::pool_average`] as Burn has it.
fn composed_average<B: Backend>(x: FloatTensor<B>, g: PoolGeometry) -> FloatTensor<B> {
    B::avg_pool2d(x, g.kernel, g.stride, g.padding, true, g.ceil)
}

/// [`Pool::pool_map`] out of Burn's own operations.
fn composed_map<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let [batch, channels, height, width] = x.shape().dims();
    let maps = B::float_reshape(x, Shape::new([batch, channels, height * width]));
    B::float_reshape(B::float_mean_dim(maps, 2), Shape::new([batch, channels]))
}

/// The pool over a map.
pub(super) fn over(geometry: PoolGeometry, map: MapShape) -> PoolShape {
    let PoolGeometry {
        kernel,
        stride,
        padding,
        ceil: ceil_mode,
    } = geometry;
    let shape = PoolShape {
        map,
        kernel,
        stride,
        padding,
        ceil_mode,
    };
    fitting(shape.check());
    shape
}

impl Pool for Flex {
    fn pool_max(x: FlexTensor, geometry: PoolGeometry) -> FlexTensor {
        maxima(&contiguous(x), geometry).0
    }

    fn pool_average(x: FlexTensor, geometry: PoolGeometry) -> FlexTensor {
        means(&contiguous(x), geometry)
    }

    fn pool_map(x: FlexTensor) -> FlexTensor {
        map_means(&contiguous(x))
    }
}

impl<C: CheckpointStrategy> Pool for Autodiff<Flex, C> {
    fn pool_max(x: FloatTensor<Self>, geometry: PoolGeometry) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let x = contiguous(x);
        let (y, argmax) = maxima(&x, geometry);
        match PoolBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => {
                let pool = over(geometry, map(&x));
                prepared.finish(Arc::new(Pooled::Maxima { pool, argmax }), y)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn pool_average(x: FloatTensor<Self>, geometry: PoolGeometry) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let x = contiguous(x);
        let y = means(&x, geometry);
        match PoolBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(
                Arc::new(Pooled::Means {
                    pool: over(geometry, map(&x)),
                }),
                y,
            ),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn pool_map(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let x = contiguous(x);
        let y = map_means(&x);
        match PoolBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(Arc::new(Pooled::Map(map(&x))), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// What the backward pass of a pool needs to know.
#[derive(Debug)]
enum Pooled {
    /// `argmax` holds the index of each maximum within its window.
    Maxima {
        pool: PoolShape,
        argmax: Vec<u8>,
    },
    Means {
        pool: PoolShape,
    },
    Map(MapShape),
}

#[derive(Debug)]
struct PoolBackward;

impl Backward<Flex, 1> for PoolBackward {
    type State = Arc<Pooled>;

    fn backward(
        self,
        ops: Ops<Arc<Pooled>, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let [Some(node)] = ops.parents else { return };
        let dy = floats(&dy);
        let dx = match &*ops.state {
            Pooled::Maxima { pool, argmax } => filled(extents(pool.map), |dx| {
                kernels::max_pool_backward(pool, argmax, dy, dx)
            }),
            Pooled::Means { pool } => filled(extents(pool.map), |dx| {
                kernels::average_pool_backward(pool, true, dy, dx)
            }),
            Pooled::Map(map) => filled(extents(*map), |dx| {
                kernels::global_average_pool_backward(map, dy, dx)
            }),
        };
        gradients.register::<Flex>(node.id, dx);
    }
}

/// The maxima and the index of each within its window.
fn maxima(x: &FlexTensor, geometry: PoolGeometry) -> (FlexTensor, Vec<u8>) {
    let pool = over(geometry, map(x));
    let mut y = vec![0.0; pool.output_len()];
    let mut argmax = vec![0; pool.output_len()];
    fitting(kernels::max_pool_forward(
        &pool,
        floats(x),
        &mut y,
        &mut argmax,
    ));
    (tensor(y, extents(pool.output_map())), argmax)
}

fn means(x: &FlexTensor, geometry: PoolGeometry) -> FlexTensor {
    let pool = over(geometry, map(x));
    filled(extents(pool.output_map()), |y| {
        kernels::average_pool_forward(&pool, true, floats(x), y)
    })
}

fn map_means(x: &FlexTensor) -> FlexTensor {
    let map = map(x);
    filled([map.batch, map.channels], |y| {
        kernels::global_average_pool_forward(&map, floats(x), y)
    })
}

#[cfg(test)]
mod tests;
