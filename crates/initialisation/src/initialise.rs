//! The whole of a network, tensor by tensor.

use rand_chacha::ChaCha8Rng;

use super::error::InitialisationError;
use super::match_report::MatchReport;
use super::policy::Policy;
use super::rule::Initialisation;
use super::source::Source;
use super::step::{Habits, Step, wanted};
use networks::{HostTensor, Network, Weights};

/// Tensors listed in an error message.
const LISTED: usize = 4;

/// Makes the weights of `network` as `init` says. `stream` gives the random stream of a tensor by
/// its path, so that a tensor is drawn alike in every arm of a seed, whatever happens to the
/// others.
///
/// Where `init` [needs a batch](Initialisation::needs_batch), the weights are then scaled by
/// [`UnitVariance`](super::UnitVariance).
pub fn initialise(
    network: &Network,
    init: &Initialisation,
    source: Option<Source>,
    stream: &dyn Fn(&str) -> ChaCha8Rng,
) -> Result<(Weights, MatchReport), InitialisationError> {
    let steps = steps(network, init, source)?;
    let report = report(network, init, source, &steps);
    let habits = Habits::of(network);
    let mut weights = Weights::default();
    for step in steps {
        let values = step.values(habits, &mut stream(&step.parameter.path));
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
    let habits = Habits::of(network);
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
        let wanted = match source {
            Some(source) => wanted(source, &parameter, is_first),
            None => Ok(None),
        };
        match wanted {
            Ok(wanted) => steps.push(Step::new(habits, parameter, policy, wanted, is_first)),
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
