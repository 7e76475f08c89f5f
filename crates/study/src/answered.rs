//! How many patients answer a question each way.

use std::collections::BTreeSet;

use images::Dataset;

use super::headline::Headline;

/// Fewest patients that have to answer each way, so that an AUC has an error.
pub(crate) const FEWEST: usize = 2;

/// Patients with a picture whose answer is yes, and with one whose answer is no; a picture of an
/// unknown patient stands for itself.
pub(crate) fn patients(dataset: &Dataset, pictures: &[usize], question: &Headline) -> [usize; 2] {
    let mut found = [BTreeSet::new(), BTreeSet::new()];
    for index in pictures {
        let example = &dataset.examples[*index];
        let Some(answer) = question.answer(&example.label) else {
            continue;
        };
        let name = example.patient.as_deref();
        let alone = if name.is_some() { 0 } else { *index };
        found[usize::from(!answer)].insert((name, alone));
    }
    found.map(|patients| patients.len())
}
