//! The statistics of a training batch.

use super::line::Line;
use crate::error::{ShapeError, check_len};
use crate::map::MapShape;

/// Statistics of one training batch; every field is `[channels]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchStats {
    /// Mean over batch, height and width.
    pub mean: Vec<f32>,
    /// `1 / √(var + eps)` with the biased variance: what the batch was scaled by.
    pub inv_std: Vec<f32>,
    /// Variance with divisor `n`: what PyTorch normalises by.
    pub var_biased: Vec<f32>,
    /// Variance with divisor `n − 1`: what PyTorch's running variance takes up.
    pub var_unbiased: Vec<f32>,
}

/// Mean and variances of one channel.
#[derive(Clone, Copy, Default)]
pub(super) struct ChannelStats {
    pub(super) mean: f32,
    pub(super) inv_std: f32,
    pub(super) var_biased: f32,
    pub(super) var_unbiased: f32,
}

impl ChannelStats {
    pub(super) fn line(&self, gamma: f32, beta: f32) -> Line {
        Line::new(self.mean, self.inv_std, gamma, beta)
    }
}

impl BatchStats {
    pub(super) fn from_channels(channels: &[ChannelStats]) -> Self {
        let column = |value: fn(&ChannelStats) -> f32| channels.iter().map(value).collect();
        Self {
            mean: column(|c| c.mean),
            inv_std: column(|c| c.inv_std),
            var_biased: column(|c| c.var_biased),
            var_unbiased: column(|c| c.var_unbiased),
        }
    }

    pub(super) fn line(&self, channel: usize, gamma: &[f32], beta: &[f32]) -> Line {
        let (mean, inv_std) = (self.mean[channel], self.inv_std[channel]);
        Line::new(mean, inv_std, gamma[channel], beta[channel])
    }

    pub(super) fn check(&self, channels: usize) -> Result<(), ShapeError> {
        check_len("mean", &self.mean, channels)?;
        check_len("inv_std", &self.inv_std, channels)
    }
}

/// Checks the parameters, and that there is more than one value per channel.
pub(super) fn check_training(
    shape: &MapShape,
    gamma: &[f32],
    beta: &[f32],
) -> Result<(), ShapeError> {
    shape.checked_len()?;
    check_len("gamma", gamma, shape.channels)?;
    check_len("beta", beta, shape.channels)?;
    match shape.values_per_channel() {
        count @ ..=1 => Err(ShapeError::TooFewValues { count }),
        _ => Ok(()),
    }
}
