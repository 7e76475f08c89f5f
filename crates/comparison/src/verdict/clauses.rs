//! Clauses that need nothing but the results.

use std::collections::BTreeMap;

use audit::Audit;
use record::results::{Advice, Clause, Results};

/// What crosses the parts of the data, where the study accepts it: said before everything else.
pub(super) fn leaks(results: &Results) -> Option<Clause> {
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

/// A clause of the verdict.
pub(super) fn clause(rule: &str, text: String, numbers: Vec<String>, section: &str) -> Clause {
    Clause {
        rule: rule.into(),
        text,
        numbers,
        section: section.into(),
    }
}

/// How many labels the recommended initialisation saves.
pub(super) fn labels(results: &Results, advice: &Advice) -> Option<Clause> {
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

/// What counts as independent, where the patients of the test pictures are unknown.
pub(super) fn unit(results: &Results) -> Option<Clause> {
    let has_scores = results.arms.iter().any(|arm| arm.auc.is_some());
    (has_scores && !results.data.knows_patients()).then(|| {
        let text = "Patients are unknown: pictures are counted as independent, and where several are of one patient the intervals are far too narrow.";
        clause("unit", text.into(), vec!["/data/partitions".into()], "data")
    })
}

/// Parts of the headline's mean that rest on few cases.
pub(super) fn rare(results: &Results, recommended: Option<&str>) -> Option<Clause> {
    let place = match recommended {
        Some(label) => results.arms.iter().position(|a| a.label == label)?,
        None => results.arms.iter().position(|a| !a.questions.is_empty())?,
    };
    let questions = &results.arms[place].questions;
    let rare: Vec<String> = questions
        .iter()
        .filter(|question| question.is_rare)
        .map(|q| format!("{} ({} patients)", q.name, q.patients[0].min(q.patients[1])))
        .collect();
    if rare.is_empty() {
        return None;
    }
    let text = format!(
        "Fewer than ten test patients have, or have not, {}: intervals and tests of {} cannot be relied on, nor can those of a mean over findings be without doubt.",
        rare.join(", "),
        if rare.len() == 1 { "it" } else { "these" }
    );
    let numbers = vec![format!("/arms/{place}/questions")];
    Some(clause("rare", text, numbers, "questions"))
}

/// Parts of the headline's mean that have no AUC.
pub(super) fn missing(results: &Results) -> Option<Clause> {
    let place = results
        .arms
        .iter()
        .position(|a| a.auc.is_some() && a.questions.len() > 1)?;
    let questions = &results.arms[place].questions;
    let missing = questions.iter().filter(|q| q.auc.is_none());
    let names: Vec<&str> = missing.map(|q| q.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let text = format!(
        "The headline is a mean over {} of {} findings: {} cannot be told in the test pictures.",
        questions.len() - names.len(),
        questions.len(),
        names.join(", ")
    );
    let numbers = vec![format!("/arms/{place}/questions")];
    Some(clause("missing", text, numbers, "questions"))
}

/// Runs that were at their best when they ended: more than half of all.
pub(super) fn short(results: &Results) -> Option<Clause> {
    let runs = || results.arms.iter().flat_map(|arm| &arm.seeds);
    let (all, last) = (
        runs().count(),
        runs().filter(|run| run.best_step == run.steps).count(),
    );
    if all == 0 || 2 * last <= all {
        return None;
    }
    let text = format!(
        "{last} of {all} runs were best at their last step: with more steps the arms may compare otherwise."
    );
    Some(clause("short", text, vec!["/arms".into()], "curves"))
}

/// Runs of several kinds of devices.
pub(super) fn devices(results: &Results) -> Option<Clause> {
    let mut runs: BTreeMap<&str, usize> = BTreeMap::new();
    for of in results.arms.iter().flat_map(|arm| &arm.devices) {
        *runs.entry(&of.device).or_default() += of.runs;
    }
    if runs.len() < 2 {
        return None;
    }
    let told: Vec<String> = runs
        .iter()
        .map(|(device, runs)| format!("{runs} on {device}"))
        .collect();
    let mixed = results.arms.iter().filter(|arm| arm.devices.len() > 1);
    let within = match mixed.count() {
        0 => String::new(),
        1 => ", also within one arm".into(),
        arms => format!(", also within {arms} arms"),
    };
    let text = format!(
        "Runs were trained on several kinds of devices{within}: {}. These round differently, so that a difference between arms may come from them.",
        told.join(", ")
    );
    let arms = results.arms.iter().enumerate();
    let numbers = arms
        .filter(|(_, arm)| !arm.devices.is_empty())
        .map(|(place, _)| format!("/arms/{place}/devices"));
    Some(clause("devices", text, numbers.collect(), "arms"))
}
