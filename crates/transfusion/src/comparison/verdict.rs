//! The verdict: one paragraph made by rules from the numbers alone.
//!
//! 1. Candidates are the arms trained on the most pictures of the study. The best is the one with
//!    the highest mean test AUC.
//! 2. Any candidate that is shown to be equivalent to the best (two one-sided tests within the
//!    margin) and costs fewer multiply-adds, or as many and needs no pretrained weights, is
//!    preferred: recommended is the cheapest of them.
//! 3. Every initialisation is then compared with the baseline of the same network and regime, and
//!    every other regime with full training from the same initialisation: better, worse, equivalent
//!    or undecided; so are slimmed and truncated networks with the whole one; always with the difference and its interval, and how much sooner it reaches the
//!    thresholds.
//! 4. Where a network has `random`, `mean-var` and `transfer` arms, the gain is split into the
//!    part of the scale and that of the features, and what helps is named.
//! 5. Undecided comparisons are listed with the smallest difference they could have seen.

use std::fmt::Write as _;

use stats::Outcome;

use super::collect::compare;
use super::probes::Probes;
use super::results::{ArmResult, ComparisonResult, Helps, Results, Verdict};
use super::sentence::sentences;

/// Undecided comparisons that are listed one by one.
const LISTED: usize = 12;

/// Makes the verdict of `results`; `seeds` are the test AUCs of each arm, by seed, in the order of
/// the arms.
pub(super) fn verdict(results: &Results, seeds: &[Vec<(u64, stats::Estimate)>]) -> Verdict {
    let mean = |index: usize| results.arms[index].auc.map(|a| a.value);
    let most = results.arms.iter().map(|a| a.train_size).max();
    let is_candidate = |a: &ArmResult| Some(a.train_size) == most && a.auc.is_some();
    let candidates: Vec<usize> = (0..results.arms.len())
        .filter(|i| is_candidate(&results.arms[*i]))
        .collect();
    let best = candidates.iter().copied().max_by(|a, b| {
        mean(*a)
            .partial_cmp(&mean(*b))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut open = Vec::new();
    let mut paragraph = String::new();
    let recommended = best.map(|best| {
        let is_equivalent = |index: &usize| {
            *index == best
                || compare(&seeds[*index], &seeds[best], results.margin)
                    .is_some_and(|c| c.outcome == Outcome::Equivalent)
        };
        let equals = candidates.iter().copied().filter(is_equivalent);
        let chosen = equals
            .min_by_key(|i| (cost(results, *i), *i != best))
            .unwrap_or(best);
        recommend(results, best, chosen, &mut paragraph);
        chosen
    });
    let probes = results.probe.as_ref();
    if let Some(untrained) = probes.and_then(Probes::verdict) {
        paragraph.push_str(&untrained);
    } else if recommended.is_none() {
        paragraph.push_str(if results.progress.failed == results.progress.planned {
            "Every run failed, so nothing can be said."
        } else {
            "No arm with the most training pictures has finished a run yet, so none is recommended. "
        });
    }
    let label = recommended.map(|i| results.arms[i].label.as_str());
    sentences(results, label, &mut paragraph);
    let all = results.comparisons.iter();
    let undecided: Vec<_> = all.filter_map(|c| unsettled(c, results.margin)).collect();
    match undecided.len() {
        0..=LISTED => open.extend(undecided),
        many => open.push(format!(
            "{many} comparisons are undecided at ± {}; the table of arms says from which difference on each could have seen one",
            results.margin
        )),
    }
    for attribution in &results.attributions {
        let _ = write!(paragraph, "{} ", attribution.sentence(results.margin));
        if attribution.helps == Helps::Undecided {
            open.push(format!(
                "whether features or scale of the pretrained weights help {}",
                attribution.place()
            ));
        }
    }
    if results.progress.done + results.progress.failed < results.progress.planned {
        open.push(format!(
            "{} of {} runs are not finished; the numbers will still change",
            results.progress.planned - results.progress.done - results.progress.failed,
            results.progress.planned
        ));
    }
    open.extend(probes.map(Probes::open).unwrap_or_default());
    if results.arms.iter().any(|a| a.seeds.len() == 1) {
        open.push("an arm with one seed shows nothing of the spread between seeds".into());
    }
    let paragraph = paragraph.trim_end().to_string();
    Verdict {
        paragraph,
        recommended: label.map(str::to_string),
        open,
    }
}

/// Multiply-adds, then whether pretrained weights are needed.
fn cost(results: &Results, index: usize) -> (u64, bool) {
    let arm = &results.arms[index];
    let macs = results
        .models
        .iter()
        .find(|m| m.label == arm.model)
        .map_or(u64::MAX, |m| m.macs);
    (macs, arm.needs_weights)
}

fn recommend(results: &Results, best: usize, chosen: usize, paragraph: &mut String) {
    let arm = &results.arms[chosen];
    let trained = match arm.regime.as_str() {
        "full" => String::new(),
        regime => format!(", trained by {regime}"),
    };
    let _ = write!(
        paragraph,
        "Use {} from {} initialisation{trained}: test AUC {}",
        arm.model,
        arm.init,
        interval(arm)
    );
    if chosen == best {
        paragraph.push_str(", the highest mean of the study");
        let is_open = |c: &&ComparisonResult| c.arm == arm.label && c.outcome == "undecided";
        if let Some(comparison) = results.comparisons.iter().find(is_open) {
            let _ = write!(
                paragraph,
                ", though not shown to differ from {}",
                comparison.baseline
            );
        }
        paragraph.push_str(". ");
    } else {
        let top = &results.arms[best];
        let _ = write!(
            paragraph,
            ". {} has the highest mean, {}, but the two are equivalent within ± {}, so the cheaper one is preferred. ",
            top.label,
            interval(top),
            results.margin
        );
    }
}

fn interval(arm: &ArmResult) -> String {
    match arm.auc {
        Some(auc) if auc.low == auc.high => {
            format!("{:.3} (no interval: nothing varied)", auc.value)
        }
        Some(auc) => format!(
            "{:.3} (95% interval {:.3} to {:.3})",
            auc.value, auc.low, auc.high
        ),
        None => "not known".into(),
    }
}

/// What an undecided comparison leaves open.
fn unsettled(comparison: &ComparisonResult, margin: f64) -> Option<String> {
    if comparison.outcome != "undecided" {
        return None;
    }
    let detectable = comparison.smallest_detectable;
    let seen = detectable
        .map(|d| format!("; differences below {d:.3} could not have been seen"))
        .unwrap_or_default();
    Some(format!(
        "whether {} differs from {} by more than {margin}{seen}",
        comparison.arm, comparison.baseline
    ))
}
