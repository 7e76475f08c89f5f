//! A network of one's own from its file to predictions, and what is no network.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use fixture::{Folder, study};

const NETWORK: &str = r#"
name = "mine"

[[block]]
name   = "stem"
layers = [{ conv = { channels = 8, kernel = 3, stride = 2 } }, "batch-norm", "relu"]

[[block]]
name   = "block1"
layers = [
    { residual = { body = [{ conv = { channels = 8, kernel = 3 } }, "batch-norm"] } }, "relu",
    { max-pool = { window = 2 } },
]

[[block]]
name   = "head"
layers = ["global-average", "classifier"]
"#;

fn with_own() -> String {
    study(&[
        (r#"["cbr-tiny"]"#, r#"["cbr-tiny", { file = "mine.toml" }]"#),
        ("seeds = 1", "seeds = 1\nwithout_weights = \"skip\""),
    ])
}

#[test]
fn a_network_of_ones_own_is_counted_trained_exported_and_asked() {
    let folder = Folder::new();
    folder.write("mine.toml", NETWORK);
    folder.write("study.toml", with_own());
    let listed = folder.run(&["models", "mine.toml"]).with(0);
    for path in ["stem.0.weight", "block1.0.body.0.weight", "head.1.bias"] {
        assert!(listed.stdout.contains(path), "{}", listed.stdout);
    }
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    folder.run(&["verify", "out"]).with(0);
    let results = folder.json("out/results.json");
    let models = results["models"].as_array().expect("models");
    let mine = models
        .iter()
        .find(|m| m["label"] == "mine")
        .expect("one's own");
    // 3×3×3×8, 3×3×8×8, two batch norms of 16, 8×5 + 5.
    assert_eq!(mine["parameters"], 216 + 576 + 32 + 45);
    let runs = folder.runs("out");
    let run = runs
        .iter()
        .find(|run| run.to_string_lossy().contains("mine-s0"))
        .expect("a run");
    let run = run.to_string_lossy();
    folder.run(&["export", &run, "--to", "exported"]).with(0);
    let picture = folder.path("exported/check.png");
    folder
        .run(&["predict", "exported", &picture.to_string_lossy()])
        .with(0);

    // Another network is another run.
    let wider = NETWORK.replace("channels = 8", "channels = 16");
    folder.write("mine.toml", wider);
    let plan = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    assert!(!plan.to_string().contains(run.rsplit('/').next().unwrap()));
}

#[test]
fn files_that_hold_no_network_are_refused_with_their_place() {
    let folder = Folder::new();
    for (from, to, parts) in [
        ("\"relu\"]", "\"rellu\"]", &["mine.toml", "rellu"][..]),
        (
            "kernel = 3, stride",
            "kernal = 3, stride",
            &["mine.toml", "kernal"],
        ),
        (
            "\"head\"",
            "\"tail\"",
            &["the last of them `head`", "`tail`"],
        ),
        ("\"mine\"", "\"resnet18\"", &["no network of the zoo has"]),
        (
            "{ max-pool = { window = 2 } }",
            "{ max-pool = { window = 99 } }",
            &["needs at least 99×99"],
        ),
        ("name = \"mine\"\n", "", &["mine.toml", "name"]),
    ] {
        assert!(NETWORK.contains(from), "{from}");
        folder.write("mine.toml", NETWORK.replacen(from, to, 1));
        folder.refuses(&with_own(), parts);
    }
    for (written, parts) in [
        (r#"{ file = "none.toml" }"#, &["none.toml"][..]),
        (r#"{ file = 3 }"#, &["3"]),
        (
            r#"{ file = "mine.toml", name = "x" }"#,
            &["`name` stands in the file"],
        ),
        (
            r#"{ name = "x", blocks = { stem = "a*" } }"#,
            &["`blocks` goes with the `file` of an ONNX network"],
        ),
    ] {
        folder.refuses(
            &study(&[(r#"["cbr-tiny"]"#, &format!("[\"cbr-tiny\", {written}]"))]),
            parts,
        );
    }
}
