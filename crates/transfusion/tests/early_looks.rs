//! Looks at a curve before its first evaluation.

mod fixture;

use fixture::{Folder, study};
use serde_json::Value;

/// A curve that is looked at early is that of the same training.
#[test]
fn early_looks_change_nothing_but_the_curve() {
    let steps = |folder: &Folder| -> Vec<u64> {
        let run = folder.runs("out").remove(0);
        let log = std::fs::read_to_string(run.join("metrics.jsonl")).expect("a curve");
        let lines = log.lines().map(|line| {
            let line: Value = serde_json::from_str(line).expect("a line");
            line["step"].as_u64().expect("a step")
        });
        lines.collect()
    };
    let predictions = |folder: &Folder| {
        let run = folder.runs("out").remove(0);
        std::fs::read(run.join("predictions.csv")).expect("predictions")
    };
    let [early, even] = ["true", "false"].map(|early| {
        let folder = Folder::new();
        let key = format!("eval_every = 4\nearly_evaluations = {early}");
        folder.write("study.toml", study(&[("eval_every = 4", &key)]));
        folder.run(&["run", "study.toml", "--out", "out"]).with(0);
        folder
    });
    assert_eq!(&steps(&early)[..5], [0, 1, 2, 3, 4]);
    assert_eq!(&steps(&even)[..2], [0, 4]);
    assert!(predictions(&early) == predictions(&even));
}
