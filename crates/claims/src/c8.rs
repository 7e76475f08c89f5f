//! C8: transfer starts sooner, and a part of that is scale.

use stats::SPEED_MARGIN;

use crate::casting::Cast;
use crate::effect::Effect;
use crate::finished_study::FinishedStudy;
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// Of every network: how many times as soon as from a random start the threshold is reached after
/// transfer, and from the pretrained scale alone.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let starts = [cast.transfer.as_str(), cast.mean_var.as_str()];
    let inits = [cast.random.as_str(), starts[0], starts[1]];
    let networks = study.networks(cast.networks.as_deref(), &inits);
    let asked = networks.iter().flat_map(|network| {
        starts.map(|start| Asked {
            what: format!("{network}: times as soon, {start} against {}", cast.random),
            study: study.name.clone(),
            rule: Rule::AboveOne {
                margin: Some(SPEED_MARGIN),
            },
            found: sooner(study, network, cast, [start, &cast.random]),
        })
    });
    asked.collect()
}

/// How many times as soon the first of two starts of a network reaches the threshold.
pub(crate) fn sooner(
    study: &FinishedStudy,
    network: &str,
    cast: &Cast,
    [start, other]: [&str; 2],
) -> Result<Effect, Lack> {
    let ours = study.arm(network, start, None)?;
    let theirs = study.arm(network, other, None)?;
    let found = study.speed(&[(theirs, 1.0), (ours, -1.0)], threshold(study, cast)?)?;
    Ok(Effect::Student(found))
}

/// The validation AUC to reach: declared, never chosen by what was reached.
pub(crate) fn threshold(study: &FinishedStudy, cast: &Cast) -> Result<f64, Lack> {
    let thresholds = &study.plan.compare.thresholds;
    let found = match cast.threshold {
        Some(asked) => thresholds.iter().find(|known| **known == asked),
        None => thresholds.last(),
    };
    found.copied().ok_or_else(|| {
        Lack(format!(
            "the threshold is none of the study `{}`: compare.thresholds",
            study.name
        ))
    })
}
