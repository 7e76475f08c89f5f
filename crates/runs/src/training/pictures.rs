//! The pictures that a run trains on.

use images::{Feed, subset};

use super::failure::RunFailure;
use super::initial::Start;
use study::RunSpec;

use super::supply::Supply;

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
    pub fn of(supply: &Supply, spec: &RunSpec) -> Self {
        let train = &supply.split.train;
        let examples = match spec.is_all {
            true => train.clone(),
            false => {
                let all = &supply.dataset.examples;
                subset(all, train, spec.train_size, spec.seed)
            }
        };
        let feed = Feed::new(
            supply.cache.clone(),
            supply.dataset,
            spec.normalisation.clone(),
            spec.augment.clone(),
        );
        Self { feed, examples }
    }

    /// The weights that `spec` starts from.
    pub fn start<'a>(
        &'a self,
        supply: &Supply<'a>,
        spec: &'a RunSpec,
    ) -> Result<Start<'a>, RunFailure> {
        Ok(Start {
            network: spec.network()?.into(),
            weights: supply.weights,
            adaptation: spec.adaptation,
            init: &spec.init,
            seed: spec.seed,
            feed: &self.feed,
            examples: &self.examples,
            batch_size: spec.train.batch_size,
        })
    }
}
