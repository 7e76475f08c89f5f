//! ONNX files as networks: the same logits as elsewhere, our own files read again, and a study of one.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::{Maps, Model};
use initialisation::{Initialisation, initialise};
use networks::onnx::{OutputKind, to_onnx};
use networks::zoo::{self, Choice};
use networks::{Input, Kind, Network, Weights};
use onnx_import::{BlockPatterns, Imported, import};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use fixture::{Folder, study};

fn golden(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../onnx-import/tests/golden");
    folder.join(name)
}

/// Two pictures whose sample i is ((37 i) mod 101) / 50 − 1.
fn pictures(input: Input) -> Maps {
    let samples = (0..2 * input.samples()).map(|i| (37 * i % 101) as f32 / 50.0 - 1.0);
    Maps::new(input.batch(2), samples.collect())
}

fn forward(network: Network, weights: &Weights, pixels: &Maps) -> Vec<f32> {
    let model = Model::new(Arc::new(network), weights).expect("weights that fit");
    model.forward(pixels).into_values()
}

/// The largest difference over the largest number.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let pairs = found.iter().zip(expected);
    pairs.fold(0.0, |most: f32, (a, b)| most.max((a - b).abs())) / largest
}

#[test]
fn files_of_pytorch_compute_here_what_they_compute_elsewhere() {
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(golden("logits.json")).unwrap()).unwrap();
    // Learnt numbers, counted by PyTorch: 523, 1675, 507 and 455. A folded batch norm leaves a bias without its
    // scale, 10 numbers fewer; a classifier has a bias here, 3 more.
    for (name, parameters) in [
        ("residual.onnx", 513),
        ("residual-unfolded.onnx", 523),
        ("dense.onnx", 1678),
        ("dense-unfolded.onnx", 1678),
        ("next.onnx", 507),
        ("next-unfolded.onnx", 507),
        ("gated.onnx", 455),
        ("gated-unfolded.onnx", 455),
    ] {
        let bytes = std::fs::read(golden(name)).unwrap();
        let found = import(&bytes, "mine", &BlockPatterns::default());
        let Imported {
            network, weights, ..
        } = found.unwrap_or_else(|error| panic!("{name}: {error}"));
        let count = network.parameter_count();
        let rows: Vec<Vec<f32>> = serde_json::from_value(expected[name].clone()).unwrap();
        let pixels = pictures(network.input);
        let found = forward(network, &weights, &pixels);
        let difference = difference(&found, &rows.concat());
        println!("{name}: {count} parameters, {difference:.1e}");
        assert!(difference < 1e-5, "{name}: {difference}");
        assert_eq!(count, parameters, "{name}");
    }
}

/// Random weights in which nothing is 0 or 1 and so without effect.
fn weights(network: &Network) -> Weights {
    let stream = |purpose: &str| {
        let seed = purpose.bytes().fold(7u64, |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(byte.into())
        });
        ChaCha8Rng::seed_from_u64(seed)
    };
    let random = Initialisation::random();
    let (mut weights, _) = initialise(network, &random, None, &stream).expect("drawn");
    for parameter in network.parameters() {
        let (centre, reach) = match parameter.kind {
            Kind::ConvWeight | Kind::LinearWeight => continue,
            Kind::NormScale | Kind::RunningVariance => (1.0, 0.3),
            Kind::LayerScale => (0.5, 0.3),
            _ => (0.0, 0.3),
        };
        let mut stream = stream(&parameter.path);
        let tensor = weights.tensors.get_mut(&parameter.path).unwrap();
        for value in &mut tensor.values {
            *value = centre + reach * (2.0 * stream.random::<f32>() - 1.0);
        }
    }
    weights
}

#[test]
fn our_own_files_are_read_again() {
    for (name, size) in [
        ("cbr-tiny", 32),
        ("resnet18", 32),
        ("inception-v3", 80),
        ("densenet121", 32),
        ("mobilenet-v2", 32),
        ("mobilenet-v3-small", 32),
        ("efficientnet-b0", 32),
        ("efficientnet-v2-s", 32),
        ("efficientnet-lite0", 32),
        ("convnext-tiny", 32),
        ("regnety-400mf", 32),
    ] {
        let network = zoo::network(&Choice::named(name), Input::square(3, size), 5).unwrap();
        let weights = weights(&network);
        let bytes = to_onnx(&network, &weights, OutputKind::Softmax, &[]).unwrap();
        let again = import(&bytes, "mine", &BlockPatterns::default());
        let again = again.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            again.network.parameter_count(),
            network.parameter_count(),
            "{name}"
        );
        assert_eq!(
            again.network.cost().unwrap().macs,
            network.cost().unwrap().macs,
            "{name}"
        );
        let pixels = pictures(network.input);
        let expected = forward(network, &weights, &pixels);
        let found = forward(again.network, &again.weights, &pixels);
        let difference = difference(&found, &expected);
        println!("{name}: {difference:.1e}");
        assert!(difference < 1e-5, "{name}: {difference}");
    }
    let vit = zoo::network(&Choice::named("vit-tiny"), Input::square(3, 32), 5).unwrap();
    let bytes = to_onnx(&vit, &weights(&vit), OutputKind::Softmax, &[]).unwrap();
    let error = import(&bytes, "mine", &BlockPatterns::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("operator `"), "{error}");
}

