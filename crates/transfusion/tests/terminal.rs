//! Pipes that close, disks that are full and names that a terminal would obey change nothing of
//! the work.

#![cfg(target_os = "linux")]

mod fixture;

use std::process::{Child, Command};
use std::time::Duration;

use fixture::{Ended, Folder, STUDY, finish, picture, study};

const RUN: &str = "run study.toml --out out --jobs 1";

/// A command line of the shell, in which `T` is the program.
fn shell(folder: &Folder, line: &str) -> Child {
    let mut command = Command::new("bash");
    command.args(["-c", &line.replace("T ", &format!("{} ", fixture::PROGRAM))]);
    folder.prepare(command).spawn().expect("a shell")
}

fn in_shell(folder: &Folder, line: &str) -> Ended {
    finish(shell(folder, line))
}

fn is_reported(folder: &Folder) -> bool {
    folder.path("out/report.html").exists() && folder.path("out/results.json").exists()
}

/// A tiny study: one run of a few steps.
fn tiny() -> Folder {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        study(&[
            ("init = [\"random\", \"transfer\"]", "init = [\"random\"]"),
            ("max_steps = 12", "max_steps = 4"),
        ]),
    );
    folder
}

#[test]
fn work_goes_on_whoever_reads() {
    for (line, code) in [
        // Nobody reads the messages, or the results.
        (
            format!("T {RUN} 2>&1 | head -c 1 > /dev/null; exit ${{PIPESTATUS[0]}}"),
            0,
        ),
        (format!("T {RUN} | true; exit ${{PIPESTATUS[0]}}"), 0),
        (format!("T {RUN} >&- 2>&-"), 0),
        (format!("T {RUN} 2> /dev/full"), 0),
        // What was to be printed is lost, and nothing else.
        (format!("T {RUN} > /dev/full 2> said"), 74),
        (format!("T {RUN} > /dev/full 2> /dev/full"), 74),
        (format!("T {RUN} --json > /dev/full 2> said"), 74),
    ] {
        let folder = tiny();
        let ended = in_shell(&folder, &line);
        assert_eq!(ended.code, Some(code), "{line}: {}", ended.stderr);
        assert!(is_reported(&folder), "{line}");
        if line.ends_with("said") {
            let said = String::from_utf8(folder.read("said")).expect("UTF-8");
            assert!(
                said.contains("stdout did not take all that was printed (No space left"),
                "{said}"
            );
        }
        folder.run(&["report", "out"]).with(0);
    }
}

#[test]
fn printing_ends_in_peace() {
    let folder = Folder::new();
    let ended = in_shell(&folder, "T models | true; exit ${PIPESTATUS[0]}");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    in_shell(&folder, "T models >&-").with(0);
    in_shell(&folder, "T models > /dev/full")
        .with(74)
        .says(&["stdout did not take all", "No space left"]);
    in_shell(&folder, "T --help > /dev/full").with(74);
    in_shell(&folder, "T trian 2> /dev/full").with(2);
    in_shell(&folder, "T status none 2>&-").with(2);
    folder.write("study.toml", STUDY);
    in_shell(
        &folder,
        "T data profile study.toml | true; exit ${PIPESTATUS[0]}",
    )
    .with(0);
}

/// Whatever becomes of the streams, a command ends with its own code, or with 74 where stdout refuses.
#[test]
fn every_way_to_lose_a_stream() {
    let folder = tiny();
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    for command in [
        "plan study.toml",
        "report out",
        "report out --json",
        "status out",
    ] {
        for (way, code) in [
            ("| head -1 > /dev/null", 0),
            ("| tee /dev/full > /dev/null", 0),
            ("2> /dev/full", 0),
            ("&> /dev/full", 74),
            (">&-", 0),
            ("<&-", 0),
            ("<&- >&- 2>&-", 0),
            ("2>&- > kept", 0),
        ] {
            let ended = in_shell(
                &folder,
                &format!("T {command} {way}; exit ${{PIPESTATUS[0]}}"),
            );
            assert_eq!(ended.code, Some(code), "{command} {way}: {}", ended.stderr);
        }
    }
    let kept = String::from_utf8(folder.read("kept")).expect("UTF-8");
    assert!(
        kept.contains("1 of 1 runs done") && !kept.contains("warning"),
        "{kept}"
    );
    in_shell(&folder, "T status none <&- >&- 2>&-").with(2);
}

/// A study that is in the middle of its training, and its process.
fn training(before: &str) -> (Folder, Child) {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        study(&[("max_steps = 12", "max_steps = 100000")]),
    );
    let mut child = shell(&folder, &format!("{before} exec T {RUN}"));
    let log = |run: &std::path::PathBuf| run.join("metrics.jsonl").exists();
    while !folder.runs("out").iter().any(log) {
        assert!(
            child.try_wait().expect("a process").is_none(),
            "it has ended"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    (folder, child)
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
}

/// A closed terminal is an interruption, however often it is told; under nohup it is nothing.
#[test]
fn a_terminal_that_closes() {
    let (folder, child) = training("");
    send("-HUP", &child);
    send("-HUP", &child);
    finish(child).with(75).says(&["stopping after this step"]);
    assert!(is_reported(&folder));

    let (_folder, child) = training("trap '' HUP;");
    send("-HUP", &child);
    send("-TERM", &child);
    finish(child).with(75).says(&["stopping after this step"]);
}

/// A limit on the size of files is an error with the file's name, not a signal that kills.
#[test]
fn a_limit_on_files() {
    let folder = tiny();
    let ended = in_shell(&folder, &format!("ulimit -f 8; T {RUN}"));
    assert!(matches!(ended.code, Some(1 | 2 | 75)), "{ended:?}");
    assert!(
        format!("{}{}", ended.stdout, ended.stderr).contains("File too large"),
        "{ended:?}"
    );
}

/// What a terminal obeys.
fn is_obeyed(c: char) -> bool {
    c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c)
}

