//! C7: reuse is confined to the lowest blocks.

use crate::casting::Cast;
use crate::effect::{Effect, Student};
use crate::finished_study::FinishedStudy;
use crate::kept::{BySeed, End, less};
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// Of every network: what the lowest block keeps of pretrained weights beyond what it keeps of
/// random ones, above 0; and more than the same at the highest block.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let (random, transfer, measure) = (&cast.random, &cast.transfer, &cast.measure);
    let rule = Rule::Above { margin: None };
    let networks = study.networks(cast.networks.as_deref(), &[random, transfer]);
    let asked = networks.iter().flat_map(|network| {
        let bottom = reuse(study, network, cast, End::Bottom);
        let both = bottom
            .clone()
            .and_then(|bottom| Ok(less(&bottom, &reuse(study, network, cast, End::Top)?)));
        [
            Asked {
                what: format!(
                    "{network}, lowest block: {measure} to its own start, {transfer} − {random}"
                ),
                study: study.name.clone(),
                rule,
                found: bottom.and_then(|found| over_seeds(&found)),
            },
            Asked {
                what: format!("{network}: the same at the lowest block − at the highest"),
                study: study.name.clone(),
                rule,
                found: both.and_then(|found| over_seeds(&found)),
            },
        ]
    });
    asked.collect()
}

fn reuse(study: &FinishedStudy, network: &str, cast: &Cast, end: End) -> Result<BySeed, Lack> {
    let [transfer, random] = [&cast.transfer, &cast.random]
        .map(|init| study.kept_of_start(study.arm(network, init, None)?, cast, end));
    Ok(less(&transfer?, &random?))
}

/// A mean over seeds with its error.
pub(crate) fn over_seeds(found: &BySeed) -> Result<Effect, Lack> {
    let values: Vec<(f64, [u64; 2])> = found.iter().map(|(seed, v)| (*v, [*seed; 2])).collect();
    let found = Student::shared(&values).map(Effect::Student);
    found.ok_or_else(|| Lack("no seed is finished of both".into()))
}
