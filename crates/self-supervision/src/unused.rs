//! What of `[train]` has no meaning without labels.

use study::{ClassWeights, PrecisionName, StudyError, TrainSpec};

/// Refuses keys of `[train]` that learning without labels does not read.
pub(crate) fn refuse_unused(train: &TrainSpec) -> Result<(), StudyError> {
    let keys = [
        ("train.eval_images", train.eval_images.is_some()),
        (
            "train.class_weights",
            train.class_weights != ClassWeights::None,
        ),
        ("train.patience", train.patience > 0),
        ("train.precision", train.precision != PrecisionName::F32),
        ("train.ema", train.ema.is_some()),
        ("train.only", train.only.is_some()),
        ("train.freeze", train.freeze.is_some()),
        ("train.norms", train.norms.is_some()),
        ("train.layer_decay", train.layer_decay.is_some()),
        ("train.rates", !train.rates.is_empty()),
        ("train.l2_sp", train.l2_sp.is_some()),
        ("train.phases", train.phases.is_some()),
    ];
    match keys.into_iter().find(|(_, is_written)| *is_written) {
        None => Ok(()),
        Some((field, _)) => Err(StudyError::Value {
            field,
            expected: "no such key beside method = \"simsiam\", which does not read it".into(),
            found: "one".into(),
        }),
    }
}
