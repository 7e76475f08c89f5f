//! The names that frameworks give to the tensors of a network.

use serde::{Deserialize, Serialize};

use checkpoints::HostTensor;

use super::choice::{Choice, Variant};
use crate::layer::RotaryPositions;
use crate::parameter::{Kind, Parameter};

/// Whose names and layouts a file of weights uses. The first dialect of a network is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Our own, for networks that no framework has.
    Transfusion,
    /// torchvision's `state_dict`.
    Torchvision,
    /// torchvision's DenseNet files, whose names have one dot more than the network
    /// (`norm.1` for `norm1`).
    TorchvisionDotted,
    /// timm's `state_dict`.
    Timm,
    /// The package efficientnet_pytorch and its relatives (`_blocks.0._depthwise_conv`).
    EfficientnetPytorch,
    /// Facebook's own: DINOv2 with registers, timm's names but for the registers, and positions that
    /// count the class token in; ConvNeXt (`stages.0.0.pwconv1`).
    Facebook,
    /// Microsoft's Swin: timm's older names, where merging belongs to the stage before it.
    Microsoft,
    /// The image tower of open_clip and of OpenAI's CLIP.
    OpenClip,
    /// Files of the package transformers, where query, key and value are layers of their own.
    Transformers,
    /// Keras up to 2.2.4 (`res2a_branch2a/kernel`): convolutions `[rows, columns, in, out]`, linear
    /// layers `[in, out]`.
    Keras,
    /// `keras.applications` since (`conv2_block1_1_conv/kernel`), in the same layout.
    KerasApplications,
}

impl Dialect {
    /// Those of Swin.
    pub(super) const SWIN: &[Self] = &[
        Self::Torchvision,
        Self::Timm,
        Self::Microsoft,
        Self::Transformers,
    ];

    /// Those of ConvNeXt.
    pub(super) const CONVNEXT: &[Self] = &[
        Self::Torchvision,
        Self::Timm,
        Self::Facebook,
        Self::Transformers,
    ];

    /// Those of DINOv3.
    pub(super) const DINO_V3: &[Self] = &[Self::Timm, Self::Facebook, Self::Transformers];

    /// Name in tables and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transfusion => "transfusion",
            Self::Torchvision => "torchvision",
            Self::TorchvisionDotted => "torchvision (dotted)",
            Self::Timm => "timm",
            Self::EfficientnetPytorch => "efficientnet_pytorch",
            Self::Facebook => "facebook",
            Self::Microsoft => "microsoft",
            Self::OpenClip => "open_clip",
            Self::Transformers => "transformers",
            Self::Keras => "Keras",
            Self::KerasApplications => "keras.applications",
        }
    }

    /// Name of a tensor in a file. `path` is that of the parameter in a network built in this
    /// dialect, `<layer>.weight` and the like.
    pub fn tensor(self, parameter: &Parameter) -> String {
        let path = &parameter.path;
        match self {
            _ if self.is_keras() => {}
            Self::Facebook if path.contains(".grn.") => {
                let path = path.replace(".grn.weight", ".grn.gamma");
                return path.replace(".grn.bias", ".grn.beta");
            }
            // PyTorch's attention has these two without a layer of their own.
            _ => return path.replace(".in_proj.", ".in_proj_"),
        }
        let layer = path
            .rsplit_once('.')
            .map_or(path.as_str(), |(layer, _)| layer);
        let last = match parameter.kind {
            Kind::ConvWeight | Kind::LinearWeight => "kernel",
            Kind::Bias => "bias",
            Kind::NormScale => "gamma",
            Kind::NormShift => "beta",
            Kind::RunningMean => "moving_mean",
            Kind::RunningVariance => "moving_variance",
            Kind::LayerScale
            | Kind::ResponseScale
            | Kind::ClassToken
            | Kind::Positions
            | Kind::RelativePositions
            | Kind::Factor => return path.clone(),
        };
        format!("{layer}/{last}")
    }

    /// Whether published files hold a tensor that is no part of the network: what only their own
    /// pretraining needed, what follows from the size of the picture, and of DINOv3 what a network without
    /// it is equal to: biases of queries, keys and values that are zero, and the periods of its positions.
    pub(crate) fn leaves_out(self, name: &str, tensor: &HostTensor) -> bool {
        let is_zero = || tensor.values.iter().all(|value| *value == 0.0);
        let ends_so = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        match self {
            Self::Timm => {
                name == "mask_token"
                    || name.starts_with("decoder_")
                    || ends_so(&[".attn.q_bias", ".attn.k_bias", ".attn.v_bias"]) && is_zero()
            }
            Self::Facebook => {
                name == "mask_token"
                    || name == "rope_embed.periods" && RotaryPositions::has_periods(&tensor.values)
                    || name.ends_with(".attn.qkv.bias_mask")
                    || name.ends_with(".attn.qkv.bias") && is_zero()
            }
            Self::Microsoft => name.ends_with(".attn_mask"),
            Self::OpenClip => name == "proj",
            Self::Transformers => {
                let of_pretraining = [
                    "embeddings.mask_token",
                    "embeddings.position_ids",
                    "pooler.dense.weight",
                    "pooler.dense.bias",
                ];
                of_pretraining.contains(&name)
                    || ends_so(&[".attention.q_proj.bias", ".attention.v_proj.bias"]) && is_zero()
            }
            Self::Transfusion
            | Self::Torchvision
            | Self::TorchvisionDotted
            | Self::EfficientnetPytorch
            | Self::Keras
            | Self::KerasApplications => false,
        }
    }

    /// Whether tensors are laid out as Keras does.
    fn is_keras(self) -> bool {
        matches!(self, Self::Keras | Self::KerasApplications)
    }

    /// Whether files of this dialect may hold the chosen network. Names of the one generation of Keras
    /// are never those of the other's ResNet-50, whose ε differs.
    pub(crate) fn may_hold(self, choice: &Choice) -> bool {
        !matches!(
            (self, choice.variant),
            (Self::Keras, Some(Variant::KerasApplications))
                | (Self::KerasApplications, Some(Variant::Keras))
        )
    }

    /// Axes of a tensor in a file, as positions in the parameter's own shape: a file's extent `i`
    /// is the parameter's extent `axes[i]`.
    pub fn axes(self, kind: Kind) -> &'static [usize] {
        match kind {
            Kind::ConvWeight if self.is_keras() => &[2, 3, 1, 0],
            Kind::LinearWeight if self.is_keras() => &[1, 0],
            _ => &[],
        }
    }
}
