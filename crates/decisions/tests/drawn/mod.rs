//! Numbers of fabricated studies.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Draws of one study, the same whenever it is asked for.
pub struct Draw(ChaCha8Rng);

impl Draw {
    pub fn new(study: usize) -> Self {
        Self(ChaCha8Rng::seed_from_u64(study as u64))
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.0.random::<f64>()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.0.random::<f64>()).cos()
    }
}
