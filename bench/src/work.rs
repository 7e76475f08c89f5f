//! What is measured: a network, an image size and a batch size.

use anyhow::{Context as _, bail};
use networks::zoo::{Choice, Stem, network};
use networks::{Input, Network};

/// Outputs of every network.
pub const CLASSES: usize = 5;
/// Pixels from which Inception-v3 has room for its auxiliary head.
const AUXILIARY: usize = 299;

/// One training or inference workload.
#[derive(Clone, Debug)]
pub struct Work {
    /// The network.
    pub choice: Choice,
    /// Image side in pixels; images have three channels.
    pub size: usize,
    /// Images per step.
    pub batch: usize,
}

impl Work {
    /// Reads `<network>-<size>-b<batch>`. ResNets below 64 pixels get the small
    /// stem, Inception-v3 from 299 pixels on its auxiliary head.
    pub fn parse(name: &str) -> anyhow::Result<Self> {
        let expected = || format!("`{name}` is no work: expected <network>-<size>-b<batch>");
        let mut parts = name.rsplitn(3, '-');
        let batch = parts
            .next()
            .and_then(|part| part.strip_prefix('b'))
            .and_then(|part| part.parse().ok());
        let size = parts.next().and_then(|part| part.parse().ok());
        let (Some(batch), Some(size), Some(model)) = (batch, size, parts.next()) else {
            bail!(expected());
        };
        let mut choice = Choice::named(model);
        if model.starts_with("resnet") && size < 64 {
            choice.stem = Some(Stem::Small);
        }
        if model == "inception-v3" && size >= AUXILIARY {
            choice.auxiliary = Some(true);
        }
        let work = Self {
            choice,
            size,
            batch,
        };
        work.network().with_context(expected)?;
        Ok(work)
    }

    /// Its network, of [`CLASSES`] outputs.
    pub fn network(&self) -> anyhow::Result<Network> {
        let input = Input::square(3, self.size);
        Ok(network(&self.choice, input, CLASSES)?)
    }
}
