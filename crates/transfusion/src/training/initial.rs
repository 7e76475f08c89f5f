//! The weights that a run, or a probe, starts from.

use std::sync::Arc;

use engine::unit_variance;
use images::{Feed, stream};
use networks::initialisation::{Initialisation, MatchReport, Source, initialise};
use networks::{Network, Weights};

use super::device::place;
use super::failure::RunFailure;
use crate::study::{Material, PlannedModel};

/// Which weights.
pub struct Start<'a> {
    /// The network, with its pretrained weights if it has any.
    pub model: &'a PlannedModel,
    /// How they are made.
    pub init: &'a Initialisation,
    /// Of the named streams.
    pub seed: u64,
    /// Training pictures: some initialisations look at the first batch of them, as training will
    /// see it.
    pub feed: &'a Feed,
    /// Positions of the training pictures in the data.
    pub examples: &'a [usize],
    /// Pictures a step.
    pub batch_size: usize,
}

impl Start<'_> {
    /// The network and its first weights: a pure function of plan and seed, the same after an
    /// interruption.
    pub fn weights(
        &self,
        material: &Material,
    ) -> Result<(Arc<Network>, Weights, MatchReport), RunFailure> {
        let described = &self.model.described;
        let network = Arc::new(self.model.network(&material.plan.data.described)?);
        let source = material
            .weights
            .get(&described.label)
            .map(|pretrained| Source {
                pretrained,
                input: self.model.adaptation.unwrap_or_default(),
            });
        let streams = |path: &str| stream(self.seed, &format!("init/{path}"), 0);
        let (mut weights, mut matches) = initialise(&network, self.init, source, &streams)?;
        if self.init.needs_batch() {
            let batch = self
                .feed
                .training_batch(self.examples, self.batch_size, self.seed, 0)?;
            let pixels = place(batch.pixels, batch.indices.len(), &network);
            unit_variance(&network, self.init, &mut weights, &mut matches, pixels)?;
        }
        Ok((network, weights, matches))
    }
}
