//! Every command: what it reads, writes, prints and returns.

mod fixture;

use std::time::{Duration, Instant};

use fixture::{Folder, NIH, STUDY, breast, nih, shared, study};
use serde_json::{Value, json};

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn count(value: &Value) -> u64 {
    value.as_u64().expect("a count")
}

#[test]
fn help_and_usage() {
    let folder = Folder::new();
    let commands = [
        "demo",
        "new",
        "data",
        "data list",
        "data fetch",
        "data check",
        "data profile",
        "plan",
        "run",
        "status",
        "report",
        "pretrain",
        "models",
        "weights",
        "weights list",
        "weights fetch",
    ];
    for command in commands {
        let mut arguments: Vec<_> = command.split(' ').collect();
        arguments.push("--help");
        let ended = folder.run(&arguments).with(0);
        let usage = format!("Usage: transfusion {command}");
        assert!(ended.stdout.contains(&usage), "{command}: {}", ended.stdout);
    }
    let names = |list: &Value| {
        array(list)
            .iter()
            .map(|e| e["name"].clone())
            .collect::<Vec<_>>()
    };
    let listed = folder.run(&["data", "list", "--json"]).with(0).json();
    assert_eq!(
        names(&listed),
        ["retinamnist", "breastmnist", "pneumoniamnist", "cifar10"]
    );
    folder.run(&["--version"]).with(0);
    let wrong: [&[&str]; 5] = [
        &[],
        &["trian"],
        &["data"],
        &["run"],
        &["run", "study.toml", "--jobs", "0"],
    ];
    for arguments in wrong {
        folder.run(arguments).with(2);
    }
    assert!(folder.files().is_empty());
}

#[test]
fn new_writes_a_study_once() {
    let folder = Folder::new();
    folder.run(&["new", "mine"]).with(0);
    let written = folder.read("mine/study.toml");
    folder
        .run(&["plan", "mine/study.toml"])
        .with(2)
        .says(&["`data.source`", "nothing at mine/images"]);
    folder
        .run(&["new", "mine"])
        .with(2)
        .says(&["mine/study.toml already exists and was left as it is"]);
    assert_eq!(folder.read("mine/study.toml"), written);

    let text = String::from_utf8(written).expect("UTF-8");
    let drawn = text.replace("\"images\" ", "\"phantom-objects\"\ncount = 300 ");
    folder.write("mine/study.toml", &drawn);
    let plan = folder
        .run(&["plan", "mine/study.toml", "--json"])
        .with(0)
        .json();
    assert_eq!(array(&plan).len(), 5);

    // Every key that the template shows as a comment is a key.
    let is_key = |line: &str| {
        line.strip_prefix("# ").is_some_and(|rest| {
            let word = rest.split([' ', '=']).next().unwrap_or_default();
            rest[word.len()..].trim_start().starts_with('=') || rest.starts_with('[')
        })
    };
    let every: Vec<&str> = text
        .lines()
        .map(|line| if is_key(line) { &line[2..] } else { line })
        .collect();
    assert_eq!(
        every
            .iter()
            .zip(text.lines())
            .filter(|(a, b)| *a != b)
            .count(),
        60
    );
    folder.write("mine/study.toml", every.join("\n"));
    let refused = folder.run(&["plan", "mine/study.toml"]).with(2);
    assert!(
        !refused.stderr.contains("configuration mine"),
        "{}",
        refused.stderr
    );
}

