//! What a look at the learning saw.

use serde::{Deserialize, Serialize};

/// A spread below which outputs have collapsed: a tenth of what they have on the whole sphere.
const COLLAPSED: f64 = 0.1;

/// What a look at the learning saw: a line of `looks.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Steps taken.
    pub step: u64,
    /// Mean loss since the look before, from −1 (every prediction agrees) to 1; none before the first
    /// step.
    pub loss: Option<f64>,
    /// Mean [spread](crate::Agreement::spread) of the outputs since the look before.
    pub spread: Option<f64>,
    /// Share of validation pictures, in [0, 1], that their nearest training pictures name the class
    /// of; none where the labels are not exclusive classes.
    pub neighbours: Option<f64>,
}

impl Look {
    /// Whether the outputs of all pictures are nearly the same: the loss is then low and nothing is
    /// learned.
    pub fn is_collapsed(&self) -> bool {
        self.spread.is_some_and(|spread| spread < COLLAPSED)
    }
}
