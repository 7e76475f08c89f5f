//! The pictures that networks were most wrong about, and where a network looks.

mod case;
mod fitting;
mod saliency;

pub use case::MistakeCase;
pub use saliency::SaliencySection;

use super::illustrations::GalleryPictures;
use super::number;
use record::results::{MistakeKind, MistakeList, Mistakes, Results};

/// The worst mistakes of one arm.
pub struct MistakeSection {
    /// Label of the arm.
    pub arm: String,
    /// Why it is this one.
    pub why: &'static str,
    /// The rule by which pictures were chosen.
    pub rule: String,
    /// Why there are no pictures; none where there are.
    pub without: Option<&'static str>,
    /// One a kind.
    pub lists: Vec<ListView>,
}

/// The mistakes of one kind.
pub struct ListView {
    /// Of what kind.
    pub title: &'static str,
    /// How many there are, in words.
    pub count: String,
    /// The worst.
    pub cases: Vec<MistakeCase>,
}

impl MistakeSection {
    /// The section; none until a run is done.
    pub fn new(results: &Results, gallery: &GalleryPictures) -> Option<Self> {
        let mistakes = results.mistakes.as_ref()?;
        let has_cases = mistakes.lists.iter().any(|list| !list.cases.is_empty());
        Some(Self {
            arm: mistakes.arm.clone(),
            why: match mistakes.is_recommended {
                true => "the recommended arm",
                false => "the arm with the highest mean test AUC, as none is recommended",
            },
            rule: rule(mistakes),
            without: match (results.report.pictures, gallery.pictures.is_empty()) {
                (false, _) => Some(LEFT_OUT),
                (true, true) if has_cases => Some(NOT_DRAWN),
                (true, _) => None,
            },
            lists: mistakes
                .lists
                .iter()
                .map(|list| ListView::new(list, gallery))
                .collect(),
        })
    }
}

/// What stands in place of pictures where the study does not want any.
const LEFT_OUT: &str =
    "Pictures are left out, as the study wishes (pictures = false under [report]).";
/// What stands in their place until they are drawn.
const NOT_DRAWN: &str = "The pictures are not in this copy of the study: transfusion run draws them where the data are, once all runs are done.";

/// The rule, in sentences.
fn rule(mistakes: &Mistakes) -> String {
    let networks = match mistakes.networks {
        1 => "The arm has one network so far, and what it has wrong counts".to_owned(),
        count => {
            format!("A picture counts where more than half of the {count} networks have it wrong")
        }
    };
    let mut lists = mistakes.lists.iter();
    let (how, order) = match lists.any(|list| list.kind == MistakeKind::WrongClass) {
        true => (
            "by calling another class the most probable".to_owned(),
            "the largest mean probability of a wrong class",
        ),
        false => (
            format!(
                "each at the threshold that its own validation pictures chose{}",
                thresholds(mistakes)
            ),
            "the largest mean error of the probability",
        ),
    };
    format!(
        "{networks}, {how}. Shown are those with {order}, at most six of a kind and one a patient."
    )
}

/// The thresholds of the networks, in brackets.
fn thresholds(mistakes: &Mistakes) -> String {
    let Some(ends) = mistakes.thresholds else {
        return String::new();
    };
    let [low, high] = ends.map(|threshold| number::fixed(threshold, 3));
    match low == high {
        true => format!(" ({low})"),
        false => format!(" ({low} to {high})"),
    }
}

impl ListView {
    fn new(list: &MistakeList, gallery: &GalleryPictures) -> Self {
        let (title, of) = match list.kind {
            MistakeKind::FalseNegative => ("False negatives", "positive answers"),
            MistakeKind::FalsePositive => ("False positives", "negative answers"),
            MistakeKind::WrongClass => ("Wrong classes", "pictures"),
        };
        let [wrong, all] = [list.wrong, list.of].map(|count| number::count(count as u64));
        Self {
            title,
            count: format!("{wrong} of {all} {of}"),
            cases: list
                .cases
                .iter()
                .map(|case| MistakeCase::new(list.kind, case, gallery))
                .collect(),
        }
    }
}
