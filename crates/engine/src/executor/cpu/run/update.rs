//! Updates of parameters, by the rule of the descent.

use kernels::{Adam, Sgd, ShapeError};
use regimes::Rule;

use super::super::memory::Memory;
use crate::descent::Descent;
use crate::executor::Step;
use crate::program::BufferId;

/// Moves the parameter by its gradient, at `rate` times the rate of the step.
pub(super) fn update(
    memory: &mut Memory,
    descent: Descent,
    step: Step,
    rate: f64,
    [gradient, w]: [BufferId; 2],
    moments: &[BufferId],
) -> Result<(), ShapeError> {
    let lr = (step.lr * rate) as f32;
    let weight_decay = descent.weight_decay as f32;
    match (descent.rule, moments) {
        (Rule::Sgd { momentum, nesterov }, [velocity]) => {
            let sgd = Sgd {
                lr,
                momentum: momentum as f32,
                weight_decay,
                nesterov,
            };
            let [gradient, w, velocity] = memory.floats([gradient, w, *velocity]);
            sgd.step(w, gradient, velocity)
        }
        (
            Rule::Adam {
                beta1,
                beta2,
                epsilon,
                decoupled,
            },
            [mean, square],
        ) => {
            let adam = Adam {
                lr,
                betas: [beta1 as f32, beta2 as f32],
                eps: epsilon as f32,
                weight_decay,
                decoupled,
            };
            let [gradient, w, mean, square] = memory.floats([gradient, w, *mean, *square]);
            adam.step(step.number, w, gradient, mean, square)
        }
        (rule, moments) => unreachable!("{rule:?} with {} moments", moments.len()),
    }
}
