//! What a pretraining is asked for.

use images::Fit;
use self_supervision::SimSiam;
use serde::Deserialize;
use study::{
    CompareSpec, DataSpec, GridSpec, InitEntry, ModelEntry, ReportSpec, Seeds, StudyError,
    StudySpec, TrainSize, TrainSpec, WrittenRange,
};

/// A pretraining configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PretrainSpec {
    /// The network.
    pub model: ModelEntry,
    /// The source task.
    pub data: DataSpec,
    /// What it learns from.
    #[serde(default)]
    pub pretrain: Method,
    /// How it is trained.
    #[serde(default)]
    pub train: TrainSpec,
}

/// `[pretrain]`: what a network learns from.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "method", rename_all = "lowercase", deny_unknown_fields)]
pub enum Method {
    /// Labels, of exclusive classes.
    Supervised {},
    /// Pairs of views of every picture, without labels.
    Simsiam(SimSiam),
}

impl Default for Method {
    fn default() -> Self {
        Self::Supervised {}
    }
}

impl PretrainSpec {
    /// Refuses data that the card of the weights cannot state.
    pub fn check_data(&self) -> Result<(), StudyError> {
        let data = &self.data;
        let is_full = matches!(data.range, None | Some(WrittenRange::Full));
        if !data.size.is_square() || data.fit != Fit::Stretch || !is_full {
            return Err(StudyError::Value {
                field: "data",
                expected: "for pretraining, a square `size`, fit = \"stretch\" and range = \"full\": all that the card of the weights can state".into(),
                found: format!("size {}, fit \"{}\"", data.size, data.fit.word()),
            });
        }
        if let Some(folds) = data.folds {
            return Err(StudyError::Value {
                field: "data.folds",
                expected: "one split for pretraining: one network leaves it".into(),
                found: folds.to_string(),
            });
        }
        Ok(())
    }

    /// The study of one run that pretraining with labels is.
    pub fn into_study(self) -> Result<StudySpec, StudyError> {
        if self.data.task != images::Task::Multiclass {
            return Err(StudyError::Value {
                field: "data.task",
                expected: "\"multiclass\": a source task has exclusive classes".into(),
                found: format!("{:?}", self.data.task).to_lowercase(),
            });
        }
        self.check_data()?;
        Ok(StudySpec {
            title: format!(
                "Pretraining {} on {}",
                self.model.choice.label(),
                self.data.source
            ),
            data: self.data,
            grid: GridSpec {
                model: vec![self.model],
                init: vec![InitEntry(initialisation::Initialisation::random())],
                regime: None,
                train_size: vec![TrainSize::All],
                seeds: Seeds::Count(1),
                without_weights: Default::default(),
            },
            train: self.train,
            tune: None,
            compare: CompareSpec {
                thresholds: Vec::new(),
                ..CompareSpec::default()
            },
            weights: Default::default(),
            probe: None,
            analysis: None,
            reporting: Default::default(),
            report: ReportSpec::default(),
            cluster: Default::default(),
        })
    }
}
