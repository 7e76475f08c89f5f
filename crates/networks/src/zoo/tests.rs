use super::*;
use crate::network::{Input, Network};

const INPUT: Input = Input::square(3, 224);

fn keras() -> Choice {
    Choice {
        variant: Some(Variant::Keras),
        ..Choice::named("resnet50")
    }
}

fn keras_applications() -> Choice {
    Choice {
        variant: Some(Variant::KerasApplications),
        ..Choice::named("resnet50")
    }
}

fn with_auxiliary() -> Choice {
    Choice {
        auxiliary: Some(true),
        ..Choice::named("inception-v3")
    }
}

fn build(name: &str, padding: Padding, size: usize) -> Network {
    let mut choice = Choice::named(name);
    if name.starts_with("cbr") {
        choice.padding = Some(padding);
    }
    network(&choice, Input::square(3, size), 5).expect("a network of the zoo")
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

/// Trained numbers with 1000 classes: torchvision's `num_params`, timm's for EfficientNet-Lite and
/// vision transformers at 224 pixels, Keras' own count of its ResNet-50.
#[test]
fn parameter_counts_are_the_published_ones() {
    let published = [
        (Choice::named("resnet18"), 11_689_512),
        (Choice::named("resnet34"), 21_797_672),
        (Choice::named("resnet50"), 25_557_032),
        (keras(), 25_583_592),
        (keras_applications(), 25_583_592),
        (Choice::named("resnet101"), 44_549_160),
        (Choice::named("inception-v3"), 23_834_568),
        (with_auxiliary(), 27_161_264),
        (Choice::named("densenet121"), 7_978_856),
        (Choice::named("mobilenet-v2"), 3_504_872),
        (Choice::named("efficientnet-b0"), 5_288_548),
        (Choice::named("efficientnet-lite0"), 4_652_008),
        (Choice::named("efficientnet-lite1"), 5_416_680),
        (Choice::named("convnext-tiny"), 28_589_128),
        (Choice::named("deit-small"), 22_050_664),
        (Choice::named("vit-small"), 22_050_664),
        (Choice::named("mobilenet-v3-large"), 5_483_032),
        (Choice::named("mobilenet-v3-small"), 2_542_856),
        (Choice::named("efficientnet-b1"), 7_794_184),
        (Choice::named("efficientnet-b2"), 9_109_994),
        (Choice::named("efficientnet-b3"), 12_233_232),
        (Choice::named("efficientnet-b4"), 19_341_616),
        (Choice::named("efficientnet-v2-s"), 21_458_488),
        (Choice::named("convnext-small"), 50_223_688),
        (Choice::named("convnext-base"), 88_591_464),
        (Choice::named("convnext-v2-tiny"), 28_635_496),
        (Choice::named("convnext-v2-base"), 88_717_800),
        (Choice::named("swin-tiny"), 28_288_354),
        (Choice::named("swin-small"), 49_606_258),
        (Choice::named("swin-base"), 87_768_224),
        (Choice::named("regnety-400mf"), 4_344_144),
        (Choice::named("regnety-800mf"), 6_432_512),
        (Choice::named("regnety-1.6gf"), 11_202_430),
        (Choice::named("vit-tiny"), 5_717_416),
        (Choice::named("vit-small-8"), 22_055_272),
        (Choice::named("vit-small-14-dinov2"), 22_013_800),
        (Choice::named("vit-small-14-reg4"), 22_014_952),
        (Choice::named("vit-small-16-dinov3"), 21_971_944),
        (Choice::named("vit-small-plus-16-dinov3"), 29_068_264),
        (Choice::named("vit-base-16-dinov3"), 86_410_216),
        (Choice::named("vit-large-16-dinov3"), 304_104_424),
        (Choice::named("vit-huge-plus-16-dinov3"), 841_790_440),
        (Choice::named("vit-base-8"), 86_576_872),
        (Choice::named("vit-base-16"), 86_567_656),
        (Choice::named("vit-base-32"), 88_224_232),
        (Choice::named("vit-base-16-mae"), 86_567_656),
        (Choice::named("vit-base-16-clip"), 86_568_424),
        (Choice::named("vit-base-16-clip-openai"), 86_568_424),
        (Choice::named("vit-base-14-dinov2"), 86_493_928),
        (Choice::named("vit-base-14-reg4"), 86_496_232),
        (Choice::named("vit-large-16"), 304_326_632),
        (Choice::named("vit-large-16-mae"), 304_326_632),
        (Choice::named("vit-large-14-clip"), 304_204_776),
        (Choice::named("vit-large-14-clip-openai"), 304_204_776),
        (Choice::named("vit-large-14-dinov2"), 304_252_904),
        (Choice::named("vit-large-14-reg4"), 304_255_976),
    ];
    for (choice, total) in published {
        let input = Input::square(3, if choice.auxiliary.is_some() { 299 } else { 224 });
        let network = network(&choice, input, 1000).unwrap();
        assert_eq!(network.parameter_count(), total, "{}", choice.label());
    }
}

#[test]
fn blocks_of_resnet50_hold_their_convolutions() {
    let resnet50 = build("resnet50", Padding::Same, 224);
    let conv = |block: &str| {
        let index = resnet50.block_index(block).unwrap();
        let of_kind = |p: &&crate::Parameter| p.block == index && p.kind == crate::Kind::ConvWeight;
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

/// torchvision's `_ops` of the weights' cards, in 10⁹ multiply-adds; that of DeiT from its paper.
#[test]
fn multiply_adds_are_the_published_ones() {
    for (name, size, published, tolerance) in [
        ("resnet18", 224, 1.814, 0.0005),
        ("resnet34", 224, 3.664, 0.0005),
        ("resnet50", 224, 4.089, 0.0005),
        ("resnet101", 224, 7.801, 0.0005),
        ("inception-v3", 299, 5.713, 0.0005),
        ("densenet121", 224, 2.834, 0.0005),
        ("mobilenet-v2", 224, 0.301, 0.0005),
        ("efficientnet-b0", 224, 0.386, 0.0005),
        ("convnext-tiny", 224, 4.456, 0.0005),
        ("mobilenet-v3-large", 224, 0.217, 0.0005),
        ("mobilenet-v3-small", 224, 0.057, 0.0005),
        ("efficientnet-b1", 240, 0.687, 0.0005),
        ("efficientnet-b2", 288, 1.088, 0.0005),
        ("efficientnet-b3", 300, 1.827, 0.0005),
        ("efficientnet-b4", 380, 4.394, 0.0005),
        ("efficientnet-v2-s", 384, 8.366, 0.0005),
        ("convnext-small", 224, 8.684, 0.0005),
        ("convnext-base", 224, 15.355, 0.0005),
        ("swin-tiny", 224, 4.491, 0.0005),
        ("swin-small", 224, 8.741, 0.0005),
        ("swin-base", 224, 15.431, 0.0005),
        ("regnety-400mf", 224, 0.402, 0.0005),
        ("regnety-800mf", 224, 0.834, 0.0005),
        ("regnety-1.6gf", 224, 1.612, 0.0005),
        ("deit-small", 224, 4.6, 0.05),
    ] {
        let network = network(&Choice::named(name), Input::square(3, size), 1000).unwrap();
        let macs = network.cost().unwrap().macs as f64 / 1e9;
        let difference = (macs - published).abs();
        assert!(
            difference <= tolerance,
            "{name}: {macs} and not {published}"
        );
    }
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    for (choice, size, expected) in [
        (
            Choice::named("inception-v3"),
            74,
            "sides of 75 pixels or more",
        ),
        (with_auxiliary(), 298, "sides of 299 pixels or more"),
        (Choice::named("deit-small"), 100, "a multiple of 16 pixels"),
        (Choice::named("vit-small"), 0, "a multiple of 16 pixels"),
        (
            Choice::named("vit-base-14-reg4"),
            224 + 8,
            "a multiple of 14 pixels",
        ),
    ] {
        let error = network(&choice, Input::square(3, size), 5).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    for (choice, size) in [
        (Choice::named("inception-v3"), 75),
        (with_auxiliary(), 299),
        (Choice::named("deit-small"), 96),
    ] {
        let network = network(&choice, Input::square(1, size), 5).unwrap();
        assert!(network.cost().is_ok(), "{}", choice.label());
    }
}

/// Whoever names a tensor, a rule, a group or a file must mean one.
#[test]
fn paths_and_blocks_are_named_once() {
    for name in names() {
        for &dialect in dialects(name) {
            let network = network_in(&Choice::named(name), INPUT, 5, dialect).unwrap();
            let parameters = network.parameters();
            let mut paths: Vec<_> = parameters.iter().map(|p| dialect.tensor(p)).collect();
            paths.sort();
            paths.dedup();
            assert_eq!(paths.len(), parameters.len(), "{name}");
            let blocks: Vec<_> = network.blocks.iter().map(|b| b.name.clone()).collect();
            let between = (1..blocks.len() - 1).map(|i| format!("block{i}"));
            let expected = ["stem".to_string()].into_iter().chain(between);
            assert!(expected.chain(["head".into()]).eq(blocks), "{name}");
            let classifier = parameters.iter().filter(|p| p.is_classifier);
            let last = network.blocks.len() - 1;
            assert!(classifier.clone().all(|p| p.block == last), "{name}");
            assert_eq!(classifier.count(), 2, "{name}");
        }
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