#[track_caller]
fn is_safe(ended: Ended) -> Ended {
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains(is_obeyed), "{text:?}");
    }
    ended
}

/// Titles, classes and file names as an attacker would choose them.
#[test]
fn names_that_a_terminal_would_obey() {
    let folder = Folder::new();
    let evil =
        "\u{1b}[2J\u{1b}]0;x\u{7}\r\u{202e}</script><script>alert(1)</script>|`*[x](http:⁄⁄x)";
    let evil_class = "\u{1b}[31mbad\u{202e}<b>|\nfake: ok";
    for (number, class) in ["good", evil_class].into_iter().enumerate() {
        for i in 0..20 {
            let name = format!("pictures/{class}/{i:02}\u{1b}[1m\u{202e}.png");
            folder.write(
                &name,
                picture(image::ImageFormat::Png, 16, 100 * number as u32 + i),
            );
        }
    }
    folder.write("pictures/good/broken\u{1b}[5m.png", "no picture");
    let title = toml::Value::String(evil.into());
    let text = format!(
        r#"
title = {title}
[data]
source = "pictures"
size = 16
unreadable = "skip"
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
batch_size = 8
max_steps = 4
eval_every = 2
"#
    );
    folder.write("study.toml", text);
    is_safe(folder.run(&["new", "mine \u{1b}[1m", "--from", "pictures"])).with(0);
    is_safe(folder.run(&["data", "check", "study.toml"])).with(1);
    for command in ["check", "profile", "audit"] {
        is_safe(folder.run(&["data", command, "study.toml"]));
        let json = is_safe(folder.run(&["data", command, "study.toml", "--json"]));
        json.json();
    }
    is_safe(folder.run(&["plan", "study.toml"])).with(0);
    is_safe(folder.run(&["run", "study.toml", "--out", "out"])).with(0);
    is_safe(folder.run(&["report", "out"])).with(0);
    is_safe(folder.run(&["status", "out"])).with(0);
    let results = is_safe(folder.run(&["report", "out", "--json"]))
        .with(0)
        .json();
    assert_eq!(results["title"], evil);
    let mut kept = folder.json("out/results.json");
    kept.as_object_mut().expect("keys").remove("seal");
    assert_eq!(results, kept);
    is_safe(folder.run(&["status", "missing\u{1b}[2J"])).with(2);
    is_safe(folder.run(&["trian\u{1b}[2J"])).with(2);

    let page = String::from_utf8(folder.read("out/report.html")).expect("UTF-8");
    assert!(!page.contains("<script>alert") && !page.contains("bad\u{202e}<b>"));
    let run = folder.runs("out")[0].display().to_string();
    is_safe(folder.run(&["export", &run, "--to", "model"])).with(0);
    let card = String::from_utf8(folder.read("model/MODEL_CARD.md")).expect("UTF-8");
    assert!(
        !card.contains(is_obeyed) && !card.contains("<script") && !card.contains("<b>"),
        "{card}"
    );
    assert!(
        card.contains("bad\\\\u{202e}&lt;b&gt;\\|\\\\u{a}fake"),
        "{card}"
    );
    let judged = is_safe(folder.run(&["predict", "model", "pictures/good", "--format", "jsonl"]));
    judged.with(1);
}

/// Commands that the user is told to give can be given.
#[test]
fn told_commands_are_quoted() {
    let folder = Folder::new();
    folder
        .run(&["new", "my study's"])
        .with(0)
        .says(&[r"transfusion run 'my study'\''s/study.toml'"]);
}

/// What a report that was killed left goes with the next one.
#[test]
fn leftovers_of_a_killed_report() {
    let folder = tiny();
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let [old, young] =
        [".part-old", ".part-young"].map(|name| folder.write(&format!("out/{name}"), "half"));
    let hours_ago = std::time::SystemTime::now() - Duration::from_secs(7200);
    let file = std::fs::File::options().write(true).open(&old);
    file.and_then(|file| file.set_modified(hours_ago))
        .expect("a file of long ago");
    folder.run(&["report", "out"]).with(0);
    assert!(!old.exists() && young.exists());
}

/// The estimate of the disk is no less than what a study takes, and not many times as much.
#[test]
fn the_disk_that_a_study_takes_is_known_before() {
    let folder = tiny();
    let planned = folder.run(&["plan", "study.toml"]).with(0);
    assert!(planned.stdout.contains("disk: at most ") && planned.stdout.contains(" are free"));
    let rows = folder.run(&["plan", "study.toml", "--json"]).with(0).json();
    let planned = rows[0]["disk"].as_u64().expect("bytes");
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let taken: usize = fixture::files_below(&folder.runs("out")[0])
        .values()
        .map(Vec::len)
        .sum();
    let taken = taken as u64;
    assert!(
        taken <= planned && planned < 3 * taken,
        "{taken} of {planned} bytes"
    );
}
