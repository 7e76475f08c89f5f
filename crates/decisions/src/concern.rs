use crate::FEWEST_SEEDS;

/// What conclusions speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// Ways of training: other seeds and other patients, from three seeds on.
    Training,
    /// The very models that were tested, one an arm, and other patients.
    TheseModels,
}

impl Concern {
    /// Fewest seeds from which anything is concluded.
    pub fn fewest_seeds(self) -> usize {
        match self {
            Self::Training => FEWEST_SEEDS,
            Self::TheseModels => 1,
        }
    }
}
