//! One colour per initialisation and regime, the same in every table and chart.

use record::results::Results;

/// Colours of the style sheet besides the baseline's: Okabe and Ito's without black and yellow,
/// which vanish on a dark and on a light page.
const COLOURS: usize = 6;

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

    /// Names, by index.
    pub fn inits(&self) -> &[String] {
        &self.inits
    }

    /// Index of an initialisation; an unknown one counts as the baseline.
    pub fn index(&self, init: &str) -> usize {
        self.inits
            .iter()
            .position(|known| known == init)
            .unwrap_or(0)
    }

    /// Number of the style sheet's colour: 0 for the baseline, then 1 to 6 and around again.
    pub fn colour(&self, init: &str) -> usize {
        match self.index(init) {
            0 => 0,
            other => (other - 1) % COLOURS + 1,
        }
    }
}
