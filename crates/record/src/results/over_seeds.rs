//! A number over seeds.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A number over seeds or pairs of seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverSeeds {
    /// Mean.
    pub mean: f64,
    /// 95% interval, from leaving out each seed in turn; none with fewer than three seeds.
    pub interval: Option<[f64; 2]>,
    /// One per seed, or pair of seeds, that has a value.
    pub values: Vec<f64>,
}

impl OverSeeds {
    /// With the interval cut to `low..=high`, the values that the number can take at all.
    pub fn within(mut self, low: f64, high: f64) -> Self {
        self.interval = self
            .interval
            .map(|ends| ends.map(|end| end.clamp(low, high)));
        self
    }

    /// Mean and interval: `0.712 (0.690 to 0.734)`, `+0.052 (+0.031 to +0.073)`.
    pub fn words(&self, is_difference: bool) -> String {
        let number = |value: f64| match is_difference {
            true => format!("{value:+.3}"),
            false => format!("{value:.3}"),
        };
        match self.interval {
            Some([low, high]) => format!(
                "{} ({} to {})",
                number(self.mean),
                number(low),
                number(high)
            ),
            None => format!("{} (too few seeds for an interval)", number(self.mean)),
        }
    }

    /// On which side of `value` the whole interval lies; none if it holds the value, or without
    /// an interval.
    pub fn side_of(&self, value: f64) -> Option<Ordering> {
        let [low, high] = self.interval?;
        if low > value {
            Some(Ordering::Greater)
        } else if high < value {
            Some(Ordering::Less)
        } else {
            None
        }
    }
}
