//! `transfusion stats predictions`: anyone's predictions, compared or refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use fixture::Folder;
use serde_json::Value;

const CASES: u64 = 300;

/// A number that looks random, in 0..1.
fn noise(case: u64, of: u64) -> f64 {
    let mixed = (case + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ (of + 7).wrapping_mul(0xD1B5_4A32_D192_ED03);
    (mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) as f64 / (1u64 << 24) as f64
}

/// A row a case: every third is positive, and scores higher by `gain`; noise is partly that of the
/// case and partly that of the model.
fn rows(gain: f64, model: u64, more: &str) -> String {
    let row = |case: u64| {
        let label = u64::from(case.is_multiple_of(3));
        let score = gain * label as f64 + noise(case, 0) + 0.4 * noise(case, model);
        format!("c{case},{label},{score}{more}\n")
    };
    (0..CASES).map(row).collect()
}

fn table(gain: f64, model: u64) -> String {
    format!("id,label,score\n{}", rows(gain, model, ""))
}

/// Three seeds of two arms in one table, the columns called otherwise.
fn trained(seeds: u64) -> String {
    let mut text = "name;truth;p;start;run;part\n".to_owned();
    for (number, (arm, gain)) in [("random", 0.2), ("transfer", 0.7)].into_iter().enumerate() {
        for seed in 0..seeds {
            let model = 10 * number as u64 + seed + 1;
            let more = format!(",{arm},{seed},test");
            text += &rows(gain, model, &more).replace(',', ";");
        }
    }
    text + "c0;1;nan;random;0;validation\n"
}

const NAMED: [&str; 12] = [
    "--id",
    "name",
    "--label",
    "truth",
    "--score",
    "p",
    "--arm",
    "start",
    "--seed",
    "run",
    "--only",
    "part=test",
];

#[test]
fn two_models_are_compared_as_these_models() {
    let folder = Folder::new();
    folder.write("old.csv", table(0.2, 1));
    folder.write("new.csv", table(0.7, 2));
    let arguments = ["stats", "predictions", "old.csv", "new.csv"];
    let printed = folder.run(&arguments).with(0).stdout;
    for part in [
        "300 cases, 100 positive; baseline old",
        "Of these models new has the highest AUC",
        "higher, of these two models",
        "Patients are unknown: pictures are counted as independent",
        "nothing of how they were trained",
        "DeLong p",
    ] {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
    assert!(!printed.contains("better"), "{printed}");

    let found = folder.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(found["concerns"], "these-models");
    assert_eq!(found["comparisons"][0]["outcome"], "higher");
    // Rows in another order are the same numbers.
    let mut lines: Vec<String> = table(0.7, 2).lines().map(String::from).collect();
    lines[1..].reverse();
    folder.write("new.csv", lines.join("\r\n"));
    let reversed = folder.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(found, reversed);
    // The other way round.
    let other = folder
        .run(&[&arguments[..], &["--json", "--baseline", "new"]].concat())
        .json();
    assert_eq!(other["comparisons"][0]["outcome"], "lower");
    folder
        .run(&[&arguments[..], &["--baseline", "newer"]].concat())
        .with(2)
        .says(&["`newer`", "old, new"]);
}

#[test]
fn seeds_make_it_a_question_of_training() {
    let folder = Folder::new();
    let compare = |seeds: u64| -> Value {
        folder.write("all.csv", trained(seeds));
        let arguments = [&["stats", "predictions", "all.csv", "--json"][..], &NAMED].concat();
        folder.run(&arguments).with(0).json()
    };
    let found = compare(3);
    assert_eq!(found["concerns"], "training");
    let compared = &found["comparisons"][0];
    assert_eq!(compared["outcome"], "better");
    assert_eq!(compared["seeds"], 3);
    assert!(compared["posterior"]["better"].as_f64().unwrap() > 0.95);
    assert_eq!(found["best"]["possible"], serde_json::json!(["transfer"]));

    // Two seeds decide nothing.
    let found = compare(2);
    assert_eq!(found["comparisons"][0]["outcome"], "undecided");
    assert_eq!(found["comparisons"][0]["difference"]["low"], Value::Null);
    assert_eq!(found["arms"][0]["auc"]["low"], Value::Null);
    assert_eq!(found["best"], Value::Null);
}

#[test]
fn equal_models_recommend_nothing_and_perfect_ones_are_not_certain() {
    let folder = Folder::new();
    folder.write("a.csv", table(0.0, 1));
    folder.write("b.csv", table(0.0, 1));
    let run = ["stats", "predictions", "a.csv", "b.csv"];
    let printed = folder.run(&run).with(0).stdout;
    assert!(
        printed.contains("is not shown to exceed chance"),
        "{printed}"
    );
    assert!(
        printed.contains("nothing varied, which is no certainty"),
        "{printed}"
    );
    folder.write("a.csv", table(9.0, 1));
    let found = folder
        .run(&["stats", "predictions", "a.csv", "--json"])
        .with(0)
        .json();
    let auc = &found["arms"][0]["auc"];
    assert_eq!(auc["value"], 1.0);
    assert!(auc["low"].as_f64().unwrap() < 0.98);
}

#[test]
fn what_does_not_fit_is_named_with_its_line() {
    let folder = Folder::new();
    folder.write("a.csv", table(0.2, 1));
    let whole = table(0.7, 2);
    let refused = |text: &str, more: &[&str], parts: &[&str]| {
        folder.write("b.csv", text);
        let arguments = [&["stats", "predictions", "a.csv", "b.csv"], more].concat();
        folder.run(&arguments).with(2).says(parts);
    };
    let line = |number: usize| whole.lines().nth(number - 1).unwrap();
    let replaced = |number: usize, with: &str| whole.replacen(line(number), with, 1);
    refused(
        &replaced(5, "c3,0,0.5"),
        &[],
        &["b.csv, line 5", "label 1 of case `c3`", "a.csv, line 5"],
    );
    refused(
        &replaced(5, "c3,1,nan"),
        &[],
        &["b.csv, line 5", "a finite score", "`nan`"],
    );
    refused(
        &replaced(5, "c3,yes,1"),
        &[],
        &["b.csv, line 5", "a label of 0 or 1", "`yes`"],
    );
    refused(
        &replaced(5, "c2,0,1"),
        &[],
        &["b.csv, line 5", "`c2` once", "b.csv, line 4"],
    );
    refused(
        &replaced(5, "c999,1,1"),
        &[],
        &["arm `b`", "`c3`", "no row of it"],
    );
    refused(
        &replaced(5, ",1,1"),
        &[],
        &["b.csv, line 5", "the id of the case"],
    );
    refused(
        &whole,
        &["--score", "scores"],
        &["`scores`", "did you mean `score`"],
    );
    refused(&whole, &["--only", "part=test"], &["`part`"]);
    refused(
        &whole,
        &["--margin", "1"],
        &["--margin", "above 0 and below 1"],
    );
    folder
        .run(&["stats", "predictions", "none.csv"])
        .with(2)
        .says(&["none.csv"]);
}

#[test]
fn patients_are_the_unit() {
    let folder = Folder::new();
    let with = |patient: fn(u64) -> u64| {
        let mut text = "id,label,score,patient\n".to_owned();
        for (case, row) in rows(0.5, 1, "").lines().enumerate() {
            text += &format!("{row},p{}\n", patient(case as u64));
        }
        folder.write("a.csv", text);
        folder.run(&["stats", "predictions", "a.csv", "--json"])
    };
    let each = with(|case| case).with(0).json();
    // Pictures of a patient have one label here, so nine hold less than nine patients.
    let several = with(|case| case % 3 * 100 + case / 27).with(0).json();
    assert_eq!([&each["patients"], &several["patients"]], [300, 36]);
    let error = |found: &Value| found["arms"][0]["auc"]["sampling_se"].as_f64().unwrap();
    assert!(error(&each) > 0.0 && error(&several) > 0.0);
    assert_ne!(error(&each), error(&several));
    // All positive cases of one patient.
    with(|case| case % 3 * case)
        .with(2)
        .says(&["at least two patients", "1 and"]);
}

#[test]
fn folds_are_never_put_in_one_order() {
    let folder = Folder::new();
    // The networks of two folds score on scales of their own.
    let table = |patient: fn(u64) -> u64| {
        let row = |(case, row): (usize, &str)| {
            let fold = case / 3 % 2;
            let mut cells: Vec<String> = row.split(',').map(String::from).collect();
            cells[2] = (cells[2].parse::<f64>().unwrap() + 100.0 * fold as f64).to_string();
            format!("{},f{fold},p{}\n", cells.join(","), patient(case as u64))
        };
        let rows = rows(0.5, 1, "");
        let rows: String = rows.lines().enumerate().map(row).collect();
        folder.write("a.csv", format!("id,label,score,fold,patient\n{rows}"));
        folder.run(&["stats", "predictions", "a.csv", "--json"])
    };
    let found = table(|case| case).with(0).json();
    let auc = found["arms"][0]["auc"]["value"].as_f64().unwrap();
    folder.write("b.csv", format!("id,label,score\n{}", rows(0.5, 1, "")));
    let one = folder
        .run(&["stats", "predictions", "b.csv", "--json"])
        .json();
    let alone = one["arms"][0]["auc"]["value"].as_f64().unwrap();
    assert!((auc - alone).abs() < 0.03, "{auc} {alone}");
    assert!(
        found["notes"]
            .to_string()
            .contains("2 networks of the folds")
    );
    table(|case| case / 6)
        .with(2)
        .says(&["in one fold, as in a.csv", "split by patient"]);
}
