//! The verdict: one paragraph made by rules from the numbers alone, and the same as advice in
//! numbers. `docs/verdict.md` writes the rules down; each clause names the one that made it.
//!
//! 0. `leaks`: what crosses the parts of the data, where the study accepts it.
//! 1. `use`: candidates are the arms trained on the most pictures of the study. The best is the one
//!    with the highest mean test AUC.
//! 2. `cheaper`: any candidate that is shown to be equivalent to the best (two one-sided tests
//!    within the margin, Holm over all candidates) and costs fewer multiply-adds, or as many and
//!    needs no pretrained weights, is preferred: recommended is the cheapest of them.
//! 3. `compare`, `soonest`, `tally`: every initialisation with the baseline of the same network and
//!    regime, every other regime with full training, slimmed and truncated networks with the whole.
//!    Then `tuned`: with what arms were trained, and `specification`: at how many of the rates that were
//!    tried each is ahead, where the study tunes.
//! 4. `labels`: how many labels the recommended initialisation saves, where sizes tell.
//! 5. `helps`: where a network has `random`, `mean-var` and `transfer` arms, what helps.
//! 6. `rare`: which parts of a mean rest on fewer than ten cases.
//! 7. What is open, and what would settle it.

use audit::Audit;
use stats::holm;

use super::pairs::{Seeds, compare};
use super::sentence::clauses;
use super::{attribution, probes, specification, tuning};
use record::results::{
    Advice, ArmResult, Bound, Clause, ComparisonResult, Helps, LabelSaving, Outcome, Results,
    SettlingResult, SpeedUpResult, Verdict,
};

/// Undecided comparisons that are listed one by one.
const LISTED: usize = 12;

/// Makes the verdict of `results`; `seeds` are the test AUCs of each arm, by seed, in the order of
/// the arms.
pub(crate) fn verdict(results: &Results, seeds: &[Vec<(u64, stats::Estimate)>]) -> Verdict {
    let chosen = Chosen::of(results, seeds);
    let mut all: Vec<Clause> = leaks(results).into_iter().collect();
    let probes = results.probe.as_ref();
    if let Some(chosen) = &chosen {
        all.extend(chosen.clauses(results));
    }
    if let Some(untrained) = probes.and_then(probes::verdict) {
        all.push(clause("probes", untrained, vec!["/probe".into()], "probes"));
    } else if chosen.is_none() {
        let text = if results.progress.failed == results.progress.planned {
            "Every run failed, so nothing can be said."
        } else {
            "No arm with the most training pictures has finished a run yet, so none is recommended."
        };
        all.push(clause("use", text.into(), vec!["/progress".into()], "arms"));
    }
    let label = chosen.as_ref().map(|c| results.arms[c.arm].label.as_str());
    all.extend(clauses(results, label));
    all.extend(tuning::clause(results));
    all.extend(specification::clauses(results, label));
    let advice = chosen.as_ref().map(|chosen| chosen.advice(results));
    all.extend(advice.as_ref().and_then(|advice| labels(results, advice)));
    for (place, attribution) in results.attributions.iter().enumerate() {
        let text = attribution::sentence(attribution, results.margin);
        let numbers = vec![format!("/attributions/{place}")];
        all.push(clause("helps", text, numbers, "attributions"));
    }
    all.extend(rare(results, label));
    let texts: Vec<&str> = all.iter().map(|clause| clause.text.as_str()).collect();
    Verdict {
        paragraph: texts.join(" "),
        recommended: label.map(str::to_string),
        open: open(results),
        clauses: all,
        advice,
    }
}

/// What crosses the parts of the data, where the study accepts it: said before everything else.
fn leaks(results: &Results) -> Option<Clause> {
    let reason = results.data.allowed_leaks.as_ref()?;
    let found: Vec<&str> = results
        .data
        .audit
        .iter()
        .flat_map(Audit::leaks)
        .map(|leak| leak.found.as_str())
        .collect();
    if found.is_empty() {
        return None;
    }
    let reason = reason.trim().trim_end_matches('.');
    let text = format!(
        "Parts of these data leak into each other, so test scores may be too high; the study accepts that (\"{reason}\"). {}",
        found.join(" ")
    );
    Some(clause(
        "leaks",
        text,
        vec!["/data/audit".into(), "/data/allowed_leaks".into()],
        "data",
    ))
}

fn clause(rule: &str, text: String, numbers: Vec<String>, section: &str) -> Clause {
    Clause {
        rule: rule.into(),
        text,
        numbers,
        section: section.into(),
    }
}

