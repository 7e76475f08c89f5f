//! Patients, and studies, with pictures in more than one part.

use std::collections::BTreeMap;

use crate::finding::{Example, Finding, Kind, Severity};
use crate::plural::counted;
use crate::subject::Subject;

/// Names that an attribute of studies goes by, in lower case without separators.
const STUDY: [&str; 5] = [
    "study",
    "studyid",
    "studyuid",
    "studyinstanceuid",
    "accessionnumber",
];

/// Patients in two parts or more.
pub(crate) fn patients(subject: &Subject) -> Option<Finding> {
    let patients = subject
        .pictures
        .iter()
        .map(|picture| picture.patient.as_deref());
    let straddling = in_two_parts(subject, patients);
    let remedy = "Have the split made anew, by patient (a table: leave `split` out; folders: `layout = \"*/{class}\"`); or `exclude` their pictures in one of the parts; \
                  or, to go on as it is, `allow_leaks = \"reason\"`.";
    finding(
        subject,
        Kind::PatientInParts,
        ("patient has", "patients have"),
        &straddling,
        remedy,
    )
}

/// Studies in two parts or more.
pub(crate) fn studies(subject: &Subject) -> Option<Finding> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let column = subject
        .attributes
        .iter()
        .position(|name| STUDY.contains(&plain(name).as_str()))?;
    let studies = subject.pictures.iter().map(|picture| {
        let study = picture.attributes[column].as_str();
        (!study.is_empty()).then_some(study)
    });
    let straddling = in_two_parts(subject, studies);
    let name = &subject.attributes[column];
    let remedy = format!(
        "`patient = \"{name}\"`, or better the column of patients, and the split made anew; or, to \
         go on as it is, `allow_leaks = \"reason\"`."
    );
    finding(
        subject,
        Kind::StudyInParts,
        ("study has", "studies have"),
        &straddling,
        &remedy,
    )
}

/// The pictures of everyone who is in two parts or more, one of each part first.
pub(crate) fn in_two_parts<'a>(
    subject: &Subject,
    names: impl Iterator<Item = Option<&'a str>>,
) -> BTreeMap<&'a str, Vec<u32>> {
    let mut pictures: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (index, name) in names.enumerate() {
        if let Some(name) = name {
            pictures.entry(name).or_default().push(index as u32);
        }
    }
    let part = |picture: &u32| subject.pictures[*picture as usize].part;
    pictures.retain(|_, own| own.iter().any(|picture| part(picture) != part(&own[0])));
    for own in pictures.values_mut() {
        let first = own[0];
        if let Some(other) = own.iter().position(|picture| part(picture) != part(&first)) {
            own[1..=other].rotate_right(1);
        }
    }
    pictures
}

fn finding(
    subject: &Subject,
    kind: Kind,
    (one, many): (&str, &str),
    straddling: &BTreeMap<&str, Vec<u32>>,
    remedy: &str,
) -> Option<Finding> {
    let count = straddling.len();
    let pictures = straddling.values().map(Vec::len).sum();
    let examples = straddling
        .iter()
        .map(|(name, own)| Example::of(subject, *name, own));
    let found = Finding::new(kind, Severity::Leak, pictures)
        .says(
            format!(
                "{} pictures in more than one part, {pictures} pictures.",
                counted(count, one, many)
            ),
            "Pictures of one patient are alike: results on the later part come out better than \
             they are on new patients.",
            remedy,
        )
        .shows(count, examples);
    (count > 0).then_some(found)
}
