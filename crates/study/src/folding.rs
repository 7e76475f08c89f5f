//! From the keys of `[data]` to the folds of cross-validation.

use images::{Dataset, Folding, Fractions};

use super::answered::{FEWEST, patients};
use super::bounds;
use super::data_spec::DataSpec;
use super::error::StudyError;
use super::fold::Folds;
use super::headline::Headline;
use super::split::Split;

/// How the study is cross-validated; none where it has one split.
pub(crate) fn folding(spec: &DataSpec) -> Result<Option<Folding>, StudyError> {
    let refuse = |field, expected: String, found: String| {
        Err(StudyError::Value {
            field,
            expected,
            found,
        })
    };
    let Some(folds) = spec.folds else {
        return match spec.repeats {
            None => Ok(None),
            Some(repeats) => refuse(
                "data.repeats",
                "data.folds beside it, the parts that are tested in turn".into(),
                format!("repeats = {repeats} alone"),
            ),
        };
    };
    bounds::FOLDS.whole(folds as u64)?;
    let repeats = spec.repeats.unwrap_or(1);
    bounds::REPEATS.whole(repeats as u64)?;
    let written = [
        ("train", spec.fractions.train),
        ("test", spec.fractions.test),
    ];
    if let Some((part, share)) = written.into_iter().find_map(|(p, s)| Some((p, s?))) {
        return refuse(
            "data.fractions",
            "with data.folds only { validation = … }, its share of the pictures outside the tested fold; every picture is tested once a repeat and the rest is trained on".into(),
            format!("{part} = {share}"),
        );
    }
    let usual = Fractions::default();
    let usual = usual.validation / (usual.train + usual.validation);
    let validation = spec.fractions.validation.unwrap_or(usual);
    if !(validation > 0.0 && validation <= 0.5) {
        return refuse(
            "data.fractions",
            "a share above 0 and at most 0.5 to choose on, of the pictures outside the tested fold"
                .into(),
            format!("validation = {validation}"),
        );
    }
    Ok(Some(Folding {
        folds,
        repeats,
        validation,
        seed: spec.split_seed,
    }))
}

/// Leaves the split that the data bring aside where the study says so, and refuses it otherwise.
pub(crate) fn without_split(spec: &DataSpec, dataset: &mut Dataset) -> Result<(), StudyError> {
    if spec.leaves_split {
        for example in &mut dataset.examples {
            example.partition = None;
        }
        return Ok(());
    }
    match dataset.examples.iter().find_map(|e| e.partition) {
        None => Ok(()),
        Some(_) => Err(StudyError::Value {
            field: "data.folds",
            expected: "data without a split, or split = false under [data], with which the pictures of all its parts are put together and divided anew".into(),
            found: "data that bring a split into training and test".into(),
        }),
    }
}

/// Refuses folds in which the headline AUC or its error does not exist, with counts.
pub(crate) fn check_folds(
    folds: &Folds,
    headline: &Headline,
    dataset: &Dataset,
) -> Result<(), StudyError> {
    let questions = headline.questions(dataset.classes.len());
    let is_any = *headline == Headline::MacroFindings;
    let all = folds.cases();
    for planned in &folds.planned {
        let measurable = |question: &Headline| {
            let [yes, no] = patients(dataset, &planned.split.test, question);
            yes >= FEWEST && no >= FEWEST
        };
        let failing = match is_any {
            true if questions.iter().any(measurable) => None,
            true => questions.first(),
            false => questions.iter().find(|question| !measurable(question)),
        };
        let Some(question) = failing else { continue };
        let [yes, no] = patients(dataset, &all, question);
        let [yes_here, no_here] = patients(dataset, &planned.split.test, question);
        let most = yes.min(no) / FEWEST;
        let name = question.describe(&dataset.classes);
        return Err(StudyError::Value {
            field: "data.folds",
            expected: match most {
                0 | 1 => format!(
                    "{} patients at least with {name} and as many without, {FEWEST} for each of 2 folds",
                    2 * FEWEST
                ),
                most => format!(
                    "at most {most}: every fold needs {FEWEST} patients with {name} and {FEWEST} without to test on"
                ),
            },
            found: format!(
                "{yes} patients with and {no} without in all, of them {yes_here} and {no_here} in {}; use fewer folds, collect more, merge classes, or set data.positive",
                planned.fold
            ),
        });
    }
    Ok(())
}

/// The folds of the data, without pictures of `unusable`.
pub(crate) fn folds(folding: &Folding, grouped: &Dataset, unusable: &[usize]) -> Folds {
    let split = |mut splits: images::Splits| {
        splits.leave_out(unusable);
        Split::new(splits, grouped, unusable)
    };
    let splits = folding.splits(grouped).into_iter().map(split);
    Folds::new(folding.folds, splits.collect())
}
