//! Initialisation as data: an ordered list of rules, each a selection of tensors and a policy.
//! The first rule that takes a tensor decides; what was done is kept in a match report.

mod adaptation;
mod draw;
mod gabor;
mod knockoff;
mod match_report;
mod matrix;
mod moments;
mod orthogonal;
mod policy;
mod resample;
mod rule;
mod step;
mod unit_variance;

pub use crate::draws::{Draw, Draws};
pub use adaptation::{Adapted, InputAdaptation};
pub use gabor::{Colour, Scale, bank};
pub use match_report::{Action, Match, MatchReport, Origin, Values};
pub use policy::Policy;
pub use rule::{Initialisation, Rule};
pub use unit_variance::UnitVariance;

use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use self::step::Step;
use crate::network::Network;
use crate::pretrained::Pretrained;
use crate::selection::SelectionError;
use crate::weights::{HostTensor, Weights, WeightsError};

/// Tensors listed in an error message.
const LISTED: usize = 4;

/// Why a network cannot be initialised as asked.
#[derive(Debug, Error)]
pub enum InitialisationError {
    /// A rule selects what the network does not have.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A rule reads pretrained weights and none are given.
    #[error(
        "initialisation `{init}` of network `{network}` needs pretrained weights; name a file under [weights]"
    )]
    NoWeights {
        /// The initialisation.
        init: String,
        /// The network.
        network: String,
    },
    /// The weights belong to another architecture.
    #[error(
        "the weights do not fit network `{network}`: {problems}; give weights of this network, or choose the network they belong to"
    )]
    DoNotFit {
        /// The network.
        network: String,
        /// Missing tensors and shapes that differ.
        problems: String,
    },
    /// Weights to be scaled on a batch are not those of the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

/// What policies read that look at pretrained weights.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The pretrained weights.
    pub pretrained: &'a Pretrained,
    /// What becomes of the first convolution where the network reads other channels.
    pub input: InputAdaptation,
}

/// Makes the weights of `network` as `init` says. `stream` gives the random stream of a tensor by
/// its path, so that a tensor is drawn alike in every arm of a seed, whatever happens to the
/// others.
///
/// Where `init` [needs a batch](Initialisation::needs_batch), the weights are then scaled by
/// [`UnitVariance`].
pub fn initialise(
    network: &Network,
    init: &Initialisation,
    source: Option<Source>,
    stream: &dyn Fn(&str) -> ChaCha8Rng,
) -> Result<(Weights, MatchReport), InitialisationError> {
    let steps = steps(network, init, source)?;
    let report = report(network, init, source, &steps);
    let mut weights = Weights::default();
    for step in steps {
        let values = step.values(network, &mut stream(&step.parameter.path));
        let shape = step.parameter.shape;
        let tensor = HostTensor { shape, values };
        weights.tensors.insert(step.parameter.path, tensor);
    }
    Ok((weights, report))
}

/// What [`initialise`] would do, with the same checks and without drawing anything.
pub fn preview(
    network: &Network,
    init: &Initialisation,
    source: Option<Source>,
) -> Result<MatchReport, InitialisationError> {
    let steps = steps(network, init, source)?;
    Ok(report(network, init, source, &steps))
}

/// What will be done to every tensor, from the input to the head.
fn steps<'a>(
    network: &Network,
    init: &Initialisation,
    source: Option<Source<'a>>,
) -> Result<Vec<Step<'a>>, InitialisationError> {
    let first = network.first_conv();
    let mut steps = Vec::new();
    let mut problems = Vec::new();
    for (parameter, policy) in init.policies(network)? {
        let is_first = first.as_ref() == Some(&parameter.path);
        let reads = policy.reads_weights() && (is_first || !matches!(policy, Policy::Gabor { .. }));
        let source = match reads {
            true => Some(source.ok_or_else(|| InitialisationError::NoWeights {
                init: init.name.clone(),
                network: network.name.clone(),
            })?),
            false => None,
        };
        match Step::new(network, parameter, policy, source, is_first) {
            Ok(step) => steps.push(step),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        return Ok(steps);
    }
    let more = problems.len().saturating_sub(LISTED);
    problems.truncate(LISTED);
    if more > 0 {
        problems.push(format!("and {more} more"));
    }
    Err(InitialisationError::DoNotFit {
        network: network.name.clone(),
        problems: problems.join(", "),
    })
}

fn report(
    network: &Network,
    init: &Initialisation,
    source: Option<Source>,
    steps: &[Step],
) -> MatchReport {
    let matches = steps.iter().map(|step| step.described(network)).collect();
    MatchReport::new(init.name.clone(), matches, source.map(|s| s.pretrained))
}

#[cfg(test)]
mod tests;
