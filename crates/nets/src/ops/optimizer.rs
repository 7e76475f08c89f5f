//! One step of an optimiser, in one pass over each tensor.

use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::tensor::Tensor;
use kernels::{Adam, Sgd};

use super::storage::{contiguous, fitting, floats, floats_mut};

/// Stochastic gradient descent with momentum, as `torch.optim.SGD` without dampening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdStep {
    /// Learning rate, positive.
    pub lr: f64,
    /// Share of the velocity that is kept, 0 to below 1.
    pub momentum: f64,
    /// Multiple of the weight that is added to its gradient, not negative.
    pub weight_decay: f64,
    /// Whether to step from where the momentum would lead (Nesterov).
    pub nesterov: bool,
}

/// Adam (`torch.optim.Adam`), or AdamW (`torch.optim.AdamW`) where the decay is decoupled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamStep {
    /// Learning rate, positive.
    pub lr: f64,
    /// Share of the mean gradient that is kept, 0 to below 1.
    pub beta1: f64,
    /// Share of the mean squared gradient that is kept, 0 to below 1.
    pub beta2: f64,
    /// Added to the root of the mean squared gradient, positive.
    pub epsilon: f64,
    /// Strength of the weight decay, not negative.
    pub weight_decay: f64,
    /// Whether the decay shrinks the weight itself (AdamW) and not its gradient (Adam).
    pub decoupled: bool,
    /// Number of this step, from 1.
    pub step: u64,
}

/// The weight and the velocity after one step. All tensors are flat, of one length, and on a
/// device without autodiff; `velocity` is `None` at the first step.
///
/// Storage that nobody else holds is written in place.
pub fn sgd_step(
    w: Tensor<1>,
    gradient: Tensor<1>,
    velocity: Option<Tensor<1>>,
    step: &SgdStep,
) -> (Tensor<1>, Tensor<1>) {
    let velocity = velocity.unwrap_or_else(|| w.zeros_like());
    let (w, velocity) = <Dispatch as Optimize>::sgd(
        w.into_dispatch(),
        gradient.into_dispatch(),
        velocity.into_dispatch(),
        *step,
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
    step: &AdamStep,
) -> (Tensor<1>, Tensor<1>, Tensor<1>) {
    let (mean, square) = moments.unwrap_or_else(|| (w.zeros_like(), w.zeros_like()));
    let (w, mean, square) = <Dispatch as Optimize>::adam(
        w.into_dispatch(),
        gradient.into_dispatch(),
        mean.into_dispatch(),
        square.into_dispatch(),
        *step,
    );
    (
        Tensor::from_dispatch(w),
        Tensor::from_dispatch(mean),
        Tensor::from_dispatch(square),
    )
}

#[backend_extension(Flex, Cube: cfg(feature = "cube"))]
pub(super) trait Optimize: Backend {
    fn sgd(
        w: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        velocity: FloatTensor<Self>,
        step: SgdStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed_sgd::<Self>(w, gradient, velocity, step)
    }

    fn adam(
        w: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        square: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        composed_adam::<Self>(w, gradient, mean, square, step)
    }
}

#[cfg(feature = "cube")]
impl Optimize for burn::backend::Cube {}

/// `a + factor b`.
fn plus<B: Backend>(a: FloatTensor<B>, b: FloatTensor<B>, factor: f64) -> FloatTensor<B> {
    B::float_add(a, B::float_mul_scalar(b, factor.into()))
}

/// [`Optimize::sgd`] out of Burn's own operations.
fn composed_sgd<B: Backend>(
    w: FloatTensor<B>,
    gradient: FloatTensor<B>,
    velocity: FloatTensor<B>,
    step: SgdStep,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let gradient = plus::<B>(gradient, w.clone(), step.weight_decay);
    let velocity = plus::<B>(gradient.clone(), velocity, step.momentum);
    let direction = if step.nesterov {
        plus::<B>(gradient, velocity.clone(), step.momentum)
    } else {
        velocity.clone()
    };
    (plus::<B>(w, direction, -step.lr), velocity)
}

/// [`Optimize::adam`] out of Burn's own operations.
fn composed_adam<B: Backend>(
    w: FloatTensor<B>,
    gradient: FloatTensor<B>,
    mean: FloatTensor<B>,
    square: FloatTensor<B>,
    step: AdamStep,
) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
    let (w, gradient) = if step.decoupled {
        (
            B::float_mul_scalar(w, (1.0 - step.lr * step.weight_decay).into()),
            gradient,
        )
    } else {
        (w.clone(), plus::<B>(gradient, w, step.weight_decay))
    };
    let mean = plus::<B>(
        B::float_mul_scalar(mean, step.beta1.into()),
        gradient.clone(),
        1.0 - step.beta1,
    );
    let square = plus::<B>(
        B::float_mul_scalar(square, step.beta2.into()),
        B::float_mul(gradient.clone(), gradient),
        1.0 - step.beta2,
    );
    // The moments started at zero: what they have gathered so far of their full weight.
    let [mean_share, square_share] =
        [step.beta1, step.beta2].map(|beta| 1.0 - beta.powf(step.step as f64));
    let root = B::float_mul_scalar(
        B::float_sqrt(square.clone()),
        square_share.sqrt().recip().into(),
    );
    let direction = B::float_div(mean.clone(), B::float_add_scalar(root, step.epsilon.into()));
    (plus::<B>(w, direction, -step.lr / mean_share), mean, square)
}

impl Optimize for Flex {
    fn sgd(
        w: FlexTensor,
        gradient: FlexTensor,
        velocity: FlexTensor,
        step: SgdStep,
    ) -> (FlexTensor, FlexTensor) {
        let (mut w, mut velocity) = (contiguous(w), contiguous(velocity));
        let gradient = contiguous(gradient);
        let SgdStep {
            lr,
            momentum,
            weight_decay,
            nesterov,
        } = step;
        let sgd = Sgd {
            lr: lr as f32,
            momentum: momentum as f32,
            weight_decay: weight_decay as f32,
            nesterov,
        };
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
        step: AdamStep,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let mut w = contiguous(w);
        let (mut mean, mut square) = (contiguous(mean), contiguous(square));
        let gradient = contiguous(gradient);
        let adam = Adam {
            lr: step.lr as f32,
            betas: [step.beta1 as f32, step.beta2 as f32],
            eps: step.epsilon as f32,
            weight_decay: step.weight_decay as f32,
            decoupled: step.decoupled,
        };
        fitting(adam.step(
            step.step,
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
