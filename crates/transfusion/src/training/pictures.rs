//! The pictures that a run trains on.

use images::{Feed, subset};

use super::initial::Start;
use crate::study::{Material, RunSpec};

/// The pictures that a run trains on, and how they reach its network: a pure function of plan and
/// seed.
pub struct TrainingPictures {
    /// Gives any of the study's pictures as the network reads them.
    pub feed: Feed,
    /// Those to train on, as positions in the data.
    pub examples: Vec<usize>,
}

impl TrainingPictures {
    /// Those of `spec`: the training partition, or the seed's subset of it.
    pub fn of(material: &Material, spec: &RunSpec) -> Self {
        let train = &material.plan.data.train;
        let examples = match material.plan.arms[spec.arm].is_all {
            true => train.clone(),
            false => {
                let all = &material.dataset.examples;
                subset(all, train, spec.train_size, spec.seed)
            }
        };
        let feed = Feed::new(
            material.cache.clone(),
            &material.dataset,
            spec.normalisation.clone(),
            spec.augment.clone(),
        );
        Self { feed, examples }
    }

    /// The weights that `spec` starts from.
    pub fn start<'a>(&'a self, material: &'a Material, spec: &'a RunSpec) -> Start<'a> {
        let plan = &material.plan;
        Start {
            model: &plan.models[plan.arms[spec.arm].model],
            init: &spec.init,
            seed: spec.seed,
            feed: &self.feed,
            examples: &self.examples,
            batch_size: spec.train.batch_size,
        }
    }
}