fn with_file(entry: &str) -> String {
    let plain = "[weights]\ncbr-tiny = \"builtin:cbr-tiny-phantom\"\n";
    study(&[(plain, ""), (r#"["cbr-tiny"]"#, &format!("[{entry}]"))])
}

#[test]
fn a_file_is_counted_trained_from_its_weights_exported_and_asked() {
    let folder = Folder::new();
    folder.write("mine.onnx", std::fs::read(golden("residual.onnx")).unwrap());
    folder.write("study.toml", with_file(r#"{ file = "mine.onnx" }"#));
    let listed = folder.run(&["models", "mine.onnx"]).with(0);
    assert!(listed.stdout.contains("stem.0.weight"), "{}", listed.stdout);
    let planned = folder.run(&["plan", "study.toml"]).with(0);
    let said = planned.stdout + &planned.stderr;
    assert!(said.contains("has no batch norm"), "{said}");
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    folder.run(&["verify", "out"]).with(0);
    let results = folder.json("out/results.json");
    // With five classes for three: 14 more weights and biases.
    assert_eq!(results["models"][0]["parameters"], 513 + 14);
    for run in folder.runs("out") {
        let run = run.to_string_lossy().into_owned();
        let matched = folder.json(&format!("{run}/match.json"));
        assert_eq!(
            matched["loaded"] != 0,
            matched["initialisation"] == "transfer",
            "{matched}"
        );
    }
    let run = folder.runs("out").remove(0);
    folder
        .run(&["export", &run.to_string_lossy(), "--to", "exported"])
        .with(0);
    folder
        .run(&["predict", "exported", "exported/check.png"])
        .with(0);
}

#[test]
fn blocks_are_named_by_patterns() {
    let folder = Folder::new();
    folder.write("mine.onnx", std::fs::read(golden("residual.onnx")).unwrap());
    let planned = |blocks: &str| {
        folder.write(
            "study.toml",
            with_file(&format!(
                r#"{{ file = "mine.onnx", blocks = {{ {blocks} }} }}"#
            )),
        );
        folder.run(&["plan", "study.toml", "--json"])
    };
    planned(r#"first = "stem*", middle = ["body*", "short*"], unit = "unit*""#).with(0);
    folder.run(&["run", "study.toml", "--out", "named"]).with(0);
    let plan = folder.json("named/plan.json").to_string();
    for block in ["\"first\"", "\"middle\"", "\"unit\"", "\"head\""] {
        assert!(plan.contains(block), "{block}: {plan}");
    }
    planned(r#"first = "stem*", second = "nothing*""#)
        .with(2)
        .says(&["`second`", "none that do"]);
    planned(r#"first = "*", second = "unit*""#)
        .with(2)
        .says(&["`first` and `second`"]);
    folder.write("mine.toml", "");
    folder.refuses(
        &with_file(r#"{ file = "mine.toml", blocks = { stem = "a*" } }"#),
        &["`blocks` goes with the `file` of an ONNX network"],
    );
}

/// Compares the files of the folder `ONNX_FILES` with logits of another runtime: `name.onnx` and, as float32,
/// `name.f32` of the two pictures above.
#[test]
#[ignore = "needs a folder of files"]
fn files_of_a_folder() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(std::env::var("ONNX_FILES").unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "onnx"))
        .collect();
    files.sort();
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        match import(
            &std::fs::read(&path).unwrap(),
            "mine",
            &BlockPatterns::default(),
        ) {
            Err(error) => println!("{name}: {error}"),
            Ok(found) => {
                let blocks: Vec<&str> = found.network.blocks.iter().map(|b| &*b.name).collect();
                println!(
                    "{name}: {} parameters, {}",
                    found.network.parameter_count(),
                    blocks.join(" ")
                );
                println!("  {:?}", found.notes);
                // A file that ends with features has no logits.
                let has_head = found
                    .weights
                    .tensors
                    .keys()
                    .any(|path| path.starts_with("head."));
                if !has_head {
                    continue;
                }
                let Ok(bytes) = std::fs::read(path.with_extension("f32")) else {
                    continue;
                };
                let expected: Vec<f32> = bytes
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                    .collect();
                let pixels = pictures(found.network.input);
                let logits = forward(found.network, &found.weights, &pixels);
                println!(
                    "  largest difference {:.1e}",
                    difference(&logits, &expected)
                );
            }
        }
    }
}
