//! Words that a key takes, from whoever reads them.

use initialisation::{Initialisation, Policy};
use networks::zoo;
use similarity::Measure;
use study::{RECIPES, REGIME_NAMES};

/// A set of words.
#[derive(Clone, Copy, Debug)]
pub enum Words {
    /// These.
    These(&'static [&'static str]),
    /// Initialisations of a whole network.
    Initialisations,
    /// Policies of an initialisation's rules.
    Policies,
    /// Training regimes.
    Regimes,
    /// Networks.
    Networks,
    /// Measures of similarity without parameters.
    Measures,
    /// Recipes of known data.
    Recipes,
}

impl Words {
    /// The words, in the order of the documentation.
    pub fn list(self) -> Vec<String> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::These(words) => owned(words),
            Self::Initialisations => Initialisation::words().map(str::to_owned).collect(),
            Self::Policies => Policy::words().map(str::to_owned).collect(),
            Self::Regimes => owned(&REGIME_NAMES),
            Self::Networks => owned(&zoo::names()),
            Self::Measures => Measure::ALL.iter().map(ToString::to_string).collect(),
            Self::Recipes => RECIPES
                .iter()
                .map(|recipe| recipe.name.to_owned())
                .collect(),
        }
    }
}
