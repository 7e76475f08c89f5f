//! What the authors of networks left out while they trained.
//!
//! | networks | features | bodies of the last unit | source |
//! |---|---|---|---|
//! | MobileNet-V2, V3 | 0.2 | – | Sandler et al. 2018, Howard et al. 2019; torchvision |
//! | Inception-v3 | 0.5 | – | torchvision |
//! | EfficientNet-B0 and B1, V2-S, Lite | 0.2 | 0.2 | Tan & Le 2019, 2021; torchvision, and Google's for Lite |
//! | EfficientNet-B2 and B3 | 0.3 | 0.2 | the same |
//! | EfficientNet-B4 | 0.4 | 0.2 | the same |
//! | ConvNeXt-T, S, B | – | 0.1, 0.4, 0.5 | Liu et al. 2022; torchvision |
//! | Swin-T, S, B | – | 0.2, 0.3, 0.5 | Liu et al. 2021, torchvision |
//! | ViT of the plain form, DeiT | – | 0.1 | Touvron et al. 2021 |
//! | ViT-B, ViT-L from a masked autoencoder | – | 0.1, 0.2 | He et al. 2022, for fine-tuning |
//! | all others | – | – | none in the published training, or not told |

/// What a network's authors had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Original {
    /// Share of the features before the classifier, in [0, 1).
    pub dropout: f64,
    /// Share of the bodies of the last unit, in [0, 1).
    pub stochastic_depth: f64,
    /// How the shares of units before it rise.
    pub rise: Rise,
}

/// How shares rise over the L units of a network, i from 0, as parts of the share asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rise {
    /// (i + 1) / L: Huang et al. 2016.
    AboveZero,
    /// i / (L − 1), so that the first unit is always there: ConvNeXt, Swin and vision transformers.
    FromZero,
    /// i / L, where units without a sum count: torchvision's EfficientNet.
    BelowShare,
}

/// That of the network of the zoo called `name`; nothing where none is known.
pub fn original(name: &str) -> Original {
    use Rise::{AboveZero, BelowShare, FromZero};
    let (dropout, stochastic_depth, rise) = match name {
        "inception-v3" => (0.5, 0.0, AboveZero),
        "mobilenet-v2" | "mobilenet-v3-large" | "mobilenet-v3-small" => (0.2, 0.0, AboveZero),
        "efficientnet-b0" | "efficientnet-b1" | "efficientnet-v2-s" | "efficientnet-lite0"
        | "efficientnet-lite1" => (0.2, 0.2, BelowShare),
        "efficientnet-b2" | "efficientnet-b3" => (0.3, 0.2, BelowShare),
        "efficientnet-b4" => (0.4, 0.2, BelowShare),
        "convnext-tiny" => (0.0, 0.1, FromZero),
        "convnext-small" => (0.0, 0.4, FromZero),
        "convnext-base" => (0.0, 0.5, FromZero),
        "swin-tiny" => (0.0, 0.2, FromZero),
        "swin-small" => (0.0, 0.3, FromZero),
        "swin-base" => (0.0, 0.5, FromZero),
        "vit-large-16-mae" => (0.0, 0.2, FromZero),
        "vit-base-16-mae" | "deit-small" | "vit-tiny" | "vit-small" | "vit-small-8"
        | "vit-base-8" | "vit-base-16" | "vit-base-32" | "vit-large-16" => (0.0, 0.1, FromZero),
        _ if name.starts_with("vit-") => (0.0, 0.0, FromZero),
        _ => (0.0, 0.0, AboveZero),
    };
    Original {
        dropout,
        stochastic_depth,
        rise,
    }
}
