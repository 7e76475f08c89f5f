//! `metrics.jsonl`: one line per evaluation.

use serde::{Deserialize, Serialize};

/// One evaluation on the validation partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Training steps taken.
    pub step: u64,
    /// Training pictures seen, repeats counted.
    pub images: u64,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Mean training loss since the previous evaluation; none before the first step.
    pub train_loss: Option<f64>,
    /// Headline AUC on the validation partition.
    pub validation_auc: f64,
    /// Mean negative log likelihood on the validation partition, in nats.
    pub validation_loss: f64,
}