#[test]
fn plan_numbers_every_run_and_trains_nothing() {
    let folder = Folder::new();
    let sizes = "seeds = 2\ntrain_size = [20, 40, \"all\"]";
    folder.write("study.toml", study(&[("seeds = 1", sizes)]));
    let before = folder.files();
    let plan = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    assert_eq!(folder.files(), before);
    let rows = array(&plan);
    assert_eq!(rows.len(), 12);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(count(&row["number"]), number as u64);
        let id = row["id"].as_str().expect("an id");
        assert!(
            id.starts_with(&format!("cbr-tiny-s{}-", number / 6)),
            "{id}"
        );
        assert_eq!(count(&row["seed"]), number as u64 / 6);
        assert_eq!(count(&row["train_size"]), [20, 40, 86][number % 3]);
        assert_eq!(count(&row["parameters"]), 1_079_845);
        assert_eq!(count(&row["steps"]), 12);
        assert!(count(&row["macs"]) > 1_000_000);
        assert!(row["estimated_seconds"].as_f64().expect("a number") > 0.0);
        // Weights and their momentum.
        assert!(count(&row["memory"]["kept"]) >= 2 * 4 * 1_079_845);
        assert!(count(&row["memory"]["buffers"]) > 0);
    }
    // All but the classifier, 256 × 5 + 5 numbers, is copied.
    let [random, transfer] = [&rows[0], &rows[5]];
    assert_eq!(
        (count(&random["loaded"]), count(&random["drawn"])),
        (0, 1_079_845)
    );
    assert_eq!(
        (count(&transfer["loaded"]), count(&transfer["drawn"])),
        (1_078_560, 1_285)
    );
    assert_eq!(count(&transfer["frozen"][0]), 0);
    assert_eq!(rows[5]["arm"], "cbr-tiny, transfer");
    assert_eq!(rows[0]["arm"], "cbr-tiny, random, 20 images");
    let table = folder.run(&["plan", "study.toml"]).with(0).stdout;
    assert!(table.contains("12 runs, about") && table.contains("nothing was trained"));
}

#[test]
fn models_lists_the_tensors_of_one() {
    let folder = Folder::new();
    let list = folder.run(&["models", "resnet18", "--json"]).with(0).json();
    let rows = array(&list);
    assert_eq!(rows.len(), 102);
    assert_eq!(rows[0]["path"], "conv1.weight");
    assert_eq!(rows[0]["block"], "stem");
    assert_eq!(rows[101]["path"], "fc.bias");
    folder.refuses_command(&["models", "resnet81"], &["did you mean `resnet18`"]);
}

/// Counts by the paper's rule (Table 1) and of all trained numbers; multiply-adds in 10⁹ at 224
/// and 587 pixels, and at 224 without padding.
#[test]
fn models_have_the_published_sizes() {
    let folder = Folder::new();
    let models = |options: &[&str]| {
        let arguments = [&["models", "--json"], options].concat();
        folder.run(&arguments).with(0).json()
    };
    let (at_224, at_587) = (models(&[]), models(&["--size", "587"]));
    let valid = models(&["--padding", "valid"]);
    let of = |list: &Value, name: &str| {
        array(list)
            .iter()
            .find(|m| m["name"] == name)
            .expect("a network")
            .clone()
    };
    let giga =
        |list: &Value, name: &str| (count(&of(list, name)["macs"]) as f64 / 1e7).round() / 100.0;
    let published = [
        ("cbr-larget", 8_532_480, 8_539_173, 5, [5.27, 36.55, 2.41]),
        ("cbr-largew", 8_432_128, 8_443_461, 4, [15.58, 107.80, 9.18]),
        ("cbr-small", 2_108_672, 2_114_341, 4, [4.01, 27.76, 2.41]),
        ("cbr-tiny", 1_076_480, 1_079_845, 4, [2.05, 14.16, 1.45]),
    ];
    for (name, by_rule, all, layers, macs) in published {
        let model = of(&at_224, name);
        assert_eq!(count(&model["parameters_paper_rule"]), by_rule, "{name}");
        assert_eq!(count(&model["parameters"]), all, "{name}");
        let found = [&at_224, &at_587, &valid].map(|list| giga(list, name));
        assert_eq!(found, macs, "{name}");
        let mut blocks = vec!["stem".to_string()];
        blocks.extend((1..layers).map(|b| format!("block{b}")));
        blocks.push("head".into());
        assert_eq!(model["blocks"], json!(blocks), "{name}");
    }
    let as_in_text = of(&at_224, "cbr-tiny-text");
    assert_eq!(count(&as_in_text["parameters_paper_rule"]), 4_303_360);
    assert_eq!(count(&as_in_text["parameters"]), 4_310_085);
    let resnet = of(&at_224, "resnet50");
    assert_eq!(count(&resnet["parameters"]), 23_508_032 + 5 * 2048 + 5);
    assert_eq!(
        resnet["blocks"],
        json!(["stem", "block1", "block2", "block3", "block4", "head"])
    );
    assert_eq!(giga(&at_224, "resnet50"), 4.09);
}

