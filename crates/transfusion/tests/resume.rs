//! A study that was killed, interrupted, damaged or run by more processes at once leaves the same
//! bytes as one that was not, and never trains a finished run again.
#![cfg(unix)]

mod fixture;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fixture::{Folder, files_below, finish, study};

/// Three arms of one seed, six evaluations each. The weights of `lsuv` depend on a batch.
fn config() -> String {
    study(&[
        (
            r#"["random", "transfer"]"#,
            r#"["random", "lsuv", "transfer"]"#,
        ),
        ("max_steps = 12", "max_steps = 20"),
    ])
}

const EVALUATIONS: usize = 18;
const RUN: [&str; 4] = ["run", "study.toml", "--out", "out"];

/// A record: path below the study ─▶ bytes. Times differ, and so does the report that shows them.
type Record = BTreeMap<PathBuf, Vec<u8>>;

fn record(study: &Path) -> Record {
    let differs = [
        "timing.json",
        "report.html",
        "manifest.json",
        ".lock",
        "origin",
    ];
    let files = files_below(study).into_iter().filter_map(|(path, bytes)| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let path = path.strip_prefix(study).ok()?.to_path_buf();
        // Where any process may be writing, what a killed one left stays for ten minutes.
        let is_shared = !path.starts_with("runs") && !path.starts_with("probes");
        let is_left = is_shared && name.starts_with(".part-");
        (!is_left && !differs.contains(&name.as_str())).then_some((path, bytes))
    });
    files.collect()
}

/// The record of the study that nothing disturbed.
fn undisturbed() -> &'static Record {
    static RECORD: OnceLock<Record> = OnceLock::new();
    RECORD.get_or_init(|| {
        let folder = begun();
        folder.run(&RUN).with(0);
        record(&folder.path("out"))
    })
}

/// A folder with the configuration.
fn begun() -> Folder {
    let folder = Folder::new();
    folder.write("study.toml", config());
    folder
}

/// Checks that the study in `folder` left the bytes of the undisturbed one.
#[track_caller]
fn assert_undisturbed(folder: &Folder) {
    assert_same(&record(&folder.path("out")), undisturbed());
}

#[track_caller]
fn assert_same(found: &Record, expected: &Record) {
    let names = |r: &Record| r.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected));
    for (path, bytes) in expected {
        assert!(found[path] == *bytes, "{} differs", path.display());
    }
}

/// Lines in the logs of all runs.
fn evaluations(folder: &Folder) -> usize {
    let log = |run: PathBuf| std::fs::read(run.join("metrics.jsonl")).unwrap_or_default();
    let lines = |log: Vec<u8>| log.iter().filter(|b| **b == b'\n').count();
    folder.runs("out").into_iter().map(log).map(lines).sum()
}

/// Waits until `is_so` or the process ended; whether it is still running.
fn wait_until(child: &mut Child, is_so: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !is_so() {
        if child.try_wait().expect("a process").is_some() {
            return false;
        }
        assert!(
            began.elapsed() < Duration::from_secs(300),
            "nothing happens"
        );
        std::thread::sleep(Duration::from_millis(3));
    }
    child.try_wait().expect("a process").is_none()
}

/// Identity of every finished run's result: inode and time of writing.
fn finished(folder: &Folder) -> BTreeMap<PathBuf, (u64, i64, i64)> {
    let identity = |run: PathBuf| {
        let path = run.join("result.json");
        let data = std::fs::metadata(&path).ok()?;
        Some((path, (data.ino(), data.mtime(), data.mtime_nsec())))
    };
    folder
        .runs("out")
        .into_iter()
        .filter_map(identity)
        .collect()
}

/// Pseudo-random numbers below a bound (Steele and others' SplitMix64).
struct Moments(u64);

