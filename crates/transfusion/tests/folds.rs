//! Cross-validation: folds that all arms share, planned, resumed, and told of.

mod fixture;

use std::collections::{BTreeMap, BTreeSet};

use fixture::{Folder, study};
use serde_json::Value;

/// Two arms, two seeds, three folds, two repeats.
fn folded() -> String {
    study(&[
        ("count = 60", "count = 60\nfolds = 3\nrepeats = 2"),
        ("seeds = 1", "seeds = 2"),
        ("max_steps = 12", "max_steps = 4"),
    ])
}

/// Rows of the predictions of a run: part, picture, patient.
fn predictions(folder: &Folder, run: &str) -> Vec<[String; 3]> {
    let table = folder.read(&format!("out/runs/{run}/predictions.csv"));
    let mut table = csv::Reader::from_reader(&table[..]);
    let rows = table.records().map(|row| {
        let row = row.expect("a row");
        [0, 1, 2].map(|column| row[column].to_owned())
    });
    rows.collect()
}

#[test]
fn every_patient_is_tested_once_a_repeat() {
    let folder = Folder::new();
    folder.write("study.toml", folded());
    let planned = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    let runs = planned.as_array().expect("runs");
    assert_eq!(runs.len(), 2 * 2 * 3 * 2);
    assert_eq!(
        runs[0]["fold"],
        serde_json::json!({ "repeat": 1, "number": 1 })
    );

    // A part of the work, then the rest, as one would after an interruption.
    folder
        .run(&["run", "study.toml", "--out", "out", "--shard", "1/4"])
        .with(0);
    folder.run(&["report", "out"]).with(0);
    let some = folder.json("out/results.json");
    assert_eq!(some["progress"]["done"], 6);
    assert!(some["arms"][0]["auc"].is_null(), "no seed has all folds");
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    folder.run(&["run", "study.toml", "--out", "whole"]).with(0);
    assert!(folder.read("out/results.json") == folder.read("whole/results.json"));

    let plan = folder.json("out/plan.json");
    let mut tested: BTreeMap<(u64, u64, u64), Vec<String>> = BTreeMap::new();
    let mut parts: BTreeMap<(u64, u64), BTreeSet<String>> = BTreeMap::new();
    for run in plan["runs"].as_array().expect("runs") {
        let number = |value: &Value| value.as_u64().expect("a number");
        let (arm, seed) = (number(&run["arm"]), number(&run["seed"]));
        let [repeat, fold] = ["repeat", "number"].map(|key| number(&run["fold"][key]));
        let id = run["id"].as_str().expect("an id");
        assert!(id.contains(&format!("-s{seed}-r{repeat}f{fold}-")), "{id}");
        let rows = predictions(&folder, id);
        let of = |part: &str, column: usize| -> BTreeSet<String> {
            let rows = rows.iter().filter(|row| row[0] == part);
            rows.map(|row| row[column].clone()).collect()
        };
        assert!(of("validation", 2).is_disjoint(&of("test", 2)));
        tested
            .entry((arm, seed, repeat))
            .or_default()
            .extend(of("test", 1));
        // The fold is shared by all arms and seeds.
        let pictures = of("test", 1);
        assert_eq!(
            *parts.entry((repeat, fold)).or_insert(pictures.clone()),
            pictures
        );
    }
    assert_eq!(tested.len(), 2 * 2 * 2);
    for pictures in tested.values() {
        let different: BTreeSet<&String> = pictures.iter().collect();
        assert_eq!((pictures.len(), different.len()), (120, 120));
    }
    assert_ne!(parts[&(1, 1)], parts[&(2, 1)]);

    let results = folder.json("out/results.json");
    let folds = &results["cross_validation"];
    assert_eq!((&folds["folds"], &folds["repeats"]), (&3.into(), &2.into()));
    assert_eq!(
        results["arms"][0]["seeds"].as_array().map(Vec::len),
        Some(12)
    );
    let error = |of: &Value| of["sampling_se"].as_f64();
    assert!(error(&results["arms"][0]["auc"]) > error(&folds["arms"][0]["networks"]));
    assert_eq!(
        folds["arms"][0]["networks"]["value"],
        results["arms"][0]["auc"]["value"]
    );
    let page = String::from_utf8(folder.read("out/report.html")).expect("a page");
    for said in [
        "3-fold cross-validation, repeated 2 times",
        "What do the folds say?",
        "repeat 2, fold 3",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let status = folder.run(&["status", "out"]).with(0);
    assert!(status.stdout.contains("seed 1, repeat 2, fold 3"));

    // One repeat more keeps what there is.
    folder.write("study.toml", folded().replace("repeats = 2", "repeats = 3"));
    let told = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    told.says(&["24 results are reused, 12 jobs are to do"]);
}

#[test]
fn what_folds_cannot_be_is_refused() {
    let folder = Folder::new();
    let with = |keys: &str| study(&[("count = 60", &format!("count = 60\n{keys}"))]);
    for (keys, said) in [
        ("folds = 1", "2 to 20 parts"),
        ("repeats = 2", "data.folds beside it"),
        ("folds = 3\nrepeats = 0", "1 to 20"),
        (
            "folds = 3\nfractions = { test = 0.3 }",
            "with data.folds only { validation",
        ),
        ("folds = 3\nfractions = { validation = 0.7 }", "at most 0.5"),
    ] {
        folder.refuses(&with(keys), &[said]);
    }
    folder.refuses(
        &study(&[("count = 60", "count = 12\nfolds = 12")]),
        &["`data.folds`", "every fold needs 2 patients"],
    );
    folder.refuses(
        &format!("{}[probe]\n", with("folds = 3")),
        &["`probe`", "a study of one split"],
    );
}
