//! What is measured: a network, an image size and a batch size.

use anyhow::{Context as _, bail};
use networks::Input;
use networks::zoo::{Choice, Stem};

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
    /// Reads `<network>-<size>-b<batch>`. ResNets below 64 pixels get the small stem.
    pub fn parse(name: &str) -> anyhow::Result<Self> {
        let expected = || format!("`{name}` is no work: expected <network>-<size>-b<batch>");
        let mut parts = name.rsplitn(3, '-');
        let batch = parts
            .next()
            .and_then(|part| part.strip_prefix('b'))
            .and_then(|part| part.parse().ok());
        let size = parts.next().and_then(|part| part.parse().ok());
        let (Some(batch), Some(size), Some(network)) = (batch, size, parts.next()) else {
            bail!(expected());
        };
        let mut choice = Choice::named(network);
        if network.starts_with("resnet") && size < 64 {
            choice.stem = Some(Stem::Small);
        }
        let work = Self {
            choice,
            size,
            batch,
        };
        networks::zoo::network(&work.choice, work.input(), 5).with_context(expected)?;
        Ok(work)
    }

    /// What its network reads.
    pub fn input(&self) -> Input {
        Input {
            channels: 3,
            size: self.size,
        }
    }
}
