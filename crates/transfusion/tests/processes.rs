//! Any number of processes work on one study: each job is done once, whoever dies.
#![cfg(unix)]

mod fixture;

use std::collections::BTreeMap;
use std::process::Child;
use std::time::{Duration, Instant};

use fixture::{Folder, finish, study};

/// So many arms of one step each.
fn many(seeds: usize) -> String {
    study(&[
        ("seeds = 1", &format!("seeds = {seeds}")),
        ("max_steps = 12", "max_steps = 1"),
        ("eval_every = 4", "eval_every = 1"),
    ])
}

/// Bytes of every result ─▶ by run.
fn results(folder: &Folder, out: &str) -> BTreeMap<String, Vec<u8>> {
    let runs = folder.runs(out).into_iter();
    let results = runs.filter_map(|run| {
        let name = run.file_name()?.to_string_lossy().into_owned();
        Some((name, std::fs::read(run.join("result.json")).ok()?))
    });
    results.collect()
}

/// How often processes said that they did a job.
fn done(ended: &[String]) -> usize {
    let lines = ended.iter().flat_map(|told| told.lines());
    lines
        .filter(|line| line.contains(": done, last AUC"))
        .count()
}

#[test]
fn shares_and_single_jobs_make_the_whole() {
    let folder = Folder::new();
    folder.write("study.toml", many(3));
    folder.run(&["run", "study.toml", "--out", "whole"]).with(0);
    let one = folder
        .run(&["run", "study.toml", "--out", "out", "--job", "4"])
        .with(0);
    one.says(&["no report was written", "transfusion report out"]);
    assert_eq!(results(&folder, "out").len(), 1);
    let name = folder.json("out/plan.json")["runs"][5]["id"].clone();
    let name = name.as_str().expect("an id");
    folder.run(&["run", "out", "--job", name]).with(0);
    assert_eq!(results(&folder, "out").len(), 2);
    for share in ["1/2", "2/2"] {
        folder.run(&["run", "out", "--shard", share]).with(0);
    }
    folder.run(&["report", "out"]).with(0);
    assert_eq!(
        folder.read("out/results.json"),
        folder.read("whole/results.json")
    );
    for (wrong, part) in [
        (["--job", "6"], "expected a number from 0 to 5"),
        (["--shard", "3/2"], "expected i/n with i from 1 to n"),
        (["--shard", "2"], "expected i/n"),
    ] {
        folder.refuses_command(&["run", "out", wrong[0], wrong[1]], &[part]);
    }
}

/// Twenty processes, two hundred runs, ten processes killed: every run has its result, no finished
/// run was made again, and the study is the one that a single process makes.
#[test]
fn twenty_processes_of_which_ten_are_killed() {
    let folder = Folder::new();
    folder.write("study.toml", many(100));
    let start = || folder.start(&["run", "study.toml", "--out", "out", "--jobs", "1"]);
    let mut processes: Vec<Child> = (0..20).map(|_| start()).collect();
    let began = Instant::now();
    for victim in 0..10 {
        let enough = 5 + 15 * victim;
        while results(&folder, "out").len() < enough {
            assert!(
                began.elapsed() < Duration::from_secs(300),
                "nothing happens"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        processes[2 * victim].kill().expect("a process to kill");
    }
    let mut told = Vec::new();
    for (place, process) in processes.into_iter().enumerate() {
        let ended = finish(process);
        let is_victim = place % 2 == 0;
        assert!(is_victim || ended.code == Some(0), "{}", ended.stderr);
        told.push(ended.stderr);
    }
    assert_eq!(results(&folder, "out").len(), 200);
    // A process that was killed may have written a result and not lived to say so.
    assert!(
        (190..=200).contains(&done(&told)),
        "{} said to be done",
        done(&told)
    );
    let again = folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    assert_eq!(done(&[again.stderr]), 0, "nothing is left to do");
    let claims = std::fs::read_dir(folder.path("out/claims")).expect("claims");
    let names = claims.flatten().map(|claim| claim.file_name());
    let names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let claims = names.iter().filter(|name| name.ends_with(".claim"));
    assert_eq!(claims.count(), 0, "no claim outlives its owner: {names:?}");

    folder.run(&["run", "study.toml", "--out", "alone"]).with(0);
    assert!(results(&folder, "out") == results(&folder, "alone"));
    folder.run(&["report", "out"]).with(0);
    assert_eq!(
        folder.read("out/results.json"),
        folder.read("alone/results.json")
    );
}
