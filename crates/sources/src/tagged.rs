//! What DICOM files say of themselves: patients and attributes.

use std::collections::BTreeMap;

use formats::{DicomFacts, Kind, dicom, kind_by_signature};
use images::Dataset;
use rayon::prelude::*;

use crate::origin::Origin;
use crate::refusal::{Refusal, listed};

/// Keywords of the standard, and the short names that stand for them.
const KEYWORDS: [(&str, &str); 11] = [
    ("PatientID", "patient"),
    ("StudyInstanceUID", "study"),
    ("SeriesInstanceUID", "series"),
    ("ImageLaterality", "laterality"),
    ("ViewPosition", "view"),
    ("Manufacturer", "manufacturer"),
    ("ManufacturerModelName", "model"),
    ("PatientSex", "sex"),
    ("PatientAge", "age"),
    ("Modality", "modality"),
    ("InstitutionName", "site"),
];
/// Longest value of an attribute, in characters.
const MAX_CHARS: usize = 200;

/// What a study asks of tags.
pub(crate) struct Wanted<'a> {
    patient: Patient<'a>,
    /// Attribute ─▶ keyword.
    attributes: Vec<(&'a str, &'a str)>,
}

enum Patient<'a> {
    /// Known from elsewhere.
    Known,
    /// Asked for, by keyword.
    Tag(&'a str),
    /// Taken from the tag where all have it.
    Unsaid,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(patient: Option<&'a Origin>, attributes: &'a [(String, Origin)]) -> Self {
        let tags = attributes.iter().filter_map(|(name, origin)| match origin {
            Origin::Tag(tag) => Some((name.as_str(), tag.as_str())),
            _ => None,
        });
        Self {
            patient: match patient {
                None => Patient::Unsaid,
                Some(Origin::Tag(tag)) => Patient::Tag(tag),
                Some(_) => Patient::Known,
            },
            attributes: tags.collect(),
        }
    }
}

