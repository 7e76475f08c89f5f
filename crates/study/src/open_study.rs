//! A study that is open: its plan, with the pictures and the weights that carrying it out takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use embeddings::Embeddings;
use images::{Cache, Dataset, Label, Partition};
use networks::Pretrained;
use stats::StatsError;

use super::plan::StudyPlan;

/// A plan with everything that carrying it out takes.
pub struct OpenStudy {
    /// The plan.
    pub plan: StudyPlan,
    /// Labels, patients and ids.
    pub dataset: Dataset,
    /// Decoded pictures.
    pub cache: Arc<Cache>,
    /// Label of a model ─▶ its pretrained weights.
    pub weights: BTreeMap<String, Arc<Pretrained>>,
    /// Name ─▶ features that another program made.
    pub features: BTreeMap<String, Arc<Embeddings>>,
    /// What the user is told now, and no result depends on: where a copy was made, for example.
    pub said: Vec<String>,
}

impl OpenStudy {
    /// Headline AUC of `probabilities` `[pictures, classes]` of a partition, in its order.
    pub fn auc(&self, partition: Partition, probabilities: &[f64]) -> Result<f64, StatsError> {
        let data = &self.plan.data;
        let examples = data.partition(partition).iter();
        let labels = examples.map(|i| self.dataset.examples[*i].label.clone());
        let labels: Vec<Label> = labels.collect();
        let classes = data.described.classes.len();
        data.headline.auc(probabilities, &labels, classes)
    }
}
