//! A finished study notices whatever is changed in it, says so, and makes it again.

#![allow(clippy::ptr_arg, reason = "every damage has one type")]

mod fixture;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use fixture::{Folder, STUDY, class_folders, files_below, finish};

/// Two arms, each analysed.
fn finished() -> Folder {
    let folder = Folder::new();
    folder.write("study.toml", format!("{STUDY}[analysis]\n"));
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    folder
}

/// What a repair brings back to the last byte: all but times, and what tells them.
fn record(study: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let differs = ["timing.json", "report.html", "manifest.json", "origin"];
    let kept = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_aside = path.iter().any(|part| part == "set-aside");
        !is_aside && !differs.contains(&&*name)
    };
    let files = files_below(study).into_iter();
    let files = files.map(|(path, bytes)| {
        let below = path.strip_prefix(study).map(Path::to_path_buf);
        (below.unwrap_or(path), bytes)
    });
    files.filter(|(path, _)| kept(path)).collect()
}

/// A change of one file.
type Damage = fn(&mut Vec<u8>);

fn flip(bytes: &mut Vec<u8>) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

/// A digit of the last line, so that the file stays what it seems.
fn other_digit(bytes: &mut Vec<u8>) {
    let digit = bytes.iter().rposition(u8::is_ascii_digit).expect("a digit");
    bytes[digit] = if bytes[digit] == b'1' { b'2' } else { b'1' };
}

fn doubled_row(bytes: &mut Vec<u8>) {
    let line = bytes.split_inclusive(|b| *b == b'\n').next_back();
    let line = line.expect("a line").to_vec();
    bytes.extend(line);
}

fn cut(bytes: &mut Vec<u8>) {
    bytes.truncate(bytes.len() / 2);
}

#[test]
fn what_is_changed_is_named_never_counted_and_made_again() {
    let folder = finished();
    let study = folder.path("out");
    let whole = record(&study);
    folder
        .run(&["verify", "out"])
        .with(0)
        .prints(&["all as they were written"]);
    folder
        .run(&["verify", "--deep", "out"])
        .with(0)
        .prints(&["computed anew"]);

    let run = folder.runs("out").swap_remove(1);
    let part = study.join("analysis");
    let part = files_below(&part).into_keys().next().expect("an analysis");
    let files: [(PathBuf, Damage); 12] = [
        (run.join("predictions.csv"), other_digit),
        (run.join("predictions.csv"), doubled_row),
        (run.join("predictions.csv"), Vec::clear),
        (run.join("metrics.jsonl"), other_digit),
        (run.join("metrics.jsonl"), cut),
        (run.join("model.safetensors"), flip),
        (run.join("result.json"), other_digit),
        (run.join("match.json"), flip),
        (run.join("timing.json"), other_digit),
        (part, other_digit),
        (study.join("plan.json"), other_digit),
        (study.join("study.toml"), other_digit),
    ];
    for (file, damage) in files {
        let mut bytes = std::fs::read(&file).expect("a file");
        let before = bytes.clone();
        damage(&mut bytes);
        std::fs::write(&file, &bytes).expect("a file");
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let results = folder.read("out/results.json");
        folder.run(&["verify", "out"]).with(1).says(&[&name]);
        let report = folder.run(&["report", "out"]);
        report.with(1).says(&[&name, "transfusion repair"]);
        assert_eq!(folder.read("out/results.json"), results, "{name}");
        std::fs::write(&file, &before).expect("a file");
    }
    folder.run(&["verify", "out"]).with(0);

    // Several at once, and a record that is gone.
    for file in ["predictions.csv", "model.safetensors"] {
        folder.write(&format!("out/runs/{}/{file}", name_of(&run)), "");
    }
    std::fs::remove_file(folder.runs("out")[0].join("result.json")).expect("a result");
    std::fs::remove_file(study.join("plan.json")).expect("a plan");
    folder.write("out/examples/0000.png", "no picture");
    folder.write("out/results.json", "{}");
    folder.run(&["verify", "out"]).with(1).says(&["plan.json"]);
    folder
        .run(&["repair", "out"])
        .with(0)
        .prints(&["2 damaged jobs", "0 findings left"]);
    assert!(record(&study) == whole, "the repaired study differs");
    assert!(study.join("set-aside").join(name_of(&run)).is_dir());
    folder
        .run(&["repair", "out"])
        .with(0)
        .prints(&["nothing is damaged"]);
}

fn name_of(run: &Path) -> String {
    run.file_name().unwrap_or_default().to_string_lossy().into()
}

#[test]
fn a_picture_that_is_swapped_while_a_run_reads_it_is_waited_for() {
    let folder = Folder::new();
    class_folders(&folder);
    folder.write("study.toml", SWAPPED);
    folder.run(&["run", "study.toml", "--out", "calm"]).with(0);

    let mut command = folder.command(&["run", "study.toml", "--out", "out", "--jobs", "1"]);
    let mut child = command.spawn().expect("the program starts");
    let log = || {
        folder
            .runs("out")
            .iter()
            .any(|run| run.join("metrics.jsonl").exists())
    };
    while !log() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let mut pictures: Vec<_> = files_below(&folder.path("pictures")).into_iter().collect();
    let (last, others) = pictures.split_last_mut().expect("pictures");
    let other = others[0].1.clone();
    let paths: Vec<_> = others.iter().map(|(path, _)| path.clone()).collect();
    for path in &paths[1..] {
        std::fs::write(path, &other).expect("a picture");
    }
    let stderr = BufReader::new(child.stderr.take().expect("stderr"));
    let mut lines = stderr.lines().map_while(Result::ok);
    let told = lines.find(|line| line.contains("it was changed since the study was planned"));
    assert!(
        told.is_some_and(|line| line.contains("tried again in 1 s")),
        "nothing was said"
    );
    for (path, bytes) in others.iter().chain([&*last]) {
        std::fs::write(path, bytes).expect("a picture");
    }
    let rest = std::thread::spawn({
        let mut all = String::new();
        move || {
            lines.for_each(|line| all.push_str(&line));
            all
        }
    });
    finish(child).with(0);
    rest.join().expect("stderr");
    assert!(record(&folder.path("out")) == record(&folder.path("calm")));
}

/// No picture stays in memory.
const SWAPPED: &str = r#"
title = "Swapped"
[data]
source = "pictures"
size = 16
cache_mib = 0
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
max_steps = 300
batch_size = 8
eval_every = 100
"#;
