//! Names of folders that are rarely classes.

use std::collections::BTreeSet;

/// Folders whose pictures are rarely a class of their own.
const NO_CLASSES: [&str; 27] = [
    "mask",
    "masks",
    "label",
    "labels",
    "annotation",
    "annotations",
    "segmentation",
    "segmentations",
    "seg",
    "groundtruth",
    "ground_truth",
    "gt",
    "thumbnails",
    "preview",
    "previews",
    "docs",
    "scripts",
    "code",
    "models",
    "results",
    "output",
    "misc",
    "predictions",
    "sample_images",
    "unlabeled",
    "unlabelled",
    "figures",
];

/// Whether a folder of this name rarely is a class.
pub(super) fn is_rarely_a_class(name: &str) -> bool {
    let name = name.to_lowercase();
    NO_CLASSES.contains(&name.as_str()) || name_of_mask(&name).is_some()
}

/// Ends of names that say that a file or folder belongs to another.
const BESIDE: [&str; 10] = [
    "mask",
    "masks",
    "segmentation",
    "seg",
    "gt",
    "groundtruth",
    "label",
    "annotation",
    "overlay",
    "contour",
];

/// The name that a mask, segmentation or overlay of this name belongs to; `name` without its ending.
pub(super) fn name_of_mask(name: &str) -> Option<&str> {
    let (before, last) = name.rsplit_once(['_', '-', '.'])?;
    let last = last.to_lowercase();
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    (!before.is_empty() && BESIDE.contains(&last)).then_some(before)
}

/// What numbered folders stand for.
pub(super) enum Numbered {
    Patients,
    Pieces,
}

/// Words before the number of a patient's folder.
const PATIENTS: [&str; 9] = [
    "patient", "patients", "pat", "subject", "sub", "subj", "person", "case", "study",
];
/// Words before the number of an archive's piece.
const PIECES: [&str; 8] = [
    "images", "image", "part", "batch", "chunk", "archive", "disk", "img",
];

/// Whether all names are one such word with a number, or only long numbers.
pub(super) fn numbered(names: &[&str]) -> Option<Numbered> {
    if names.is_empty() {
        return None;
    }
    let words = |name: &&str| -> Option<String> {
        let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let has_number = word.len() < name.len();
        let word = word.trim_end_matches(['_', '-', ' ']).to_lowercase();
        has_number.then_some(word)
    };
    let words: Option<BTreeSet<String>> = names.iter().map(words).collect();
    let words = words?;
    if words.iter().all(|word| PATIENTS.contains(&word.as_str())) {
        return Some(Numbered::Patients);
    }
    if words.iter().all(|word| PIECES.contains(&word.as_str())) {
        return Some(Numbered::Pieces);
    }
    // Grades are short numbers; eight digits are somebody's.
    let are_long = names.iter().all(|name| name.len() >= 4) && names.len() >= 3;
    (words.iter().all(String::is_empty) && are_long).then_some(Numbered::Patients)
}
