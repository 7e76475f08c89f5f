//! Random draws, one independent ChaCha stream for each purpose.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// A stream of random draws. Only exactly rounded arithmetic is used, so that the
/// same name gives the same draws on every platform.
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// The stream of [`streams::stream()`].
    pub fn named(seed: u64, purpose: &str, index: usize) -> Self {
        Self {
            generator: streams::stream(seed, purpose, index as u64),
        }
    }

    /// Uniform in `[0, 1)`, in steps of 2⁻²⁴.
    pub fn unit(&mut self) -> f32 {
        (self.generator.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in `[low, high)`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in `-extent..extent`.
    pub fn jitter(&mut self, extent: f32) -> f32 {
        self.between(-extent, extent)
    }

    /// Three gains, each uniform in `1 - extent..1 + extent`.
    pub fn gains(&mut self, extent: f32) -> [f32; 3] {
        std::array::from_fn(|_| 1.0 + self.jitter(extent))
    }

    /// Uniform in `0..count`; `count` is at least 1.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count - 1)
    }

    /// True with the given probability, 0 to 1.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// An angle in radians, uniform in `[0, 2π)`.
    pub fn angle(&mut self) -> f32 {
        self.between(0.0, std::f32::consts::TAU)
    }

    /// A point uniform on the disc of radius `radius` about the origin.
    pub fn within(&mut self, radius: f32) -> [f32; 2] {
        let distance = radius * self.unit().sqrt();
        let (sin, cos) = self.angle().sin_cos();
        [distance * cos, distance * sin]
    }

    /// Nearly normal with mean 0 and variance 1: the sum of the four bytes of one word,
    /// bounded by about 3.5, because a picture needs millions and no tails.
    pub fn normal(&mut self) -> f32 {
        let sum: u32 = self
            .generator
            .next_u32()
            .to_le_bytes()
            .iter()
            .map(|&byte| u32::from(byte))
            .sum();
        // A byte is uniform on 0..=255: variance (256² - 1) / 12; four of them add up.
        (sum as f32 - 510.0) / 147.800_77
    }

    /// A count with mean about `mean`, more dispersed than Poisson because the rate
    /// itself varies from 0.4 to 1.6 times the mean.
    pub fn count(&mut self, mean: f32) -> usize {
        let trials = 4.0 * (mean * self.between(0.4, 1.6));
        // The fraction that a whole number of trials would drop is one trial more or less.
        let whole = trials as usize + usize::from(self.chance(trials - trials.floor()));
        (0..whole).filter(|_| self.chance(0.25)).count()
    }
}
