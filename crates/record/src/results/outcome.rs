//! What a comparison comes to, and what a ratio is where some seeds never arrive.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a comparison comes to; see [`stats::Outcome`]. A word that is none of these is an error and
/// never `undecided`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The interval lies above 0, and equivalence is not shown.
    Better,
    /// The interval lies below 0, and equivalence is not shown.
    Worse,
    /// Within the margin.
    Equivalent,
    /// The data are too few to tell; not the same as no difference.
    Undecided,
}

impl Outcome {
    /// In the order of sentences and tables.
    pub const ALL: [Self; 4] = [Self::Better, Self::Worse, Self::Equivalent, Self::Undecided];

    /// Its word, in `results.json`, sentences and style sheets.
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Equivalent => "equivalent",
            Self::Undecided => "undecided",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl From<stats::Outcome> for Outcome {
    fn from(outcome: stats::Outcome) -> Self {
        match outcome {
            stats::Outcome::Better => Self::Better,
            stats::Outcome::Worse => Self::Worse,
            stats::Outcome::Equivalent => Self::Equivalent,
            stats::Outcome::Undecided => Self::Undecided,
        }
    }
}

/// What a comparison of steps comes to; see [`stats::Speed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeedOutcome {
    /// The arm arrives earlier.
    Sooner,
    /// The arm arrives later.
    Later,
    /// Within a factor of [`stats::SPEED_MARGIN`] either way.
    AsSoon,
    /// The data are too few to tell.
    Undecided,
}

impl SpeedOutcome {
    /// In the order of sentences and tables.
    pub const ALL: [Self; 4] = [Self::Sooner, Self::Later, Self::AsSoon, Self::Undecided];

    /// Its word, in sentences and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sooner => "sooner",
            Self::Later => "later",
            Self::AsSoon => "as soon",
            Self::Undecided => "undecided",
        }
    }

    /// The outcome of a difference whose colours it has.
    pub fn like(self) -> Outcome {
        match self {
            Self::Sooner => Outcome::Better,
            Self::Later => Outcome::Worse,
            Self::AsSoon => Outcome::Equivalent,
            Self::Undecided => Outcome::Undecided,
        }
    }
}

impl fmt::Display for SpeedOutcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl From<stats::Speed> for SpeedOutcome {
    fn from(outcome: stats::Speed) -> Self {
        match outcome {
            stats::Speed::Sooner => Self::Sooner,
            stats::Speed::Later => Self::Later,
            stats::Speed::AsSoon => Self::AsSoon,
            stats::Speed::Undecided => Self::Undecided,
        }
    }
}

/// What a saving of labels comes to, held against the same margin as speeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelOutcome {
    /// The arm needs fewer labels than the baseline for the same AUC.
    Fewer,
    /// It needs more.
    More,
    /// Within a factor of [`stats::SPEED_MARGIN`] either way.
    AsMany,
    /// The data are too few to tell.
    #[default]
    Undecided,
}

impl LabelOutcome {
    /// What the ends of an interval of the factor come to; `None` is an end that is not known.
    /// Above 1 the baseline needs more labels than the arm.
    pub fn of([low, high]: [Option<f64>; 2]) -> Self {
        let margin = stats::SPEED_MARGIN;
        match (low, high) {
            (Some(low), Some(high)) if low >= 1.0 / margin && high <= margin => Self::AsMany,
            (Some(low), _) if low > 1.0 => Self::Fewer,
            (_, Some(high)) if high < 1.0 => Self::More,
            _ => Self::Undecided,
        }
    }

    /// Its word, in sentences and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fewer => "fewer",
            Self::More => "more",
            Self::AsMany => "as many",
            Self::Undecided => "undecided",
        }
    }

    /// The outcome of a difference whose colours it has.
    pub fn like(self) -> Outcome {
        match self {
            Self::Fewer => Outcome::Better,
            Self::More => Outcome::Worse,
            Self::AsMany => Outcome::Equivalent,
            Self::Undecided => Outcome::Undecided,
        }
    }
}

/// What a ratio is where some seeds never reach a threshold, or a curve a size; see
/// [`stats::Bound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The ratio itself.
    Exact,
    /// It is at least this.
    AtLeast,
    /// It is at most this.
    AtMost,
    /// It holds within the steps trained only.
    WithinHorizon,
}

impl Bound {
    /// Before a number in a table.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Exact | Self::WithinHorizon => "",
            Self::AtLeast => "≥ ",
            Self::AtMost => "≤ ",
        }
    }

    /// Before a number in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::AtLeast => "at least ",
            Self::AtMost => "at most ",
            Self::WithinHorizon => "within the steps trained, ",
        }
    }
}

impl From<Bound> for stats::Bound {
    fn from(bound: Bound) -> Self {
        match bound {
            Bound::Exact => Self::Exact,
            Bound::AtLeast => Self::AtLeast,
            Bound::AtMost => Self::AtMost,
            Bound::WithinHorizon => Self::WithinHorizon,
        }
    }
}

impl From<stats::Bound> for Bound {
    fn from(bound: stats::Bound) -> Self {
        match bound {
            stats::Bound::Exact => Self::Exact,
            stats::Bound::AtLeast => Self::AtLeast,
            stats::Bound::AtMost => Self::AtMost,
            stats::Bound::WithinHorizon => Self::WithinHorizon,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_saved_where_the_whole_interval_says_so() {
        for (ends, outcome) in [
            ([Some(1.3), Some(2.0)], LabelOutcome::Fewer),
            ([Some(1.01), Some(1.2)], LabelOutcome::AsMany),
            ([Some(1.2), None], LabelOutcome::Fewer),
            ([None, Some(0.7)], LabelOutcome::More),
            ([Some(0.9), Some(1.4)], LabelOutcome::Undecided),
            ([None, None], LabelOutcome::Undecided),
            ([Some(f64::NAN), Some(f64::NAN)], LabelOutcome::Undecided),
        ] {
            assert_eq!(LabelOutcome::of(ends), outcome, "{ends:?}");
        }
    }

    #[test]
    fn words_are_read_as_they_are_written_and_no_others_are() {
        for outcome in Outcome::ALL {
            let word = serde_json::to_value(outcome).expect("a word");
            assert_eq!(word, outcome.word());
            assert_eq!(
                serde_json::from_value::<Outcome>(word).expect("a word"),
                outcome
            );
        }
        for wrong in ["undecidd", "Better", ""] {
            assert!(
                serde_json::from_value::<Outcome>(wrong.into()).is_err(),
                "{wrong}"
            );
        }
    }
}
