//! One look per initialisation and regime, the same in every table and chart.

use figures::Look;
use record::results::Results;

/// The initialisations of a study, with their regimes, in the order of the plan; the baseline first.
pub struct Palette {
    inits: Vec<String>,
}

impl Palette {
    /// Colours for all initialisations of the results.
    pub fn new(results: &Results) -> Self {
        let mut inits = vec![results.baseline.clone()];
        for arm in &results.arms {
            if !inits.contains(&arm.setup()) {
                inits.push(arm.setup());
            }
        }
        Self { inits }
    }

    /// Index of an initialisation; an unknown one counts as the baseline.
    pub fn index(&self, init: &str) -> usize {
        self.inits
            .iter()
            .position(|known| known == init)
            .unwrap_or(0)
    }

    /// Colour, marker and dash of an initialisation; no two share all three.
    pub fn look(&self, init: &str) -> Look {
        Look::of(self.index(init))
    }

    /// Number of the style sheet's colour: 0 for the baseline, then 1 to 6 and around again.
    pub fn colour(&self, init: &str) -> usize {
        self.look(init).colour()
    }
}
