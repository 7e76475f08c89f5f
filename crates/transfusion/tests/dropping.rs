//! Features and bodies of residual sums that are left out at random in training: a killed run goes
//! on to the same bytes, nothing is left out in evaluations or exports, and a study that does not
//! ask for it is as before.

mod fixture;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fixture::{Folder, files_below, study};
use networks::Weights;

const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];

/// A ResNet-18 cut behind its first two residual sums.
fn config(train: &str) -> String {
    study(&[
        ("[weights]\ncbr-tiny = \"builtin:cbr-tiny-phantom\"\n", ""),
        (
            "[\"cbr-tiny\"]",
            "[{ name = \"resnet18\", truncate = \"block1\" }]",
        ),
        ("[\"random\", \"transfer\"]", "[\"random\"]"),
        ("seeds = 1", "seeds = 2"),
        ("max_steps = 12", &format!("max_steps = 24\n{train}")),
    ])
}

fn with(train: &str) -> Folder {
    let folder = Folder::new();
    folder.write("study.toml", config(train));
    folder
}

/// What the runs predict and which weights they leave, by file.
fn left(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    let kept = ["model.safetensors", "predictions.csv", "metrics.jsonl"];
    let out = folder.path("out");
    let files = files_below(&out).into_iter().filter_map(|(path, bytes)| {
        let name = path.file_name()?.to_str()?.to_owned();
        let path = path.strip_prefix(&out).ok()?.to_path_buf();
        kept.contains(&name.as_str()).then_some((path, bytes))
    });
    files.collect()
}

/// The weights of the first run, whatever it is called.
fn weights(folder: &Folder) -> Weights {
    let path = folder.runs("out")[0].join("model.safetensors");
    Weights::read(&path).expect("weights").weights
}

const BOTH: &str = "dropout = 0.5\nstochastic_depth = 0.5";

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let (whole, killed) = (with(BOTH), with(BOTH));
    let mut command: Vec<&str> = RUN.to_vec();
    command.extend(["--jobs", "2"]);
    whole.run(&command).with(0);
    let mut child = killed.start(&RUN);
    let began = Instant::now();
    let evaluations = || {
        let runs = killed.runs("out");
        let log = std::fs::read(runs.first()?.join("metrics.jsonl")).ok()?;
        Some(log.iter().filter(|byte| **byte == b'\n').count())
    };
    while evaluations().unwrap_or(0) < 6 {
        let is_running = child.try_wait().expect("a process").is_none();
        assert!(is_running, "it ended too early");
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "nothing happens"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("a process to kill");
    child.wait().expect("a process");
    killed.run(&RUN).with(0);
    let (found, expected) = (left(&killed), left(&whole));
    assert!(found.keys().eq(expected.keys()));
    for (path, bytes) in &expected {
        assert!(found[path] == *bytes, "{} differs", path.display());
    }

    // What was left out is not part of the model: its predictions do not depend on chance.
    let run = killed.runs("out")[0].clone();
    let run = run.to_str().expect("a path");
    killed.run(&["export", run, "--to", "exported"]).with(0);
    let answers = |model: &str| {
        let picture = "exported/check.png";
        killed
            .run(&["predict", model, picture, "--out", "answers.csv"])
            .with(0);
        killed.read("answers.csv")
    };
    assert_eq!(answers("exported"), answers("exported"));
    killed.run(&["report", "out"]).with(0);
}

/// `0`, `"original"` where the authors had nothing, and nothing at all are one: the same identities
/// and numbers as before. Anything else is another run.
#[test]
fn a_study_that_does_not_ask_for_it_is_as_before() {
    let plain = with("");
    plain.run(&RUN).with(0);
    let names = |folder: &Folder| -> Vec<String> {
        let runs = folder.runs("out").into_iter();
        let names = runs.filter_map(|run| Some(run.file_name()?.to_str()?.to_owned()));
        names.collect()
    };
    let zero = with("dropout = 0\nstochastic_depth = 0.0");
    zero.run(&RUN).with(0);
    assert_eq!(names(&zero), names(&plain));
    assert_eq!(left(&zero), left(&plain));
    let original = with("dropout = \"original\"\nstochastic_depth = \"original\"");
    original.run(&RUN).with(0);
    assert!(weights(&original) == weights(&plain));
    for train in ["dropout = 0.5", "stochastic_depth = 0.5"] {
        let other = with(train);
        other.run(&RUN).with(0);
        assert_ne!(names(&other), names(&plain));
        assert!(weights(&other) != weights(&plain), "{train}");
    }
}

#[test]
fn what_cannot_be_left_out_is_refused() {
    let folder = Folder::new();
    for (train, parts) in [
        ("dropout = 1", &["`train.dropout`", "from 0 to below 1"][..]),
        ("stochastic_depth = -0.1", &["`train.stochastic_depth`"]),
        ("dropout = \"some\"", &["\"original\" or a number"]),
    ] {
        folder.refuses(&config(train), parts);
    }
    let text = study(&[("max_steps = 12", "max_steps = 12\nstochastic_depth = 0.1")]);
    folder.refuses(&text, &["`cbr-tiny`", "no residual sums"]);
}
