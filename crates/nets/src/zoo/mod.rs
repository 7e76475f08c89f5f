//! The networks that a study can name.

mod cbr;
mod resnet;

use serde::{Deserialize, Serialize};

use self::cbr::Pools;
use self::resnet::Unit;
use crate::network::{Network, NetworkError};

/// Zero padding of the CBR networks, which the paper does not state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Padding {
    /// Maps keep their size in convolutions and halve in pools.
    #[default]
    Same,
    /// No padding: maps shrink by the kernel.
    Valid,
}

/// First layers of a ResNet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stem {
    /// 7×7 convolution of stride 2 and max-pool: for 96 pixels and more.
    #[default]
    Imagenet,
    /// 3×3 convolution of stride 1, no pool: for 28 to 64 pixels.
    Small,
}

/// A choice from the zoo, as a study or a weights card writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Name in the zoo.
    pub name: String,
    /// CBR only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub padding: Option<Padding>,
    /// ResNet only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stem: Option<Stem>,
}

impl Choice {
    /// A network with its default options.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            padding: None,
            stem: None,
        }
    }

    /// Name with the options that differ from the defaults, for tables and directories.
    pub fn label(&self) -> String {
        let mut label = self.name.clone();
        if self.padding == Some(Padding::Valid) {
            label.push_str("-valid");
        }
        if self.stem == Some(Stem::Small) {
            label.push_str("-small-stem");
        }
        label
    }
}

/// Every name in the zoo, in the order of the documentation.
pub const NAMES: [&str; 8] = [
    "cbr-larget",
    "cbr-largew",
    "cbr-small",
    "cbr-tiny",
    "cbr-tiny-text",
    "resnet18",
    "resnet34",
    "resnet50",
];

/// Builds the chosen network for images of `channels_in` channels and `classes` outputs.
pub fn network(
    choice: &Choice,
    channels_in: usize,
    classes: usize,
) -> Result<Network, NetworkError> {
    let name = choice.name.as_str();
    let padding = choice.padding.unwrap_or_default();
    let stem = choice.stem.unwrap_or_default();
    let cbr = |widths: &[usize], kernel, pools| {
        cbr::network(name, widths, kernel, pools, padding, channels_in, classes)
    };
    let resnet = |unit, repeats| resnet::network(name, unit, repeats, stem, channels_in, classes);
    let network = match name {
        "cbr-larget" => cbr(&[32, 64, 128, 256, 512], 7, Pools::BetweenLayers),
        "cbr-largew" => cbr(&[64, 128, 256, 512], 7, Pools::AfterEveryLayer),
        "cbr-small" => cbr(&[32, 64, 128, 256], 7, Pools::AfterEveryLayer),
        "cbr-tiny" => cbr(&[32, 64, 128, 256], 5, Pools::AfterEveryLayer),
        "cbr-tiny-text" => cbr(&[64, 128, 256, 512], 5, Pools::AfterEveryLayer),
        "resnet18" => resnet(Unit::Basic, [2, 2, 2, 2]),
        "resnet34" => resnet(Unit::Basic, [3, 4, 6, 3]),
        "resnet50" => resnet(Unit::Bottleneck, [3, 4, 6, 3]),
        _ => {
            return Err(NetworkError::Unknown {
                name: name.into(),
                nearest: nearest(name, &NAMES),
                known: NAMES.join(", "),
            });
        }
    };
    if choice.padding.is_some() && !name.starts_with("cbr-") {
        return Err(NetworkError::Option {
            name: name.into(),
            option: "padding",
            applies_to: "the CBR networks",
        });
    }
    if choice.stem.is_some() && !name.starts_with("resnet") {
        return Err(NetworkError::Option {
            name: name.into(),
            option: "stem",
            applies_to: "the ResNets",
        });
    }
    Ok(network)
}

