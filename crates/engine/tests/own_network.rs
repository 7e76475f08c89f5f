//! Networks of one's own are those of the zoo, where their layers are: the same counts, the same
//! costs, and the same logits from the same weights.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod formula;

use std::collections::BTreeMap;

use engine::Model;
use networks::zoo::{self, Choice, OwnBlock};
use networks::{Input, Network, NetworkError, Weights};

use formula::{doubles, images, weights};

const CLASSES: usize = 5;

fn choice(blocks: &str) -> Choice {
    let blocks: Vec<OwnBlock> = serde_json::from_str(blocks).expect("blocks as they are written");
    Choice {
        blocks: Some(blocks),
        ..Choice::named("mine")
    }
}

fn own(blocks: &str, size: usize) -> Result<Network, NetworkError> {
    let network = zoo::network(&choice(blocks), Input::square(3, size), CLASSES)?;
    network.cost()?;
    Ok(network)
}

/// A ResNet-18 in words.
fn resnet18() -> String {
    let unit = |channels: usize, stride: usize, is_projected: bool| {
        let conv = |kernel: usize, stride: usize| {
            format!(
                r#"{{"conv": {{"channels": {channels}, "kernel": {kernel}, "stride": {stride}}}}}"#
            )
        };
        let shortcut = match is_projected {
            true => format!(r#", "shortcut": [{}, "batch-norm"]"#, conv(1, stride)),
            false => String::new(),
        };
        let body = format!(
            r#"[{}, "batch-norm", "relu", {}, "batch-norm"]"#,
            conv(3, stride),
            conv(3, 1)
        );
        format!(r#"{{"residual": {{"body": {body}{shortcut}}}}}, "relu""#)
    };
    let stage = |name: &str, channels: usize, stride: usize| {
        let first = unit(channels, stride, stride > 1);
        format!(
            r#"{{"name": "{name}", "layers": [{first}, {}]}}"#,
            unit(channels, 1, false)
        )
    };
    format!(
        r#"[{{"name": "stem", "layers": [{{"conv": {{"channels": 64, "kernel": 7, "stride": 2}}}}, "batch-norm", "relu",
            {{"max-pool": {{"window": 3, "stride": 2, "padding": 1}}}}]}},
            {}, {}, {}, {}, {{"name": "head", "layers": ["global-average", "classifier"]}}]"#,
        stage("block1", 64, 1),
        stage("block2", 128, 2),
        stage("block3", 256, 2),
        stage("block4", 512, 2),
    )
}

/// A ViT-S/16 in words.
fn vit() -> &'static str {
    r#"[{"name": "stem", "layers": [{"conv": {"channels": 384, "kernel": 16, "stride": 16, "padding": 0, "bias": true}}, "embed"]},
        {"name": "block1", "layers": [{"repeat": {"times": 12, "layers": [
            {"residual": {"body": ["layer-norm", {"linear": 1152}, {"attention": {"heads": 6}}, {"linear": 384}]}},
            {"residual": {"body": ["layer-norm", {"linear": 1536}, "gelu", {"linear": 384}]}}]}}, "layer-norm"]},
        {"name": "head", "layers": ["first-token", "classifier"]}]"#
}

/// A MobileNet-like unit with a gate, branches and a product, for what the other two lack.
fn odd() -> &'static str {
    r#"[{"name": "stem", "layers": [{"conv": {"channels": 8, "kernel": [1, 3], "stride": [2, 1]}}, "batch-norm", "hard-swish"]},
        {"name": "block1", "layers": [
            {"branches": [[{"conv": {"channels": 4, "kernel": 1}}], [{"average-pool": {"window": 3, "stride": 1, "padding": 1}}]]},
            {"conv": {"channels": 12, "kernel": 3, "groups": 12, "dilation": 2}},
            {"gate": ["global-average", {"linear": 3}, "silu", {"linear": 12}, "hard-sigmoid"]},
            {"product": [[{"conv": {"channels": 12, "kernel": 1}}, "silu"], []]},
            "scale", {"max-pool": {"window": 2}}, "relu6", "sigmoid"]},
        {"name": "head", "layers": ["global-average", "classifier"]}]"#
}

