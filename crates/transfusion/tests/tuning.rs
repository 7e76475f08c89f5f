//! `[tune]`: arms train at the rate that does best on their own validation pictures, whoever is
//! killed and however many processes there are.
#![cfg(unix)]

mod fixture;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fixture::{Folder, files_below, finish, study};
use serde_json::Value;

const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];
const RATES: [f64; 2] = [1e-3, 3e-2];

fn config(tune: &str) -> String {
    study(&[
        ("seeds = 1\n", "seeds = 2\n"),
        ("[train]", &format!("[tune]\n{tune}\n[train]")),
    ])
}

fn begun(tune: &str) -> Folder {
    let folder = Folder::new();
    folder.write("study.toml", config(tune));
    folder
}

fn array<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("no {key} in {value}"))
}

/// Arm ─▶ rate ─▶ best validation AUC of each trial, from the logs of the trials.
fn tried(folder: &Folder) -> BTreeMap<String, BTreeMap<u64, Vec<f64>>> {
    let mut found: BTreeMap<String, BTreeMap<u64, Vec<f64>>> = BTreeMap::new();
    let trials = std::fs::read_dir(folder.path("out/trials")).expect("trials");
    for trial in trials.flatten() {
        let spec = std::fs::read(trial.path().join("spec.json")).expect("a specification");
        let spec: Value = serde_json::from_slice(&spec).expect("JSON");
        assert!(
            spec["seed"].as_u64() >= Some(1_000_000),
            "a seed of its own"
        );
        let log = std::fs::read_to_string(trial.path().join("metrics.jsonl")).expect("a log");
        let aucs = log.lines().map(|line| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            line["validation_auc"].as_f64().expect("an AUC")
        });
        let of_arm = found
            .entry(spec["label"].as_str().expect("an arm").into())
            .or_default();
        let rate = spec["train"]["schedule"]["lr"].as_f64().expect("a rate");
        let of_rate = of_arm.entry(rate.to_bits()).or_default();
        of_rate.push(aucs.fold(0.0, f64::max));
    }
    found
}

/// Arm ─▶ the rate with the highest mean, of equal ones the lowest.
fn best(folder: &Folder) -> BTreeMap<String, f64> {
    let mean = |aucs: &Vec<f64>| aucs.iter().sum::<f64>() / aucs.len() as f64;
    let of_arm = |rates: BTreeMap<u64, Vec<f64>>| {
        let mut rates: Vec<(f64, f64)> = rates
            .iter()
            .map(|(rate, aucs)| (f64::from_bits(*rate), mean(aucs)))
            .collect();
        rates.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
        rates[0].0
    };
    let found = tried(folder).into_iter();
    found.map(|(arm, rates)| (arm, of_arm(rates))).collect()
}

/// Files that do not differ from one time to the next.
fn record(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    let study = folder.path("out");
    let kept = |path: &Path| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        ![
            "timing.json",
            "report.html",
            "manifest.json",
            ".lock",
            "origin",
        ]
        .contains(&name.as_str())
            && !name.starts_with(".part-")
    };
    let files = files_below(&study)
        .into_iter()
        .filter(|(path, _)| kept(path));
    files
        .map(|(path, bytes)| (path.strip_prefix(&study).expect("below").into(), bytes))
        .collect()
}

#[test]
fn runs_train_at_the_rate_that_did_best_on_validation() {
    let folder = begun("lr = [1e-3, 3e-2]\nseeds = 2");
    let planned = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    let planned = planned.as_array().expect("rows");
    let of_trials = planned.iter().filter(|row| !row["candidate"].is_null());
    assert_eq!((planned.len(), of_trials.count()), (12, 8));

    let ended = folder.run(&RUN).with(0);
    assert!(
        ended.stdout.contains("Tried by every arm, learning rate"),
        "{}",
        ended.stdout
    );
    let best = best(&folder);
    let results = folder.json("out/results.json");
    let tuning = array(&results, "tuning");
    assert_eq!(tuning.len(), 2);
    for run in folder.runs("out") {
        let spec: Value =
            serde_json::from_slice(&std::fs::read(run.join("spec.json")).expect("a file"))
                .expect("JSON");
        let arm = spec["label"].as_str().expect("a label");
        assert_eq!(
            spec["train"]["schedule"]["lr"].as_f64(),
            Some(best[arm]),
            "{arm}"
        );
        let found = tuning.iter().find(|t| t["arm"] == arm).expect("the arm");
        let chosen = found["chosen"].as_u64().expect("a choice") as usize;
        assert_eq!(RATES[chosen], best[arm]);
        assert_eq!(found["steps"], 2 * 2 * 12);
    }
    let costs = array(&results, "costs");
    assert!(costs.iter().all(|cost| cost["tuning_steps"] == 48));

    // The curve: signs alone, of trials with the same rate and seed.
    let curve = &results["specification_curve"];
    let comparison = &array(curve, "comparisons")[0];
    let points = array(comparison, "points");
    assert_eq!(points.len(), 2);
    for (point, rate) in points.iter().zip(RATES) {
        assert!(point["interval"].is_null());
        let mean = |arm: &str| test_aucs(&folder, arm, rate).iter().sum::<f64>() / 2.0;
        let expected = mean("cbr-tiny, transfer") - mean("cbr-tiny, random");
        let found = point["difference"].as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
    let ahead = points
        .iter()
        .filter(|p| p["difference"].as_f64() > Some(0.0));
    let words = format!("is ahead of random in {} of 2 rates tried", ahead.count());
    let paragraph = results["verdict"]["paragraph"]
        .as_str()
        .expect("a paragraph");
    assert!(paragraph.contains(&words), "{paragraph}");
    let page = String::from_utf8(folder.read("out/report.html")).expect("UTF-8");
    for section in ["tuning", "specification"] {
        assert!(
            page.contains(&format!("<section id=\"{section}\"")),
            "{section}"
        );
    }

    // Nothing is done twice, and nothing of it is superseded.
    let again = folder.run(&RUN).with(0);
    assert!(
        !again.stderr.contains(": done, last AUC"),
        "{}",
        again.stderr
    );
    let status = folder.run(&["status", "out", "--json"]).with(0).json();
    assert_eq!(status["counts"]["done"], 12);
    assert_eq!(array(&status, "superseded").len(), 0);

    // A third rate: trials that are there are reused, runs are chosen for anew.
    folder.write("study.toml", config("lr = [1e-3, 1e-2, 3e-2]\nseeds = 2"));
    let grown = folder.run(&RUN).with(0);
    assert!(
        grown
            .stderr
            .contains("8 results are reused, 8 jobs are to do"),
        "{}",
        grown.stderr
    );
}

fn test_aucs(folder: &Folder, arm: &str, rate: f64) -> Vec<f64> {
    let trials = std::fs::read_dir(folder.path("out/trials")).expect("trials");
    let read = |path: &Path, name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(path.join(name)).expect("a file")).expect("JSON")
    };
    let of_trial = |path: PathBuf| {
        let spec = read(&path, "spec.json");
        let is_it = spec["label"] == arm && spec["train"]["schedule"]["lr"] == rate;
        is_it.then(|| read(&path, "result.json")["test"]["auc"]["value"].as_f64())?
    };
    trials
        .flatten()
        .filter_map(|trial| of_trial(trial.path()))
        .collect()
}

