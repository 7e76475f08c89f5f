//! `MODEL_CARD.md`: what a reader has to know before using a model.

use askama::Template;

use super::metadata::Metadata;
use super::preprocess::Preprocess;
use record::metrics::METRICS;
use study::DataResult;

/// The card of one exported model.
#[derive(Template)]
#[template(path = "model_card.md", config = "askama.toml")]
pub(super) struct ModelCard<'a> {
    pub(super) metadata: &'a Metadata,
    pub(super) preprocess: &'a Preprocess,
    pub(super) data: &'a DataResult,
    /// Largest difference between our probabilities and those of the ONNX file.
    pub(super) onnx_difference: f64,
    /// Whether a picture with its expected probabilities lies beside the model.
    pub(super) has_check_picture: bool,
    /// What the headline AUC tells apart, in words.
    pub(super) headline: String,
}

impl ModelCard<'_> {
    /// Every metric in words, with its value.
    fn metrics(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> {
        let values = &self.metadata.test.metrics;
        METRICS
            .iter()
            .map(|metric| (metric.words, values.get(metric)))
    }

    /// Three decimals, or a dash.
    fn number(&self, value: &Option<f64>) -> String {
        value.map_or("–".into(), |v| format!("{v:.3}"))
    }

    fn is_multilabel(&self) -> bool {
        self.metadata.task == images::Task::Multilabel
    }
}
