//! A study that grows trains only what is new, and ends as one that was planned so from the start.

mod fixture;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use fixture::{Folder, study};
use serde_json::Value;

/// The study, and the same with two more seeds, another arm, another size and other comparisons.
fn grown() -> String {
    study(&[
        ("title = \"Small\"", "title = \"Grown\""),
        ("seeds = 1", "seeds = 3\ntrain_size = [40, \"all\"]"),
        (
            r#"["random", "transfer"]"#,
            r#"["random", "mean-var", "transfer"]"#,
        ),
        (
            "thresholds = [0.7]",
            "thresholds = [0.6, 0.7]\nmargin = 0.05",
        ),
    ])
}

/// Directory of every finished run ─▶ when its result was written.
fn finished(folder: &Folder, out: &str) -> BTreeMap<PathBuf, SystemTime> {
    let runs = std::fs::read_dir(folder.path(&format!("{out}/runs"))).expect("runs");
    let results = runs.flatten().filter_map(|run| {
        let result = run.path().join("result.json").metadata().ok()?;
        Some((run.path(), result.modified().expect("a time")))
    });
    results.collect()
}

#[test]
fn a_grown_study_is_the_study_planned_so() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[]));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let before = finished(&folder, "out");
    assert_eq!(before.len(), 2);

    folder.write("study.toml", grown());
    let told = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    told.says(&["the study has changed: 2 results are reused, 16 jobs are to do"]);
    let after = finished(&folder, "out");
    assert_eq!(after.len(), 18);
    for (run, written) in &before {
        assert_eq!(
            after.get(run),
            Some(written),
            "{} was made anew",
            run.display()
        );
    }

    folder.run(&["run", "study.toml", "--out", "fresh"]).with(0);
    for file in ["results.json", "plan.json", "study.toml"] {
        let of = |out: &str| folder.read(&format!("{out}/{file}"));
        assert!(of("out") == of("fresh"), "{file} differs");
    }

    // What was declared when: the margin came after results, and the page says so.
    let declared = folder.json("out/declarations.json");
    let known = |at: usize| &declared["declared"][at]["results"];
    assert_eq!((known(0), known(1)), (&0.into(), &2.into()));
    let page =
        |out: &str| String::from_utf8(folder.read(&format!("{out}/report.html"))).expect("a page");
    let said = "margin was changed from 0.01 to 0.05 after 2 results were there";
    assert!(page("out").contains(said));
    assert!(!page("fresh").contains("was changed from"));
}

#[test]
fn what_no_longer_belongs_is_kept_until_pruned() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[]));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    folder.write("study.toml", study(&[("max_steps = 12", "max_steps = 8")]));
    let told = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    told.says(&[
        "0 results are reused, 2 jobs are to do",
        "2 records of an earlier plan no longer belong to it and are kept",
        "transfusion prune out",
    ]);
    assert_eq!(finished(&folder, "out").len(), 4);
    let status = folder.run(&["status", "out", "--json"]).with(0).json();
    assert_eq!(status["superseded"].as_array().map(Vec::len), Some(2));

    // Asked for again, they belong again, and nothing is trained.
    folder.write("study.toml", study(&[]));
    let told = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    told.says(&["2 results are reused, 0 jobs are to do"]);
    folder.run(&["prune", "out", "--dry-run"]).with(0);
    assert_eq!(finished(&folder, "out").len(), 4);
    folder
        .run(&["prune", "out"])
        .with(0)
        .says(&["2 records removed"]);
    let left: Vec<PathBuf> = finished(&folder, "out").into_keys().collect();
    let plan: Value = folder.json("out/plan.json");
    let planned = plan["runs"].as_array().expect("runs").iter();
    let mut planned: Vec<PathBuf> = planned
        .map(|run| {
            folder
                .path("out/runs")
                .join(run["id"].as_str().expect("an id"))
        })
        .collect();
    planned.sort();
    assert_eq!(left, planned);
}

/// A name is no part of an identity: an arm under another name keeps its runs.
#[test]
fn an_arm_may_get_another_name() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[]));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let renamed = r#"["random", { load = "all", name = "ours" }]"#;
    folder.write(
        "study.toml",
        study(&[(r#"["random", "transfer"]"#, renamed)]),
    );
    let told = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    told.says(&["2 results are reused, 0 jobs are to do"]);
    let results = folder.json("out/results.json");
    assert_eq!(results["arms"][1]["init"], "ours");
}

#[test]
fn studies_get_the_names_of_their_folders() {
    let folder = Folder::new();
    for name in ["a", "b"] {
        folder.run(&["new", name]).with(0);
        folder.write(
            &format!("{name}/study.toml"),
            study(&[("max_steps = 12", "max_steps = 1")]),
        );
        folder.run(&["run", &format!("{name}/study.toml")]).with(0);
        assert!(
            folder
                .path(&format!("studies/{name}/results.json"))
                .exists()
        );
    }
}

/// Arms whose rules are the same share their runs, and are no second piece of evidence.
#[test]
fn arms_of_the_same_rules_share_their_runs() {
    let folder = Folder::new();
    let inits = r#"["random", "mean-var", "transfer", { load = "all", name = "ours" }]"#;
    let seeds = ("seeds = 1", "seeds = 3");
    folder.write(
        "study.toml",
        study(&[(r#"["random", "transfer"]"#, inits), seeds]),
    );
    let told = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    assert_eq!(told.stderr.matches(": done, last AUC").count(), 9);
    assert_eq!(finished(&folder, "out").len(), 9);
    for line in told.stderr.lines().filter(|line| line.starts_with('[')) {
        let number = line[1..]
            .split('/')
            .next()
            .and_then(|n| n.parse::<usize>().ok());
        assert!(
            number.is_some_and(|n| n <= 12) && line.contains("/12]"),
            "{line}"
        );
    }
    let results = folder.json("out/results.json");
    let arms = &results["arms"];
    assert_eq!(arms[2]["auc"], arms[3]["auc"]);
    assert_eq!(
        (&arms[2]["kind"], &arms[3]["kind"]),
        (&"transfer".into(), &"transfer".into())
    );
    assert_eq!(results["attributions"].as_array().map(Vec::len), Some(1));
}
