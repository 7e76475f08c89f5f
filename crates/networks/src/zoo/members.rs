//! The list of the zoo.

use super::cbr::{self, Pools};
use super::convnext::{self, Version};
use super::dialect::Dialect;
use super::option::Opt;
use super::request::{Built, Request};
use super::resnet::{self, Unit};
use super::vit::{self, Extent};
use super::vit_form::Form;
use super::{
    densenet, efficientnet, efficientnet_v2, inception, mobilenet, mobilenet_v3, regnet, swin,
};
use crate::network_error::NetworkError;

/// One network of the zoo.
pub(super) struct Member {
    pub(super) name: &'static str,
    /// Options of a choice that it takes.
    pub(super) options: &'static [Opt],
    /// Whose names its tensors can have; the first are ours.
    dialects: &'static [Dialect],
    pub(super) build: fn(&Request) -> Result<Built, NetworkError>,
}

/// The zoo, in the order of the documentation.
pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "cbr-larget",
        options: &[Opt::Padding],
        dialects: &[Dialect::Transfusion],
        build: |r| cbr::network(r, &[32, 64, 128, 256, 512], 7, Pools::BetweenLayers),
    },
    Member {
        name: "cbr-largew",
        options: &[Opt::Padding],
        dialects: &[Dialect::Transfusion],
        build: |r| cbr::network(r, &[64, 128, 256, 512], 7, Pools::AfterEveryLayer),
    },
    Member {
        name: "cbr-small",
        options: &[Opt::Padding],
        dialects: &[Dialect::Transfusion],
        build: |r| cbr::network(r, &[32, 64, 128, 256], 7, Pools::AfterEveryLayer),
    },
    Member {
        name: "cbr-tiny",
        options: &[Opt::Padding],
        dialects: &[Dialect::Transfusion],
        build: |r| cbr::network(r, &[32, 64, 128, 256], 5, Pools::AfterEveryLayer),
    },
    Member {
        name: "cbr-tiny-text",
        options: &[Opt::Padding],
        dialects: &[Dialect::Transfusion],
        build: |r| cbr::network(r, &[64, 128, 256, 512], 5, Pools::AfterEveryLayer),
    },
    Member {
        name: "resnet18",
        options: &[Opt::Stem],
        dialects: &[Dialect::Torchvision, Dialect::Transformers],
        build: |r| resnet::network(r, Unit::Basic, [2, 2, 2, 2]),
    },
    Member {
        name: "resnet34",
        options: &[Opt::Stem],
        dialects: &[Dialect::Torchvision, Dialect::Transformers],
        build: |r| resnet::network(r, Unit::Basic, [3, 4, 6, 3]),
    },
    Member {
        name: "resnet50",
        options: &[Opt::Stem, Opt::Variant],
        dialects: &[
            Dialect::Torchvision,
            Dialect::Transformers,
            Dialect::Keras,
            Dialect::KerasApplications,
        ],
        build: |r| resnet::network(r, Unit::Bottleneck, [3, 4, 6, 3]),
    },
    Member {
        name: "resnet101",
        options: &[Opt::Stem],
        dialects: &[Dialect::Torchvision, Dialect::Transformers],
        build: |r| resnet::network(r, Unit::Bottleneck, [3, 4, 23, 3]),
    },
    Member {
        name: "inception-v3",
        options: &[Opt::Auxiliary],
        dialects: &[Dialect::Torchvision],
        build: inception::network,
    },
    Member {
        name: "densenet121",
        options: &[],
        dialects: &[
            Dialect::Torchvision,
            Dialect::TorchvisionDotted,
            Dialect::KerasApplications,
        ],
        build: |r| densenet::network(r, [6, 12, 24, 16]),
    },
    Member {
        name: "mobilenet-v2",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: mobilenet::network,
    },
    Member {
        name: "mobilenet-v3-large",
        options: &[],
        dialects: &[Dialect::Torchvision],
        build: |r| mobilenet_v3::network(r, &mobilenet_v3::LARGE),
    },
    Member {
        name: "mobilenet-v3-small",
        options: &[],
        dialects: &[Dialect::Torchvision],
        build: |r| mobilenet_v3::network(r, &mobilenet_v3::SMALL),
    },
    Member {
        name: "efficientnet-b0",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: |r| efficientnet::network(r, efficientnet::plain(10), [1, 2, 2, 3, 3, 4, 1]),
    },
    Member {
        name: "efficientnet-b1",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: |r| efficientnet::network(r, efficientnet::plain(10), [2, 3, 3, 4, 4, 5, 2]),
    },
    Member {
        name: "efficientnet-b2",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: |r| efficientnet::network(r, efficientnet::plain(11), [2, 3, 3, 4, 4, 5, 2]),
    },
    Member {
        name: "efficientnet-b3",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: |r| efficientnet::network(r, efficientnet::plain(12), [2, 3, 3, 5, 5, 6, 2]),
    },
    Member {
        name: "efficientnet-b4",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: |r| efficientnet::network(r, efficientnet::plain(14), [2, 4, 4, 6, 6, 8, 2]),
    },
    Member {
        name: "efficientnet-v2-s",
        options: &[],
        dialects: &[Dialect::Torchvision],
        build: efficientnet_v2::network,
    },
    Member {
        name: "efficientnet-lite0",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::EfficientnetPytorch],
        build: |r| efficientnet::network(r, efficientnet::lite(), [1, 2, 2, 3, 3, 4, 1]),
    },
    Member {
        name: "efficientnet-lite1",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::EfficientnetPytorch],
        build: |r| efficientnet::network(r, efficientnet::lite(), [1, 3, 3, 4, 4, 5, 1]),
    },
    Member {
        name: "convnext-tiny",
        options: &[],
        dialects: Dialect::CONVNEXT,
        build: |r| convnext::network(r, Version::V1, [96, 192, 384, 768], [3, 3, 9, 3]),
    },
    Member {
        name: "convnext-small",
        options: &[],
        dialects: Dialect::CONVNEXT,
        build: |r| convnext::network(r, Version::V1, [96, 192, 384, 768], [3, 3, 27, 3]),
    },
    Member {
        name: "convnext-base",
        options: &[],
        dialects: Dialect::CONVNEXT,
        build: |r| convnext::network(r, Version::V1, [128, 256, 512, 1024], [3, 3, 27, 3]),
    },
    Member {
        name: "convnext-v2-tiny",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Facebook, Dialect::Transformers],
        build: |r| convnext::network(r, Version::V2, [96, 192, 384, 768], [3, 3, 9, 3]),
    },
    Member {
        name: "convnext-v2-base",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Facebook, Dialect::Transformers],
        build: |r| convnext::network(r, Version::V2, [128, 256, 512, 1024], [3, 3, 27, 3]),
    },
    Member {
        name: "swin-tiny",
        options: &[],
        dialects: Dialect::SWIN,
        build: |r| swin::network(r, 96, [2, 2, 6, 2], [3, 6, 12, 24]),
    },
    Member {
        name: "swin-small",
        options: &[],
        dialects: Dialect::SWIN,
        build: |r| swin::network(r, 96, [2, 2, 18, 2], [3, 6, 12, 24]),
    },
    Member {
        name: "swin-base",
        options: &[],
        dialects: Dialect::SWIN,
        build: |r| swin::network(r, 128, [2, 2, 18, 2], [4, 8, 16, 32]),
    },
    Member {
        name: "regnety-400mf",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: |r| regnet::network(r, [1, 3, 6, 6], [48, 104, 208, 440], 8),
    },
    Member {
        name: "regnety-800mf",
        options: &[],
        dialects: &[Dialect::Torchvision],
        build: |r| regnet::network(r, [1, 3, 8, 2], [64, 144, 320, 784], 16),
    },
    Member {
        name: "regnety-1.6gf",
        options: &[],
        dialects: &[Dialect::Torchvision, Dialect::Timm],
        build: |r| regnet::network(r, [2, 6, 17, 2], [48, 120, 336, 888], 24),
    },
    Member {
        name: "deit-small",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::SMALL, 16, Form::Plain),
    },
    Member {
        name: "vit-tiny",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::TINY, 16, Form::Plain),
    },
    Member {
        name: "vit-small",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::SMALL, 16, Form::Plain),
    },
    Member {
        name: "vit-small-8",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::SMALL, 8, Form::Plain),
    },
    Member {
        name: "vit-small-14-dinov2",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::SMALL, 14, Form::DinoV2),
    },
    Member {
        name: "vit-small-14-reg4",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Facebook, Dialect::Transformers],
        build: |r| vit::network(r, Extent::SMALL, 14, Form::Registers),
    },
    Member {
        name: "vit-small-16-dinov3",
        options: &[],
        dialects: Dialect::DINO_V3,
        build: |r| vit::network(r, Extent::SMALL, 16, Form::DinoV3),
    },
    Member {
        name: "vit-small-plus-16-dinov3",
        options: &[],
        dialects: Dialect::DINO_V3,
        build: |r| vit::network(r, Extent::SMALL, 16, Form::DinoV3Gated),
    },
    Member {
        name: "vit-base-8",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::BASE, 8, Form::Plain),
    },
    Member {
        name: "vit-base-16",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Torchvision, Dialect::Transformers],
        build: |r| vit::network(r, Extent::BASE, 16, Form::Plain),
    },
    Member {
        name: "vit-base-32",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Torchvision, Dialect::Transformers],
        build: |r| vit::network(r, Extent::BASE, 32, Form::Plain),
    },
    Member {
        name: "vit-base-16-mae",
        options: &[],
        dialects: &[Dialect::Timm],
        build: |r| vit::network(r, Extent::BASE, 16, Form::Mean),
    },
    Member {
        name: "vit-base-16-clip",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::OpenClip, Dialect::Transformers],
        build: |r| vit::network(r, Extent::BASE, 16, Form::Clip),
    },
    Member {
        name: "vit-base-16-clip-openai",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::OpenClip, Dialect::Transformers],
        build: |r| vit::network(r, Extent::BASE, 16, Form::OpenAiClip),
    },
    Member {
        name: "vit-base-14-dinov2",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::BASE, 14, Form::DinoV2),
    },
    Member {
        name: "vit-base-14-reg4",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Facebook, Dialect::Transformers],
        build: |r| vit::network(r, Extent::BASE, 14, Form::Registers),
    },
    Member {
        name: "vit-base-16-dinov3",
        options: &[],
        dialects: Dialect::DINO_V3,
        build: |r| vit::network(r, Extent::BASE, 16, Form::DinoV3),
    },
    Member {
        name: "vit-large-16",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Torchvision, Dialect::Transformers],
        build: |r| vit::network(r, Extent::LARGE, 16, Form::Plain),
    },
    Member {
        name: "vit-large-16-mae",
        options: &[],
        dialects: &[Dialect::Timm],
        build: |r| vit::network(r, Extent::LARGE, 16, Form::Mean),
    },
    Member {
        name: "vit-large-14-clip",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::OpenClip, Dialect::Transformers],
        build: |r| vit::network(r, Extent::LARGE, 14, Form::Clip),
    },
    Member {
        name: "vit-large-14-clip-openai",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::OpenClip, Dialect::Transformers],
        build: |r| vit::network(r, Extent::LARGE, 14, Form::OpenAiClip),
    },
    Member {
        name: "vit-large-14-dinov2",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Transformers],
        build: |r| vit::network(r, Extent::LARGE, 14, Form::DinoV2),
    },
    Member {
        name: "vit-large-14-reg4",
        options: &[],
        dialects: &[Dialect::Timm, Dialect::Facebook, Dialect::Transformers],
        build: |r| vit::network(r, Extent::LARGE, 14, Form::Registers),
    },
    Member {
        name: "vit-large-16-dinov3",
        options: &[],
        dialects: Dialect::DINO_V3,
        build: |r| vit::network(r, Extent::LARGE, 16, Form::DinoV3),
    },
    Member {
        name: "vit-huge-plus-16-dinov3",
        options: &[],
        dialects: Dialect::DINO_V3,
        build: |r| vit::network(r, Extent::HUGE, 16, Form::DinoV3Gated),
    },
];

/// Every name in the zoo, in the order of the documentation.
pub fn names() -> Vec<&'static str> {
    MEMBERS.iter().map(|m| m.name).collect()
}

/// Whose names the tensors of a network can have; the first are ours. A network of one's own has our names.
pub fn dialects(name: &str) -> &'static [Dialect] {
    let member = MEMBERS.iter().find(|m| m.name == name);
    member.map_or(&[Dialect::Transfusion], |m| m.dialects)
}
