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
    /// With gated perceptrons.
    DinoV3Gated,
    Clip,
    OpenAiClip,
}

impl Form {
    pub(super) fn has_scales(self) -> bool {
        matches!(self, Self::DinoV2 | Self::Registers) || self.is_rotary()
    }

    pub(super) fn is_clip(self) -> bool {
        matches!(self, Self::Clip | Self::OpenAiClip)
    }

    pub(super) fn has_registers(self) -> bool {
        self == Self::Registers || self.is_rotary()
    }

    /// Whether places are rotations of queries and keys, which have no biases then.
    pub(super) fn is_rotary(self) -> bool {
        matches!(self, Self::DinoV3 | Self::DinoV3Gated)
    }

    /// Whether perceptrons are products of two linear layers, SiLU behind the first.
    pub(super) fn is_gated(self) -> bool {
        self == Self::DinoV3Gated
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