/// The arm to use, and the one with the highest mean.
struct Chosen {
    arm: usize,
    best: usize,
}

impl Chosen {
    fn of(results: &Results, seeds: &[Vec<(u64, stats::Estimate)>]) -> Option<Self> {
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
        })?;
        let equals = equals(results, seeds, &candidates, best);
        let arm = equals
            .into_iter()
            .min_by_key(|i| (cost(results, *i), *i != best))
            .unwrap_or(best);
        Some(Self { arm, best })
    }

    fn clauses(&self, results: &Results) -> Vec<Clause> {
        let arm = &results.arms[self.arm];
        let trained = match arm.regime.beside_full() {
            None => String::new(),
            Some(regime) => format!(", trained by {regime}"),
        };
        let mut text = format!(
            "Use {} from {} initialisation{trained}: test AUC {}",
            arm.model,
            arm.init,
            interval(arm)
        );
        let number = |place: usize| format!("/arms/{place}/auc");
        if self.arm != self.best {
            let top = &results.arms[self.best];
            let cheaper = format!(
                "{} has the highest mean, {}, but the two are equivalent within ± {}, so the cheaper one is preferred.",
                top.label,
                interval(top),
                results.margin
            );
            text.push('.');
            return vec![
                clause("use", text, vec![number(self.arm)], "arms"),
                clause(
                    "cheaper",
                    cheaper,
                    vec![number(self.best), format!("/costs/{}", self.arm)],
                    "costs",
                ),
            ];
        }
        text.push_str(", the highest mean of the study");
        let mut numbers = vec![number(self.arm)];
        let mut all = results.comparisons.iter().enumerate();
        let is_open = |c: &ComparisonResult| c.arm == arm.label && c.outcome == Outcome::Undecided;
        if let Some((place, comparison)) = all.find(|(_, c)| is_open(c)) {
            text.push_str(&format!(
                ", though not shown to differ from {}",
                comparison.baseline
            ));
            numbers.push(format!("/comparisons/{place}"));
        }
        text.push('.');
        vec![clause("use", text, numbers, "arms")]
    }

    fn advice(&self, results: &Results) -> Advice {
        let arm = &results.arms[self.arm];
        let against = results.against_baseline(arm);
        let savings = results.label_efficiency.iter();
        let of_arm = savings
            .filter(|s| (&s.model, &s.init, &s.regime) == (&arm.model, &arm.init, &arm.regime));
        let labels = of_arm
            .flat_map(|saving| &saving.savings)
            .filter(|saving| saving.bound == Bound::Exact)
            .max_by_key(|saving| saving.train_size);
        Advice {
            arm: arm.label.clone(),
            model: arm.model.clone(),
            init: arm.init.clone(),
            up_to_block: arm.up_to_block.clone(),
            auc: arm.auc,
            gain: against.map(|c| c.difference),
            outcome: against.map(|c| c.outcome),
            cheaper_than: (self.arm != self.best).then(|| results.arms[self.best].label.clone()),
            speed_up: speed_up(results, arm),
            labels: labels.map(|saving| LabelSaving {
                train_size: saving.train_size,
                factor: saving.factor,
                low: saving.low,
                high: saving.high,
            }),
        }
    }
}

/// How much sooner an arm is at the highest threshold that half the seeds of it or of the baseline
/// reach.
fn speed_up(results: &Results, arm: &ArmResult) -> Option<SpeedUpResult> {
    let against = results.against_baseline(arm)?;
    let baseline = results.baseline_of(arm)?;
    let highest = (0..against.speed_up.len()).rev().find(|place| {
        let medians = [arm, baseline].map(|arm| arm.convergence.get(*place).map(|c| c.median));
        medians.into_iter().flatten().flatten().next().is_some()
    })?;
    against.speed_up.get(highest)?.clone()
}

