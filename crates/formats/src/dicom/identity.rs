//! Whom and what a file tells about besides its pixels.

use crate::dicom::data_set::DataSet;
use crate::dicom::tag::Tag;
use crate::facts::DicomFacts;

/// Short name, attribute; of two with one name the first that is there counts.
const TAGS: &[(&str, Tag)] = &[
    ("patient", Tag::PATIENT_ID),
    ("study", Tag::STUDY),
    ("series", Tag::SERIES),
    ("laterality", Tag::IMAGE_LATERALITY),
    ("laterality", Tag::LATERALITY),
    ("view", Tag::VIEW_POSITION),
    ("manufacturer", Tag::MANUFACTURER),
    ("model", Tag::MODEL),
    ("sex", Tag::PATIENT_SEX),
    ("age", Tag::PATIENT_AGE),
    ("modality", Tag::MODALITY),
    ("site", Tag::INSTITUTION),
];

/// Attributes that identify a person (of PS3.15, table E.1-1, those most often left in).
const IDENTIFYING: &[(&str, Tag)] = &[
    ("PatientName", Tag(0x0010, 0x0010)),
    ("PatientID", Tag::PATIENT_ID),
    ("PatientBirthDate", Tag(0x0010, 0x0030)),
    ("OtherPatientIDs", Tag(0x0010, 0x1000)),
    ("OtherPatientNames", Tag(0x0010, 0x1001)),
    ("PatientAddress", Tag(0x0010, 0x1040)),
    ("PatientTelephoneNumbers", Tag(0x0010, 0x2154)),
    ("PatientComments", Tag(0x0010, 0x4000)),
    ("AccessionNumber", Tag(0x0008, 0x0050)),
    ("ReferringPhysicianName", Tag(0x0008, 0x0090)),
    ("PerformingPhysicianName", Tag(0x0008, 0x1050)),
    ("OperatorsName", Tag(0x0008, 0x1070)),
    ("InstitutionName", Tag::INSTITUTION),
    ("InstitutionAddress", Tag(0x0008, 0x0081)),
    ("StudyDate", Tag(0x0008, 0x0020)),
    ("AcquisitionDate", Tag(0x0008, 0x0022)),
];

/// The attributes of interest that are there and not empty, by their short names.
pub(crate) fn tags(set: &DataSet<'_>) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for &(name, tag) in TAGS {
        if found.iter().all(|(known, _)| *known != name) {
            found.extend(set.text(tag).map(|value| (name, value)));
        }
    }
    found
}

/// What a data set says besides its pixels.
pub(crate) fn facts(set: &DataSet<'_>) -> DicomFacts {
    DicomFacts {
        tags: tags(set),
        photometric: set.text(Tag::PHOTOMETRIC).unwrap_or_default(),
        burned_in: match set.text(Tag::BURNED_IN).as_deref() {
            Some("YES") => Some(true),
            Some("NO") => Some(false),
            _ => None,
        },
        identifying: IDENTIFYING
            .iter()
            .filter(|(_, tag)| set.text(*tag).is_some())
            .map(|&(name, _)| name)
            .collect(),
        lossy: match set.text(Tag::LOSSY).as_deref() {
            Some("01") => Some(true),
            Some("00") => Some(false),
            _ => None,
        },
        ..DicomFacts::default()
    }
}

/// Height and width of a pixel where they differ: Pixel Aspect Ratio, else Pixel Spacing.
pub(crate) fn pixel_aspect(set: &DataSet<'_>) -> Option<(f64, f64)> {
    let pair = |tag: Tag| match set.get(tag)?.numbers()[..] {
        [height, width, ..] => Some((height, width)),
        _ => None,
    };
    let (height, width) = pair(Tag::ASPECT).or_else(|| pair(Tag::PIXEL_SPACING))?;
    (height != width).then_some((height, width))
}