#[test]
fn status_and_report_while_a_study_is_unfinished() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[("seeds = 1", "seeds = 2")]));
    folder
        .run(&["status", "out"])
        .with(2)
        .says(&["out holds no study"]);
    let mut child = folder.start(&["run", "study.toml", "--out", "out", "--jobs", "1"]);
    let began = Instant::now();
    let is_done = |run: &std::path::PathBuf| run.join("result.json").exists();
    while !folder.runs("out").iter().any(is_done) {
        assert!(
            began.elapsed() < Duration::from_secs(300),
            "nothing happens"
        );
        std::thread::sleep(Duration::from_millis(3));
    }
    child.kill().expect("a process to kill");
    child.wait().expect("a process");

    let states = |folder: &Folder| -> Vec<Value> {
        let rows = folder.run(&["status", "out", "--json"]).with(0).json();
        let jobs = array(&rows["jobs"]).iter();
        jobs.map(|job| job["state"].clone()).collect()
    };
    let unfinished = states(&folder);
    assert_eq!((unfinished.len(), &unfinished[0]), (4, &json!("done")));
    assert_eq!(unfinished[3], "planned");
    let report = folder.run(&["report", "out"]).with(0).stdout;
    assert!(
        report.contains("Open: ") && report.contains("of 4 runs"),
        "{report}"
    );
    let results = folder.json("out/results.json");
    assert_eq!(results["progress"]["planned"], 4);
    assert!(count(&results["progress"]["done"]) < 4);
    assert!(folder.path("out/report.html").exists());

    folder.run(&["run", "out"]).with(0);
    assert_eq!(states(&folder), ["done"; 4]);
    let told = folder.run(&["status", "out"]).with(0).stdout;
    assert!(told.contains("Small: 4 of 4 runs done, 0 failed") && told.contains("12/12"));
    let mut results = folder.json("out/results.json");
    results.as_object_mut().expect("keys").remove("seal");
    let printed = folder.run(&["report", "out", "--json"]).with(0);
    assert_eq!(printed.json(), results);
}

#[test]
fn profile_of_retinamnist() {
    let Some(source) = shared("retinamnist.npz") else {
        return;
    };
    let folder = Folder::new();
    let source = format!("{source:?}");
    folder.write(
        "study.toml",
        study(&[("\"phantom-fundus\"", &source), ("count = 60\n", "")]),
    );
    let profile = folder
        .run(&["data", "profile", "study.toml", "--json"])
        .with(0)
        .json();
    let parts = array(&profile["partitions"]);
    assert_eq!(parts[0]["per_class"], json!([486, 128, 206, 194, 66]));
    assert_eq!(
        [0, 1, 2].map(|p| count(&parts[p]["images"])),
        [1080, 120, 400]
    );
    assert_eq!(profile["stored_width"], json!([28, 28, 28]));
    let told = folder
        .run(&["data", "profile", "study.toml"])
        .with(0)
        .stdout;
    assert!(told.contains("retinamnist: ordinal, stored 28 × 28 pixels, 3 channels"));
    let checked = folder.run(&["data", "check", "study.toml"]).with(0).stdout;
    assert!(checked.contains("1600 pictures, 0 cannot be read"));
}

#[test]
fn findings_with_missing_labels() {
    let folder = Folder::new();
    if nih(&folder).is_none() {
        return;
    }
    folder.write("study.toml", NIH);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let results = folder.json("out/results.json");
    let data = &results["data"];
    assert_eq!(
        (array(&data["classes"]).len(), &data["channels"]),
        (14, &json!(1))
    );
    let parts = array(&data["partitions"]);
    assert_eq!(parts.iter().map(|p| count(&p["images"])).sum::<u64>(), 1000);
    assert_eq!(
        parts.iter().map(|p| count(&p["patients"])).sum::<u64>(),
        264
    );
    let seed = &results["arms"][0]["seeds"][0];
    assert_eq!(array(&seed["per_class"]).len(), 14);
    assert!(seed["auc"]["value"].is_number() && seed["log_loss"].is_number());
    let predictions = folder.runs("out").remove(0).join("predictions.csv");
    let predictions = std::fs::read_to_string(predictions).expect("predictions");
    assert!(predictions.lines().skip(1).all(|line| line.contains(",,")));
}

