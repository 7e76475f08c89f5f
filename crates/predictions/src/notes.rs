use decisions::FEWEST_SEEDS;

use crate::found::{Concerned, Conclusions};
use crate::refused::Refused;
use crate::tested::Tested;

/// Patients with an answer from which on intervals can be relied on.
const FEW: usize = 10;

/// What to know before trusting the numbers.
pub(crate) fn notes(tested: &Tested, found: &Conclusions) -> Result<Vec<String>, Refused> {
    let mut notes = tested.notes.clone();
    notes.extend(unit(tested));
    notes.extend(rare(tested)?);
    notes.extend(folds(tested, found));
    notes.extend(seeds(found));
    Ok(notes)
}

fn folds(tested: &Tested, found: &Conclusions) -> Option<String> {
    let folds = tested.folds.as_ref()?.names.len();
    Some(match found.concerns {
        Concerned::Training => format!(
            "AUCs are means over {folds} folds; their errors hold that other training patients would have been drawn, all other folds being taken to have been trained on."
        ),
        Concerned::TheseModels => format!(
            "AUCs are means over the {folds} networks of the folds; their errors are of these networks on other patients, not of other training patients."
        ),
    })
}

fn unit(tested: &Tested) -> Option<String> {
    let Some(patients) = &tested.patients else {
        return Some("Patients are unknown: pictures are counted as independent, and where several are of one patient the intervals are far too narrow.".into());
    };
    let unknown = patients.iter().filter(|patient| patient.is_none()).count();
    (unknown > 0).then(|| {
        format!(
            "The patients of {unknown} of {} cases are unknown: each is counted as one of its own.",
            patients.len()
        )
    })
}

fn rare(tested: &Tested) -> Result<Option<String>, Refused> {
    let unit = match tested.patients {
        Some(_) => "patients have",
        None => "cases are",
    };
    let [with, without] = tested.patients_by_label()?;
    Ok((with.min(without) < FEW).then(|| {
        format!(
            "Only {with} {unit} positive and {without} negative {}: with fewer than ten of either, intervals and tests cannot be relied on.",
            if tested.patients.is_some() { "cases" } else { "ones" }
        )
    }))
}

fn seeds(found: &Conclusions) -> Vec<String> {
    if found.concerns == Concerned::TheseModels {
        return vec!["There is one model an arm, so everything is about these models and other patients like these; nothing is known of other seeds of them, so nothing of how they were trained.".into()];
    }
    let few: Vec<&str> = found
        .arms
        .iter()
        .filter(|arm| arm.seeds.len() < FEWEST_SEEDS)
        .map(|arm| arm.arm.as_str())
        .collect();
    let mut notes = Vec::new();
    if !few.is_empty() {
        notes.push(format!(
            "Fewer than three seeds say nothing of others: no interval over seeds and no outcome for {}. To compare single models, give one seed of every arm.",
            few.join(", ")
        ));
    }
    for compared in &found.comparisons {
        let of = |name: &str| {
            let arm = found.arms.iter().find(|arm| arm.arm == name);
            arm.map_or(0, |arm| arm.seeds.len())
        };
        let [arm, baseline] = [&compared.arm, &compared.baseline].map(|name| of(name));
        if compared.seeds < arm.max(baseline) {
            notes.push(format!(
                "{} and {} are compared over the {} seeds that both have.",
                compared.arm, compared.baseline, compared.seeds
            ));
        }
    }
    let compared = |name: &String| found.comparisons.iter().any(|c| c.arm == *name);
    let apart: Vec<&str> = found
        .arms
        .iter()
        .filter(|arm| arm.arm != found.baseline && !compared(&arm.arm))
        .map(|arm| arm.arm.as_str())
        .collect();
    if !apart.is_empty() {
        notes.push(format!(
            "No seed in common with {}, so not compared with it: {}.",
            found.baseline,
            apart.join(", ")
        ));
    }
    notes
}
