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

/// Probability of the higher class and truth of the validation pictures at some places.
fn validation(folder: &Folder, places: &[usize]) -> Vec<(bool, f64)> {
    let run = folder.runs("out").remove(0);
    let mut table = csv::Reader::from_path(run.join("predictions.csv")).expect("predictions");
    let columns = table.headers().expect("a header").len();
    let rows = table.records().map(|row| row.expect("a row"));
    let rows: Vec<_> = rows.filter(|row| &row[0] == "validation").collect();
    let positive: Vec<(bool, f64)> = rows
        .iter()
        .map(|row| {
            let of = |place: usize| row[place].parse::<f64>().expect("a probability");
            // Grades from 2 on are the headline of the fixture.
            let grade: usize = row[3].parse().expect("a grade");
            (grade >= 2, (6..columns).map(of).sum())
        })
        .collect();
    places.iter().map(|place| positive[*place]).collect()
}

fn auc(scores: &[(bool, f64)]) -> f64 {
    let of = |truth: bool| scores.iter().filter(move |s| s.0 == truth).map(|s| s.1);
    let pairs = of(true)
        .flat_map(|yes| of(false).map(move |no| f64::from(yes > no) + 0.5 * f64::from(yes == no)));
    let pairs: Vec<f64> = pairs.collect();
    pairs.iter().sum::<f64>() / pairs.len() as f64
}

/// With fewer pictures to look at, the curve and the best checkpoint are of those alone, and the
/// predictions of all.
#[test]
fn curves_look_at_as_many_pictures_as_they_may() {
    let folder = Folder::new();
    let fewer = "eval_every = 4\neval_images = 20";
    folder.write(
        "study.toml",
        study(&[("eval_every = 4", fewer), ("count = 60", "count = 200")]),
    );
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let plan = folder.json("out/plan.json");
    let split = &plan["data"]["split"];
    let positions = |name: &str| -> Vec<u64> {
        let all = split[name].as_array().expect("a list").iter();
        all.map(|place| place.as_u64().expect("a place")).collect()
    };
    let (all, looked_at) = (positions("validation"), positions("looked_at"));
    assert_eq!(looked_at.len(), 20);
    assert!(all.len() > 20);
    let places: Vec<usize> = looked_at
        .iter()
        .map(|example| {
            all.iter()
                .position(|other| other == example)
                .expect("one of all")
        })
        .collect();
    let run = folder.runs("out").remove(0);
    let result: Value =
        serde_json::from_slice(&std::fs::read(run.join("result.json")).expect("a result"))
            .expect("JSON");
    let told = result["validation_auc"].as_f64().expect("an AUC");
    let own = auc(&validation(&folder, &places));
    assert!((told - own).abs() < 1e-12, "{told} {own}");
    let whole = auc(&validation(&folder, &(0..all.len()).collect::<Vec<_>>()));
    assert!(
        (told - whole).abs() > 1e-6,
        "all pictures have the same AUC"
    );
    let few = study(&[("eval_every = 4", "eval_every = 4\neval_images = 5")]);
    folder.refuses(&few, &["train.eval_images", "20"]);
}