/// The known name closest to what was written, if any is close (Jaro–Winkler similarity ≥ 0.7).
pub fn nearest<S: AsRef<str>>(written: &str, known: &[S]) -> Option<String> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(written, name.as_ref()), name.as_ref()))
        .filter(|(similarity, _)| *similarity >= 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(name: &str, padding: Padding) -> Network {
        let mut choice = Choice::named(name);
        if name.starts_with("cbr") {
            choice.padding = Some(padding);
        }
        network(&choice, 3, 5).unwrap()
    }

    /// The identities of the paper's Table 1: printed count, true count.
    #[test]
    fn cbr_parameter_counts() {
        for (name, paper_rule, total) in [
            ("cbr-larget", 8_532_480, 8_539_173),
            ("cbr-largew", 8_432_128, 8_443_461),
            ("cbr-small", 2_108_672, 2_114_341),
            ("cbr-tiny", 1_076_480, 1_079_845),
            ("cbr-tiny-text", 4_303_360, 4_310_085),
        ] {
            let network = build(name, Padding::Same);
            assert_eq!(network.parameter_count_paper_rule(), paper_rule, "{name}");
            assert_eq!(network.parameter_count(), total, "{name}");
        }
    }

    /// torchvision: ResNet-18 11,689,512, ResNet-34 21,797,672, ResNet-50 25,557,032 with 1000 classes.
    #[test]
    fn resnet_parameter_counts() {
        for (name, total) in [
            ("resnet18", 11_689_512),
            ("resnet34", 21_797_672),
            ("resnet50", 25_557_032),
        ] {
            let network = network(&Choice::named(name), 3, 1000).unwrap();
            assert_eq!(network.parameter_count(), total, "{name}");
        }
        let resnet50 = build("resnet50", Padding::Same);
        let conv = |block: &str| {
            let index = resnet50.block_index(block).unwrap();
            let of_kind =
                |p: &&crate::Parameter| p.block == index && p.kind == crate::Kind::ConvWeight;
            resnet50
                .parameters()
                .iter()
                .filter(of_kind)
                .map(|p| p.len())
                .sum::<usize>()
        };
        assert_eq!(conv("stem"), 9_408);
        assert_eq!(conv("block1"), 212_992);
        assert_eq!(conv("block2"), 1_212_416);
        assert_eq!(conv("block3"), 7_077_888);
        assert_eq!(conv("block4"), 14_942_208);
    }

    /// Multiply-adds of the paper's shapes at 224 and 587 pixels, in GMAC.
    #[test]
    fn multiply_adds() {
        for (name, padding, size, gmacs) in [
            ("cbr-larget", Padding::Same, 224, 5.27),
            ("cbr-larget", Padding::Same, 587, 36.55),
            ("cbr-larget", Padding::Valid, 224, 2.41),
            ("cbr-larget", Padding::Valid, 587, 26.67),
            ("cbr-largew", Padding::Same, 224, 15.58),
            ("cbr-largew", Padding::Valid, 587, 88.71),
            ("cbr-small", Padding::Same, 224, 4.01),
            ("cbr-small", Padding::Valid, 224, 2.41),
            ("cbr-tiny", Padding::Same, 587, 14.16),
            ("cbr-tiny", Padding::Valid, 224, 1.45),
            ("resnet50", Padding::Same, 224, 4.09),
        ] {
            let macs = build(name, padding).cost(size).unwrap().macs as f64 / 1e9;
            assert!(
                (macs - gmacs).abs() < 0.0051,
                "{name} {padding:?} {size}: {macs} GMAC"
            );
        }
    }

    #[test]
    fn valid_padding_ends_at_one_pixel_and_says_when_images_are_too_small() {
        let network = build("cbr-larget", Padding::Valid);
        assert!(network.cost(224).is_ok());
        let error = network.cost(223 - 16).unwrap_err();
        assert!(error.to_string().contains("padding = \"same\""), "{error}");
    }

    #[test]
    fn unknown_names_get_the_nearest() {
        let error = network(&Choice::named("cbr-tny"), 3, 5).unwrap_err();
        assert!(
            error.to_string().contains("did you mean `cbr-tiny`?"),
            "{error}"
        );
        let error = network(
            &Choice {
                stem: Some(Stem::Small),
                ..Choice::named("cbr-tiny")
            },
            3,
            5,
        )
        .unwrap_err();
        assert!(error.to_string().contains("no option `stem`"), "{error}");
    }
}
