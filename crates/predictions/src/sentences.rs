//! Conclusions in words.

use decisions::{MOST_PATIENTS, MOST_SEEDS};

use crate::found::{BestFound, Compared, Concerned, Conclusions, NeededFound, Number, Power};
use crate::word::Word;

/// Arms that are listed by name; more are counted.
const LISTED: usize = 5;

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
    let count = found.arms.len();
    let others: Vec<&str> = best
        .possible
        .iter()
        .filter(|arm| **arm != best.highest)
        .map(String::as_str)
        .collect();
    Some(match others.len() {
        _ if count < 2 => return None,
        0 => format!("Every other is shown to be lower than {}.", best.highest),
        all if all + 1 == count && all > 1 => {
            format!("None of the {count} can be told from the best.")
        }
        few => {
            let listed = &others[..few.min(LISTED)];
            let more = match few - listed.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "It is not shown which is the best: {} cannot be told from {}{more}.",
                best.highest,
                listed.join(", ")
            )
        }
    })
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
    let chances: Vec<String> = compared.power.iter().map(chance).collect();
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

fn chance(power: &Power) -> String {
    let percent = match 100.0 * power.power {
        few if few < 1.0 => "under 1%".into(),
        most if most > 99.0 => "over 99%".into(),
        share => format!("{share:.0}%"),
    };
    format!("of {} in {percent}", power.difference)
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

/// `2.1 to 3.4`, `4 to over 50`; none where even the least is too many.
fn range(ends: [Option<f64>; 2], digits: usize, most: f64) -> Option<String> {
    let text = |n: f64| {
        let unit = 10f64.powi(digits as i32);
        format!("{:.digits$}", (n * unit).ceil() / unit)
    };
    Some(match ends {
        [Some(least), Some(end)] if text(least) == text(end) => text(least),
        [Some(least), Some(end)] => format!("{} to {}", text(least), text(end)),
        [Some(least), None] => format!("{} to over {most:.0}", text(least)),
        [None, _] => return None,
    })
}

fn interval(number: &Number, text: impl Fn(f64) -> String) -> Option<String> {
    let (low, high) = number.low.zip(number.high)?;
    Some(format!("{} to {}", text(low), text(high)))
}
