//! A positive class that sounds like the absence of disease.

use images::Task;

use super::counts::Counts;
use crate::finding::{Finding, Kind, Severity};
use crate::subject::Subject;

/// Names of the absence of disease, in lower case without separators.
const ABSENCE: [&str; 26] = [
    "0",
    "absent",
    "benign",
    "clear",
    "control",
    "controls",
    "false",
    "good",
    "healthy",
    "hc",
    "n",
    "neg",
    "negative",
    "no",
    "nodisease",
    "nofinding",
    "nofindings",
    "nonreferable",
    "nontumor",
    "nontumour",
    "none",
    "normal",
    "normalbenign",
    "benignnormal",
    "unaffected",
    "uninfected",
];

/// Whether a class is named like the absence of disease.
fn is_absence(name: &str) -> bool {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    ABSENCE.contains(&plain.as_str())
}

/// Where there are two classes, the positive one is the second; a finding is positive when
/// present.
pub(crate) fn finding(subject: &Subject, counts: &Counts) -> Option<Finding> {
    if subject.task == Task::Multilabel {
        return finding_of_absence(subject, counts);
    }
    let [negative, positive] = &subject.classes[..] else {
        return None;
    };
    if !is_absence(positive) || is_absence(negative) {
        return None;
    }
    let found = Finding::new(Kind::PositiveClass, Severity::Warning, counts.of_class(1)).says(
        format!(
            "The positive class is the second one, `{positive}`, which sounds like no disease."
        ),
        format!(
            "Sensitivity would be the share of `{positive}` that is recognised, specificity that \
             of `{negative}`, and average precision that of finding `{positive}`: the reverse of \
             what a reader expects. The AUC is the same either way."
        ),
        format!("`positive = \"{negative}\"`, or `positive = \"{positive}\"` if it is meant so."),
    );
    Some(found)
}

fn finding_of_absence(subject: &Subject, counts: &Counts) -> Option<Finding> {
    let column = subject.classes.iter().position(|name| is_absence(name))?;
    let name = &subject.classes[column];
    let found = Finding::new(Kind::PositiveClass, Severity::Note, counts.of_class(column)).says(
        format!("One of the findings, `{name}`, sounds like the absence of all others."),
        "It counts as a finding like any other: means over findings contain it, and its \
         sensitivity is that of recognising healthy pictures.",
        format!("Leave `{name}` out of the label columns, unless it is meant to be one."),
    );
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::is_absence;

    #[test]
    fn names_of_health_are_known_in_any_spelling() {
        for name in [
            "Normal",
            "NO FINDING",
            "no_finding",
            "normal/benign",
            "0",
            "Healthy",
        ] {
            assert!(is_absence(name), "{name}");
        }
        for name in [
            "malignant",
            "abnormal",
            "1",
            "pneumonia",
            "nodule",
            "positive",
        ] {
            assert!(!is_absence(name), "{name}");
        }
    }
}
