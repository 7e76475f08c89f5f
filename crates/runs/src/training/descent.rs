//! How the weights of a run move.

use engine::Descent;
use study::RunSpec;

/// The update rule of `spec`.
pub(crate) fn descent(spec: &RunSpec) -> Descent {
    Descent {
        rule: spec.train.rule,
        weight_decay: spec.train.weight_decay,
    }
}
