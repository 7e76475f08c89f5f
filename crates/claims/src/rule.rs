//! What of an effect agrees with a claim, and what contradicts it.

use decisions::ERROR;
use serde::{Deserialize, Serialize};

use crate::effect::Effect;

/// When a part of a claim agrees and when it does not. `margin` is in the unit of the effect; of a
/// ratio it is the factor that would not matter, above 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
pub enum Rule {
    /// Agrees where the effect is shown to lie within ± margin (two one-sided tests), disagrees
    /// where its interval lies outside.
    Within {
        /// The margin.
        margin: f64,
    },
    /// Agrees where the effect is shown to be above −margin, disagrees where its interval lies
    /// below.
    NotBelow {
        /// The margin.
        margin: f64,
    },
    /// Agrees where the interval lies above 0; disagrees where the effect is shown to be below the
    /// margin, or, without one, where the interval lies below 0.
    Above {
        /// The margin; none where no size is known to matter.
        margin: Option<f64>,
    },
    /// Of a ratio: as `within`, between 1 / margin and margin.
    WithinFactor {
        /// The factor.
        margin: f64,
    },
    /// Of a ratio: as `above`, with 1 in the place of 0.
    AboveOne {
        /// The factor; none where no size is known to matter.
        margin: Option<f64>,
    },
}

/// What a part, or a claim, comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What the paper says holds here.
    Agrees,
    /// It does not.
    Disagrees,
    /// The data are too few to tell.
    Undecided,
    /// There is nothing to judge by.
    NotRun,
}

impl Outcome {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
            Self::Undecided => "undecided",
            Self::NotRun => "not run",
        }
    }

    /// By p values after correction. What is shown to be too small to matter disagrees with a claim
    /// of more, also where it is shown to be above nothing.
    pub(crate) fn from_p(agrees: Option<f64>, disagrees: Option<f64>) -> Self {
        let is_shown = |p: Option<f64>| p.is_some_and(|p| p < ERROR);
        match (is_shown(agrees), is_shown(disagrees)) {
            (_, true) => Self::Disagrees,
            (true, false) => Self::Agrees,
            (false, false) => Self::Undecided,
        }
    }
}

impl Rule {
    /// p value that is small where the effect agrees.
    pub(crate) fn p_agrees(self, effect: &Effect) -> Option<f64> {
        let two_sided = |p: f64| (2.0 * p).min(1.0);
        match self {
            Self::Within { margin } => Some(effect.p_above(-margin)?.max(effect.p_below(margin)?)),
            Self::WithinFactor { margin } => {
                Some(effect.p_above(margin.recip())?.max(effect.p_below(margin)?))
            }
            Self::NotBelow { margin } => effect.p_above(-margin),
            Self::Above { .. } => effect.p_above(0.0).map(two_sided),
            Self::AboveOne { .. } => effect.p_above(1.0).map(two_sided),
        }
    }

    /// p value that is small where the effect contradicts.
    pub(crate) fn p_disagrees(self, effect: &Effect) -> Option<f64> {
        let two_sided = |p: f64| (2.0 * p).min(1.0);
        let outside =
            |low: f64, high: f64| Some(two_sided(effect.p_above(high)?.min(effect.p_below(low)?)));
        match self {
            Self::Within { margin } => outside(-margin, margin),
            Self::WithinFactor { margin } => outside(margin.recip(), margin),
            Self::NotBelow { margin } => effect.p_below(-margin).map(two_sided),
            Self::Above {
                margin: Some(margin),
            } => effect.p_below(margin),
            Self::AboveOne {
                margin: Some(margin),
            } => effect.p_below(margin),
            Self::Above { margin: None } => effect.p_below(0.0).map(two_sided),
            Self::AboveOne { margin: None } => effect.p_below(1.0).map(two_sided),
        }
    }

    /// The margin, where there is one.
    pub fn margin(self) -> Option<f64> {
        match self {
            Self::Within { margin } | Self::NotBelow { margin } | Self::WithinFactor { margin } => {
                Some(margin)
            }
            Self::Above { margin } | Self::AboveOne { margin } => margin,
        }
    }

    /// Whether the effect is a ratio.
    pub fn is_of_ratio(self) -> bool {
        matches!(self, Self::WithinFactor { .. } | Self::AboveOne { .. })
    }

    /// In words: when it agrees.
    pub fn words(self) -> String {
        let of = |margin: Option<f64>| match margin {
            Some(margin) => format!(", and not shown to be below {margin}"),
            None => String::new(),
        };
        match self {
            Self::Within { margin } => format!("within ± {margin}"),
            Self::WithinFactor { margin } => format!("within a factor of {margin}"),
            Self::NotBelow { margin } => format!("above −{margin}"),
            Self::Above { margin } => format!("above 0{}", of(margin)),
            Self::AboveOne { margin } => format!("above 1{}", of(margin)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::{Scale, Student};

    fn outcome(rule: Rule, mean: f64, error: f64, scale: Scale) -> Outcome {
        let effect = Effect::Student(Student::new(mean, [error, 9.0], scale, 10));
        Outcome::from_p(rule.p_agrees(&effect), rule.p_disagrees(&effect))
    }

    #[test]
    fn every_rule_reaches_every_outcome() {
        use Outcome::{Agrees, Disagrees, Undecided};
        let straight = [
            (Rule::Within { margin: 0.02 }, 0.0, 0.002, Agrees),
            (Rule::Within { margin: 0.02 }, 0.05, 0.002, Disagrees),
            (Rule::Within { margin: 0.02 }, -0.05, 0.002, Disagrees),
            (Rule::Within { margin: 0.02 }, 0.0, 0.05, Undecided),
            (Rule::NotBelow { margin: 0.02 }, 0.3, 0.01, Agrees),
            (Rule::NotBelow { margin: 0.02 }, -0.3, 0.01, Disagrees),
            (Rule::NotBelow { margin: 0.02 }, -0.02, 0.01, Undecided),
            (Rule::Above { margin: Some(0.02) }, 0.05, 0.01, Agrees),
            // Real, and too small to matter.
            (Rule::Above { margin: Some(0.02) }, 0.01, 0.001, Disagrees),
            (Rule::Above { margin: Some(0.02) }, 0.01, 0.02, Undecided),
            (Rule::Above { margin: None }, 0.01, 0.001, Agrees),
            (Rule::Above { margin: None }, -0.01, 0.001, Disagrees),
            (Rule::Above { margin: None }, 0.0, 0.001, Undecided),
        ];
        for (rule, mean, error, expected) in straight {
            assert_eq!(
                outcome(rule, mean, error, Scale::Straight),
                expected,
                "{rule:?} {mean}"
            );
        }
        let ratios = [
            (Rule::WithinFactor { margin: 1.25 }, 1.05, Agrees),
            (Rule::WithinFactor { margin: 1.25 }, 0.5, Disagrees),
            (Rule::AboveOne { margin: Some(1.25) }, 2.0, Agrees),
            (Rule::AboveOne { margin: Some(1.25) }, 1.0, Disagrees),
            (Rule::AboveOne { margin: None }, 1.3, Agrees),
            (Rule::AboveOne { margin: None }, 0.8, Disagrees),
            (Rule::AboveOne { margin: None }, 1.0, Undecided),
        ];
        for (rule, ratio, expected) in ratios {
            let found = outcome(rule, f64::ln(ratio), 0.03, Scale::Logarithm);
            assert_eq!(found, expected, "{rule:?} {ratio}");
        }
        assert_eq!(Outcome::from_p(None, None), Undecided);
    }
}
