//! C5: representations after transfer differ from those after a random start.

use crate::casting::Cast;
use crate::effect::{Effect, Student};
use crate::finished_study::FinishedStudy;
use crate::kept::{ByPair, less};
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// The excess of the large network above 0, and above that of each small one.
///
/// The excess: how alike the top blocks of two networks from random starts are, less how alike one
/// after transfer and one from a random start are, for the same pair of seeds.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let (large, random, transfer) = (&cast.large, &cast.random, &cast.transfer);
    let rule = Rule::Above { margin: None };
    let of_large = Asked {
        what: format!(
            "{large}: {} of top blocks, {random} with {random} − {transfer} with {random}",
            cast.measure
        ),
        study: study.name.clone(),
        rule,
        found: excess(study, large, cast).and_then(|found| over_pairs(&found)),
    };
    let beside = cast.small.names().iter().map(|small| {
        let both = excess(study, large, cast)
            .and_then(|large| Ok(less(&large, &excess(study, small, cast)?)));
        Asked {
            what: format!("the same of {large} − of {small}"),
            study: study.name.clone(),
            rule,
            found: both.and_then(|both| over_pairs(&both)),
        }
    });
    std::iter::once(of_large).chain(beside).collect()
}

fn excess(study: &FinishedStudy, network: &str, cast: &Cast) -> Result<ByPair, Lack> {
    if study.plan.compare.baseline != cast.random {
        return Err(Lack(format!(
            "pairs of networks are with the baseline, which is `{}` in the study `{}` and not `{}`",
            study.plan.compare.baseline, study.name, cast.random
        )));
    }
    let [random, transfer] = [&cast.random, &cast.transfer]
        .map(|init| study.alike_at_top(study.arm(network, init, None)?, cast));
    Ok(less(&random?, &transfer?))
}

/// Pairs share seeds, so the error is from leaving out each seed in turn.
fn over_pairs(pairs: &ByPair) -> Result<Effect, Lack> {
    let values: Vec<(f64, [u64; 2])> = pairs.iter().map(|(seeds, v)| (*v, *seeds)).collect();
    let found = Student::shared(&values).map(Effect::Student);
    found.ok_or_else(|| Lack("no pair of seeds is finished of both".into()))
}
