//! Shares of the partitions, as written.

use images::Fractions;
use serde::Deserialize;

/// `fractions` of `[data]`: what is not written is as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenFractions {
    /// Share to learn from.
    pub train: Option<f64>,
    /// Share to choose on.
    pub validation: Option<f64>,
    /// Share to report on.
    pub test: Option<f64>,
}

impl WrittenFractions {
    /// Those of one split.
    pub fn of_split(&self) -> Fractions {
        let usual = Fractions::default();
        Fractions {
            train: self.train.unwrap_or(usual.train),
            validation: self.validation.unwrap_or(usual.validation),
            test: self.test.unwrap_or(usual.test),
        }
    }
}
