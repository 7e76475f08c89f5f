//! A data set with what a reader should know of how it was read.

use images::Dataset;

use crate::flow::SourceFlow;

/// A data set, and one sentence for everything that was believed, converted, merged or left out.
#[derive(Clone, Debug)]
pub struct Noted {
    /// Labels and pictures.
    pub dataset: Dataset,
    /// Sentences without a full stop, in the order of reading.
    pub notes: Vec<String>,
    /// What was found and left out, one a source.
    pub flow: Vec<SourceFlow>,
    /// What the user is told now, and no result depends on: where a copy was made, for example.
    pub said: Vec<String>,
}
