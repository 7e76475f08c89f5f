//! Where pretrained values come from.

use super::adaptation::InputAdaptation;
use networks::Pretrained;

/// What policies read that look at pretrained weights.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The pretrained weights.
    pub pretrained: &'a Pretrained,
    /// What becomes of the first convolution where the network reads other channels.
    pub input: InputAdaptation,
}
