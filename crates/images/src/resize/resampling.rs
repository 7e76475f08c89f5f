//! The filters.

use serde::{Deserialize, Serialize};

/// How samples between pixels are made up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resampling {
    /// A triangle: Pillow's `BILINEAR`.
    #[default]
    Bilinear,
    /// The cubic of Keys (1981) with a = −½: Pillow's `BICUBIC`. Overshoots at edges.
    Bicubic,
}

impl Resampling {
    /// Half the width of the filter, in pixels of the coarser side.
    pub(super) fn support(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
        }
    }

    /// The weight at a distance `x` from the centre. The order of operations is part of the
    /// arithmetic: another one gives other last bits.
    pub(super) fn weight(self, x: f64) -> f64 {
        const A: f64 = -0.5;
        let x = x.abs();
        match self {
            Self::Bilinear if x < 1.0 => 1.0 - x,
            Self::Bicubic if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
            Self::Bilinear | Self::Bicubic => 0.0,
        }
    }

    /// The word in configurations.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bilinear => "bilinear",
            Self::Bicubic => "bicubic",
        }
    }
}
