//! The networks that a study can name.

mod cbr;
mod choice;
mod dialect;
mod resnet;

pub use choice::{Choice, Padding, Stem, Variant};
pub use dialect::Dialect;

use self::cbr::Pools;
use self::resnet::Unit;
use crate::initialisation::Draws;
use crate::network::{Block, Input, Network, NetworkError};

/// What a family builds a network for.
struct Request<'a> {
    choice: &'a Choice,
    input: Input,
    classes: usize,
    dialect: Dialect,
}

/// What a family builds.
struct Built {
    blocks: Vec<Block>,
    draws: Draws,
}

/// One network of the zoo.
struct Member {
    name: &'static str,
    /// Options of [`Choice`] that it takes.
    options: &'static [Opt],
    /// Whose names its tensors can have; the first are ours.
    dialects: &'static [Dialect],
    build: fn(&Request) -> Result<Built, NetworkError>,
}

/// An option of [`Choice`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opt {
    Padding,
    Stem,
    Variant,
    Auxiliary,
}

impl Opt {
    const ALL: [Self; 4] = [Self::Padding, Self::Stem, Self::Variant, Self::Auxiliary];

    fn is_given(self, choice: &Choice) -> bool {
        match self {
            Self::Padding => choice.padding.is_some(),
            Self::Stem => choice.stem.is_some(),
            Self::Variant => choice.variant.is_some(),
            Self::Auxiliary => choice.auxiliary.is_some(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Padding => "padding",
            Self::Stem => "stem",
            Self::Variant => "variant",
            Self::Auxiliary => "auxiliary",
        }
    }

    /// Names of the networks that take it, comma separated.
    fn takers(self) -> String {
        let takers = MEMBERS.iter().filter(|m| m.options.contains(&self));
        takers.map(|m| m.name).collect::<Vec<_>>().join(", ")
    }
}

/// The zoo, in the order of the documentation.
const MEMBERS: &[Member] = &[
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
        dialects: &[Dialect::Torchvision],
        build: |r| resnet::network(r, Unit::Basic, [2, 2, 2, 2]),
    },
    Member {
        name: "resnet34",
        options: &[Opt::Stem],
        dialects: &[Dialect::Torchvision],
        build: |r| resnet::network(r, Unit::Basic, [3, 4, 6, 3]),
    },
    Member {
        name: "resnet50",
        options: &[Opt::Stem, Opt::Variant],
        dialects: &[Dialect::Torchvision, Dialect::Keras],
        build: |r| resnet::network(r, Unit::Bottleneck, [3, 4, 6, 3]),
    },
    Member {
        name: "resnet101",
        options: &[Opt::Stem],
        dialects: &[Dialect::Torchvision],
        build: |r| resnet::network(r, Unit::Bottleneck, [3, 4, 23, 3]),
    },
];

/// Every name in the zoo, in the order of the documentation.
pub fn names() -> Vec<&'static str> {
    MEMBERS.iter().map(|m| m.name).collect()
}

/// Whose names the tensors of a network can have; the first are ours. Empty for an unknown name.
pub fn dialects(name: &str) -> &'static [Dialect] {
    let member = MEMBERS.iter().find(|m| m.name == name);
    member.map_or(&[], |m| m.dialects)
}

/// Builds the chosen network for images of `input` and `classes` outputs.
pub fn network(choice: &Choice, input: Input, classes: usize) -> Result<Network, NetworkError> {
    let ours = dialects(&choice.name).first();
    network_in(
        choice,
        input,
        classes,
        *ours.unwrap_or(&Dialect::Transfusion),
    )
}

/// Builds the chosen network with the names of one of its [`dialects`]: the same layers with other
/// paths.
pub fn network_in(
    choice: &Choice,
    input: Input,
    classes: usize,
    dialect: Dialect,
) -> Result<Network, NetworkError> {
    let name = choice.name.as_str();
    let Some(member) = MEMBERS.iter().find(|m| m.name == name) else {
        return Err(NetworkError::Unknown {
            name: name.into(),
            nearest: nearest(name, &names()),
            known: names().join(", "),
        });
    };
    let refused = |option: &Opt| option.is_given(choice) && !member.options.contains(option);
    if let Some(option) = Opt::ALL.into_iter().find(refused) {
        return Err(NetworkError::Option {
            name: name.into(),
            option: option.name(),
            applies_to: option.takers(),
        });
    }
    let request = Request {
        choice,
        input,
        classes,
        dialect,
    };
    let Built { blocks, draws } = (member.build)(&request)?;
    Ok(Network {
        name: name.into(),
        input,
        classes,
        blocks,
        draws,
    })
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

    const INPUT: Input = Input {
        channels: 3,
        size: 224,
    };

    fn build(name: &str, padding: Padding, size: usize) -> Network {
        let mut choice = Choice::named(name);
        if name.starts_with("cbr") {
            choice.padding = Some(padding);
        }
        network(&choice, Input { channels: 3, size }, 5).expect("a network of the zoo")
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
            let network = build(name, Padding::Same, 224);
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
            let network = network(&Choice::named(name), INPUT, 1000).unwrap();
            assert_eq!(network.parameter_count(), total, "{name}");
        }
        let resnet50 = build("resnet50", Padding::Same, 224);
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
            let macs = build(name, padding, size).cost().unwrap().macs as f64 / 1e9;
            assert!(
                (macs - gmacs).abs() < 0.0051,
                "{name} {padding:?} {size}: {macs} GMAC"
            );
        }
    }

    #[test]
    fn valid_padding_ends_at_one_pixel_and_says_when_images_are_too_small() {
        let cost = |size| build("cbr-larget", Padding::Valid, size).cost();
        assert!(cost(224).is_ok());
        let error = cost(223 - 16).unwrap_err();
        assert!(error.to_string().contains("padding = \"same\""), "{error}");
    }

    #[test]
    fn unknown_names_get_the_nearest() {
        let error = network(&Choice::named("cbr-tny"), INPUT, 5).unwrap_err();
        assert!(
            error.to_string().contains("did you mean `cbr-tiny`?"),
            "{error}"
        );
        let error = network(
            &Choice {
                stem: Some(Stem::Small),
                ..Choice::named("cbr-tiny")
            },
            INPUT,
            5,
        )
        .unwrap_err();
        assert!(error.to_string().contains("no option `stem`"), "{error}");
    }
}
