//! What charts of arms are divided by.

use super::arms::train_size;
use record::results::ArmResult;

/// Model and training size: arms that share both are compared with each other.
pub fn facet(arm: &ArmResult) -> (&str, usize) {
    (&arm.model, arm.train_size)
}

/// The two in words.
pub fn title(arm: &ArmResult) -> String {
    format!("{}, {}", arm.model, train_size(arm))
}
