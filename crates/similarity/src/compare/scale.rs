//! The scale of a measure: which end is alike, and where its errors are even.

use std::f64::consts::FRAC_PI_2;

use crate::Measure;

/// Distance from ±1 at which a correlation counts as perfect.
const PERFECT: f64 = 1e-12;

/// How values of a measure are compared and how their errors spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// A correlation, whose error shrinks towards 1; Fisher's `atanh` evens it.
    Correlation,
    /// A correlation estimated without bias, which may be below 0.
    Unbiased,
    /// A squared correlation, evened by `atanh` of its root.
    Squared,
    /// A share, as it is.
    Share,
    /// A distance in `[0, 1]`, 0 is alike.
    Distance,
    /// An angle in `[0, π/2]`, 0 is alike: the arc cosine evens a correlation, too.
    Angle,
}

impl Measure {
    /// Whether 0 is alike and larger values are less so.
    pub fn is_distance(self) -> bool {
        Scale::of(self).alike(1.0) < 0.0
    }

    /// Where `value` lies between not alike (0) and alike (1), for colours: values below 0 count as 0.
    pub fn likeness(self, value: f64) -> f64 {
        let (low, high) = self.range();
        let share = ((value - low.max(0.0)) / (high - low.max(0.0))).clamp(0.0, 1.0);
        match self.is_distance() {
            true => 1.0 - share,
            false => share,
        }
    }

    /// Least and greatest value that intervals reach: unbiased estimates are cut at −1, angles at
    /// π/2.
    pub fn range(self) -> (f64, f64) {
        Scale::of(self).range()
    }
}

impl Scale {
    /// The scale of `measure`.
    pub fn of(measure: Measure) -> Self {
        match measure {
            Measure::MeanCca
            | Measure::Svcca(_)
            | Measure::PwccaA
            | Measure::PwccaB
            | Measure::Cka
            | Measure::RbfCka(_)
            | Measure::Procrustes => Self::Correlation,
            Measure::DebiasedCka | Measure::DebiasedRbfCka(_) | Measure::MinibatchCka(_) => {
                Self::Unbiased
            }
            Measure::SquaredCca | Measure::RegressionBFromA | Measure::RegressionAFromB => {
                Self::Squared
            }
            Measure::MutualNeighbours(_) => Self::Share,
            Measure::CkaPrime => Self::Distance,
            Measure::AngularProcrustes => Self::Angle,
        }
    }

    /// A number that grows as views are more alike.
    pub fn alike(self, value: f64) -> f64 {
        match self {
            Self::Distance | Self::Angle => -value,
            _ => value,
        }
    }

    /// The value of a view compared with itself.
    pub fn perfect(self) -> f64 {
        match self {
            Self::Distance | Self::Angle => 0.0,
            _ => 1.0,
        }
    }

    /// Least and greatest value.
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::Unbiased => (-1.0, 1.0),
            Self::Angle => (0.0, FRAC_PI_2),
            _ => (0.0, 1.0),
        }
    }

    /// To where errors are even.
    pub fn forward(self, value: f64) -> f64 {
        let fisher = |value: f64| value.clamp(PERFECT - 1.0, 1.0 - PERFECT).atanh();
        match self {
            Self::Correlation | Self::Unbiased => fisher(value),
            Self::Squared => fisher(value.max(0.0).sqrt()),
            Self::Share | Self::Distance | Self::Angle => value,
        }
    }

    /// Back again.
    pub fn back(self, value: f64) -> f64 {
        match self {
            Self::Correlation | Self::Unbiased => value.tanh(),
            Self::Squared => value.max(0.0).tanh().powi(2),
            Self::Share | Self::Distance | Self::Angle => value,
        }
    }
}
