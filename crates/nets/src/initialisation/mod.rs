//! Initialisation as data: an ordered list of rules, each a selection of tensors and a policy.
//! The first rule that selects a tensor decides; what was done is kept in a match report.

mod adaptation;
mod draw;
mod match_report;
mod rule;

pub use adaptation::{Adapted, InputAdaptation};
pub use draw::{Draw, Draws};
pub use match_report::{Action, Match, MatchReport};
pub use rule::{Initialisation, Policy, Rule, Selection};

use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use crate::network::Network;
use crate::parameter::Parameter;
use crate::pretrained::Pretrained;
use crate::weights::{HostTensor, Weights};

/// Why a network cannot be initialised as asked.
#[derive(Debug, Error)]
pub enum InitialisationError {
    /// A rule names a block that the network does not have.
    #[error("network `{network}` has no block `{block}`; its blocks are {known}")]
    UnknownBlock {
        /// The network.
        network: String,
        /// What the rule names.
        block: String,
        /// The network's blocks, comma separated.
        known: String,
    },
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
}

/// What `load` and `mean-var` read.
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
pub fn initialise(
    network: &Network,
    init: &Initialisation,
    source: Option<Source>,
    stream: &dyn Fn(&str) -> ChaCha8Rng,
) -> Result<(Weights, MatchReport), InitialisationError> {
    init.check(network)?;
    let needs_source = || InitialisationError::NoWeights {
        init: init.name.clone(),
        network: network.name.clone(),
    };
    let first = network.first_conv();
    let mut weights = Weights::default();
    let mut matches = Vec::new();
    let mut problems = Vec::new();
    for parameter in network.parameters() {
        let policy = init.policy(network, &parameter);
        let wanted = match policy {
            Policy::Load | Policy::MeanVar => {
                let source = source.ok_or_else(needs_source)?;
                let is_first = first.as_ref() == Some(&parameter.path);
                match wanted(source, &parameter, is_first) {
                    Ok(wanted) => wanted,
                    Err(problem) => {
                        problems.push(problem);
                        continue;
                    }
                }
            }
            Policy::Random => None,
        };
        let mut stream = stream(&parameter.path);
        let (values, action) = match (policy, wanted) {
            (Policy::Load, Some((values, None))) => (values, Action::Loaded),
            (Policy::Load, Some((values, Some(how)))) => (values, Action::Adapted { how }),
            (Policy::MeanVar, Some((values, _))) if !parameter.kind.is_norm() => {
                let (mean, variance) = draw::moments(&values);
                let std = variance.sqrt();
                let values = draw::normal(parameter.len(), mean, std, &mut stream);
                (values, Action::Rescaled { mean, std })
            }
            _ => {
                let values = draw::random(&parameter, network.draws, &mut stream);
                (values, Action::Drawn)
            }
        };
        matches.push(Match {
            path: parameter.path.clone(),
            block: network.blocks[parameter.block].name.clone(),
            values: parameter.len(),
            action,
        });
        weights.tensors.insert(
            parameter.path,
            HostTensor {
                shape: parameter.shape,
                values,
            },
        );
    }
    if !problems.is_empty() {
        let more = problems.len().saturating_sub(4);
        problems.truncate(4);
        if more > 0 {
            problems.push(format!("and {more} more"));
        }
        return Err(InitialisationError::DoNotFit {
            network: network.name.clone(),
            problems: problems.join(", "),
        });
    }
    let report = MatchReport::new(init.name.clone(), matches, source.map(|s| s.pretrained));
    Ok((weights, report))
}

