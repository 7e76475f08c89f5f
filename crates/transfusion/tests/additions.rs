//! Fine-tuning with few parameters: what is trained is counted, an interruption changes nothing,
//! and what was added is part of the model that is kept.

mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fixture::{Folder, record, study};
use networks::Weights;

const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];

/// The network has four convolutions of 5 × 5, from 3 channels to 32, 64, 128 and 256, a batch norm
/// behind each, and five grades.
const CHANNELS: usize = 32 + 64 + 128 + 256;
const HEAD: usize = 5 * 256 + 5;
const TAPS: usize = 25;

/// Regimes, with the numbers that each trains.
fn regimes() -> Vec<(&'static str, usize)> {
    let convolutions = TAPS * (3 * 32 + 32 * 64 + 64 * 128 + 128 * 256);
    let between = |channels: usize| 2 * channels * (channels / 8) + channels / 8 + channels;
    let adapters = between(32) + between(64) + between(128) + between(256);
    let lora = 2 * TAPS * (3 + 32 + 64 + 128) + 2 * CHANNELS;
    vec![
        ("\"full\"", convolutions + 2 * CHANNELS + HEAD),
        ("\"linear-probe\"", HEAD),
        ("\"bitfit\"", CHANNELS + HEAD),
        ("\"norm-only\"", 2 * CHANNELS + HEAD),
        (
            "{ lora = { rank = 2, on = \"convolutions\" } }",
            lora + HEAD,
        ),
        ("\"ssf\"", 2 * CHANNELS + HEAD),
        ("{ adapter = { reduction = 8 } }", adapters + HEAD),
        (
            "{ only = [\"biases\", \"classifier\"], freeze = \"..block1\" }",
            128 + 256 + HEAD,
        ),
    ]
}