#[test]
fn killed_and_shared_studies_leave_the_same_bytes() {
    let tune = "lr = [1e-3, 3e-2]\nseeds = 1";
    let whole = begun(tune);
    whole.run(&RUN).with(0);

    let killed = begun(tune);
    let results = |folder: &Folder, kind: &str| {
        let jobs = std::fs::read_dir(folder.path("out").join(kind));
        let jobs = jobs.into_iter().flatten().flatten();
        jobs.filter(|job| job.path().join("result.json").exists())
            .count()
    };
    for (kind, enough) in [("trials", 1), ("trials", 3), ("runs", 1), ("runs", 2)] {
        let mut child = killed.start(&RUN);
        let began = Instant::now();
        while results(&killed, kind) < enough && child.try_wait().expect("a process").is_none() {
            assert!(
                began.elapsed() < Duration::from_secs(300),
                "nothing happens"
            );
            std::thread::sleep(Duration::from_millis(3));
        }
        child.kill().expect("a process to kill");
        child.wait().expect("a process");
    }
    killed.run(&RUN).with(0);

    let shared = begun(tune);
    let run = || shared.start(&["run", "study.toml", "--out", "out", "--jobs", "1"]);
    let both = [run(), run()].map(finish);
    let told: Vec<&str> = both.iter().flat_map(|ended| ended.stderr.lines()).collect();
    let done = told.iter().filter(|line| line.contains(": done, last AUC"));
    assert_eq!(done.count(), 8, "each job once: {told:#?}");
    // Whoever ended first may have reported before the other's last run.
    shared.run(&["report", "out"]).with(0);

    let expected = record(&whole);
    for folder in [&killed, &shared] {
        let found = record(folder);
        let names = |r: &BTreeMap<PathBuf, Vec<u8>>| r.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected));
        for (path, bytes) in &expected {
            assert!(found[path] == *bytes, "{} differs", path.display());
        }
    }
}

#[test]
fn a_run_waits_for_trials_of_others() {
    let folder = begun("lr = [1e-3, 3e-2]\nseeds = 1");
    // Four trials are numbered before four runs.
    folder
        .run(&["run", "study.toml", "--out", "out", "--job", "4"])
        .with(75);
    assert!(folder.runs("out").is_empty());
    for trial in ["0", "1"] {
        folder.run(&["run", "out", "--job", trial]).with(0);
    }
    folder.run(&["run", "out", "--job", "4"]).with(0);
    assert_eq!(folder.runs("out").len(), 1);
    let status = folder.run(&["status", "out"]).with(0).stdout;
    assert!(status.contains("2 of 4 trials done"), "{status}");
}

#[test]
fn a_rate_that_diverges_is_not_chosen_and_an_arm_of_such_rates_fails() {
    let folder = begun("lr = [1e-3, 1e12]\nseeds = 1");
    let ended = folder.run(&RUN).with(1);
    assert!(ended.stdout.contains("failed"), "{}", ended.stdout);
    let results = folder.json("out/results.json");
    for found in array(&results, "tuning") {
        assert_eq!(found["chosen"], 0);
    }
    assert_eq!(results["progress"]["done"], 4);

    let hopeless = begun("lr = [1e11, 1e12]\nseeds = 1");
    let ended = hopeless.run(&RUN).with(1);
    let why = "none of the 2 candidates under [tune] could be trained with every seed";
    assert!(ended.stdout.contains(why), "{}", ended.stdout);
    // Once more: trials and runs, which fail again.
    let retried = hopeless.run(&["run", "out", "--retry"]).with(1);
    assert!(retried.stdout.contains(why), "{}", retried.stdout);
}
