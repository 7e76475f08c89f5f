//! The team's own words, where methods need them.

use study::Reporting;

use crate::sentence::Sentence;

/// Keys of what only the team knows of the data, in the order of a paper.
const DATA: [&str; 15] = [
    "design",
    "data_source",
    "data_dates",
    "sites",
    "eligibility",
    "sampling",
    "representativeness",
    "treatments",
    "acquisition",
    "missing_data",
    "external_data",
    "sample_size",
    "ethics",
    "deidentification",
    "involvement",
];

/// The same of labels.
const LABELS: [&str; 7] = [
    "reference_standard",
    "reference_rationale",
    "annotators",
    "annotator_agreement",
    "test_annotation",
    "blinding",
    "interval",
];

/// Patients, ethics and where pictures come from.
pub fn data(reporting: &Reporting) -> Vec<Sentence> {
    own(reporting, &DATA)
}

/// The reference standard.
pub fn labels(reporting: &Reporting) -> Vec<Sentence> {
    own(reporting, &LABELS)
}

fn own(reporting: &Reporting, keys: &[&'static str]) -> Vec<Sentence> {
    let said = keys.iter().filter_map(|key| reporting.text(key));
    said.map(|text| Sentence::new("/reporting", text)).collect()
}
