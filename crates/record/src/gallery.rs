//! `gallery/`: pictures of the worst mistakes, and maps of where a network looks. Drawn where the data
//! are open, read by every report after that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::results::{MethodResult, Results, SaliencyChoice, SaliencyMethod};

/// What a gallery is to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GalleryWish {
    /// Ids of pictures, sorted, each once.
    pub pictures: Vec<String>,
    /// Whose maps, of which pictures.
    pub saliency: Option<SaliencyChoice>,
}

impl GalleryWish {
    /// What the results ask for: the pictures of their mistakes and of their maps.
    pub fn of(results: &Results) -> Self {
        if !results.report.pictures {
            return Self::default();
        }
        let mistakes = results.mistakes.as_ref();
        let saliency = results.saliency.as_ref().map(|found| found.choice.clone());
        let mut pictures = mistakes.map(|found| found.images()).unwrap_or_default();
        let cases = saliency.iter().flat_map(|choice| &choice.cases);
        pictures.extend(cases.map(|case| case.image.clone()));
        pictures.sort();
        pictures.dedup();
        Self { pictures, saliency }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty() && self.saliency.is_none()
    }
}

/// `gallery/gallery.json`: written last, with the digests of all pictures beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gallery {
    /// What was to be shown.
    pub wish: GalleryWish,
    /// Id of a picture ─▶ name of its file.
    pub pictures: BTreeMap<String, String>,
    /// What the maps came to, where there are any.
    pub methods: Option<Vec<MethodResult>>,
    /// By method, then by case.
    pub maps: Vec<GalleryMap>,
}

/// A map of one picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GalleryMap {
    /// How it is made.
    pub method: SaliencyMethod,
    /// Id of the picture.
    pub image: String,
    /// Place of its case.
    pub case: usize,
    /// Names of the files: of the network as it was trained, and with its weights drawn anew.
    pub files: [String; 2],
    /// Cells of the map, by rows: of the network as it was trained. Evidence for is above 0, against
    /// it below.
    pub values: Vec<f64>,
    /// The same with its weights drawn anew.
    pub anew: Vec<f64>,
}
