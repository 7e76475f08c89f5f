//! C6: large networks move less, most so in the lowest layers.

use crate::c7::over_seeds;
use crate::casting::Cast;
use crate::finished_study::FinishedStudy;
use crate::kept::{BySeed, End, less};
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// From random starts, for each small network: the lowest block of the large one more alike to its
/// start; and more so than at the highest block.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let rule = Rule::Above { margin: None };
    let asked = cast.small.names().iter().flat_map(|small| {
        let (large, measure, start) = (&cast.large, &cast.measure, &cast.random);
        let beyond = |end| beyond(study, [large, small], cast, end);
        let bottom = beyond(End::Bottom);
        let both = bottom
            .clone()
            .and_then(|bottom| Ok(less(&bottom, &beyond(End::Top)?)));
        [
            Asked {
                what: format!(
                    "lowest block, {measure} to its own {start} start: {large} − {small}"
                ),
                study: study.name.clone(),
                rule,
                found: bottom.and_then(|found| over_seeds(&found)),
            },
            Asked {
                what: format!("the same at the lowest block − at the highest: {large} − {small}"),
                study: study.name.clone(),
                rule,
                found: both.and_then(|found| over_seeds(&found)),
            },
        ]
    });
    asked.collect()
}

fn beyond(
    study: &FinishedStudy,
    networks: [&String; 2],
    cast: &Cast,
    end: End,
) -> Result<BySeed, Lack> {
    let [large, small] = networks
        .map(|network| study.kept_of_start(study.arm(network, &cast.random, None)?, cast, end));
    Ok(less(&large?, &small?))
}