/// The candidates that are shown to be equivalent to the best, and the best itself.
fn equals(
    results: &Results,
    seeds: &[Vec<(u64, stats::Estimate)>],
    candidates: &[usize],
    best: usize,
) -> Vec<usize> {
    let against = |index: usize| -> Option<stats::Comparison> {
        let [ours, theirs]: [&Seeds; 2] = [&seeds[index], &seeds[best]];
        compare(ours, theirs, results.margin)
    };
    let others: Vec<_> = candidates
        .iter()
        .copied()
        .filter(|index| *index != best)
        .filter_map(|index| Some((index, against(index)?)))
        .collect();
    let of = |p: fn(&stats::Comparison) -> Option<f64>| {
        let values: Vec<_> = others.iter().map(|(_, comparison)| p(comparison)).collect();
        holm(&values).unwrap_or_else(|_| vec![None; values.len()])
    };
    let (difference, equivalence) = (of(|c| c.p_difference), of(|c| c.p_equivalence));
    let mut equals = vec![best];
    for (place, (index, comparison)) in others.iter().enumerate() {
        let outcome = comparison.outcome_after(difference[place], equivalence[place]);
        if outcome == stats::Outcome::Equivalent {
            equals.push(*index);
        }
    }
    equals
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

/// How many labels the recommended initialisation saves.
fn labels(results: &Results, advice: &Advice) -> Option<Clause> {
    let saving = advice.labels?;
    let arm = results.arms.iter().find(|arm| arm.label == advice.arm)?;
    let place = results
        .label_efficiency
        .iter()
        .position(|s| (&s.model, &s.init, &s.regime) == (&arm.model, &arm.init, &arm.regime))?;
    let interval = match (saving.low, saving.high) {
        (Some(low), Some(high)) => format!("{low:.1} to {high:.1}"),
        _ => "no interval".into(),
    };
    Some(clause(
        "labels",
        format!(
            "With {} labels, {} is as good as {} with {:.1} times as many ({interval}).",
            saving.train_size, advice.init, results.baseline, saving.factor
        ),
        vec![format!("/label_efficiency/{place}")],
        "labels",
    ))
}

/// Parts of the headline's mean that rest on few cases.
fn rare(results: &Results, recommended: Option<&str>) -> Option<Clause> {
    let place = match recommended {
        Some(label) => results.arms.iter().position(|a| a.label == label)?,
        None => results.arms.iter().position(|a| !a.questions.is_empty())?,
    };
    let questions = &results.arms[place].questions;
    let rare: Vec<String> = questions
        .iter()
        .filter(|question| question.is_rare)
        .map(|q| format!("{} ({})", q.name, q.patients[0].min(q.patients[1])))
        .collect();
    if rare.is_empty() {
        return None;
    }
    let text = format!(
        "Fewer than ten test patients have, or have not, {}: intervals and tests of {} cannot be relied on.",
        rare.join(", "),
        if rare.len() == 1 { "it" } else { "these" }
    );
    let numbers = vec![format!("/arms/{place}/questions")];
    Some(clause("rare", text, numbers, "questions"))
}

fn open(results: &Results) -> Vec<String> {
    let mut open = Vec::new();
    let all = results.comparisons.iter();
    let undecided: Vec<_> = all.filter_map(|c| unsettled(c, results.margin)).collect();
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
        open.push(format!(
            "{} of {} runs are not finished; the numbers will still change",
            progress.planned - progress.done - progress.failed,
            progress.planned
        ));
    }
    open.extend(results.probe.as_ref().map(probes::open).unwrap_or_default());
    if results.arms.iter().any(|a| a.seeds.len() == 1) {
        open.push("an arm with one seed shows nothing of the spread between seeds".into());
    }
    open
}

/// What an undecided comparison leaves open, and what would settle it.
fn unsettled(comparison: &ComparisonResult, margin: f64) -> Option<String> {
    if comparison.outcome != Outcome::Undecided {
        return None;
    }
    let detectable = comparison.smallest_detectable;
    let seen = detectable
        .map(|d| format!("; differences below {d:.3} could not have been seen"))
        .unwrap_or_default();
    let settle = comparison.settling.as_ref().map(settle).unwrap_or_default();
    Some(format!(
        "whether {} differs from {} by more than {margin}{seen}{settle}",
        comparison.arm, comparison.baseline
    ))
}

/// What it takes to show that no difference beyond the margin is there, if there is none.
pub(crate) fn settle(settling: &SettlingResult) -> String {
    let seeds = settling.equivalence_seeds;
    let patients = settling.equivalence_patients;
    match (seeds, patients) {
        (Some(seeds), Some(times)) => {
            format!(
                "; {seeds} seeds in all, or {times:.1} times the test patients, would settle it"
            )
        }
        (Some(seeds), None) => {
            format!("; {seeds} seeds in all would settle it, more patients alone not")
        }
        (None, Some(times)) => {
            format!("; {times:.1} times the test patients would settle it, more seeds alone not")
        }
        (None, None) => "; neither more seeds nor more patients alone would settle it".into(),
    }
}
