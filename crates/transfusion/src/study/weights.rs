//! The pretrained weights of a study's models, and what follows from their cards.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use images::Normalisation;
use nets::initialisation::InputAdaptation;
use nets::zoo;
use nets::{Card, Pretrained, PretrainedError};

use super::error::StudyError;
use super::plan::describe_source;
use super::spec::{Adapt, DataSpec, Normalise, StudySpec};
use crate::comparison::results::SourceResult;
use crate::weights::{OpenedWeights, open};

/// Weights of a model with what their card says.
pub(super) struct Source {
    pub(super) pretrained: Pretrained,
    pub(super) card: Option<Card>,
    pub(super) sha256: String,
}

/// The weights of every model that has any, by label.
pub(super) fn read_all(
    spec: &StudySpec,
    base: &Path,
) -> Result<BTreeMap<String, Source>, anyhow::Error> {
    let labels: Vec<_> = spec.grid.model.iter().map(|m| m.0.label()).collect();
    let mut all = BTreeMap::new();
    for (label, entry) in &spec.weights {
        let Some(model) = spec.grid.model.iter().find(|m| &m.0.label() == label) else {
            return Err(StudyError::Value {
                field: "weights",
                expected: format!("a model of the grid: {}", labels.join(", ")),
                found: match zoo::nearest(label, &labels) {
                    Some(nearest) => format!("`{label}` (did you mean `{nearest}`?)"),
                    None => format!("`{label}`"),
                },
            }
            .into());
        };
        let place = || format!("`weights`, model `{label}`");
        let OpenedWeights { file, card, .. } = open(&entry.file, base).with_context(place)?;
        let fitted = || {
            let pretrained = Pretrained::new(&file.weights, &model.0)?;
            pretrained.check(&entry.allowance)?;
            Ok::<_, PretrainedError>(pretrained)
        };
        let pretrained = fitted().with_context(|| format!("weights {}", entry.file.display()))?;
        all.insert(
            label.clone(),
            Source {
                pretrained,
                card,
                sha256: file.sha256,
            },
        );
    }
    Ok(all)
}

/// What the report says of the weights of a model.
pub(super) fn describe(label: &str, source: &Source) -> SourceResult {
    match &source.card {
        Some(card) => describe_source(label, card, source.sha256.clone()),
        None => SourceResult {
            model: label.into(),
            name: "not stated (the weights carry no card)".into(),
            classes: None,
            images: None,
            size: None,
            property: None,
            top1: None,
            top5: None,
            sha256: source.sha256.clone(),
        },
    }
}

/// Channels that the pictures get: as written, or what the weights of the first model that has any
/// expect, unless the weights are to be adapted.
pub(super) fn channels(
    spec: &DataSpec,
    sources: &BTreeMap<String, Source>,
) -> Result<Option<usize>, StudyError> {
    let of_weights = sources
        .values()
        .map(|s| s.pretrained.network.input.channels)
        .next();
    match (spec.channels, spec.adapt) {
        (Some(found), Some(Adapt::Replicate)) if of_weights.is_some_and(|n| n != found) => {
            Err(StudyError::Value {
                field: "data.adapt",
                expected: "\"sum\" or \"repeat\" where `channels` differs from that of the weights, or no `channels`".into(),
                found: format!("\"replicate\" with channels = {found}"),
            })
        }
        (Some(channels), _) => Ok(Some(channels)),
        (None, Some(Adapt::Sum | Adapt::Repeat)) => Ok(None),
        (None, _) => Ok(of_weights),
    }
}

/// What becomes of the first convolution of `source` where pictures have `channels`; none where
/// they agree.
pub(super) fn adaptation(
    spec: &DataSpec,
    source: &Source,
    channels: usize,
) -> Option<InputAdaptation> {
    (source.pretrained.network.input.channels != channels).then_some(match spec.adapt {
        Some(Adapt::Repeat) => InputAdaptation::Repeat,
        _ => InputAdaptation::Sum,
    })
}

/// The scaling of a model's pixels, the same in all its arms, so that arms differ in nothing else,
/// and what the user has to be told about it.
pub(super) fn normalisation(
    spec: &DataSpec,
    source: Option<&Source>,
    data: Normalisation,
    channels: usize,
    label: &str,
) -> Result<(Normalisation, Option<String>), StudyError> {
    let Some(source) = source else {
        let chosen = match spec.normalise {
            Normalise::None => Normalisation::identity(channels),
            Normalise::Weights | Normalise::Data => data,
        };
        return Ok((chosen, None));
    };
    let of_weights = source.card.as_ref().map(|card| Normalisation {
        mean: card.normalisation.mean.clone(),
        std: card.normalisation.std.clone(),
    });
    if let Some(Normalisation { mean, std }) = &of_weights {
        let expected = source.pretrained.network.input.channels;
        let is_scale = |s: &f32| s.is_finite() && *s > 0.0;
        if mean.len() != expected || std.len() != expected || !std.iter().all(is_scale) {
            return Err(StudyError::Value {
                field: "weights",
                expected: format!(
                    "a card of `{label}` with {expected} means and {expected} standard deviations above 0"
                ),
                found: format!("{mean:?} and {std:?}"),
            });
        }
    }
    let weights_want = of_weights.map(|n| for_channels(n, channels));
    let told = |how: &str| match &weights_want {
        Some(Normalisation { mean, std }) => format!(
            "pixels of `{label}` are {how}, but its weights were trained with (x - {mean:?}) / {std:?}; with normalise = \"weights\" they would be scaled so"
        ),
        None => {
            format!("pixels of `{label}` are {how}: its weights do not say how theirs were scaled")
        }
    };
    Ok(match (spec.normalise, &weights_want) {
        (Normalise::Weights, Some(wanted)) => (wanted.clone(), None),
        (Normalise::Weights | Normalise::Data, _) => {
            (data, Some(told("scaled by the training pictures")))
        }
        (Normalise::None, _) => (Normalisation::identity(channels), Some(told("not scaled"))),
    })
}

/// The same scaling for another number of channels: each gets the mean over the channels.
fn for_channels(normalisation: Normalisation, channels: usize) -> Normalisation {
    if normalisation.mean.len() == channels {
        return normalisation;
    }
    let average = |values: Vec<f32>| {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        vec![mean; channels]
    };
    Normalisation {
        mean: average(normalisation.mean),
        std: average(normalisation.std),
    }
}
