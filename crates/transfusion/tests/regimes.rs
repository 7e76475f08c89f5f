//! Training regimes: what a study of them leaves, that what is frozen is proven to be, and that an
//! interruption changes nothing.
#![cfg(unix)]

mod fixture;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fixture::{Folder, files_below, finish, record, study};
use networks::Weights;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// One regime of each kind.
const REGIMES: &str = r#"regime = [
    "full", "linear-probe", "lp-ft", "gradual",
    { freeze = "..block1", norms = "frozen-statistics" },
    { layer_decay = 0.75, rates = { classifier = 10, "..stem" = 0.1 } },
    { l2_sp = { alpha = 0.1, beta = 0.01 } },
    { name = "late", phases = [
        { share = 0.25, freeze = ["stem", "block1"], norms = "train", lr = 0.5 },
        { share = 0.75, layer_decay = 0.5 },
    ] },
]
seeds = 1"#;

/// Names of the regimes, with the tensors that some phase and that every phase freezes; of the
/// network's 26, two are the classifier's and five belong to each block below it.
const FROZEN: [(&str, Option<[u64; 2]>); 8] = [
    ("full", None),
    ("linear-probe", Some([20, 20])),
    ("lp-ft", Some([20, 0])),
    ("gradual", Some([20, 0])),
    ("freeze-..block1-norms-frozen-statistics", Some([6, 6])),
    ("layer-decay-0.75-rates-..stem-0.1-classifier-10", None),
    ("l2-sp", None),
    ("late", Some([2, 0])),
];

fn records(folder: &Folder, name: &str) -> Vec<Value> {
    let read = |run: PathBuf| {
        let bytes = std::fs::read(run.join(name)).expect("a record");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    folder.runs("out").into_iter().map(read).collect()
}

#[test]
fn every_kind_of_regime() {
    let folder = Folder::new();
    let short = [
        ("seeds = 1", REGIMES),
        ("max_steps = 12", "max_steps = 6"),
        ("eval_every = 4", "eval_every = 6"),
    ];
    folder.write("study.toml", study(&short));
    let plan = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    let seconds = |arm: &str| {
        let rows = plan.as_array().expect("rows");
        let row = rows.iter().find(|r| r["arm"] == arm).expect("an arm");
        row["estimated_seconds"].as_f64().expect("seconds")
    };
    assert!(seconds("cbr-tiny, random, linear-probe") < 0.7 * seconds("cbr-tiny, random"));

    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let (specs, results) = (
        records(&folder, "spec.json"),
        records(&folder, "result.json"),
    );
    assert_eq!(results.len(), 16);
    for (spec, result) in specs.iter().zip(&results) {
        let name = spec["regime"]["name"].as_str().unwrap_or("full");
        let (_, expected) = FROZEN.iter().find(|(n, _)| *n == name).expect(name);
        let frozen = &result["frozen"];
        match expected {
            None => assert!(frozen.is_null(), "{name}: {frozen}"),
            Some([tensors, throughout]) => {
                assert_eq!(frozen["tensors"], *tensors, "{name}");
                assert_eq!(frozen["throughout"], *throughout, "{name}");
                assert!(frozen["values"].as_u64() > Some(0), "{name}");
            }
        }
    }

    // The tested model of the probe is the pretrained network but for its classifier.
    let probe = specs
        .iter()
        .position(|s| s["label"] == "cbr-tiny, transfer, linear-probe");
    let run = &folder.runs("out")[probe.expect("a probe")];
    let read = |path: &Path| Weights::read(path).expect("weights").weights.tensors;
    let tested = read(&run.join("model.safetensors"));
    let builtin = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../weights/cbr-tiny-phantom.safetensors"
    );
    let builtin = read(Path::new(builtin));
    for (path, tensor) in &tested {
        assert_eq!(*tensor == builtin[path], !path.starts_with("fc."), "{path}");
    }

    let results = folder.json("out/results.json");
    let arms = results["arms"].as_array().expect("arms");
    let regimes: Vec<_> = arms.iter().filter_map(|a| a["regime"].as_str()).collect();
    let names = FROZEN.map(|(name, _)| name);
    assert_eq!(regimes, [names, names].concat());
    let comparisons = results["comparisons"].as_array().expect("comparisons");
    let pairs: Vec<_> = comparisons
        .iter()
        .map(|c| [&c["arm"], &c["baseline"]].map(|label| label.as_str().unwrap_or_default()))
        .collect();
    assert_eq!(pairs.len(), 8 + 2 * 7);
    for pair in [
        ["cbr-tiny, transfer", "cbr-tiny, random"],
        ["cbr-tiny, transfer, lp-ft", "cbr-tiny, random, lp-ft"],
        ["cbr-tiny, transfer, lp-ft", "cbr-tiny, transfer"],
        ["cbr-tiny, random, l2-sp", "cbr-tiny, random"],
    ] {
        assert!(pairs.contains(&pair), "{pair:?}");
    }
    let paragraph = results["verdict"]["paragraph"].as_str().expect("a verdict");
    assert!(paragraph.contains("AUC against full training is "));
    assert!(paragraph.contains("linear-probe from transfer "));
}

