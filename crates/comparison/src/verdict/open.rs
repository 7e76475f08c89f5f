//! What a study cannot tell yet, and what would settle it.

use decisions::words::{chance, range};
use decisions::{FEWEST_SEEDS, MOST_PATIENTS, MOST_SEEDS};
use record::results::{ComparisonResult, Helps, NeededResult, Outcome, PowerResult, Results};

use super::stopped::futile;
use crate::probes;

/// Undecided comparisons that are listed one by one.
const LISTED: usize = 12;

/// One text each.
pub(super) fn open(results: &Results) -> Vec<String> {
    let mut open = Vec::new();
    let all = results.comparisons.iter();
    let undecided: Vec<_> = all.filter_map(|c| unsettled(c, results)).collect();
    match undecided.len() {
        0..=LISTED => open.extend(undecided),
        many => open.push(format!(
            "{many} comparisons are undecided at ± {}; the table of comparisons says what would settle each",
            results.margin
        )),
    }
    for attribution in &results.attributions {
        if attribution.helps == Helps::Undecided {
            open.push(format!(
                "whether features or scale of the pretrained weights help {}",
                attribution.place()
            ));
        }
    }
    let progress = results.progress;
    if progress.done + progress.failed < progress.planned {
        let upto = match results.sequential.is_some() {
            true => " up to the next look",
            false => "",
        };
        open.push(format!(
            "{} of {} runs{upto} are not finished; the numbers will still change",
            progress.planned - progress.done - progress.failed,
            progress.planned
        ));
    }
    open.extend(results.probe.as_ref().map(probes::open).unwrap_or_default());
    let few = |seeds: usize| (1..FEWEST_SEEDS).contains(&seeds);
    if results.arms.iter().any(|arm| few(arm.seed_count())) {
        open.push("one or two seeds of an arm show nothing of the spread between seeds; from three on arms are compared".into());
    }
    open
}

/// What an undecided comparison leaves open, and what would settle it.
fn unsettled(comparison: &ComparisonResult, results: &Results) -> Option<String> {
    if comparison.outcome != Outcome::Undecided {
        return None;
    }
    let power = comparison.power.as_deref().map(power).unwrap_or_default();
    let sequential = results.sequential.as_ref();
    let settle = futile(sequential, [&comparison.arm, &comparison.baseline]).or_else(|| {
        let needed = comparison.settling?;
        Some(equivalence(&needed.equivalence))
    });
    let margin = results.margin;
    Some(format!(
        "whether {} differs from {} by more than {margin}{power}{}",
        comparison.arm,
        comparison.baseline,
        settle.unwrap_or_default()
    ))
}

/// What could have been found.
fn power(powers: &[PowerResult]) -> String {
    let each: Vec<String> = powers
        .iter()
        .map(|p| format!("of {} in {}", p.difference, chance(p.power)))
        .collect();
    format!(
        "; a true difference {} would have been found",
        each.join(", ")
    )
}

/// What it takes to show that no difference beyond the margin is there, if there is none.
fn equivalence(needed: &NeededResult) -> String {
    let seeds = needed.seeds.map(|n| n.map(|n| n as f64));
    let ways = [
        range(seeds, 0, MOST_SEEDS as f64).map(|n| format!("{n} seeds in all")),
        range(needed.patients, 1, MOST_PATIENTS).map(|n| format!("{n} times the test patients")),
    ];
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    match ways.is_empty() {
        true => format!(
            "; if there is none, neither {MOST_SEEDS} seeds nor {MOST_PATIENTS:.0} times the test patients alone would show equivalence"
        ),
        false => format!(
            "; if there is none, {} would show equivalence with 80% power",
            ways.join(", or ")
        ),
    }
}
