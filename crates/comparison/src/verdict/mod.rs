//! The verdict: one paragraph made by rules from the numbers alone, and the same as advice in
//! numbers. `docs/verdict.md` writes the rules down; each clause names the one that made it.
//!
//! 0. `leaks`: what crosses the parts of the data, where the study accepts it.
//! 1. `use`: candidates are the arms trained on the most pictures of the study. The highest mean is
//!    recommended if it is shown to exceed chance, or the reference that the study names.
//! 2. `cheaper`: of the candidates that are shown to be no worse than the best by the margin, the
//!    one with the fewest multiply-adds, and of those one that needs no pretrained weights.
//! 3. `set`: which candidates cannot be told from the best.
//! 4. `compare`, `soonest`, `tally`: every initialisation with the baseline of the same network and
//!    regime, every other regime with full training, slimmed and truncated networks with the whole.
//!    Then `stopped`: why no more seeds are trained, where they are added until all is decided;
//!    `tuned`: with what arms were trained, and `specification`: at how many of the rates that were
//!    tried each is ahead, where the study tunes.
//! 5. `labels`: how many labels the recommended initialisation saves, where sizes tell.
//! 6. `helps`: where a network has `random`, `mean-var` and `transfer` arms, what helps.
//! 7. `missing`, `rare`: which parts of a mean have no AUC, or rest on fewer than ten cases; `unit`:
//!    that patients are unknown; `short`: that most runs were best when they ended; `devices`: that
//!    runs come from several kinds of devices.
//! 8. What is open, and what would settle it.
//!
//! Before them stand the `lead`, one sentence, and the points: a line for each kind of conclusion
//! about the recommended arm, `accuracy`, `speed`, `labels`, `cost`, then `helps`, `tally` and what
//! a reader must not miss.

mod chosen;
mod clauses;
mod lead;
mod open;
mod points;
mod stopped;

use decisions::Arms;
use record::results::{AttributionResult, Clause, Results, Verdict};

use self::chosen::Chosen;
use self::clauses::{clause, devices, labels, leaks, missing, rare, short, unit};
use self::stopped::stopped;
use super::sentence;
use super::{attribution, probes, specification, tuning};

/// Makes the verdict of `results`; `arms` hold the test AUCs of each, in the order of the results.
/// `error`: of telling arms from the best; `reference`: the AUC that an arm must be shown to exceed.
pub(crate) fn verdict(results: &Results, arms: &Arms, error: f64, reference: f64) -> Verdict {
    let chosen = Chosen::of(results, arms, error, reference);
    let leaks: Vec<Clause> = leaks(results).into_iter().collect();
    let mut all = leaks.clone();
    all.extend(chosen.iter().flat_map(Chosen::clauses));
    let untrained = results.probe.as_ref().and_then(probes::verdict);
    let lead = lead::lead(results, chosen.as_ref(), untrained.as_deref());
    if let Some(untrained) = untrained {
        all.push(clause("probes", untrained, vec!["/probe".into()], "probes"));
    } else if chosen.is_none() {
        let text = if results.progress.failed == results.progress.planned {
            "Every run failed, so nothing can be said."
        } else {
            "No arm with the most training pictures has finished a run yet, so none is recommended."
        };
        all.push(clause("use", text.into(), vec!["/progress".into()], "arms"));
    }
    let label = chosen.as_ref().and_then(Chosen::recommended);
    all.extend(sentence::clauses(results, label));
    all.extend(results.sequential.as_ref().and_then(stopped));
    all.extend(tuning::clause(results));
    all.extend(specification::clauses(results, label));
    let advice = chosen.as_ref().and_then(Chosen::advice);
    all.extend(advice.as_ref().and_then(|advice| labels(results, advice)));
    for (place, found) in results.attributions.iter().enumerate() {
        let speed = on_the_way(results, found);
        let text = attribution::sentence(found, results.margin, speed.as_deref());
        let numbers = vec![format!("/attributions/{place}")];
        all.push(clause("helps", text, numbers, "attributions"));
    }
    let limits = [
        missing(results),
        rare(results, label),
        unit(results),
        short(results),
        devices(results),
    ];
    let limits: Vec<Clause> = limits.into_iter().flatten().collect();
    let cautions = [leaks, limits.clone()].concat();
    all.extend(limits);
    let texts: Vec<&str> = all.iter().map(|clause| clause.text.as_str()).collect();
    Verdict {
        lead,
        points: points::points(results, label, &cautions),
        paragraph: texts.join(" "),
        recommended: label.map(str::to_string),
        possible: chosen.as_ref().map(Chosen::possible).unwrap_or_default(),
        open: open::open(results),
        clauses: all,
        advice,
    }
}

/// How soon the pretrained weights reach the highest threshold that tells, in words.
fn on_the_way(results: &Results, found: &AttributionResult) -> Option<String> {
    let transfer = results.arms.iter().find(|arm| {
        arm.kind == initialisation::InitKind::Transfer
            && (&arm.model, arm.train_size, &arm.regime)
                == (&found.model, found.train_size, &found.regime)
    })?;
    let against = results.against_baseline(transfer)?;
    let told = against.speed_up.iter().zip(&results.thresholds).rev();
    let (speed, threshold) = told
        .into_iter()
        .find_map(|(speed, threshold)| Some((speed.as_ref()?, threshold)))?;
    Some(format!(
        "{} reaches validation AUC {threshold} {} against {}",
        transfer.init,
        sentence::sooner(speed),
        against.baseline
    ))
}