/// A study of these regimes from the pretrained weights, with an average of the weights.
fn config(regimes: &[&str], ema: &str) -> String {
    let grid = format!("seeds = 1\nregime = [{}]", regimes.join(", "));
    study(&[
        (r#"["random", "transfer"]"#, r#"["transfer"]"#),
        ("seeds = 1", &grid),
        ("max_steps = 12", &format!("max_steps = 24\n{ema}")),
        ("[compare]", "[compare]\nbaseline = \"transfer\""),
    ])
}

#[test]
fn what_is_trained_is_counted() {
    let folder = Folder::new();
    let (written, expected): (Vec<&str>, Vec<usize>) = regimes().into_iter().unzip();
    folder.write("study.toml", config(&written, ""));
    let plan = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    let rows = plan.as_array().expect("rows");
    let count =
        |row: &serde_json::Value, key: &str| row[key][0].as_u64().expect("a count") as usize;
    let found: Vec<usize> = rows.iter().map(|row| count(row, "trained")).collect();
    assert_eq!(found, expected);
    for row in rows {
        let parts =
            ["loaded", "rescaled", "drawn"].map(|part| row[part].as_u64().expect("a count"));
        let all = count(row, "trained") + count(row, "frozen");
        assert_eq!(all as u64, parts.iter().sum::<u64>(), "{}", row["arm"]);
    }
    folder
        .run(&["plan", "study.toml"])
        .with(0)
        .prints(&["cbr-tiny, transfer, lora-r2-on-convolutions", "13,595"]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = Folder::new();
    let cases: [(&str, &[&str]); 13] = [
        (
            "\"lora\"",
            &[
                "regime `lora`",
                "LoRA on `linear` finds no layer of network `cbr-tiny`",
                "`on = \"convolutions\"`",
            ],
        ),
        (
            "{ lora = { rank = 33, on = \"convolutions\" } }",
            &["rank 33 does not fit layer `stem.conv`", "rank 32 at most"],
        ),
        (
            "{ lora = { rank = 0, on = \"convolutions\" } }",
            &["rank of lora: a whole number from 1"],
        ),
        (
            "{ lora = { alpha = 0, on = \"convolutions\" } }",
            &["alpha of lora: a number above 0"],
        ),
        (
            "{ lora = { on = \"block9\" } }",
            &["no block `block9`", "stem, block1"],
        ),
        (
            "{ lora = { rang = 3 } }",
            &["unknown field `rang`", "`rank`"],
        ),
        (
            "{ adapter = { reduction = 0 } }",
            &["reduction of adapter: a whole number from 1"],
        ),
        (
            "{ adapter = { on = \"classifier\" } }",
            &["an adapter on `classifier`"],
        ),
        (
            "{ adapter = {}, ssf = {} }",
            &["`ssf` or `adapter`, found both"],
        ),
        ("{ lora = {}, ssf = {} }", &["`lora` or `ssf`, found both"]),
        (
            "{ ssf = {}, freeze = \"added\" }",
            &["trains what the regime adds"],
        ),
        (
            "{ ssf = { on = \"classifier\" } }",
            &["SSF on `classifier`"],
        ),
        (
            "{ only = \"attention\" }",
            &["`attention` selects no tensor"],
        ),
    ];
    for (regime, parts) in cases {
        folder.refuses(&config(&[regime], ""), parts);
    }
    for ema in ["0", "1", "-0.5"] {
        let ema = format!("ema = {ema}");
        folder.refuses(
            &config(&["\"full\""], &ema),
            &["`train.ema`", "above 0 and below 1"],
        );
    }
}

/// The record but for what a killed process was writing.
fn whole_record(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = record(folder);
    files.retain(|path, _| {
        let name = path.file_name().unwrap_or_default();
        !name.to_string_lossy().starts_with(".part-")
    });
    files
}

/// Kills the study without a warning once a run has so many evaluations, `at` runs being done.
fn kill(folder: &Folder, at: usize, evaluations: usize) {
    let mut child = folder.start(&RUN);
    let began = Instant::now();
    let lines = || {
        let runs = folder.runs("out");
        let log = std::fs::read(runs.get(at)?.join("metrics.jsonl")).ok()?;
        Some(log.iter().filter(|b| **b == b'\n').count())
    };
    while lines().unwrap_or(0) < evaluations {
        assert!(
            child.try_wait().expect("a process").is_none(),
            "it ended too early"
        );
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "nothing happens"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("a process to kill");
    child.wait().expect("a process");
}

fn tensors(path: &Path) -> BTreeMap<String, networks::HostTensor> {
    Weights::read(path).expect("weights").weights.tensors
}

/// With an average of the weights, every kind of regime is killed on its way, goes on, and leaves
/// the bytes of an undisturbed one; the model has the names, shapes and frozen numbers of the
/// pretrained one, and computes the same once exported.
#[test]
fn killed_resumed_exported() {
    let written = [
        "\"full\"",
        "\"linear-probe\"",
        "\"bitfit\"",
        "{ lora = { rank = 2, on = \"convolutions\" } }",
        "\"ssf\"",
    ];
    let [whole, folder] = [(); 2].map(|()| {
        let folder = Folder::new();
        folder.write("study.toml", config(&written, "ema = 0.9"));
        folder
    });
    whole.run(&RUN).with(0);
    kill(&folder, 0, 6);
    kill(&folder, 3, 6);
    kill(&folder, 4, 6);
    folder.run(&RUN).with(0);
    let (found, expected) = (whole_record(&folder), whole_record(&whole));
    let names = |record: &BTreeMap<PathBuf, Vec<u8>>| record.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected));
    for (path, bytes) in &expected {
        assert!(found[path] == *bytes, "{} differs", path.display());
    }

    let builtin = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../weights/cbr-tiny-phantom.safetensors"
    );
    let builtin = tensors(Path::new(builtin));
    let moved = |of: usize| -> BTreeSet<String> {
        let tested = tensors(&folder.runs("out")[of].join("model.safetensors"));
        assert_eq!(
            tested.keys().collect::<Vec<_>>(),
            builtin.keys().collect::<Vec<_>>()
        );
        let own = tested
            .into_iter()
            .filter(|(path, _)| !path.starts_with("fc."));
        let moved = own.filter(|(path, tensor)| {
            assert_eq!(tensor.shape, builtin[path].shape, "{path}");
            *tensor != builtin[path]
        });
        moved.map(|(path, _)| path).collect()
    };
    let ending = |endings: &[&str]| -> BTreeSet<String> {
        let own = builtin.keys().filter(|path| !path.starts_with("fc."));
        let ending = own.filter(|path| endings.iter().any(|end| path.ends_with(end)));
        ending.cloned().collect()
    };
    assert_eq!(moved(1), BTreeSet::new());
    assert_eq!(moved(2), ending(&["bn.bias"]));
    assert_eq!(moved(3), ending(&["conv.weight"]));
    assert_eq!(moved(4), ending(&["bn.weight", "bn.bias"]));
    let full = moved(0);
    assert!(ending(&["running_mean"]).is_subset(&full), "{full:?}");

    let lora = folder.runs("out")[3].clone();
    let lora = lora.to_str().expect("a path");
    folder.run(&["export", lora, "--to", "exported"]).with(0);
    let picture = "exported/check.png";
    let answers = |model: &str| {
        folder
            .run(&["predict", model, picture, "--out", "answers.csv"])
            .with(0);
        let text = String::from_utf8(folder.read("answers.csv")).expect("text");
        let cells = text.lines().skip(1).flat_map(|line| line.split(','));
        cells
            .filter_map(|cell| cell.parse::<f64>().ok())
            .collect::<Vec<f64>>()
    };
    let [of_run, exported] = [answers(lora), answers("exported")];
    assert!(of_run.len() > 4 && of_run.len() == exported.len());
    for (a, b) in of_run.iter().zip(&exported) {
        assert!((a - b).abs() < 1e-5, "{of_run:?} {exported:?}");
    }
}

/// Adapters are part of the model that a run leaves: beside the pretrained tensors, which have not
/// moved, in its exports, and in what is predicted.
#[test]
fn adapters_stay() {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        config(&["{ adapter = { reduction = 8 } }"], "ema = 0.9").replace(
            "[compare]",
            "[analysis]\nimages = \"all\"\npermutations = 9\ngroups = 5\nneighbours = 5\n[compare]",
        ),
    );
    folder.run(&RUN).with(0);
    let run = folder.runs("out")[0].clone();
    let tested = tensors(&run.join("model.safetensors"));
    let builtin = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../weights/cbr-tiny-phantom.safetensors"
    );
    let builtin = tensors(Path::new(builtin));
    let (added, own): (Vec<_>, Vec<_>) = tested
        .into_iter()
        .partition(|(path, _)| path.contains(".adapter_"));
    assert_eq!(added.len(), 4 * 4);
    for (path, tensor) in &added {
        assert!(tensor.values.iter().any(|value| *value != 0.0), "{path}");
    }
    assert_eq!(own.len(), builtin.len());
    for (path, tensor) in own.iter().filter(|(path, _)| !path.starts_with("fc.")) {
        assert!(*tensor == builtin[path], "{path}");
    }
    let run = run.to_str().expect("a path");
    // The file for other programs is compared with the network before anything is written.
    folder.run(&["export", run, "--to", "exported"]).with(0);
    let answers = |model: &str| {
        let picture = "exported/check.png";
        folder
            .run(&["predict", model, picture, "--out", "answers.csv"])
            .with(0);
        folder.read("answers.csv")
    };
    assert_eq!(answers(run), answers("exported"));
    assert_eq!(folder.json("exported/metadata.json")["format"], 3);
}
