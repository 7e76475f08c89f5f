//! The weights that a run, or a probe, starts from.

use std::sync::Arc;

use engine::{Maps, unit_variance};
use images::{Feed, stream};
use initialisation::{Initialisation, InputAdaptation, MatchReport, Source, initialise};
use networks::{Network, Pretrained, Weights};
use regimes::RegimeError;
use regimes::addition::AdditionError;
use study::RunSpec;

use super::failure::RunFailure;

/// Which weights.
pub struct Start<'a> {
    /// The network, for the study's pictures and classes.
    pub network: Arc<Network>,
    /// Its pretrained weights, if it has any.
    pub weights: Option<&'a Pretrained>,
    /// What becomes of their first convolution, where they expect other channels.
    pub adaptation: Option<InputAdaptation>,
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
    pub fn weights(&self) -> Result<(Arc<Network>, Weights, MatchReport), RunFailure> {
        let network = self.network.clone();
        let source = self.weights.map(|pretrained| Source {
            pretrained,
            input: self.adaptation.unwrap_or_default(),
        });
        let streams = |path: &str| stream(self.seed, &format!("init/{path}"), 0);
        let (mut weights, mut matches) = initialise(&network, self.init, source, &streams)?;
        if self.init.needs_batch() {
            let batch = self
                .feed
                .training_batch(self.examples, self.batch_size, self.seed, 0)?;
            let input = network.input;
            let pixels = Maps::new(input.batch(batch.indices.len()), batch.pixels);
            unit_variance(&network, self.init, &mut weights, &mut matches, &pixels)?;
        }
        Ok((network, weights, matches))
    }
}

/// `network`, that of `spec`, with what the regime adds, and the numbers that this begins with in
/// `weights`, drawn with `seed`.
pub(crate) fn grow(
    spec: &RunSpec,
    network: Network,
    weights: &mut Weights,
    seed: u64,
) -> Result<Network, RunFailure> {
    let Some(addition) = &spec.regime.addition else {
        return Ok(network);
    };
    let failed = |error: AdditionError| RunFailure::from(RegimeError::from(error));
    let streams = |path: &str| stream(seed, &format!("init/{path}"), 0);
    addition
        .begin(&network, weights, &streams)
        .map_err(failed)?;
    addition.onto(&network).map_err(failed)
}
