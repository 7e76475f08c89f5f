//! The pretrained weights of a study's models, and what follows from their cards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use images::Normalisation;
use initialisation::InputAdaptation;
use networks::zoo::{self, Choice};
use networks::{Allowance, Card, Pretrained, PretrainedError};

use super::data_spec::{Adapt, DataSpec};
use super::error::StudyError;
use super::normalise::Normalise;
use super::own_network::OwnWeights;
use super::spec::StudySpec;
use crate::described::SourceResult;
use depot::weights::{OpenedWeights, open_part};

/// Weights of a model with what their card says.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) pretrained: Arc<Pretrained>,
    pub(crate) card: Option<Card>,
    pub(crate) sha256: String,
    /// Which of several networks in the file was asked for.
    pub(crate) part: Option<String>,
    /// What was passed over in the file, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// The weights of every model that has any, by its label. A slimmed or truncated network takes
/// those of its own entry, or else those of the whole network. `brought`: what came with networks of one's
/// own, which an entry of theirs takes the place of.
pub(crate) fn read_all(
    spec: &StudySpec,
    base: &Path,
    brought: &BTreeMap<String, OwnWeights>,
) -> Result<BTreeMap<String, Source>, anyhow::Error> {
    let models = || spec.grid.model.iter().map(|model| &model.choice);
    let mut entries = BTreeMap::new();
    for (label, own) in brought {
        let place = || format!("`grid.model`, network `{label}`");
        own.pretrained
            .check(&Allowance::default())
            .with_context(place)?;
        let source = Source {
            pretrained: own.pretrained.clone(),
            card: None,
            sha256: own.sha256.clone(),
            part: None,
            notes: own.notes.clone(),
        };
        entries.insert(label.clone(), source);
    }
    for (label, entry) in &spec.weights {
        let whole = models().find_map(|model| named(label, model));
        let Some(whole) = whole else {
            return Err(unknown_model(label, models()).into());
        };
        let place = || format!("`weights`, model `{label}`");
        let part = entry.part.as_deref();
        let OpenedWeights { file, card, .. } =
            open_part(&entry.file, base, part).with_context(place)?;
        let fitted = || {
            // A dictionary of that name is all that was read of the file.
            let within = part.filter(|_| !file.is_part);
            let pretrained = Pretrained::of_part(&file.weights, &whole, within)?;
            pretrained.check(&entry.allowance)?;
            Ok::<_, PretrainedError>(pretrained)
        };
        let pretrained = fitted().with_context(|| format!("weights {}", entry.file.display()))?;
        let source = Source {
            notes: notes(label, &pretrained, &file.skipped),
            pretrained: Arc::new(pretrained),
            card,
            sha256: file.sha256,
            part: entry.part.clone(),
        };
        entries.insert(label.clone(), source);
    }
    let of_model = |model: &Choice| {
        let own = entries.get(&model.label());
        let found = own.or_else(|| entries.get(&model.base().label()))?;
        Some((model.label(), found.clone()))
    };
    Ok(models().filter_map(of_model).collect())
}

/// What of a file of weights was passed over, a sentence each.
fn notes(label: &str, pretrained: &Pretrained, skipped: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    let beside = pretrained.beside.len();
    if let Some(first) = pretrained.beside.first() {
        let left = format!("are left out, such as `{first}`");
        notes.push(match pretrained.prefix.as_str() {
            "" => format!("{beside} tensors beside the weights of `{label}` {left}"),
            prefix => format!(
                "the weights of `{label}` are under `{prefix}`; {beside} tensors beside them {left}"
            ),
        });
    }
    if !skipped.is_empty() {
        notes.push(format!(
            "passed over in the weights of `{label}`: {}",
            skipped.join("; ")
        ));
    }
    notes
}

/// The whole network that an entry `label` holds the weights of, if `model` can take them.
fn named(label: &str, model: &Choice) -> Option<Choice> {
    let whole = model.base();
    (model.label() == label || whole.label() == label).then_some(whole)
}

fn unknown_model<'a>(label: &str, models: impl Iterator<Item = &'a Choice>) -> StudyError {
    let mut labels: Vec<String> = Vec::new();
    for known in models.flat_map(|model| [model.label(), model.base().label()]) {
        if !labels.contains(&known) {
            labels.push(known);
        }
    }
    StudyError::Value {
        field: "weights",
        expected: format!("a model of the grid: {}", labels.join(", ")),
        found: match zoo::nearest(label, &labels) {
            Some(nearest) => format!("`{label}` (did you mean `{nearest}`?)"),
            None => format!("`{label}`"),
        },
    }
}

/// What the report says of the weights of a model. The accuracy on the card is that of the whole
/// network, so a slimmed or truncated one states none.
pub(crate) fn describe(model: &Choice, source: &Source) -> SourceResult {
    let label = model.label();
    match &source.card {
        Some(card) => {
            let described = describe_source(&label, card, source.sha256.clone());
            let is_whole = |_: &f64| !model.is_variant();
            SourceResult {
                top1: described.top1.filter(is_whole),
                top5: described.top5.filter(is_whole),
                part: source.part.clone(),
                ..described
            }
        }
        None => SourceResult {
            model: label,
            name: "not stated (the weights carry no card)".into(),
            classes: None,
            images: None,
            size: None,
            property: None,
            top1: None,
            top5: None,
            sha256: source.sha256.clone(),
            part: source.part.clone(),
        },
    }
}

/// What a report says of the weights behind a card.
fn describe_source(model: &str, card: &Card, sha256: String) -> SourceResult {
    SourceResult {
        model: model.into(),
        name: card.source.clone(),
        classes: Some(card.classes).filter(|classes| *classes > 0),
        images: card.source_images,
        size: Some(card.size),
        property: card.property.clone(),
        top1: card.top1,
        top5: card.top5,
        sha256,
        part: None,
    }
}

/// Channels that the pictures get: as written, or what the weights of the first model that has any
/// expect, unless the weights are to be adapted.
pub(crate) fn channels(
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
pub(crate) fn adaptation(
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
pub(crate) fn normalisation(
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