impl Moments {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

#[test]
fn killed_at_random_moments() {
    let folder = begun();
    let mut moments = Moments(2019);
    let mut while_training = 0;
    let mut done = BTreeMap::new();
    for least in [0, 2, 5, 8, 11, 14] {
        let mut child = folder.start(&RUN);
        wait_until(&mut child, || evaluations(&folder) >= least);
        std::thread::sleep(Duration::from_millis(moments.below(80)));
        let is_alive = child.try_wait().expect("a process").is_none();
        child.kill().expect("a process to kill");
        child.wait().expect("a process");
        if is_alive && (1..EVALUATIONS).contains(&evaluations(&folder)) {
            while_training += 1;
        }
        let now = finished(&folder);
        assert!(
            done.iter()
                .all(|(path, identity)| now.get(path) == Some(identity))
        );
        done = now;
    }
    assert!(
        while_training >= 3,
        "only {while_training} kills hit training"
    );
    folder.run(&RUN).with(0);
    assert_undisturbed(&folder);
    let last = finished(&folder);
    assert!(done.iter().all(|(path, identity)| last[path] == *identity));

    folder.run(&["run", "out"]).with(0);
    assert_eq!(finished(&folder), last, "finished runs were trained again");
    assert_undisturbed(&folder);
}

#[test]
fn any_number_of_jobs() {
    for jobs in ["1", "2", "3"] {
        let folder = begun();
        folder
            .run(&["run", "study.toml", "--out", "out", "--jobs", jobs])
            .with(0);
        assert_undisturbed(&folder);
    }
}

/// The newest checkpoint is damaged, then all of them; a line of the log is torn, and files are
/// half written.
#[test]
fn damaged_while_it_was_down() {
    for damaged in [1, usize::MAX] {
        let folder = begun();
        let mut child = folder.start(&["run", "study.toml", "--out", "out", "--jobs", "1"]);
        assert!(wait_until(&mut child, || evaluations(&folder) >= 1));
        let run = folder.runs("out").remove(0);
        let checkpoints = || {
            let entries = std::fs::read_dir(run.join("checkpoint"))
                .into_iter()
                .flatten();
            let is_step = |path: &PathBuf| path.to_string_lossy().contains("step-");
            let paths = entries.flatten().map(|e| e.path());
            let mut steps: Vec<_> = paths.filter(is_step).collect();
            steps.sort();
            steps
        };
        // Before the first step, three looks, and two that leave a checkpoint, which a thread writes.
        assert!(wait_until(&mut child, || {
            evaluations(&folder) >= 6 && checkpoints().len() >= 2
        }));
        child.kill().expect("a process to kill");
        child.wait().expect("a process");

        let steps = checkpoints();
        assert!(steps.len() >= 2);
        for path in steps.iter().rev().take(damaged) {
            let mut bytes = std::fs::read(path).expect("a checkpoint");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(path, bytes).expect("a checkpoint");
        }
        let mut log = std::fs::read(run.join("metrics.jsonl")).expect("a log");
        log.extend(br#"{"step":16,"images":12"#);
        std::fs::write(run.join("metrics.jsonl"), log).expect("a log");
        let shared = ["out/.part-a1", "out/examples/.part-b2"];
        for half in shared {
            let old = folder.write(half, "half");
            let hours_ago = std::time::SystemTime::now() - Duration::from_secs(7200);
            let old = std::fs::File::options().write(true).open(old);
            let touched = old.and_then(|file| file.set_modified(hours_ago));
            touched.expect("a file of long ago");
        }
        std::fs::write(run.join(".part-c3"), "half").expect("a file");
        std::fs::write(run.join("checkpoint/.part-d4"), "half").expect("a file");

        folder.run(&RUN).with(0);
        assert_undisturbed(&folder);
        assert!(shared.iter().all(|half| !folder.path(half).exists()));
    }
}

#[test]
fn interrupted() {
    let folder = begun();
    for least in [1, 8] {
        let mut child = folder.start(&RUN);
        assert!(wait_until(&mut child, || evaluations(&folder) >= least));
        let process = child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &process]).status();
        assert!(sent.expect("kill").success());
        finish(child)
            .with(75)
            .says(&["stopping after this step; run again to go on"]);
    }
    folder.run(&RUN).with(0);
    assert_undisturbed(&folder);
}

#[test]
fn two_processes() {
    let folder = begun();
    let mut first = folder.start(&RUN);
    assert!(wait_until(&mut first, || evaluations(&folder) >= 1));
    // The second takes what is free, waits for the rest, and both have the whole study in the end.
    let second = folder.run(&RUN).with(0);
    assert!(second.stdout.contains("Report: "), "{}", second.stdout);
    finish(first).with(0);
    assert_undisturbed(&folder);
}

/// About eight minutes on two processors.
#[test]
#[ignore = "takes minutes; run it before a release"]
fn twenty_kills_of_the_demo() {
    let folder = Folder::new();
    let began = Instant::now();
    folder.run(&["demo", "--out", "whole"]).with(0);
    let whole = began.elapsed();
    let mut moments = Moments(20);
    let mut while_training = 0;
    for _ in 0..20 {
        let mut child = folder.start(&["demo", "--out", "out"]);
        let wait = moments.below(whole.as_millis() as u64 / 10);
        std::thread::sleep(Duration::from_millis(wait));
        let is_alive = child.try_wait().expect("a process").is_none();
        child.kill().expect("a process to kill");
        child.wait().expect("a process");
        while_training += usize::from(is_alive && evaluations(&folder) > 0);
    }
    println!("demo took {whole:?}; {while_training} of 20 kills hit training");
    folder.run(&["demo", "--out", "out"]).with(0);
    assert_same(&record(&folder.path("out")), &record(&folder.path("whole")));
}
