//! The arms that start from all of the pretrained weights.

use initialisation::InitKind;
use record::results::ArmResult;

/// The `transfer` arms: one a model, training size and regime, the first where several have the same
/// rules under different names, so that a network is counted once.
pub(crate) fn transfer_arms(arms: &[ArmResult]) -> impl Iterator<Item = &ArmResult> {
    let transfers = || arms.iter().filter(|arm| arm.kind == InitKind::Transfer);
    transfers().filter(move |arm| {
        let is_beside = |other: &&ArmResult| {
            (&other.model, other.train_size, &other.regime)
                == (&arm.model, arm.train_size, &arm.regime)
        };
        let first = transfers().find(is_beside);
        first.is_some_and(|first| first.label == arm.label)
    })
}
