//! C9: the first convolution alone gives the largest marginal speed-up, with a plateau after the
//! first two stages.

use stats::SPEED_MARGIN;

use crate::c8::{sooner, threshold};
use crate::casting::Cast;
use crate::effect::Effect;
use crate::finished_study::FinishedStudy;
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// Of every network: the factor by which the first prefix is sooner than a random start, over that
/// of each later prefix against the one before it, above 1; and the factor from the plateau on to
/// full transfer, as good as 1.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let mut inits: Vec<&str> = vec![&cast.random];
    inits.extend(cast.prefixes.iter().map(String::as_str));
    let networks = study.networks(cast.networks.as_deref(), &inits);
    let asked = networks.iter().flat_map(|network| {
        let later = (2..inits.len()).map(|place| Asked {
            what: format!(
                "{network}: marginal speed-up of {} over that of {}",
                inits[1], inits[place]
            ),
            study: study.name.clone(),
            rule: Rule::AboveOne { margin: None },
            found: marginal(
                study,
                network,
                cast,
                [&inits[..2], &inits[place - 1..=place]],
            ),
        });
        let last = inits[inits.len() - 1];
        let plateau = (cast.plateau != last).then(|| Asked {
            what: format!("{network}: times as soon, {last} against {}", cast.plateau),
            study: study.name.clone(),
            rule: Rule::WithinFactor {
                margin: SPEED_MARGIN,
            },
            found: sooner(study, network, cast, [last, &cast.plateau]),
        });
        later.chain(plateau).collect::<Vec<_>>()
    });
    asked.collect()
}

/// The factor of the step from one start to the next, over that of another step.
fn marginal(
    study: &FinishedStudy,
    network: &str,
    cast: &Cast,
    steps: [&[&str]; 2],
) -> Result<Effect, Lack> {
    let mut terms: Vec<(usize, f64)> = Vec::new();
    for (step, sign) in steps.into_iter().zip([1.0, -1.0]) {
        // Sooner is fewer steps: the earlier start counts as it is, the later one against it.
        for (init, weight) in step.iter().zip([sign, -sign]) {
            let arm = study.arm(network, init, None)?;
            match terms.iter_mut().find(|(of, _)| *of == arm) {
                Some((_, sum)) => *sum += weight,
                None => terms.push((arm, weight)),
            }
        }
    }
    let found = study.speed(&terms, threshold(study, cast)?)?;
    Ok(Effect::Student(found))
}
