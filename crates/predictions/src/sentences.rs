//! Conclusions in words.

use decisions::words::{chance, range, told_from_best};
use decisions::{MOST_PATIENTS, MOST_SEEDS};

use crate::found::{BestFound, Compared, Concerned, Conclusions, NeededFound, Number, Power};
use crate::word::Word;

/// The most important first.
pub(crate) fn sentences(found: &Conclusions) -> Vec<String> {
    let mut all = Vec::new();
    match &found.best {
        Some(best) => {
            all.push(highest(found, best));
            all.extend(set(found, best));
        }
        None => {
            all.push("No arm has three seeds, so none is recommended and none is compared.".into())
        }
    }
    all.extend(found.comparisons.iter().map(|c| comparison(found, c)));
    all
}

fn highest(found: &Conclusions, best: &BestFound) -> String {
    let reference = match found.reference == 0.5 {
        true => "chance".into(),
        false => format!("an AUC of {}", found.reference),
    };
    let choice = match found.arms.len() {
        1 => String::new(),
        count => format!(", allowing for the choice among {count} arms"),
    };
    let interval = match interval(&best.auc, |end| format!("{end:.3}")) {
        Some(interval) => format!("95% interval {interval}{choice}"),
        None => "no interval, as nothing varied".into(),
    };
    let auc = format!("AUC {:.3} ({interval})", best.auc.value);
    let what = match (found.arms.len(), found.concerns) {
        (1, _) => format!("{} has {auc}", best.highest),
        (_, Concerned::TheseModels) => {
            format!(
                "Of these models {} has the highest AUC: {auc}",
                best.highest
            )
        }
        (_, Concerned::Training) => format!("{} has the highest mean: {auc}", best.highest),
    };
    match best.exceeds_reference {
        true => format!("{what}."),
        false => format!("{what}; it is not shown to exceed {reference}."),
    }
}

/// Who may be the best.
fn set(found: &Conclusions, best: &BestFound) -> Option<String> {
    let possible = best.possible.iter().map(String::as_str);
    let others: Vec<&str> = possible.filter(|arm| *arm != best.highest).collect();
    told_from_best(&best.highest, &others, found.arms.len(), "lower")
}

fn comparison(found: &Conclusions, compared: &Compared) -> String {
    let Compared { arm, baseline, .. } = compared;
    let difference = format!("{:+.3}", compared.difference.value);
    let Some(interval) = interval(&compared.difference, |end| format!("{end:+.3}")) else {
        let why = match compared.power.is_empty()
            && compared.seeds < 3
            && found.concerns == Concerned::Training
        {
            true => "too few seeds to say more",
            false => "nothing varied, which is no certainty",
        };
        return format!("{arm} less {baseline}: {difference} ({why}).");
    };
    let alone = match compared.uncorrected == compared.outcome {
        true => String::new(),
        false => format!(" after correction ({} alone)", compared.uncorrected),
    };
    let (outcome, margin) = (compared.outcome, found.margin);
    let of_models = match (found.concerns, outcome) {
        (Concerned::TheseModels, Word::Higher | Word::Lower) => ", of these two models",
        _ => "",
    };
    let within = match outcome {
        Word::Equivalent => format!(" within ± {margin}"),
        _ => String::new(),
    };
    let rest = match outcome {
        Word::Undecided => open(compared),
        _ => String::new(),
    };
    format!(
        "{arm} less {baseline}: {difference} (95% interval {interval}): {outcome}{within}{alone}{of_models}{rest}."
    )
}

/// What could have been found, and what would settle it.
fn open(compared: &Compared) -> String {
    let told = |power: &Power| format!("of {} in {}", power.difference, chance(power.power));
    let chances: Vec<String> = compared.power.iter().map(told).collect();
    let power = match chances.is_empty() {
        true => String::new(),
        false => format!(
            "; a true difference {} would have been found",
            chances.join(", ")
        ),
    };
    let settling = compared.settling.map(|s| settling(&s.equivalence));
    power + &settling.unwrap_or_default()
}

fn settling(needed: &NeededFound) -> String {
    let seeds = range(
        needed.seeds.map(|n| n.map(|n| n as f64)),
        0,
        MOST_SEEDS as f64,
    );
    let patients = range(needed.patients, 1, MOST_PATIENTS);
    let ways = [
        seeds.map(|range| format!("{range} seeds in all")),
        patients.map(|range| format!("{range} times the patients")),
    ];
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    match ways.is_empty() {
        true => format!(
            "; if there is none, not even {MOST_PATIENTS:.0} times the patients would show equivalence"
        ),
        false => format!(
            "; if there is none, {} would show equivalence with 80% power",
            ways.join(", or ")
        ),
    }
}

fn interval(number: &Number, text: impl Fn(f64) -> String) -> Option<String> {
    let (low, high) = number.low.zip(number.high)?;
    Some(format!("{} to {}", text(low), text(high)))
}
