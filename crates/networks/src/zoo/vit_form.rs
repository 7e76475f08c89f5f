//! The forms of vision transformers.

use crate::layer::Activation;

/// What the networks differ by beside their extent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Mean,
    DinoV2,
    Registers,
    DinoV3,
    Clip,
    OpenAiClip,
}

impl Form {
    pub(super) fn has_scales(self) -> bool {
        matches!(self, Self::DinoV2 | Self::Registers | Self::DinoV3)
    }

    pub(super) fn is_clip(self) -> bool {
        matches!(self, Self::Clip | Self::OpenAiClip)
    }

    pub(super) fn has_registers(self) -> bool {
        matches!(self, Self::Registers | Self::DinoV3)
    }

    /// Whether places are rotations of queries and keys, which have no biases then.
    pub(super) fn is_rotary(self) -> bool {
        self == Self::DinoV3
    }

    pub(super) fn epsilon(self) -> f64 {
        if self.is_clip() || self.is_rotary() {
            1e-5
        } else {
            1e-6
        }
    }

    pub(super) fn activation(self) -> Activation {
        match self {
            Self::OpenAiClip => Activation::QuickGelu,
            _ => Activation::Gelu,
        }
    }
}
