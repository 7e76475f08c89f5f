//! The pictures that the networks of one arm were most wrong about.

use serde::{Deserialize, Serialize};

/// The worst mistakes of one arm in the test partition: numbers only, the pictures lie in `gallery/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mistakes {
    /// Label of the arm: the recommended one, else the one with the highest mean test AUC.
    pub arm: String,
    /// Whether that arm is recommended.
    pub is_recommended: bool,
    /// Finished networks of the arm, at least 1.
    pub networks: usize,
    /// The lowest and the highest threshold of any of them, where one question is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<[f64; 2]>,
    /// One a kind of mistake that the headline can show.
    pub lists: Vec<MistakeList>,
}

/// What a network got wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MistakeKind {
    /// Yes, and called no at the threshold that the validation partition chose.
    FalseNegative,
    /// No, and called yes there.
    FalsePositive,
    /// Another class is the most probable, where classes exclude each other and none is the
    /// headline's.
    WrongClass,
}

/// The worst mistakes of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MistakeList {
    /// Which.
    pub kind: MistakeKind,
    /// Answers that more than half of the networks have wrong: a picture each, or a picture and a
    /// finding.
    pub wrong: usize,
    /// Answers that could be wrong in this way.
    pub of: usize,
    /// The worst of the wrong ones, the worst first and at most one a patient.
    pub cases: Vec<Mistake>,
}

/// One picture that most networks have wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// Id of the picture, as in the tables of predictions.
    pub image: String,
    /// What the probability is of: a class, a finding, or grades from one on.
    pub question: String,
    /// What the data say of the picture.
    pub truth: String,
    /// Mean probability over networks, in [0, 1].
    pub probability: f64,
    /// The lowest of any network.
    pub low: f64,
    /// The highest of any network.
    pub high: f64,
    /// Networks that have it wrong.
    pub wrong: usize,
    /// Networks that were tested on it.
    pub networks: usize,
}

impl Mistakes {
    /// Ids of all pictures, sorted, each once.
    pub fn images(&self) -> Vec<String> {
        let cases = self.lists.iter().flat_map(|list| &list.cases);
        let mut images: Vec<String> = cases.map(|case| case.image.clone()).collect();
        images.sort();
        images.dedup();
        images
    }
}
