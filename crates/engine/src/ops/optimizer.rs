//! One step of an optimiser, in one pass over each tensor.

use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::tensor::Tensor;
use kernels::{Adam, Sgd};

use super::storage::{contiguous, fitting, floats, floats_mut};

/// The weight and the velocity after one step. All tensors are flat, of one length, and on a
/// device without autodiff; `velocity` is `None` at the first step.
///
/// Storage that nobody else holds is written in place.
pub fn sgd_step(
    w: Tensor<1>,
    gradient: Tensor<1>,
    velocity: Option<Tensor<1>>,
    sgd: Sgd,
) -> (Tensor<1>, Tensor<1>) {
    let velocity = velocity.unwrap_or_else(|| w.zeros_like());
    let (w, velocity) = <Dispatch as Optimize>::sgd(
        w.into_dispatch(),
        gradient.into_dispatch(),
        velocity.into_dispatch(),
        sgd,
    );
    (Tensor::from_dispatch(w), Tensor::from_dispatch(velocity))
}

/// The weight and the mean and mean square of its gradient after one step. All tensors are flat,
/// of one length, and on a device without autodiff; `moments` is `None` at the first step.
///
/// Storage that nobody else holds is written in place.
pub fn adam_step(
    w: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<(Tensor<1>, Tensor<1>)>,
    adam: Adam,
    step: u64,
) -> (Tensor<1>, Tensor<1>, Tensor<1>) {
    let (mean, square) = moments.unwrap_or_else(|| (w.zeros_like(), w.zeros_like()));
    let (w, mean, square) = <Dispatch as Optimize>::adam(
        w.into_dispatch(),
        gradient.into_dispatch(),
        mean.into_dispatch(),
        square.into_dispatch(),
        adam,
        step,
    );
    (
        Tensor::from_dispatch(w),
        Tensor::from_dispatch(mean),
        Tensor::from_dispatch(square),
    )
}

#[backend_extension(Flex)]
pub(super) trait Optimize: Backend {
    fn sgd(
        w: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        velocity: FloatTensor<Self>,
        sgd: Sgd,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    fn adam(
        w: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        square: FloatTensor<Self>,
        adam: Adam,
        step: u64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl Optimize for Flex {
    fn sgd(
        w: FlexTensor,
        gradient: FlexTensor,
        velocity: FlexTensor,
        sgd: Sgd,
    ) -> (FlexTensor, FlexTensor) {
        let (mut w, mut velocity) = (contiguous(w), contiguous(velocity));
        let gradient = contiguous(gradient);
        fitting(sgd.step(
            floats_mut(&mut w),
            floats(&gradient),
            floats_mut(&mut velocity),
        ));
        (w, velocity)
    }

    fn adam(
        w: FlexTensor,
        gradient: FlexTensor,
        mean: FlexTensor,
        square: FlexTensor,
        adam: Adam,
        step: u64,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let mut w = contiguous(w);
        let (mut mean, mut square) = (contiguous(mean), contiguous(square));
        let gradient = contiguous(gradient);
        fitting(adam.step(
            step,
            floats_mut(&mut w),
            floats(&gradient),
            floats_mut(&mut mean),
            floats_mut(&mut square),
        ));
        (w, mean, square)
    }
}

#[cfg(test)]
mod tests;
