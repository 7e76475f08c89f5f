//! What an initialisation is, whatever its name.

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::rule::Initialisation;

/// What an initialisation is by its rules. Names are the user's and decide nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitKind {
    /// Everything from the network's own draws.
    Random,
    /// Everything drawn with the pretrained means and variances.
    MeanVar,
    /// Everything loaded.
    Transfer,
    /// Some tensors are loaded.
    PartlyLoaded,
    /// None of these.
    #[default]
    Other,
}

impl InitKind {
    /// Whether features of pretrained weights are at the start.
    pub fn loads(self) -> bool {
        match self {
            Self::Transfer | Self::PartlyLoaded => true,
            Self::Random | Self::MeanVar | Self::Other => false,
        }
    }
}

impl Initialisation {
    /// What it is by its rules: by the policies that tensors can get, whichever words say so. A
    /// range that only ends at the last block of one network is [`InitKind::PartlyLoaded`].
    pub fn kind(&self) -> InitKind {
        let rules = &self.rules;
        let loads = || rules.iter().any(|rule| rule.policy == Policy::Load);
        let are_whole = rules.iter().all(|rule| rule.select.is_whole());
        match rules.first() {
            None => InitKind::Random,
            // It takes every tensor, and no other rule names the classifier.
            Some(first) if are_whole => match first.policy {
                Policy::Random => InitKind::Random,
                Policy::MeanVar => InitKind::MeanVar,
                Policy::Load => InitKind::Transfer,
                _ => InitKind::Other,
            },
            Some(_) if loads() => InitKind::PartlyLoaded,
            Some(_) => InitKind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use networks::Selection;

    #[test]
    fn rules_decide_and_names_do_not() {
        let ours = Initialisation::of("ours", [(Selection::all(), Policy::Load)]);
        assert_eq!(ours.kind(), InitKind::Transfer);
        let misnamed = Initialisation::of("transfer", [(Selection::all(), Policy::Shuffle)]);
        assert_eq!(misnamed.kind(), InitKind::Other);
        for whole in ["..", "backbone"] {
            let loaded = Initialisation::load(whole.into(), Policy::MeanVar);
            assert_eq!(loaded.kind(), InitKind::Transfer, "{whole}");
        }
        for (init, kind) in [
            (Initialisation::random(), InitKind::Random),
            (Initialisation::mean_var(), InitKind::MeanVar),
            (Initialisation::transfuse("block1"), InitKind::PartlyLoaded),
        ] {
            assert_eq!(init.kind(), kind);
        }
    }
}
