//! The first sentence of the verdict: what to use, or that nothing is recommended, and which arms
//! cannot be told from the best.

use decisions::FEWEST_SEEDS;
use record::results::{ArmResult, Results};

use super::chosen::Chosen;

/// Labels that the sentence lists; more are counted.
const LISTED: usize = 3;

/// The sentence; `probes` is what is said of frozen features where nothing is trained.
pub(super) fn lead(results: &Results, chosen: Option<&Chosen>, probes: Option<&str>) -> String {
    match (chosen, probes) {
        (Some(chosen), _) => of_chosen(chosen),
        (None, Some(probes)) => first_sentence(probes),
        (None, None) if results.progress.failed == results.progress.planned => {
            "Nothing is recommended: every run failed.".into()
        }
        (None, None) => {
            "Nothing is recommended yet: no arm with the most training pictures has finished a run."
                .into()
        }
    }
}

fn of_chosen(chosen: &Chosen) -> String {
    let arm = chosen.result();
    let set = set(chosen);
    let count = chosen.best.candidates.len();
    let is_open = count > 1 && chosen.others().len() + 1 == count;
    if chosen.is_shown() && chosen.auc.seeds >= FEWEST_SEEDS && is_open {
        return format!(
            "No arm is shown to be the best of the {count}: where nothing else decides, use {}, test AUC {}.",
            named(arm),
            chosen.auc_in_words()
        );
    }
    if chosen.is_shown() {
        return format!(
            "Use {}: test AUC {}{set}.",
            named(arm),
            chosen.auc_in_words()
        );
    }
    let seeds = chosen.auc.seeds;
    if seeds < FEWEST_SEEDS {
        let so_far = match seeds {
            1 => "one seed",
            _ => "two seeds",
        };
        return format!(
            "Nothing is recommended yet: {so_far} of an arm, and at least {FEWEST_SEEDS} are needed; the highest mean so far is that of {}, test AUC {:.3}.",
            arm.label, chosen.auc.value
        );
    }
    format!(
        "Nothing is recommended: no arm is shown to exceed {}; the highest mean is that of {}, test AUC {}{set}.",
        chosen.reference_in_words(),
        arm.label,
        chosen.auc_in_words()
    )
}

/// `resnet18 from pretrained weights (transfer)`.
fn named(arm: &ArmResult) -> String {
    format!("{} ({})", arm.in_words(), arm.setup())
}

/// Which arms may be the best, as the end of a sentence; empty for a single arm.
fn set(chosen: &Chosen) -> String {
    let count = chosen.best.candidates.len();
    if count < 2 || chosen.auc.seeds < FEWEST_SEEDS {
        return String::new();
    }
    let highest = &chosen.results.arms[chosen.best.highest];
    let used = chosen.result();
    let others = chosen.others();
    if used.label != highest.label && !others.contains(&used.label.as_str()) {
        return format!(
            "; it is cheaper than {}, the best, and shown to be worse by less than {}",
            highest.label, chosen.results.margin
        );
    }
    if others.len() + 1 == count {
        return match count {
            2 => "; which of the two arms is the better is not shown".into(),
            _ => format!("; none of the {count} arms can be told from the best"),
        };
    }
    // The highest is always one of those that may be the best.
    let mut beside = vec![highest.label.as_str()];
    beside.extend(others);
    beside.retain(|label| *label != used.label);
    match beside.len() {
        0 => format!("; of {count} arms it alone may be the best"),
        few => {
            let listed = beside[..few.min(LISTED)].join("; ");
            let more = match few.saturating_sub(LISTED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("; of {count} arms, {few} cannot be told from it: {listed}{more}")
        }
    }
}

/// A text up to its first full stop, with it.
fn first_sentence(text: &str) -> String {
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text.into(),
    }
}
