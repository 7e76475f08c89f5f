//! Classes that are absent from a part, or hardly there.

use super::counts::Counts;
use crate::finding::{Example, Finding, Kind, Severity};
use crate::plural::counted;
use crate::subject::Subject;

/// Fewer pictures, or patients, of a class in a part than this are few.
pub(crate) const FEW: usize = 10;

/// Classes, or findings, without a picture in a part.
pub(crate) fn absent(subject: &Subject, counts: &Counts) -> Option<Finding> {
    let places = places(counts, |count| count == 0);
    let examples = places
        .iter()
        .map(|&(part, class)| example(subject, counts, part, class));
    let found = Finding::new(Kind::AbsentFromPart, Severity::Warning, 0)
        .says(
            format!(
                "{} a class.",
                counted(places.len(), "part lacks", "times a part lacks")
            ),
            "What is absent from training cannot be learnt; what is absent from a test part has no \
             result there, and means over classes leave it out.",
            "Have the split made anew (without `split`; folders: `layout = \"*/{class}\"`), stratified; or leave the class out.",
        )
        .shows(places.len(), examples);
    (!places.is_empty()).then_some(found)
}

/// Classes, or findings, with fewer than [`FEW`] pictures or patients in a part.
pub(crate) fn few(subject: &Subject, counts: &Counts) -> Option<Finding> {
    let places = places(counts, |count| (1..FEW).contains(&count));
    let pictures = places
        .iter()
        .map(|&(part, class)| counts.pictures[part][class])
        .sum();
    let examples = places
        .iter()
        .map(|&(part, class)| example(subject, counts, part, class));
    let found = Finding::new(Kind::FewInPart, Severity::Warning, pictures)
        .says(
            format!(
                "{} fewer than {FEW} patients of a class (pictures, where patients are unknown).",
                counted(places.len(), "part has", "times a part has")
            ),
            "Results on so few swing widely with each of them: intervals are wide, and the best \
             of several checkpoints is chosen by chance.",
            "Have the split made anew with a larger share for that part (`fractions`); or merge rare classes.",
        )
        .shows(places.len(), examples);
    (!places.is_empty()).then_some(found)
}

/// Parts and classes whose patients are so many. A part without any label of a finding is no
/// place for it.
fn places(counts: &Counts, so_many: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let parts = counts.patients.iter().enumerate();
    let all = parts.flat_map(|(part, classes)| {
        let classes = classes.iter().copied().enumerate();
        classes.map(move |(class, count)| (part, class, count))
    });
    all.filter(|&(part, class, count)| counts.known[part][class] > 0 && so_many(count))
        .map(|(part, class, _)| (part, class))
        .collect()
}

fn example(subject: &Subject, counts: &Counts, part: usize, class: usize) -> Example {
    let (pictures, patients) = (counts.pictures[part][class], counts.patients[part][class]);
    let (class, part) = (&subject.classes[class], &subject.parts[part]);
    Example {
        name: format!("{class} in {part}: {pictures} pictures, {patients} patients"),
        members: Vec::new(),
        pictures,
    }
}
