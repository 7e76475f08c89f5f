//! Accuracy at the source against AUC here.

use serde::{Deserialize, Serialize};

use super::association::AssociationResult;
use super::regime_name::RegimeName;

/// Accuracy on a source task against test AUC here, for one source task, training size and regime.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceAccuracy {
    /// Name of the source task. Accuracies on different tasks cannot be compared.
    pub source: String,
    /// Training pictures.
    pub train_size: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
    /// Name of the training regime.
    pub regime: RegimeName,
    /// One per network that starts from weights of this source, at least two.
    pub networks: Vec<SourcePoint>,
    /// Spearman's ρ, Kendall's τ-b and Pearson's r.
    pub associations: Vec<AssociationResult>,
}

/// One network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourcePoint {
    /// Label of the model.
    pub model: String,
    /// Top-1 accuracy on the source test images, in [0, 1], as the card of the weights states it.
    pub top1: f64,
    /// Mean test AUC of its `transfer` arm over seeds.
    pub auc: f64,
    /// Lower end of the 95% interval of the test AUC.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
}
