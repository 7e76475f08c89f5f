//! What will be done to one tensor, known before anything is drawn.

use std::borrow::Cow;

use rand_chacha::ChaCha8Rng;

use super::moments::{by_channel, channel_std, moments, sample_moments};
use super::{
    Action, Adapted, Draw, Match, Policy, Scale, Source, adaptation, draw, gabor, knockoff,
    orthogonal, resample,
};
use crate::layer::Layer;
use crate::network::Network;
use crate::parameter::{Kind, Parameter};

/// One tensor, and what will be done to it.
pub(super) struct Step<'a> {
    pub parameter: Parameter,
    pub policy: Policy,
    pub action: Action,
    /// Pretrained values with the network's extents; empty where none are read.
    source: Cow<'a, [f32]>,
}

impl<'a> Step<'a> {
    /// What `policy` does to a tensor. `source` is there where the policy reads it; `is_first` says
    /// that the tensor is the first convolution's weight. An error says how the source does not
    /// fit.
    pub(super) fn new(
        network: &Network,
        parameter: Parameter,
        policy: Policy,
        source: Option<Source<'a>>,
        is_first: bool,
    ) -> Result<Self, String> {
        let wanted = match source {
            Some(source) => wanted(source, &parameter, is_first)?,
            None => None,
        };
        let kind = parameter.kind;
        let is_weight = kind.is_weight();
        let is_affine = matches!(kind, Kind::NormScale | Kind::NormShift);
        let rescaled = |(mean, std)| Action::Rescaled { mean, std };
        let of_source = |values: &[f32]| {
            let (mean, variance) = moments(values);
            rescaled((mean, variance.sqrt()))
        };
        let action = match (policy, &wanted) {
            (Policy::Load, Some((_, None))) => Action::Loaded,
            (Policy::Load, Some((_, Some(how)))) => Action::Adapted { how: *how },
            (Policy::Gabor { colour, .. }, wanted) if is_first => {
                let (scale, std) = match wanted {
                    Some((values, _)) => (Scale::Pretrained, moments(values).1.sqrt()),
                    None => (Scale::He, network.draws.conv.std(&parameter)),
                };
                Action::Gabor { colour, scale, std }
            }
            (Policy::MeanVarNorms, Some((values, _))) if is_affine => of_source(values),
            (_, None) => Action::Drawn,
            (_, Some(_)) if kind.is_norm() => Action::Drawn,
            (Policy::MeanVarPerChannel, Some((values, _))) if is_weight => {
                let std = channel_std(values, parameter.shape[0]);
                Action::RescaledByChannel { std }
            }
            (
                Policy::MeanVar | Policy::MeanVarNorms | Policy::MeanVarPerChannel,
                Some((values, _)),
            ) => of_source(values),
            (Policy::Gaussian, Some((values, _))) => rescaled(sample_moments(values)),
            (Policy::Shuffle, _) => Action::Shuffled,
            (Policy::Bootstrap, _) => Action::Resampled,
            (Policy::Knockoff, _) => Action::Knockoff,
            _ => Action::Drawn,
        };
        Ok(Self {
            parameter,
            policy,
            action,
            source: wanted.map_or(Cow::Borrowed(&[]), |(values, _)| values),
        })
    }

    /// The tensor's values, by its own stream.
    pub(super) fn values(&self, network: &Network, stream: &mut ChaCha8Rng) -> Vec<f32> {
        let Self {
            parameter,
            policy,
            action,
            source,
        } = self;
        match *action {
            Action::Loaded | Action::Adapted { .. } => source.to_vec(),
            Action::Rescaled { mean, std } => draw::normal(parameter.len(), mean, std, stream),
            Action::RescaledByChannel { .. } => by_channel(source, parameter.shape[0], stream),
            Action::Shuffled => resample::shuffled(source, stream),
            Action::Resampled => resample::bootstrapped(source, stream),
            Action::Knockoff => knockoff::knockoff(parameter, source, stream),
            Action::Gabor { colour, std, .. } => {
                let mut layers = network.blocks.iter().flat_map(|b| &b.layers);
                let reversed = layers.next() == Some(&Layer::ReverseChannels);
                gabor::weight(&parameter.shape, colour, std, reversed)
            }
            Action::Drawn | Action::UnitVariance { .. } => {
                let is_weight = parameter.kind.is_weight();
                match policy {
                    Policy::Draw(law) if is_weight => Draw::sample(*law, parameter, stream),
                    Policy::Orthogonal | Policy::UnitVariance if is_weight => {
                        orthogonal::orthogonal(parameter.shape[0], parameter.fan_in(), stream)
                    }
                    _ => draw::random(parameter, network.draws, stream),
                }
            }
        }
    }

    /// The line of the match report.
    pub(super) fn described(&self, network: &Network) -> Match {
        Match {
            path: self.parameter.path.clone(),
            block: network.blocks[self.parameter.block].name.clone(),
            kind: self.parameter.kind,
            values: self.parameter.len(),
            policy: self.policy,
            action: self.action,
        }
    }
}

/// The pretrained values of a tensor with the network's extents, and how they were adapted; none
/// where the file is allowed to lack them.
fn wanted<'a>(
    source: Source<'a>,
    parameter: &Parameter,
    is_first: bool,
) -> Result<Option<(Cow<'a, [f32]>, Option<Adapted>)>, String> {
    let Source { pretrained, input } = source;
    let path = &parameter.path;
    let Some(tensor) = pretrained.weights.tensors.get(path) else {
        // A classifier may be missing without being allowed to, because it is seldom read.
        let is_allowed = !parameter.is_classifier
            && (pretrained.missing.contains(path)
                || pretrained.mismatched.iter().any(|m| &m.path == path));
        return match is_allowed {
            true => Ok(None),
            false => Err(format!("`{path}` is missing")),
        };
    };
    if tensor.shape == parameter.shape {
        return Ok(Some((Cow::Borrowed(&tensor.values), None)));
    }
    match adaptation::adapt(tensor, parameter, is_first, input) {
        Some((values, how)) => Ok(Some((Cow::Owned(values), Some(how)))),
        None => Err(format!(
            "`{path}` has shape {:?} instead of {:?}",
            tensor.shape, parameter.shape
        )),
    }
}
