//! C4: with very few pictures transfer helps, mainly the large network.

use decisions::Arms;
use stats::Estimate;

use crate::c1::difference;
use crate::casting::Cast;
use crate::effect::Effect;
use crate::finished_study::FinishedStudy;
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// At the smallest training size: the gain of the large network above 0; and its gain above that of
/// each small one.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let sizes = study.plan.arms.iter().map(|arm| arm.train_size);
    let size = cast.train_size.or(sizes.min());
    let on = size.map_or_else(|| "?".to_owned(), |size| size.to_string());
    let rule = Rule::Above {
        margin: Some(study.margin()),
    };
    let (large, transfer, random) = (&cast.large, &cast.transfer, &cast.random);
    let of_large = Asked {
        what: format!("{large} on {on} pictures: test AUC, {transfer} − {random}"),
        study: study.name.clone(),
        rule,
        found: difference(study, [(large, transfer), (large, random)], size),
    };
    let beside = cast.small.names().iter().map(|small| Asked {
        what: format!("on {on} pictures: gain of {large} − gain of {small}"),
        study: study.name.clone(),
        rule,
        found: beyond(study, [large, small], cast, size),
    });
    std::iter::once(of_large).chain(beside).collect()
}

/// The gain of one network less that of another, seeds paired: a difference of differences on the
/// same patients.
fn beyond(
    study: &FinishedStudy,
    networks: [&String; 2],
    cast: &Cast,
    size: Option<usize>,
) -> Result<Effect, Lack> {
    let gains = networks.map(|network| gains(study, network, cast, size));
    let [ours, theirs] = gains;
    let (ours, theirs) = (ours?, theirs?);
    let arms = Arms::new([(ours.as_slice(), 0), (theirs.as_slice(), 1)]);
    let found = arms.contrast([0, 1]).map(Box::new).map(Effect::Contrast);
    found.ok_or_else(|| Lack("no seed is finished of all four arms".into()))
}

fn gains(
    study: &FinishedStudy,
    network: &str,
    cast: &Cast,
    size: Option<usize>,
) -> Result<Vec<(u64, Estimate)>, Lack> {
    let transfer = study.seeds(study.arm(network, &cast.transfer, size)?);
    let random = study.seeds(study.arm(network, &cast.random, size)?);
    let gains = transfer.iter().filter_map(|(seed, auc)| {
        let (_, other) = random.iter().find(|(of, _)| of == seed)?;
        Some((*seed, auc.difference(other).ok()?))
    });
    Ok(gains.collect())
}
