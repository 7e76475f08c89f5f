use sources::Refusal;
use stats::StatsError;

/// Why predictions are not compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refused {
    /// A table that cannot be used: where, what was expected, what was found, what to do.
    #[error(transparent)]
    Table(#[from] Refusal),
    /// Numbers that allow no statistic.
    #[error(transparent)]
    Statistic(#[from] StatsError),
    /// No arm of that name.
    #[error("no arm is called `{found}`; the arms are {arms}")]
    UnknownArm {
        /// The name.
        found: String,
        /// Those there are.
        arms: String,
    },
}

/// What was expected and found at a place, and what to do.
pub(crate) fn refusal(
    place: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
    write: impl Into<String>,
) -> Refusal {
    Refusal {
        place: place.into(),
        expected: expected.into(),
        found: found.into(),
        write: write.into(),
    }
}
