//! Pretrained weights, by path or built in by name, and what follows from their cards.

use std::collections::BTreeMap;
use std::path::Path;

use images::Normalisation;
use nets::zoo;
use nets::{Card, Weights, WeightsError, WeightsFile};

use super::error::StudyError;
use super::plan::describe_source;
use super::spec::{DataSpec, Normalise, StudySpec};
use crate::comparison::results::SourceResult;

/// Prefix of the weights that come with the program.
const BUILTIN: &str = "builtin:";

/// The weights that come with the program: name and bytes.
const FILES: [(&str, &[u8]); 1] = [(
    "cbr-tiny-phantom",
    include_bytes!("../../../../weights/cbr-tiny-phantom.safetensors"),
)];

/// Names after `builtin:`.
pub fn builtin_names() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}

/// The safetensors file of built-in weights, by the name after `builtin:`.
pub fn builtin_bytes(name: &str) -> Option<&'static [u8]> {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, bytes)| *bytes)
}

/// Weights of a model with what their card says.
pub(super) struct Pretrained {
    pub(super) weights: Weights,
    pub(super) card: Option<Card>,
    pub(super) sha256: String,
}

/// Reads the weights that `written` names: `builtin:<name>`, or a safetensors file relative to `base`.
fn read(written: &Path, base: &Path) -> Result<WeightsFile, anyhow::Error> {
    if let Some(name) = written.to_str().and_then(|w| w.strip_prefix(BUILTIN)) {
        let Some(bytes) = builtin_bytes(name) else {
            return Err(StudyError::Value {
                field: "weights",
                expected: format!("{BUILTIN}{}, or a path", builtin_names().join(", ")),
                found: format!("{BUILTIN}{name}"),
            }
            .into());
        };
        return Ok(Weights::from_bytes(bytes, written)?);
    }
    let path = base.join(written);
    Weights::read(&path).map_err(|error: WeightsError| error.into())
}

/// The weights of every model that has any, by label.
pub(super) fn read_all(
    spec: &StudySpec,
    base: &Path,
) -> Result<BTreeMap<String, Pretrained>, anyhow::Error> {
    let labels: Vec<_> = spec.grid.model.iter().map(|m| m.0.label()).collect();
    let mut all = BTreeMap::new();
    for (label, path) in &spec.weights {
        if !labels.contains(label) {
            return Err(StudyError::Value {
                field: "weights",
                expected: format!("a model of the grid: {}", labels.join(", ")),
                found: match zoo::nearest(label, &labels) {
                    Some(nearest) => format!("`{label}` (did you mean `{nearest}`?)"),
                    None => format!("`{label}`"),
                },
            }
            .into());
        }
        let file = read(path, base)?;
        all.insert(
            label.clone(),
            Pretrained {
                card: file.card(),
                sha256: file.sha256,
                weights: file.weights,
            },
        );
    }
    Ok(all)
}

/// What the report says of the weights of a model.
pub(super) fn describe(label: &str, pretrained: &Pretrained) -> SourceResult {
    match &pretrained.card {
        Some(card) => describe_source(label, card, pretrained.sha256.clone()),
        None => SourceResult {
            model: label.into(),
            name: "not stated (the weights carry no card)".into(),
            classes: None,
            images: None,
            size: None,
            property: None,
            top1: None,
            top5: None,
            sha256: pretrained.sha256.clone(),
        },
    }
}

/// The scaling of a model's pixels, the same in all its arms, so that arms differ in nothing else.
pub(super) fn normalisation(
    spec: &DataSpec,
    source: Option<&Pretrained>,
    data: Normalisation,
    channels: usize,
    label: &str,
) -> Result<Normalisation, StudyError> {
    let of_weights = source
        .and_then(|p| p.card.as_ref())
        .map(|card| Normalisation {
            mean: card.normalisation.mean.clone(),
            std: card.normalisation.std.clone(),
        });
    let chosen = match (spec.normalise, of_weights) {
        (Normalise::Weights, Some(of_weights)) => of_weights,
        (Normalise::Weights | Normalise::Data, _) => data,
        (Normalise::None, _) => Normalisation::identity(channels),
    };
    if chosen.mean.len() != channels
        || chosen.std.len() != channels
        || chosen.std.iter().any(|s| s.is_nan() || *s <= 0.0)
    {
        return Err(StudyError::Value {
            field: "data.channels",
            expected: format!(
                "{} channels, which the weights of `{label}` were trained with",
                chosen.mean.len()
            ),
            found: channels.to_string(),
        });
    }
    Ok(chosen)
}