/// `[train]` alone describes one regime; where it is plain, plan and labels say nothing of it.
#[test]
fn a_regime_under_train() {
    let folder = Folder::new();
    let keys = "max_steps = 12\nfreeze = \"..block2\"\nnorms = \"train\"";
    folder.write("study.toml", study(&[("max_steps = 12", keys)]));
    let plan = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    assert_eq!(plan[0]["arm"], "cbr-tiny, random, custom");
    folder.write("study.toml", study(&[]));
    let plan = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    assert_eq!(plan[0]["arm"], "cbr-tiny, random");
}

#[test]
fn what_is_refused() {
    let folder = Folder::new();
    let cases: [(&str, &[&str]); 18] = [
        (
            r#"["linear-prob"]"#,
            &[
                "unknown variant `linear-prob`",
                "did you mean `linear-probe`?",
            ],
        ),
        (
            r#"[{ freese = "stem" }]"#,
            &["unknown field `freese`", "did you mean `freeze`?"],
        ),
        (
            r#"[{ freeze = "stem", norms = "frozen-afine" }]"#,
            &[
                "unknown variant `frozen-afine`",
                "did you mean `frozen-affine`?",
            ],
        ),
        (
            r#"[{ freeze = "..block9" }]"#,
            &[
                "model `cbr-tiny`",
                "regime `freeze-..block9`",
                "no block `block9`",
                "stem, block1",
            ],
        ),
        (
            r#"[{ freeze = "layer1.*" }]"#,
            &["`layer1.*` selects no tensor"],
        ),
        (
            r#"[{ freeze = "all" }]"#,
            &["`freeze = all` leaves no tensor of network `cbr-tiny`"],
        ),
        (r#"[{ rates = { blok1 = 2 } }]"#, &["no block `blok1`"]),
        (
            r#"[{ rates = { head = 0 } }]"#,
            &["factors in `rates`: a number above 0", "\"head\" = 0"],
        ),
        (
            r#"[{ layer_decay = 1.5 }]"#,
            &["layer_decay: a number above 0, at most 1", "found 1.5"],
        ),
        (
            r#"[{ lr = -1 }]"#,
            &["a factor `lr`: a number above 0", "found -1"],
        ),
        (
            r#"[{ l2_sp = { alpha = -1, beta = 0 } }]"#,
            &["l2_sp: a number from 0"],
        ),
        (r#"[{ l2_sp = { alpha = 1 } }]"#, &["missing field `beta`"]),
        (
            r#"[{ phases = [{ share = 0.5 }, { share = 0.4 }] }]"#,
            &["shares sum to 1", "found a sum of 0.9"],
        ),
        (
            r#"[{ freeze = "stem", phases = [{ share = 1.0 }] }]"#,
            &["outside of them"],
        ),
        (
            r#"[{ phases = [{ share = 0.01, freeze = "stem" }, { share = 0.99 }] }]"#,
            &["`train.max_steps`", "each of the 2 phases", "found 12"],
        ),
        (r#"[]"#, &["at least one regime"]),
        (r#"["full", "full"]"#, &["`full` twice", "name ="]),
        (
            r#"[{ name = "lp-ft", freeze = "stem" }]"#,
            &["stands for a regime of its own"],
        ),
    ];
    for (regime, parts) in cases {
        let grid = format!("seeds = 1\nregime = {regime}");
        folder.refuses(&study(&[("seeds = 1", &grid)]), parts);
    }
    let both = study(&[
        ("seeds = 1", "seeds = 1\nregime = [\"lp-ft\"]"),
        ("max_steps = 12", "max_steps = 12\nlayer_decay = 0.5"),
    ]);
    folder.refuses(&both, &["`grid.regime`", "under [train]", "found both"]);
    let vit = study(&[
        (r#"["cbr-tiny"]"#, r#"["vit-small"]"#),
        ("cbr-tiny = \"builtin:cbr-tiny-phantom\"", ""),
        (r#"["random", "transfer"]"#, r#"["random"]"#),
        ("size = 24", "size = 32"),
        (
            "seeds = 1",
            "seeds = 1\nregime = [{ norms = \"frozen-statistics\" }]",
        ),
    ]);
    folder.refuses(&vit, &["model `vit-small`", "no batch norms"]);
}

/// Two phases with a penalty; the second begins at step 12 of 40.
fn two_phases() -> String {
    study(&[
        (r#"["random", "transfer"]"#, r#"["transfer"]"#),
        (
            "seeds = 1",
            "seeds = 1\nregime = [{ phases = [{ share = 0.3, freeze = \"backbone\" }, \
             { share = 0.7, freeze = \"..block1\", l2_sp = { alpha = 0.1, beta = 0.01 } }] }]",
        ),
        ("max_steps = 12", "max_steps = 40"),
        ("[compare]", "[compare]\nbaseline = \"transfer\""),
    ])
}

const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];

/// Interrupts the study once its only run has so many evaluations; its step then.
fn interrupt(folder: &Folder, evaluations: usize) -> u64 {
    let mut child = folder.start(&RUN);
    let began = Instant::now();
    let lines = || {
        let run = folder.runs("out").into_iter().next()?;
        let log = std::fs::read(run.join("metrics.jsonl")).ok()?;
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
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
    finish(child).with(75);
    let (step, _) = newest(folder);
    step
}

/// Step and path of the newest checkpoint.
fn newest(folder: &Folder) -> (u64, PathBuf) {
    let run = folder.runs("out").remove(0);
    let files = files_below(&run.join("checkpoint")).into_keys();
    let step = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let step = name
            .strip_prefix("step-")?
            .split('-')
            .next()?
            .parse()
            .ok()?;
        Some((step, path))
    };
    files.filter_map(step).max().expect("a checkpoint")
}

/// Interrupted in the first phase and in the middle of the second, a run leaves the same bytes.
#[test]
fn an_interruption_in_any_phase_changes_nothing() {
    let [whole, folder] = [(); 2].map(|()| {
        let folder = Folder::new();
        folder.write("study.toml", two_phases());
        folder
    });
    whole.run(&RUN).with(0);
    let first = interrupt(&folder, 2);
    let second = interrupt(&folder, 8);
    assert!(first < 12, "not in the first phase: {first}");
    assert!(
        (13..40).contains(&second),
        "not in the second phase: {second}"
    );
    folder.run(&RUN).with(0);
    let (expected, found) = (record(&whole), record(&folder));
    assert!(expected.keys().eq(found.keys()));
    for (path, bytes) in expected {
        assert!(found[&path] == bytes, "{} differs", path.display());
    }
    let result = records(&folder, "result.json").remove(0);
    assert_eq!(result["frozen"]["throughout"], 10);
}

/// One bit of one frozen number that flips behind the program's back fails the run.
#[test]
fn a_frozen_tensor_that_moved_fails_the_run() {
    let folder = Folder::new();
    folder.write("study.toml", two_phases());
    interrupt(&folder, 8);
    let (step, path) = newest(&folder);
    let file = Weights::read(&path).expect("a checkpoint");
    let mut weights = file.weights;
    let tensor = weights
        .tensors
        .get_mut("model/block1.conv.weight")
        .expect("a tensor");
    tensor.values[11] = f32::from_bits(tensor.values[11].to_bits() ^ 1);
    let state = file.metadata["transfusion.state"].clone();
    let bytes = weights.to_bytes(Some(("transfusion.state", state)));
    let hash = format!("{:x}", Sha256::digest(&bytes));
    let folder_of_all = path.parent().expect("a folder");
    for other in files_below(folder_of_all).into_keys() {
        if other.to_string_lossy().contains("step-") {
            std::fs::remove_file(other).expect("removed");
        }
    }
    let name = format!("step-{step:08}-{}.safetensors", &hash[..32]);
    std::fs::write(path.with_file_name(name), bytes).expect("written");
    folder.run(&RUN).with(1);
    let error = records(&folder, "error.json").remove(0);
    let error = error["error"].as_str().expect("an error");
    assert!(
        error.contains("what is frozen changed in phase 2: block1.conv.weight;"),
        "{error}"
    );
}
