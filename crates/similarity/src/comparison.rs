//! Two layers compared: values, and how far each is to be trusted.

use crate::{Convention, Measure, Reason};

/// How to compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// What to measure.
    pub measures: Vec<Measure>,
    /// What a datapoint is.
    pub convention: Convention,
    /// Most positions taken from each map in [`Convention::Spatial`], drawn from the seed and the
    /// same for both views; all where absent. Up to sixteen draws alternate between the images, and
    /// nulls exchange images of the same draw only.
    pub positions: Option<usize>,
    /// Permutations of the images of `b` behind every null distribution; 0 for none.
    pub permutations: usize,
    /// Groups of whole images that the jackknife leaves out in turn for the intervals; 0 for none.
    pub groups: usize,
    /// Most datapoints of the measures that need Gram matrices in [`Convention::Spatial`] and
    /// [`Convention::Pooled`], drawn from the seed.
    pub pairwise_datapoints: usize,
    /// Most floating-point operations that the nulls and the intervals of one comparison may each
    /// take; with less, there are fewer permutations and groups, and a warning. See
    /// [`affordable`](Self::affordable).
    pub budget: f64,
    /// Where all draws come from.
    pub seed: u64,
}

impl Default for Options {
    /// The usual measures of spatial activations, 99 permutations, 20 groups, 2,000 datapoints in
    /// Gram matrices, a budget of a minute or two of two cores.
    fn default() -> Self {
        Self {
            measures: Measure::USUAL.to_vec(),
            convention: Convention::Spatial,
            positions: None,
            permutations: 99,
            groups: 20,
            pairwise_datapoints: 2_000,
            budget: 1e12,
            seed: 0,
        }
    }
}

/// A measure's value between two layers, with its uncertainty.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    /// What was measured.
    pub measure: Measure,
    /// What a datapoint was.
    pub convention: Convention,
    /// The number, or why there is none.
    pub value: Result<f64, Reason>,
    /// What independent Gaussian data of these sizes would give, where a formula exists. Not the
    /// floor of dependent datapoints (positions of one image): that is the mean of `null`.
    pub floor: Option<f64>,
    /// The distribution of the value if the images of `b` were shuffled.
    pub null: Option<Null>,
    /// 95% interval over images.
    pub interval: Option<Interval>,
}

/// What the same measure gives when whole images of `b` are shuffled.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Null {
    /// Mean over permutations.
    pub mean: f64,
    /// Standard deviation over permutations.
    pub sd: f64,
    /// `(1 + permutations at least as alike) / (1 + permutations)`, in `(0, 1]`.
    pub p: f64,
    /// How many permutations.
    pub permutations: usize,
}

/// An interval from leaving out groups of whole images in turn: where the value would lie with
/// other images like these, as many as these.
///
/// `value ± t · se` of a delete-a-group jackknife, on the scale where errors are even (`atanh` for
/// correlations), ends clipped to the range of the measure. It does not take off the bias of few
/// datapoints, for which there are the floor and the null.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Groups left out in turn.
    pub groups: usize,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Side {
    /// Dimensions of a datapoint.
    pub dimensions: usize,
    /// Channels that never vary and were left out.
    pub constant: usize,
    /// Directions that depend linearly on the others, left out where covariances are inverted.
    pub dependent: usize,
}

/// Two layers compared by every measure asked for.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Compared {
    /// Images.
    pub images: usize,
    /// Datapoints.
    pub datapoints: u64,
    /// View `a`.
    pub a: Side,
    /// View `b`.
    pub b: Side,
    /// In the order they were asked for.
    pub measured: Vec<Measured>,
    /// What a reader should know before trusting the numbers, in sentences.
    pub warnings: Vec<String>,
}
