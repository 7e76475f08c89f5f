//! Probes of frozen features: what a study with `[probe]` leaves, and what it refuses.

mod fixture;

use std::collections::BTreeMap;
use std::path::PathBuf;

use fixture::{Folder, STUDY, files_below, study};
use serde_json::Value;

const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];

/// Two training sizes and seeds, blocks before and behind what `transfuse` draws, nothing trained.
fn only() -> String {
    let changed = study(&[
        (
            r#"["random", "transfer"]"#,
            r#"["random", "transfer", { transfuse = "block1" }]"#,
        ),
        ("seeds = 1", "seeds = 2\ntrain_size = [20, \"all\"]"),
    ]);
    format!(
        "{changed}\n[probe]\nonly = true\nkeep_features = true\nblocks = [\"block1\", \"block3\"]\n"
    )
}

/// What the probes left: path below the study ─▶ bytes.
fn record(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(&folder.path("out/probes"))
}

fn probes(results: &Value) -> Vec<&Value> {
    results["probes"]
        .as_array()
        .expect("probes")
        .iter()
        .collect()
}

#[test]
fn a_study_of_probes_alone() {
    let folder = Folder::new();
    folder.write("study.toml", only());
    let plan = folder.run(&["plan", "study.toml"]).with(0);
    assert!(
        plan.stdout
            .contains("5 probes: features of 120 pictures each"),
        "{}",
        plan.stdout
    );
    folder.run(&[&RUN[..], &["--jobs", "1"]].concat()).with(0);

    let results = folder.json("out/results.json");
    assert_eq!(results["probe"]["progress"]["done"], 5);
    assert_eq!(results["progress"]["planned"], 0);
    assert!(results["verdict"]["recommended"].is_null());
    let verdict = results["verdict"]["paragraph"].as_str().expect("a verdict");
    assert!(verdict.starts_with("Nothing was trained"), "{verdict}");
    // Three initialisations, two sizes, two methods, two blocks.
    let all = probes(&results);
    assert_eq!(all.len(), 24);
    for probe in &all {
        let auc = &probe["auc"];
        let [low, value, high] = ["low", "value", "high"].map(|k| auc[k].as_f64().expect("AUC"));
        assert!(
            0.0 <= low && low <= value && value <= high && high <= 1.0,
            "{probe}"
        );
        let seeds = probe["seeds"].as_array().expect("seeds");
        assert_eq!(seeds.len(), 2);
        let is_same = seeds[0]["test_auc"] == seeds[1]["test_auc"];
        let is_shared = probe["init"] == "transfer" && probe["is_all"] == true;
        assert!(is_same || !is_shared, "{probe}");
    }
    let page = String::from_utf8(folder.read("out/report.html")).expect("a page");
    assert!(page.contains("What frozen features can do") && page.contains("5 of 5 probes done"));
    assert!(!page.contains("<section id=\"arms\""));

    let status = folder.run(&["status", "out"]).with(0);
    assert!(
        status.stdout.contains("5 of 5 probes done, 0 failed"),
        "{}",
        status.stdout
    );
    assert!(status.stdout.contains("nothing is trained"));
    let rows = folder.run(&["status", "out", "--json"]).json();
    let jobs = rows["jobs"].as_array().expect("jobs");
    assert_eq!(jobs.len(), 5);
    assert_eq!(jobs[1]["kind"], "probe");
    assert_eq!(jobs[1]["seeds"], 2, "transfer leaves nothing to the seed");
    folder.run(&["report", "out"]).with(0);

    // Killed at some moment: a probe without a result begins anew, the others stay as they are.
    let before = record(&folder);
    let id = jobs[0]["id"].as_str().expect("an id");
    std::fs::remove_file(folder.path(&format!("out/probes/{id}/result.json"))).expect("a result");
    folder.write(&format!("out/probes/{id}/.part-x"), "half");
    let again = folder.run(&["run", "out", "--jobs", "2"]).with(0);
    assert_eq!(
        again.stderr.matches(": done").count(),
        1,
        "{}",
        again.stderr
    );
    assert_eq!(record(&folder), before);
    let last = folder.run(&["run", "out"]).with(0);
    assert_eq!(last.stderr.matches(": done").count(), 0, "{}", last.stderr);
    assert_eq!(folder.json("out/results.json"), results);
}

/// The weights that a probe sees are those that training starts from, so both stand side by side.
#[test]
fn probes_beside_training() {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        format!("{STUDY}\n[probe]\nmethods = [\"knn\"]\nk = 5\n"),
    );
    let ended = folder.run(&RUN).with(0);
    assert!(
        ended
            .stdout
            .contains("Test AUC of probes on frozen features"),
        "{}",
        ended.stdout
    );
    let results = folder.json("out/results.json");
    assert_eq!(results["progress"]["done"], 2);
    assert_eq!(results["probe"]["progress"]["done"], 2);
    // Two initialisations, four blocks: stem and three more.
    assert_eq!(probes(&results).len(), 8);
    assert!(
        probes(&results)
            .iter()
            .all(|p| p["method"] == "knn" && p["block"] != "head")
    );
    let page = String::from_utf8(folder.read("out/report.html")).expect("a page");
    assert!(page.contains("<section id=\"arms\"") && page.contains("<section id=\"probes\""));
}

#[test]
fn bad_values_are_named() {
    let folder = Folder::new();
    let refuses = |line: &str, parts: &[&str]| {
        folder.refuses(&format!("{STUDY}\n[probe]\n{line}\n"), parts);
    };
    refuses(
        "methods = [\"linaer\"]",
        &["unknown variant `linaer`", "did you mean `linear`?"],
    );
    refuses(
        "method = [\"linear\"]",
        &["unknown field `method`", "did you mean `methods`?"],
    );
    refuses("methods = []", &["`probe.methods`"]);
    refuses(
        "methods = [\"knn\", \"knn\"]",
        &["`probe.methods`", "`knn` twice"],
    );
    refuses("k = 0", &["`probe.k`", "1 to 1000000 neighbours"]);
    refuses("temperature = 0.0", &["`probe.temperature`", "0.01 to 100"]);
    refuses("temperature = nan", &["`probe.temperature`"]);
    refuses("strength = []", &["`probe.strength`"]);
    refuses("strength = [1.0, -1.0]", &["`probe.strength`", "found -1"]);
    refuses(
        "blocks = [\"head\"]",
        &[
            "`probe.blocks`",
            "cbr-tiny has stem, block1, block2, block3",
        ],
    );
    refuses(
        "blocks = [\"blok2\"]",
        &["`blok2` (did you mean `block2`?)"],
    );
    refuses("blocks = []", &["`probe.blocks`", "none of cbr-tiny"]);
}
