//! Folds of cross-validation, a patient in one of them.

use rand::RngExt as _;

use crate::subject::Subject;
use streams::stream;

/// Folds.
pub(crate) const FOLDS: usize = 5;

/// Who the pictures are of, by number, and the fold of each picture.
pub(crate) struct Folds {
    /// Of each picture its patient; a picture of unknown patient stands for itself.
    pub(crate) patient: Vec<u32>,
    /// Of each picture its fold.
    pub(crate) fold: Vec<u8>,
    /// Whether a picture takes part: of very large subjects a sample of patients does.
    pub(crate) takes_part: Vec<bool>,
}

/// Pictures that take part, about, where there are more.
const SAMPLE: usize = 100_000;

impl Folds {
    /// Drawn once for a subject, whatever is asked of it.
    pub(crate) fn of(subject: &Subject) -> Self {
        let mut numbers = std::collections::BTreeMap::new();
        let mut next = 0u32;
        let mut fresh = || {
            next += 1;
            next - 1
        };
        let patient: Vec<u32> = subject
            .pictures
            .iter()
            .map(|picture| match &picture.patient {
                Some(name) => *numbers.entry(name.as_str()).or_insert_with(&mut fresh),
                None => fresh(),
            })
            .collect();
        let mut random = stream(0, "audit/folds", u64::from(next));
        let of_patient: Vec<u8> = (0..next)
            .map(|_| random.random_range(0..FOLDS as u8))
            .collect();
        let share = SAMPLE as f64 / patient.len().max(1) as f64;
        let sampled: Vec<bool> = (0..next)
            .map(|_| share >= 1.0 || random.random_bool(share))
            .collect();
        Self {
            fold: patient.iter().map(|&p| of_patient[p as usize]).collect(),
            takes_part: patient.iter().map(|&p| sampled[p as usize]).collect(),
            patient,
        }
    }
}
