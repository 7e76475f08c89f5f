//! The pictures of a report.

use std::collections::BTreeMap;

use record::results::SaliencyMethod;

/// Example pictures of one class.
#[derive(Clone, Debug)]
pub struct ExampleSheet {
    /// Name of the class, grade or finding.
    pub class: String,
    /// The pictures side by side, as one PNG.
    pub png: Vec<u8>,
}

/// The first convolution's filters of one run per arm, before and after training.
#[derive(Clone, Debug)]
pub struct FilterSheet {
    /// Label of the arm.
    pub arm: String,
    /// Label of its model.
    pub model: String,
    /// Name of its initialisation.
    pub init: String,
    /// Seed of the run.
    pub seed: u64,
    /// `[filters, channels, height, width]`.
    pub shape: [usize; 4],
    /// Weights at initialisation, as many as the product of `shape`.
    pub before: Vec<f32>,
    /// Weights of the best checkpoint.
    pub after: Vec<f32>,
}

/// A map of where a network looks, over its picture.
#[derive(Clone, Debug)]
pub struct MapPicture {
    /// How it was made.
    pub method: SaliencyMethod,
    /// Place of its case among those of the results.
    pub case: usize,
    /// Of the network as it was trained, as a PNG.
    pub learnt: Vec<u8>,
    /// With its weights drawn anew, as a PNG.
    pub anew: Vec<u8>,
}

/// Pictures of mistakes and maps; empty until they are drawn.
#[derive(Clone, Debug, Default)]
pub struct GalleryPictures {
    /// Id of a picture ─▶ PNG.
    pub pictures: BTreeMap<String, Vec<u8>>,
    /// By method, then by case.
    pub maps: Vec<MapPicture>,
}

/// Everything in a report that is not a number of `results.json`.
#[derive(Clone, Debug, Default)]
pub struct Illustrations {
    /// One per class.
    pub examples: Vec<ExampleSheet>,
    /// One per arm.
    pub filters: Vec<FilterSheet>,
    /// Of the mistakes and maps of the results.
    pub gallery: GalleryPictures,
}
