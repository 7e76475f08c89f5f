//! Initialisation as data: an ordered list of rules, each a selection of tensors and a policy.
//! The first rule that selects a tensor decides; what was done is kept in a match report.

mod draw;
mod match_report;
mod rule;

pub use draw::{Draw, Draws};
pub use match_report::{Action, Match, MatchReport};
pub use rule::{Initialisation, Policy, Rule, Selection};

use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use crate::network::Network;
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

/// Makes the weights of `network` as `init` says. `source` are the pretrained weights that `load`
/// and `mean-var` read. `stream` gives the random stream of a tensor by its path, so that a tensor
/// is drawn alike in every arm of a seed, whatever happens to the others.
pub fn initialise(
    network: &Network,
    init: &Initialisation,
    source: Option<&Weights>,
    stream: &dyn Fn(&str) -> ChaCha8Rng,
) -> Result<(Weights, MatchReport), InitialisationError> {
    init.check(network)?;
    let needs_source = || InitialisationError::NoWeights {
        init: init.name.clone(),
        network: network.name.clone(),
    };
    let mut weights = Weights::default();
    let mut matches = Vec::new();
    let mut problems = Vec::new();
    for parameter in network.parameters() {
        let policy = init.policy(network, &parameter);
        let wanted = match policy {
            Policy::Load | Policy::MeanVar => {
                let source = source.ok_or_else(needs_source)?;
                match source.tensors.get(&parameter.path) {
                    Some(tensor) if tensor.shape == parameter.shape => Some(tensor),
                    found => {
                        problems.push(match found {
                            None => format!("`{}` is missing", parameter.path),
                            Some(t) => format!(
                                "`{}` has shape {:?} instead of {:?}",
                                parameter.path, t.shape, parameter.shape
                            ),
                        });
                        continue;
                    }
                }
            }
            Policy::Random => None,
        };
        let (values, action) = match (policy, wanted) {
            (Policy::Load, Some(tensor)) => (tensor.values.clone(), Action::Loaded),
            (Policy::MeanVar, Some(tensor)) if !parameter.kind.is_norm() => {
                let (mean, variance) = draw::moments(&tensor.values);
                let values = draw::normal(
                    parameter.len(),
                    mean,
                    variance.sqrt(),
                    &mut stream(&parameter.path),
                );
                (
                    values,
                    Action::Rescaled {
                        mean,
                        std: variance.sqrt(),
                    },
                )
            }
            _ => (
                draw::random(&parameter, network.draws, &mut stream(&parameter.path)),
                Action::Drawn,
            ),
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
    let report = MatchReport::new(init.name.clone(), matches, source);
    Ok((weights, report))
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
    fn source() -> Weights {
        let (mut source, _) =
            initialise(&network(7), &Initialisation::random(), None, &stream(1)).unwrap();
        for tensor in source.tensors.values_mut() {
            tensor.values.iter_mut().for_each(|v| *v = 3.0 * *v + 0.01);
        }
        source
    }

    #[test]
    fn transfer_copies_everything_but_the_head() {
        let (source, network) = (source(), network(5));
        let (weights, report) = initialise(
            &network,
            &Initialisation::transfer(),
            Some(&source),
            &stream(2),
        )
        .unwrap();
        for parameter in network.parameters() {
            let same = weights.tensors[&parameter.path] == source.tensors[&parameter.path];
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
            Some(&source),
            &stream(2),
        )
        .unwrap();
        for parameter in network.parameters() {
            let same = weights.tensors[&parameter.path] == source.tensors[&parameter.path];
            assert_eq!(same, parameter.block <= 1, "{}", parameter.path);
        }
        let error = initialise(
            &network,
            &Initialisation::transfuse("block9"),
            Some(&source),
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
            Some(&source),
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
            let from = &source.tensors[&parameter.path].values;
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
            Some(&source()),
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
