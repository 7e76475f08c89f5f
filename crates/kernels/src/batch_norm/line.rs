//! What normalisation does to one channel.

use super::strip::{Spread, Strip};
use crate::simd::Simd;

/// `(x − centre) · scale + shift`, rounded after each operation so that every
/// pass that works it out again gets the same bits.
#[derive(Clone, Copy, Default)]
pub(super) struct Line {
    pub centre: f32,
    pub scale: f32,
    pub shift: f32,
}

impl Line {
    #[inline(always)]
    pub(super) fn new(mean: f32, inv_std: f32, gamma: f32, beta: f32) -> Self {
        Self {
            centre: mean,
            scale: inv_std * gamma,
            shift: beta,
        }
    }

    #[inline(always)]
    pub(super) fn at<S: Simd>(deviation: S::V, scale: S::V, shift: S::V) -> S::V {
        S::add(S::mul(deviation, scale), shift)
    }

    /// The centres, scales and shifts of the channels of `strip`.
    pub(super) fn spread(strip: &Strip, lines: &[Self]) -> [Spread; 3] {
        [
            strip.spread(|channel| lines[channel].centre),
            strip.spread(|channel| lines[channel].scale),
            strip.spread(|channel| lines[channel].shift),
        ]
    }
}