#[test]
fn one_channel() {
    let Some(source) = shared("breastmnist.npz") else {
        return;
    };
    let folder = Folder::new();
    folder.write("study.toml", breast(&source));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let results = folder.json("out/results.json");
    assert_eq!(results["data"]["channels"], 1);
    assert_eq!(results["headline"], "1 against 0");
    assert_eq!(
        results["models"][0]["parameters"],
        1_079_845 - 2 * 25 * 32 - 3 * 257
    );
}

/// Arms are compared with the baseline of their own training size.
#[test]
fn training_sizes() {
    let folder = Folder::new();
    let sizes = "seeds = 1\ntrain_size = [20, 40, \"all\"]";
    folder.write("study.toml", study(&[("seeds = 1", sizes)]));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let results = folder.json("out/results.json");
    let pairs: Vec<_> = array(&results["comparisons"])
        .iter()
        .map(|c| {
            (
                c["arm"].as_str().expect("a name"),
                c["baseline"].as_str().expect("a name"),
            )
        })
        .collect();
    let expected = [
        (
            "cbr-tiny, transfer, 20 images",
            "cbr-tiny, random, 20 images",
        ),
        (
            "cbr-tiny, transfer, 40 images",
            "cbr-tiny, random, 40 images",
        ),
        ("cbr-tiny, transfer", "cbr-tiny, random"),
    ];
    assert_eq!(pairs, expected);
    let all: Vec<_> = array(&results["arms"])
        .iter()
        .map(|a| a["is_all"].clone())
        .collect();
    assert_eq!(all, [false, false, true, false, false, true]);

    // Without an arm on all pictures, the largest size is recommended from.
    folder.write(
        "study.toml",
        study(&[("seeds = 1", "seeds = 1\ntrain_size = [20]")]),
    );
    folder
        .run(&["run", "study.toml", "--out", "twenty"])
        .with(0);
    let verdict = &folder.json("twenty/results.json")["verdict"];
    let possible = array(&verdict["possible"]);
    let is_of_size = |arm: &Value| arm.as_str().is_some_and(|arm| arm.ends_with(", 20 images"));
    assert!(possible.len() == 2 && possible.iter().all(is_of_size));
    // One seed decides nothing.
    assert!(verdict["recommended"].is_null() && verdict["advice"].is_null());
}

#[test]
fn a_learning_rate_that_diverges() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[("lr = 1e-3", "lr = 1e9")]));
    let ended = folder.run(&["run", "study.toml", "--out", "out"]).with(1);
    assert!(
        ended
            .stdout
            .contains("Failed: cbr-tiny, random, seed 0: training diverged at step")
    );
    for run in folder.runs("out") {
        let error = std::fs::read_to_string(run.join("error.json")).expect("an error");
        assert!(error.contains("lower the learning rate"), "{error}");
        assert!(!run.join("result.json").exists());
    }
    let report = String::from_utf8(folder.read("out/report.html")).expect("UTF-8");
    assert!(report.contains("training diverged at step"));
    assert!(report.contains("Every run failed, so nothing can be said."));
    folder.run(&["status", "out"]).with(1);
    folder.run(&["report", "out"]).with(1);
    folder.run(&["run", "out"]).with(1);
    folder.run(&["run", "out", "--retry"]).with(1);
}

/// Weights that overflow make the arm that loads them fail, and no other.
#[test]
fn a_failure_leaves_other_runs_alone() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    folder.run(&["run", "study.toml", "--out", "good"]).with(0);
    folder.write_wild_weights("good");
    folder.run(&["run", "study.toml", "--out", "out"]).with(1);

    let results = folder.json("out/results.json");
    assert_eq!(
        results["progress"],
        json!({"planned": 2, "done": 1, "failed": 1})
    );
    assert_eq!(results["failures"][0]["arm"], "cbr-tiny, transfer");
    assert!(results["arms"][0]["auc"]["value"].is_number());
    assert_eq!(results["arms"][1]["auc"], Value::Null);
    let rows = folder.run(&["status", "out", "--json"]).with(1).json();
    let jobs = &rows["jobs"];
    assert_eq!([&jobs[0]["state"], &jobs[1]["state"]], ["done", "failed"]);
}
