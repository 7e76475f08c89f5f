//! `run --json`: what a program is told of a study, line by line.

mod fixture;

use std::collections::BTreeMap;

use fixture::{Ended, Folder, STUDY, study};
use serde_json::{Value, json};

const RUN: [&str; 5] = ["run", "study.toml", "--out", "out", "--json"];

/// Keys of every line, and of every line about a job, as docs/shell.md has them.
const OF_ALL: [&str; 2] = ["at", "event"];
const OF_JOBS: [&str; 8] = [
    "job", "number", "kind", "name", "arm", "seed", "fold", "steps",
];

/// Every line as JSON, with exactly the documented keys.
fn events(ended: &Ended) -> Vec<Value> {
    let read = |line| serde_json::from_str(line).expect("a JSON object a line");
    let events: Vec<Value> = ended.stdout.lines().map(read).collect();
    for event in &events {
        let kind = event["event"].as_str().expect("its kind");
        let (is_of_job, own): (bool, &[&str]) = match kind {
            "study_planned" => (
                false,
                &[
                    "format",
                    "program",
                    "directory",
                    "title",
                    "jobs",
                    "to_do",
                    "steps",
                ],
            ),
            "seeds_added" => (false, &["seeds", "to_do", "steps"]),
            "job_started" => (true, &["step", "device"]),
            "step" => (true, &["step", "loss"]),
            "evaluation" => (true, &["step", "validation_auc"]),
            "doing" => (true, &["what"]),
            "job_finished" | "job_interrupted" => (true, &[]),
            "job_failed" => (true, &["error"]),
            "report_written" => (false, &["report", "results", "verdict"]),
            "ended" => (false, &["exit_code", "done", "failed", "pending", "error"]),
            other => panic!("no such event: {other}"),
        };
        let of_job: &[&str] = if is_of_job { &OF_JOBS } else { &[] };
        let mut expected: Vec<&str> = [&OF_ALL, of_job, own].concat();
        let keys = event.as_object().expect("an object").keys();
        let mut keys: Vec<&str> = keys.map(String::as_str).collect();
        expected.sort_unstable();
        keys.sort_unstable();
        assert_eq!(keys, expected, "{event}");
        assert!(event["at"].as_f64().expect("seconds") > 1.6e9);
    }
    events
}

/// What is told of each job, in order.
fn of_jobs(events: &[Value]) -> BTreeMap<u64, Vec<&str>> {
    let mut of_jobs: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for event in events {
        if let Some(number) = event["number"].as_u64() {
            let kind = event["event"].as_str().expect("its kind");
            of_jobs.entry(number).or_default().push(kind);
        }
    }
    of_jobs
}

fn ended(exit_code: u8, done: u8, failed: u8) -> Value {
    json!({"exit_code": exit_code, "done": done, "failed": failed, "pending": 0, "error": null})
}

fn without(event: &Value, keys: &[&str]) -> Value {
    let mut event = event.clone();
    let of_event = event.as_object_mut().expect("an object");
    of_event.retain(|key, _| !keys.contains(&key.as_str()));
    event
}

#[test]
fn a_study_is_told_event_by_event() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    let told = events(&folder.run(&RUN).with(0));
    let directory = folder.path("out");
    let first = without(&told[0], &["at", "program"]);
    assert_eq!(
        first,
        json!({
            "event": "study_planned", "format": 1, "title": "Small", "jobs": 2, "to_do": 2,
            "steps": 24, "directory": directory,
        })
    );
    for (number, events) in of_jobs(&told) {
        assert_eq!(events[..2], ["job_started", "evaluation"], "{number}");
        assert_eq!(events.last(), Some(&"job_finished"), "{number}");
    }
    let plan = folder.json("out/plan.json");
    let done: Vec<&Value> = told
        .iter()
        .filter(|e| e["event"] == "job_finished")
        .collect();
    assert_eq!(done.len(), 2);
    for event in done {
        let run = &plan["runs"][event["number"].as_u64().expect("a number") as usize];
        assert_eq!(
            [
                &event["job"],
                &event["arm"],
                &event["seed"],
                &event["steps"]
            ],
            [
                &run["id"],
                &run["label"],
                &run["seed"],
                &run["train"]["max_steps"]
            ]
        );
        assert_eq!(event["kind"], "train");
        // Evaluations are those of the record, to the last bit.
        let path = format!(
            "out/runs/{}/metrics.jsonl",
            run["id"].as_str().expect("an id")
        );
        let log = String::from_utf8(folder.read(&path)).expect("UTF-8");
        let kept: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .map(|kept| json!([kept["step"], kept["validation_auc"]]))
            .collect();
        let evaluations = told
            .iter()
            .filter(|e| e["event"] == "evaluation" && e["job"] == event["job"]);
        let evaluations: Vec<Value> = evaluations
            .map(|e| json!([e["step"], e["validation_auc"]]))
            .collect();
        assert_eq!(evaluations, kept);
    }
    let [.., report, end] = &told[..] else {
        panic!("too short");
    };
    let results = folder.json("out/results.json");
    assert_eq!(report["verdict"], results["verdict"]["lead"]);
    assert_eq!(report["results"], json!(directory.join("results.json")));
    assert_eq!(without(end, &OF_ALL), ended(0, 2, 0));

    // Nothing is left to do.
    let told = events(&folder.run(&["run", "out", "--json"]).with(0));
    let kinds: Vec<&Value> = told.iter().map(|e| &e["event"]).collect();
    assert_eq!(kinds, ["study_planned", "report_written", "ended"]);
    assert_eq!(told[0]["to_do"], 0);

    // One arm fails.
    folder.write_wild_weights("out");
    let told = events(
        &folder
            .run(&["run", "study.toml", "--out", "bad", "--json"])
            .with(1),
    );
    assert_eq!(of_jobs(&told)[&1].last(), Some(&"job_failed"));
    assert_eq!(without(&told[told.len() - 1], &OF_ALL), ended(1, 1, 1));
}

/// A refusal and a share: the last line says how it ended, and a share has no report.
#[test]
fn how_it_ended() {
    let folder = Folder::new();
    folder.write("study.toml", study(&[("max_steps", "max_stepz")]));
    let refused = folder.run(&RUN).with(2);
    let told = events(&refused);
    assert_eq!((told.len(), &told[0]["exit_code"]), (1, &json!(2)));
    let error = told[0]["error"].as_str().expect("why");
    assert!(
        refused.stderr.contains(error) && error.contains("max_stepz"),
        "{error}"
    );

    let probed = format!("{STUDY}\n[probe]\nmethods = [\"knn\"]\nk = 5\n");
    folder.write("study.toml", probed);
    let told = events(&folder.run(&[&RUN[..], &["--job", "0"]].concat()).with(0));
    let of_job = &of_jobs(&told)[&0];
    assert_eq!(of_job[0], "job_started");
    assert!(told.iter().all(|e| e["event"] != "report_written"));
    let start = told.iter().find(|e| e["event"] == "job_started");
    let start = start.expect("a start");
    assert_eq!(
        [&start["kind"], &start["steps"]],
        [&json!("probe"), &Value::Null]
    );
    assert_eq!(without(&told[told.len() - 1], &OF_ALL), ended(0, 1, 0));
}
