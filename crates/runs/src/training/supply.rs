//! What a run is trained on and from.

use std::sync::Arc;

use images::{Cache, Dataset};
use networks::Pretrained;
use study::{OpenStudy, RunSpec, Split};

use super::failure::RunFailure;

/// With its specification all that training a run takes.
#[derive(Clone, Copy)]
pub struct Supply<'a> {
    /// Labels, patients and ids.
    pub dataset: &'a Dataset,
    /// Decoded pictures.
    pub cache: &'a Arc<Cache>,
    /// How they are divided.
    pub split: &'a Split,
    /// Pretrained weights of the run's network, where it has any.
    pub weights: Option<&'a Pretrained>,
}

impl<'a> Supply<'a> {
    /// What `spec` takes of an open study.
    pub fn of(study: &'a OpenStudy, spec: &RunSpec) -> Self {
        let weights = study.weights.get(&spec.model.label());
        Self {
            dataset: &study.dataset,
            cache: &study.cache,
            split: study.plan.data.split_of(spec.fold),
            weights: weights.map(|w| &**w),
        }
    }

    /// Refuses a split that is not the specification's.
    pub(crate) fn check(&self, spec: &RunSpec) -> Result<(), RunFailure> {
        match self.split.id == spec.data.split {
            true => Ok(()),
            false => Err(RunFailure::OtherSplit {
                expected: spec.data.split.clone(),
                found: self.split.id.clone(),
            }),
        }
    }
}
