//! Patients with pictures of different labels.

use std::collections::BTreeMap;

use images::Label;

use crate::finding::{Example, Finding, Kind, Severity};
use crate::subject::Subject;

/// Patients whose pictures have different classes, or a finding in one and not in another. No
/// error: eyes, breasts and visits of one patient differ.
pub(crate) fn finding(subject: &Subject) -> Option<Finding> {
    let mut pictures: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (index, picture) in subject.pictures.iter().enumerate() {
        if let Some(patient) = &picture.patient {
            pictures.entry(patient).or_default().push(index as u32);
        }
    }
    let several = pictures.values().filter(|own| own.len() > 1).count();
    pictures.retain(|_, own| differ(subject, own));
    let count = pictures.len();
    let concerned = pictures.values().map(Vec::len).sum();
    let examples = pictures
        .iter()
        .map(|(name, own)| Example::of(subject, *name, own));
    let found = Finding::new(Kind::PatientLabelsDiffer, Severity::Note, concerned)
        .says(
            format!(
                "Of {several} patients with several pictures, {count} have different labels on \
                 them, {concerned} pictures."
            ),
            "Nothing where labels are of pictures (an eye, a view, a visit); where they are of \
             patients, some are wrong.",
            "Nothing, or correct the table if labels are of patients.",
        )
        .shows(count, examples);
    (count > 0).then_some(found)
}

fn differ(subject: &Subject, pictures: &[u32]) -> bool {
    let label = |picture: &u32| &subject.pictures[*picture as usize].label;
    let conflict = |a: &Label, b: &Label| match (a, b) {
        (Label::Findings(a), Label::Findings(b)) => a
            .iter()
            .zip(b)
            .any(|(a, b)| a.is_some() && b.is_some() && a != b),
        (a, b) => a != b,
    };
    pictures
        .windows(2)
        .any(|pair| conflict(label(&pair[0]), label(&pair[1])))
}
