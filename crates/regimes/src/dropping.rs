//! What is left out at random while a network trains: features that its classifier reads
//! (Srivastava et al. 2014), and whole bodies of residual sums (Huang et al. 2016).
//!
//! What stays is divided by the share that stays, so that what the network computes in inference is
//! the mean of what it computes in training. Nothing is left out in inference.

mod original;
mod share;
mod units;

pub use self::original::{Original, Rise, original};
pub use self::share::Share;
pub use self::units::body;

use networks::Network;
use thiserror::Error;

/// Bodies of residual sums are to be left out where there are none.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "network `{network}` has no residual sums, so that `train.stochastic_depth` has nothing to leave out; leave it out or write `\"original\"`, which is 0 there"
)]
pub struct NoSums {
    /// The network.
    pub network: String,
}

/// What is left out of one network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dropping {
    /// Path of the classifier's layer, and the share of the features that it does not read.
    features: Option<(String, f64)>,
    bodies: Vec<Body>,
}

/// The body of a residual sum.
#[derive(Clone, Debug, PartialEq)]
struct Body {
    /// Its name, as [`body`] gives it.
    name: String,
    /// Index of its block.
    block: usize,
    /// In [0, 1).
    share: f64,
}

impl Dropping {
    /// What is asked of `network`: a share of the features before the classifier, and of the bodies
    /// of the last unit, those of units before it rising to that as the network's authors had it.
    /// Nothing where nothing is asked.
    pub fn of(
        network: &Network,
        dropout: Option<Share>,
        stochastic_depth: Option<Share>,
    ) -> Result<Self, NoSums> {
        let original = original(&network.name);
        let features = dropout.map_or(0.0, |share| share.or(original.dropout));
        let depth = stochastic_depth.map_or(0.0, |share| share.or(original.stochastic_depth));
        let classifier = network.parameters().into_iter().find(|p| p.is_classifier);
        let classifier = classifier.map(|p| networks::layer(&p.path).to_string());
        let bodies: Vec<Body> = match depth > 0.0 {
            true => units::rising(network, original.rise)
                .into_iter()
                .map(|(name, block, rise)| Body {
                    name,
                    block,
                    share: depth * rise,
                })
                .collect(),
            false => Vec::new(),
        };
        match depth > 0.0 && bodies.is_empty() {
            true => Err(NoSums {
                network: network.name.clone(),
            }),
            false => Ok(Self {
                features: classifier
                    .filter(|_| features > 0.0)
                    .map(|path| (path, features)),
                bodies,
            }),
        }
    }

    /// The share of the features that the layer at `path` does not read, in [0, 1).
    pub fn of_features(&self, path: &str) -> f64 {
        match &self.features {
            Some((classifier, share)) if classifier == path => *share,
            _ => 0.0,
        }
    }

    /// The share of the pictures for which a body in the blocks from number `first` on is left out,
    /// in [0, 1).
    pub fn of_body(&self, name: &str, first: usize) -> f64 {
        let mut bodies = self.bodies.iter().filter(|body| body.block >= first);
        bodies
            .find(|body| body.name == name)
            .map_or(0.0, |body| body.share)
    }

    /// The shares of all bodies, in the order of the forward pass.
    pub fn bodies(&self) -> impl Iterator<Item = (&str, f64)> {
        self.bodies
            .iter()
            .map(|body| (body.name.as_str(), body.share))
    }
}
