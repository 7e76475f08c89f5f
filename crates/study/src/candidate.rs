//! One way of training among those that every arm tries.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What of the training is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TuneKey {
    /// The learning rate after warm-up.
    Lr,
    /// L2 decay.
    WeightDecay,
    /// Steps at most.
    MaxSteps,
}

impl TuneKey {
    /// Every key, in the order of tables.
    pub const ALL: [Self; 3] = [Self::Lr, Self::WeightDecay, Self::MaxSteps];

    /// Its value in a candidate.
    pub fn of(self, candidate: &Candidate) -> f64 {
        match self {
            Self::Lr => candidate.lr,
            Self::WeightDecay => candidate.weight_decay,
            Self::MaxSteps => candidate.max_steps as f64,
        }
    }
}

impl fmt::Display for TuneKey {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Lr => "learning rate",
            Self::WeightDecay => "weight decay",
            Self::MaxSteps => "steps",
        })
    }
}

/// One way of training; all else is as `[train]` says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Learning rate after warm-up, above 0.
    pub lr: f64,
    /// L2 decay, 0 or more.
    pub weight_decay: f64,
    /// Steps at most, 1 or more.
    pub max_steps: u64,
}

impl Candidate {
    /// The values of `keys` in words: `learning rate 3e-4, weight decay 0.01`.
    pub fn describe(&self, keys: &[TuneKey]) -> String {
        let words = keys.iter().map(|key| format!("{key} {}", self.value(*key)));
        words.collect::<Vec<_>>().join(", ")
    }

    /// One value as text, small and large ones by their power of ten.
    pub fn value(&self, key: TuneKey) -> String {
        match key.of(self) {
            small if small > 0.0 && small < 1e-3 => format!("{small:e}"),
            large if large >= 1e7 => format!("{large:e}"),
            value => format!("{value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_briefly() {
        let candidate = Candidate {
            lr: 3e-4,
            weight_decay: 0.01,
            max_steps: 2000,
        };
        assert_eq!(
            candidate.describe(&TuneKey::ALL),
            "learning rate 3e-4, weight decay 0.01, steps 2000"
        );
        assert_eq!(candidate.describe(&[]), "");
    }
}
