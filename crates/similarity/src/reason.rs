//! Why a similarity has no value.

/// Why there is no number; the words say what was found and what would help.
#[derive(Clone, Debug, PartialEq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// Fewer datapoints than the measure needs.
    #[error("{found} datapoints, but this measure needs at least {needed}; use more images")]
    FewDatapoints {
        /// Least number that gives a value.
        needed: u64,
        /// Datapoints there are.
        found: u64,
    },
    /// As many dimensions as datapoints or more: any two sets of activations would match exactly.
    #[error(
        "{dimensions} dimensions and only {datapoints} datapoints: any two networks would match \
         exactly; use more images, or pool or truncate"
    )]
    Saturated {
        /// Dimensions of the wider side after pruning.
        dimensions: usize,
        /// Datapoints there are.
        datapoints: u64,
    },
    /// More datapoints than a matrix of all their pairs can hold.
    #[error("{found} datapoints, but measures of pairs take at most {most}; use fewer images")]
    ManyDatapoints {
        /// Most that are taken.
        most: u64,
        /// Datapoints there are.
        found: u64,
    },
    /// More dimensions than a matrix of all their pairs can hold.
    #[error("{found} dimensions, but second moments take at most {most}; use `flattened`")]
    ManyDimensions {
        /// Most that are taken.
        most: usize,
        /// Dimensions of the wider side.
        found: usize,
    },
    /// Every channel is constant.
    #[error("side {side} never varies: all of its {channels} channels are constant")]
    Constant {
        /// `a` or `b`.
        side: char,
        /// Channels of that side.
        channels: usize,
    },
    /// Activations that are infinite or not a number.
    #[error("side {side} has {count} values that are infinite or not a number")]
    NotFinite {
        /// `a` or `b`.
        side: char,
        /// How many.
        count: u64,
    },
    /// A debiased self-similarity is not positive, so the ratio has no meaning.
    #[error("the debiased similarity of side {side} with itself is not positive; use more images")]
    NoSignal {
        /// `a` or `b`.
        side: char,
    },
    /// The median distance between datapoints is 0, so a kernel has no width.
    #[error("most pairs of datapoints of side {side} are identical, so distances have no scale")]
    Identical {
        /// `a` or `b`.
        side: char,
    },
    /// The measure is not defined for this convention.
    #[error("{measure} is not defined for {convention} activations; {instead}")]
    Convention {
        /// Name of the measure.
        measure: String,
        /// Name of the convention.
        convention: String,
        /// What to do instead.
        instead: String,
    },
    /// Squares of the activations are not representable.
    #[error("activations are so large that their moments overflow; divide them by a constant")]
    TooLarge,
    /// Moments of other datapoints or other channels.
    #[error("the moments do not belong together: expected {expected} {what}, found {found}")]
    Mismatched {
        /// What is counted.
        what: String,
        /// How many the cross moments have.
        expected: u64,
        /// How many the side has.
        found: u64,
    },
    /// A measure that second moments do not determine.
    #[error("{measure} compares datapoints pair by pair; moments do not determine it")]
    Pairwise {
        /// Name of the measure.
        measure: String,
    },
    /// A view that was decomposed for other measures.
    #[error("the view was not made for this measure; name the measure when making the view")]
    Unprepared,
    /// A decomposition did not converge.
    #[error("the decomposition of {what} did not converge")]
    Diverged {
        /// Which matrix.
        what: String,
    },
}