/// The pretrained values of a tensor with the network's extents, and how they were adapted; none
/// where the file is allowed to lack them.
fn wanted(
    source: Source,
    parameter: &Parameter,
    is_first: bool,
) -> Result<Option<(Vec<f32>, Option<Adapted>)>, String> {
    let Source { pretrained, input } = source;
    let path = &parameter.path;
    let Some(tensor) = pretrained.weights.tensors.get(path) else {
        let is_known = pretrained.missing.contains(path)
            || pretrained.mismatched.iter().any(|m| &m.path == path);
        return match is_known {
            true => Ok(None),
            false => Err(format!("`{path}` is missing")),
        };
    };
    if tensor.shape == parameter.shape {
        return Ok(Some((tensor.values.clone(), None)));
    }
    match adaptation::adapt(tensor, parameter, is_first, input) {
        Some((values, how)) => Ok(Some((values, Some(how)))),
        None => Err(format!(
            "`{path}` has shape {:?} instead of {:?}",
            tensor.shape, parameter.shape
        )),
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;
    use crate::Input;
    use crate::zoo::{self, Choice};

    const INPUT: Input = Input {
        channels: 3,
        size: 64,
    };

    fn stream(seed: u64) -> impl Fn(&str) -> ChaCha8Rng {
        move |path| {
            ChaCha8Rng::seed_from_u64(seed * 1000 + path.bytes().map(u64::from).sum::<u64>())
        }
    }

    fn network(classes: usize) -> Network {
        zoo::network(&Choice::named("cbr-tiny"), INPUT, classes).unwrap()
    }

    /// A source with 7 classes whose tensors all differ from a fresh draw.
    fn source() -> Pretrained {
        let (mut source, _) =
            initialise(&network(7), &Initialisation::random(), None, &stream(1)).unwrap();
        for tensor in source.tensors.values_mut() {
            tensor.values.iter_mut().for_each(|v| *v = 3.0 * *v + 0.01);
        }
        Pretrained::of(Choice::named("cbr-tiny"), network(7), source)
    }

    fn from(pretrained: &Pretrained) -> Option<Source<'_>> {
        Some(Source {
            pretrained,
            input: InputAdaptation::Sum,
        })
    }

    #[test]
    fn transfer_copies_everything_but_the_head() {
        let (source, network) = (source(), network(5));
        let (weights, report) = initialise(
            &network,
            &Initialisation::transfer(),
            from(&source),
            &stream(2),
        )
        .unwrap();
        for parameter in network.parameters() {
            let same = weights.tensors[&parameter.path] == source.weights.tensors[&parameter.path];
            let is_head = network.blocks[parameter.block].name == "head";
            assert_eq!(same, !is_head, "{}", parameter.path);
        }
        assert_eq!(report.loaded, network.parameters().len() - 2);
        assert_eq!(report.drawn, 2);
        assert_eq!(report.unused, ["fc.bias", "fc.weight"]);
    }

    #[test]
    fn transfuse_copies_a_prefix() {
        let (source, network) = (source(), network(5));
        let (weights, _) = initialise(
            &network,
            &Initialisation::transfuse("block1"),
            from(&source),
            &stream(2),
        )
        .unwrap();
        for parameter in network.parameters() {
            let same = weights.tensors[&parameter.path] == source.weights.tensors[&parameter.path];
            assert_eq!(same, parameter.block <= 1, "{}", parameter.path);
        }
        let error = initialise(
            &network,
            &Initialisation::transfuse("block9"),
            from(&source),
            &stream(2),
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("stem, block1, block2, block3, head"),
            "{error}"
        );
    }

    /// The paper's Mean Var Init: weights keep mean and variance within three standard errors,
    /// nothing else; batch norms start afresh.
    #[test]
    fn mean_var_keeps_the_moments_and_nothing_else() {
        let (source, network) = (source(), network(5));
        let (weights, report) = initialise(
            &network,
            &Initialisation::mean_var(),
            from(&source),
            &stream(2),
        )
        .unwrap();
        let (fresh, _) = initialise(&network, &Initialisation::random(), None, &stream(2)).unwrap();
        for parameter in network.parameters() {
            let drawn = &weights.tensors[&parameter.path];
            if parameter.kind.is_norm() || network.blocks[parameter.block].name == "head" {
                assert_eq!(drawn, &fresh.tensors[&parameter.path], "{}", parameter.path);
                continue;
            }
            let from = &source.weights.tensors[&parameter.path].values;
            let n = from.len() as f64;
            let (mean, variance) = draw::moments(from);
            let (drawn_mean, drawn_variance) = draw::moments(&drawn.values);
            assert!(
                (drawn_mean - mean).abs() < 3.0 * (variance / n).sqrt(),
                "{}",
                parameter.path
            );
            assert!(
                (drawn_variance / variance - 1.0).abs() < 3.0 * (2.0 / n).sqrt(),
                "{}",
                parameter.path
            );
            let correlation: f64 = from
                .iter()
                .zip(&drawn.values)
                .map(|(a, b)| (f64::from(*a) - mean) * (f64::from(*b) - drawn_mean))
                .sum::<f64>()
                / (n * (variance * drawn_variance).sqrt());
            assert!(correlation.abs() < 4.0 / n.sqrt(), "{}", parameter.path);
        }
        assert_eq!(report.rescaled, 4);
    }

    /// He: variance 2 / fan-out for convolutions; uniform within 1/√fan-in for the head.
    #[test]
    fn random_is_he() {
        let network = network(5);
        let (weights, _) =
            initialise(&network, &Initialisation::random(), None, &stream(3)).unwrap();
        for parameter in network
            .parameters()
            .iter()
            .filter(|p| p.kind == crate::Kind::ConvWeight)
        {
            let (mean, variance) = draw::moments(&weights.tensors[&parameter.path].values);
            let expected = 2.0 / parameter.fan_out() as f64;
            let n = parameter.len() as f64;
            assert!(
                (variance / expected - 1.0).abs() < 3.0 * (2.0 / n).sqrt(),
                "{}",
                parameter.path
            );
            assert!(
                mean.abs() < 3.0 * (expected / n).sqrt(),
                "{}",
                parameter.path
            );
        }
        let bound = 1.0 / 256f32.sqrt();
        assert!(
            weights.tensors["fc.weight"]
                .values
                .iter()
                .all(|v| v.abs() <= bound)
        );
        assert!(
            weights.tensors["stem.bn.running_var"]
                .values
                .iter()
                .all(|v| *v == 1.0)
        );
    }

    #[test]
    fn weights_of_another_network_are_refused() {
        let small = zoo::network(&Choice::named("cbr-small"), INPUT, 5).unwrap();
        let error = initialise(
            &small,
            &Initialisation::transfer(),
            from(&source()),
            &stream(2),
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`stem.conv.weight` has shape [32, 3, 5, 5] instead of [32, 3, 7, 7]"),
            "{error}"
        );
        let error = initialise(&small, &Initialisation::transfer(), None, &stream(2)).unwrap_err();
        assert!(matches!(error, InitialisationError::NoWeights { .. }));
    }
}
