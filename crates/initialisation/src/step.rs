//! What will be done to one tensor, known before anything is drawn.

use std::borrow::Cow;

use rand_chacha::ChaCha8Rng;

use super::moments::{by_channel, channel_std, moments, sample_moments};
use super::{
    Action, Adapted, Match, Policy, Scale, Source, adaptation, draw, gabor, knockoff, orthogonal,
    resample,
};
use networks::{Draws, Kind, Layer, Network, Parameter};

/// What the values of a tensor depend on besides the tensor and its pretrained values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// What weights are drawn from.
    pub draws: Draws,
    /// Whether the network reads blue, green, red.
    pub reversed: bool,
}

impl Habits {
    /// Those of a network.
    pub(super) fn of(network: &Network) -> Self {
        let mut layers = network.blocks.iter().flat_map(|b| &b.layers);
        Self {
            draws: network.draws,
            reversed: layers.next() == Some(&Layer::ReverseChannels),
        }
    }
}

/// Pretrained values with the network's extents, and how they were adapted.
pub(super) type Wanted<'a> = (Cow<'a, [f32]>, Option<Adapted>);

/// One tensor, and what will be done to it.
pub(super) struct Step<'a> {
    pub parameter: Parameter,
    pub policy: Policy,
    pub action: Action,
    /// Pretrained values with the network's extents; empty where none are read.
    source: Cow<'a, [f32]>,
}

impl<'a> Step<'a> {
    /// What `policy` does to a tensor. `wanted` is there where the policy reads it; `is_first` says
    /// that the tensor is the first convolution's weight.
    pub(super) fn new(
        habits: Habits,
        parameter: Parameter,
        policy: Policy,
        wanted: Option<Wanted<'a>>,
        is_first: bool,
    ) -> Self {
        let kind = parameter.kind;
        let is_affine = matches!(kind, Kind::NormScale | Kind::NormShift);
        let rescaled = |(mean, std)| Action::Rescaled { mean, std };
        let of_source = |values: &[f32]| {
            let (mean, variance) = moments(values);
            rescaled((mean, variance.sqrt()))
        };
        // Norms start afresh but where the policy is about them.
        let made = |action: &dyn Fn(&[f32]) -> Action| match &wanted {
            Some((values, _)) if !kind.is_norm() => action(values),
            Some(_) | None => Action::Drawn,
        };
        let action = match policy {
            Policy::Load => match &wanted {
                Some((_, None)) => Action::Loaded,
                Some((_, Some(how))) => Action::Adapted { how: *how },
                None => Action::Drawn,
            },
            Policy::Gabor { colour, .. } if is_first => {
                let (scale, std) = match &wanted {
                    Some((values, _)) => (Scale::Pretrained, moments(values).1.sqrt()),
                    None => (Scale::He, draw::std(habits.draws.conv, &parameter)),
                };
                Action::Gabor { colour, scale, std }
            }
            Policy::MeanVarNorms if is_affine => match &wanted {
                Some((values, _)) => of_source(values),
                None => Action::Drawn,
            },
            Policy::MeanVarPerChannel if kind.is_weight() => made(&|values| {
                let std = channel_std(values, parameter.shape[0]);
                Action::RescaledByChannel { std }
            }),
            Policy::MeanVar | Policy::MeanVarNorms | Policy::MeanVarPerChannel => made(&of_source),
            Policy::Gaussian => made(&|values| rescaled(sample_moments(values))),
            Policy::Shuffle => made(&|_| Action::Shuffled),
            Policy::Bootstrap => made(&|_| Action::Resampled),
            Policy::Knockoff => made(&|_| Action::Knockoff),
            Policy::Random
            | Policy::Draw(_)
            | Policy::Orthogonal
            | Policy::UnitVariance
            | Policy::Gabor { .. } => Action::Drawn,
        };
        Self {
            parameter,
            policy,
            action,
            source: wanted.map_or(Cow::Borrowed(&[]), |(values, _)| values),
        }
    }

    /// The tensor's values, by its own stream.
    pub(super) fn values(&self, habits: Habits, stream: &mut ChaCha8Rng) -> Vec<f32> {
        let Self {
            parameter,
            action,
            source,
            ..
        } = self;
        match *action {
            Action::Loaded | Action::Adapted { .. } => source.to_vec(),
            Action::Rescaled { mean, std } => draw::normal(parameter.len(), mean, std, stream),
            Action::RescaledByChannel { .. } => by_channel(source, parameter.shape[0], stream),
            Action::Shuffled => resample::shuffled(source, stream),
            Action::Resampled => resample::bootstrapped(source, stream),
            Action::Knockoff => knockoff::knockoff(parameter, source, stream),
            Action::Gabor { colour, std, .. } => {
                gabor::weight(&parameter.shape, colour, std, habits.reversed)
            }
            Action::Drawn | Action::UnitVariance { .. } => self.drawn(habits, stream),
        }
    }

    /// Values that pretrained ones have no part in.
    fn drawn(&self, habits: Habits, stream: &mut ChaCha8Rng) -> Vec<f32> {
        let parameter = &self.parameter;
        let random = |stream| draw::random(parameter, habits.draws, stream);
        if !parameter.kind.is_weight() {
            return random(stream);
        }
        match self.policy {
            Policy::Draw(law) => draw::sample(law, parameter, stream),
            Policy::Orthogonal | Policy::UnitVariance => {
                orthogonal::orthogonal(parameter.shape[0], parameter.fan_in(), stream)
            }
            Policy::Random
            | Policy::Gabor { .. }
            | Policy::MeanVar
            | Policy::MeanVarPerChannel
            | Policy::MeanVarNorms
            | Policy::Gaussian
            | Policy::Shuffle
            | Policy::Bootstrap
            | Policy::Knockoff
            | Policy::Load => random(stream),
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
pub(super) fn wanted<'a>(
    source: Source<'a>,
    parameter: &Parameter,
    is_first: bool,
) -> Result<Option<Wanted<'a>>, String> {
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
