//! Why moments cannot be taken together.

use kernels::ShapeError;

/// Moments that do not belong together, or cannot be what they claim.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MomentsError {
    /// A block of values that does not fit.
    #[error("the block of values does not fit the moments: {0}")]
    Block(#[from] ShapeError),
    /// Values that are not whole datapoints.
    #[error("{values} values are not a whole number of datapoints of {channels} channels")]
    Ragged {
        /// How many values.
        values: usize,
        /// Channels of a datapoint.
        channels: usize,
    },
    /// Another number of channels.
    #[error("side {side} has {found} channels where {expected} were expected")]
    Channels {
        /// `a` or `b`.
        side: char,
        /// Channels of the moments that take in.
        expected: usize,
        /// Channels of what was given.
        found: usize,
    },
    /// Sides, or a pair and its sides, that saw different datapoints.
    #[error("{found} datapoints where {expected} were expected: these were not counted together")]
    Datapoints {
        /// Datapoints of the one.
        expected: u64,
        /// Datapoints of the other.
        found: u64,
    },
    /// A part that was accumulated about another pilot, so that it cannot be subtracted.
    #[error(
        "the moments are about another pilot; accumulate parts into moments made by `fresh` of \
         the same moments"
    )]
    Pilot,
    /// Stored moments whose fields do not fit together.
    #[error("stored moments are damaged: `{field}` should be {expected}, found {found}")]
    Malformed {
        /// Which field.
        field: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
}
