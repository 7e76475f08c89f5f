//! One picture that most networks have wrong.

use super::super::illustrations::GalleryPictures;
use super::super::number;
use super::super::picture;
use super::fitting::fitting;
use record::results::{Mistake, MistakeKind};

/// A mistake, ready for the page.
pub struct MistakeCase {
    /// Id of the picture.
    pub image: String,
    /// The picture as a URI, where it is drawn.
    pub uri: Option<String>,
    /// What the picture shows, for who cannot see it.
    pub alt: String,
    /// What the data say.
    pub truth: String,
    /// What the probability is of.
    pub question: String,
    /// Its mean over networks.
    pub probability: String,
    /// Its range over networks.
    pub range: String,
    /// Networks that have it wrong, of those that were tested on it.
    pub wrong: String,
}

impl MistakeCase {
    /// The view of `case`.
    pub fn new(kind: MistakeKind, case: &Mistake, gallery: &GalleryPictures) -> Self {
        let kind = match kind {
            MistakeKind::FalseNegative => "a false negative",
            MistakeKind::FalsePositive => "a false positive",
            MistakeKind::WrongClass => "of which another class is called",
        };
        let [probability, low, high] =
            [case.probability, case.low, case.high].map(|value| number::fixed(value, 3));
        let picture = gallery.pictures.get(&case.image);
        Self {
            image: fitting(&case.image),
            uri: picture.map(|png| picture::data_uri(png)),
            alt: format!("Picture {}, {kind}", fitting(&case.image)),
            truth: case.truth.clone(),
            question: case.question.clone(),
            probability,
            range: match case.networks {
                1 => String::new(),
                _ => format!("{low} to {high}"),
            },
            wrong: format!("{} of {}", case.wrong, case.networks),
        }
    }
}