type Tags = Vec<(&'static str, String)>;

/// Adds what DICOM files say: attributes under their short names where the source has none of
/// that name, and the patient where the source does not say.
pub(crate) fn tag(
    dataset: &mut Dataset,
    wanted: &Wanted,
    notes: &mut Vec<String>,
) -> Result<(), Refusal> {
    let facts: Vec<Option<DicomFacts>> = (0..dataset.len())
        .into_par_iter()
        .map(|index| facts(dataset, index))
        .collect();
    notes.extend(private(&facts));
    let read: Vec<Option<Tags>> = facts.into_iter().map(|facts| Some(facts?.tags)).collect();
    if read.iter().all(Option::is_none) {
        let asked = match wanted.patient {
            Patient::Tag(tag) => Some(tag),
            _ => wanted.attributes.first().map(|(_, tag)| *tag),
        };
        return match asked {
            None => Ok(()),
            Some(tag) => Err(Refusal::at(
                &*dataset.name,
                format!("DICOM files, for the tag {tag}"),
                "none",
                "name a column or a pattern instead",
            )),
        };
    }
    for (name, tag) in &wanted.attributes {
        let short = short(tag)?;
        let place = dataset.attributes.iter().position(|known| known == name);
        for (example, tags) in dataset.examples.iter_mut().zip(&read) {
            if let Some(value) = place.and_then(|place| example.attributes.get_mut(place)) {
                *value = value_of(tags, short);
            }
        }
    }
    add_attributes(dataset, &read, notes);
    set_patients(dataset, wanted, &read, notes)
}

/// What a picture that is a DICOM file says; one that cannot be read says nothing.
fn facts(dataset: &Dataset, index: usize) -> Option<DicomFacts> {
    let bytes = dataset.pictures.content(index).ok()?;
    match kind_by_signature(&bytes) {
        Some(Kind::Dicom) => Some(dicom::about(&bytes).unwrap_or_default()),
        _ => None,
    }
}

/// What may tell who the patients are: text drawn into pictures, and attributes that name people.
fn private(facts: &[Option<DicomFacts>]) -> Vec<String> {
    let all: Vec<&DicomFacts> = facts.iter().flatten().collect();
    let mut notes = Vec::new();
    let burned = all
        .iter()
        .filter(|facts| facts.burned_in == Some(true))
        .count();
    let unsaid = all.iter().filter(|facts| facts.burned_in.is_none()).count();
    if burned > 0 || (unsaid > 0 && !all.is_empty()) {
        notes.push(format!(
            "text may be drawn into pictures: {burned} of {} DICOM files say so (BurnedInAnnotation), {unsaid} do not say",
            all.len()
        ));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in all.iter().flat_map(|facts| &facts.identifying) {
        *counts.entry(name).or_insert(0) += 1;
    }
    if !counts.is_empty() {
        let named: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{name} in {count}"))
            .collect();
        notes.push(format!(
            "DICOM files carry attributes that identify people: {}; de-identify them before they leave the house",
            listed(&named, 8)
        ));
    }
    notes
}

fn short(tag: &str) -> Result<&'static str, Refusal> {
    let known = KEYWORDS
        .iter()
        .find(|(keyword, short)| *keyword == tag || *short == tag);
    known.map(|(_, short)| *short).ok_or_else(|| {
        let keywords: Vec<&str> = KEYWORDS.iter().map(|(keyword, _)| *keyword).collect();
        Refusal::at(
            "`tag`",
            format!("one of {}", listed(&keywords, 20)),
            format!("`{tag}`"),
            "correct the keyword",
        )
    })
}

fn value_of(tags: &Option<Tags>, short: &str) -> String {
    let found = tags.iter().flatten().find(|(name, _)| *name == short);
    found.map_or(String::new(), |(_, value)| {
        value.chars().take(MAX_CHARS).collect()
    })
}

fn add_attributes(dataset: &mut Dataset, read: &[Option<Tags>], notes: &mut Vec<String>) {
    let mut added = Vec::new();
    for (_, short) in KEYWORDS {
        let is_apart = ["patient", "series"].contains(&short)
            || dataset.attributes.iter().any(|name| name == short);
        let is_there = read
            .iter()
            .flatten()
            .flatten()
            .any(|(name, _)| *name == short);
        if is_apart || !is_there {
            continue;
        }
        dataset.attributes.push(short.into());
        for (example, tags) in dataset.examples.iter_mut().zip(read) {
            example.attributes.push(value_of(tags, short));
        }
        added.push(short);
    }
    if !added.is_empty() {
        notes.push(format!("attributes of DICOM files: {}", added.join(", ")));
    }
}

fn set_patients(
    dataset: &mut Dataset,
    wanted: &Wanted,
    read: &[Option<Tags>],
    notes: &mut Vec<String>,
) -> Result<(), Refusal> {
    let (keyword, is_asked) = match wanted.patient {
        Patient::Known => return Ok(()),
        Patient::Tag(tag) => (tag, true),
        Patient::Unsaid => ("PatientID", false),
    };
    if !is_asked
        && dataset
            .examples
            .iter()
            .any(|example| example.patient.is_some())
    {
        return Ok(());
    }
    let short = short(keyword)?;
    let patients: Vec<String> = read.iter().map(|tags| value_of(tags, short)).collect();
    let blank = patients.iter().filter(|patient| patient.is_empty()).count();
    match (blank, is_asked) {
        (0, _) => {
            notes.push(format!(
                "patients are those of {keyword} in the DICOM files"
            ));
            for (example, patient) in dataset.examples.iter_mut().zip(patients) {
                example.patient = Some(patient);
            }
            Ok(())
        }
        (blank, false) => {
            notes.push(format!(
                "patients are unknown: {blank} of {} pictures have no {keyword}",
                read.len()
            ));
            Ok(())
        }
        (blank, true) => Err(Refusal::at(
            &*dataset.name,
            format!("{keyword} in every picture"),
            format!("none in {blank} of {}", read.len()),
            "name a column or a pattern for the patient",
        )),
    }
}
