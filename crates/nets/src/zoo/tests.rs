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