#[test]
fn a_network_in_words_computes_what_that_of_the_zoo_computes() {
    for (name, words, size) in [
        ("resnet18", resnet18(), 64),
        ("vit-small", vit().to_owned(), 32),
    ] {
        let mine = own(&words, size).expect("a network");
        let theirs = zoo::network(&Choice::named(name), Input::square(3, size), CLASSES).unwrap();
        assert_eq!(mine.parameter_count(), theirs.parameter_count(), "{name}");
        assert_eq!(
            mine.cost().unwrap().macs,
            theirs.cost().unwrap().macs,
            "{name}"
        );
        let given = weights(&theirs, 1.0, 0.5);
        let tensors = theirs.parameters().into_iter().zip(mine.parameters());
        let tensors: BTreeMap<_, _> = tensors
            .map(|(of, to)| {
                assert_eq!((&of.shape, of.kind), (&to.shape, to.kind), "{}", to.path);
                (to.path, given.tensors[&of.path].clone())
            })
            .collect();
        let pixels = images(2, size);
        let expected = doubles(
            Model::new(theirs.into(), &given)
                .unwrap()
                .forward(&pixels)
                .values(),
        );
        let found = Model::new(mine.into(), &Weights { tensors }).unwrap();
        let found = doubles(found.forward(&pixels).values());
        let largest = expected.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        for (a, b) in expected.iter().zip(&found) {
            assert!((a - b).abs() <= 1e-5 * largest, "{name}: {a} and {b}");
        }
    }
}

#[test]
fn tensors_are_called_as_in_lists_of_lists() {
    let paths: Vec<String> = own(odd(), 32)
        .unwrap()
        .parameters()
        .into_iter()
        .map(|p| p.path)
        .collect();
    for path in [
        "stem.0.weight",
        "stem.1.running_mean",
        "block1.0.0.0.weight",
        "block1.2.1.weight",
        "block1.2.3.bias",
        "head.1.weight",
    ] {
        assert!(
            paths.iter().any(|known| known == path),
            "{path} in {paths:?}"
        );
    }
    let paths = own(vit(), 32).unwrap().parameters();
    assert!(
        paths
            .iter()
            .any(|p| p.path == "block1.0.11.1.body.1.weight")
    );
}

#[test]
fn what_is_no_network_is_refused_with_its_place() {
    let block = |layers: &str| {
        format!(
            r#"[{{"name": "stem", "layers": [{layers}]}}, {{"name": "head", "layers": ["global-average", "classifier"]}}]"#
        )
    };
    let huge = "18446744073709551615";
    for (blocks, said) in [
        ("[]".to_owned(), "at least two blocks"),
        (
            r#"[{"name": "head", "layers": ["classifier"]}]"#.into(),
            "at least two blocks",
        ),
        (block("").replace("stem", "head"), "a name of its own"),
        (block("").replace("stem", "../x"), "a name of its own"),
        (
            block("").replace(r#""global-average", "#, ""),
            "before the classifier",
        ),
        (
            block("").replace(r#", "classifier""#, ""),
            "as the last layer",
        ),
        (
            block(r#"{"conv": {"channels": 0, "kernel": 3}}"#),
            "layer `stem.0`: expected numbers from 1",
        ),
        (
            block(&format!(
                r#"{{"conv": {{"channels": {huge}, "kernel": {huge}}}}}"#
            )),
            "numbers from 1",
        ),
        (
            block(&format!(
                r#"{{"conv": {{"channels": 1, "kernel": 3, "padding": {huge}}}}}"#
            )),
            "padding",
        ),
        (
            block(r#"{"conv": {"channels": 4, "kernel": 3, "groups": 3}}"#),
            "share evenly",
        ),
        (
            block(r#"{"product": [[{"linear": 4}], [{"linear": 5}]]}"#),
            "two lists that make maps of one shape",
        ),
        (
            block(r#"{"conv": {"channels": 4, "kernel": 99, "padding": 0}}"#),
            "needs at least 99",
        ),
        (
            block(r#"{"linear": 65536}, {"linear": 65536}"#),
            "a tensor of at most",
        ),
        (
            block(r#"{"attention": {"heads": 2}}"#),
            "{ linear = … } before it",
        ),
        (
            block(r#"{"residual": {"body": [{"linear": 4}]}}"#),
            "residual",
        ),
        (block(r#"{"branches": []}"#), "at least one branch"),
        (
            block(&format!(
                r#"{{"repeat": {{"times": {huge}, "layers": ["relu"]}}}}"#
            )),
            "at most 10000 layers",
        ),
        (
            block(&format!(
                r#"{{"repeat": {{"times": {huge}, "layers": []}}}}"#
            )),
            "at most 10000 layers",
        ),
        (
            block(r#"{"max-pool": {"window": 2, "padding": 2}}"#),
            "half the window",
        ),
    ] {
        let error = own(&blocks, 32).map(|_| ()).expect_err(&blocks).to_string();
        assert!(error.contains(said), "{said} in {error}");
    }
    let zoos = Choice {
        name: "resnet18".into(),
        ..choice(&block(""))
    };
    let error = zoo::network(&zoos, Input::square(3, 32), 2).unwrap_err();
    assert!(
        error.to_string().contains("no network of the zoo has"),
        "{error}"
    );
}
