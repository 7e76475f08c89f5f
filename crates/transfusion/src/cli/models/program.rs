//! What a network is lowered to.

use clap::ValueEnum;
use engine::{Descent, Mode, Objective, Part, Program, Training, lower};
use kernels::Precision;
use networks::{Network, NetworkError};
use regimes::{Rule, Tuning};

/// What a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    /// Logits
    Inference,
    /// A step of training of everything, by SGD with momentum
    Training,
}

/// The program of the network for a batch of pictures, in `f32`.
pub fn program(network: &Network, purpose: Purpose, batch: usize) -> Result<Program, NetworkError> {
    let part = Part::whole(network, batch);
    let tuning = Tuning::full(network);
    let rule = Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    };
    let mode = match purpose {
        Purpose::Inference => Mode::Inference,
        Purpose::Training => Mode::Training(Training {
            tuning: &tuning,
            precision: Precision::Single,
            objective: Objective::CrossEntropy,
            descent: Descent {
                rule,
                weight_decay: 0.0,
            },
        }),
    };
    lower(network, &part, &mode)
}
