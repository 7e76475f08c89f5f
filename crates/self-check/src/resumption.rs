//! A study that is killed and goes on, against one that nothing disturbs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use outside::{ReadError, read, read_start};
use thiserror::Error;

use crate::check::Check;
use crate::subject::{Interrupted, Subject};

/// Two runs, with an evaluation, and so a checkpoint, after every step.
const STUDY: &str = r#"
title = "Self-check"
data = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
weights = { cbr-tiny = "builtin:cbr-tiny-phantom" }
grid = { model = ["cbr-tiny"], init = ["random", "transfer"], seeds = 1 }
train = { batch_size = 8, max_steps = 40, eval_every = 1 }
report = { pictures = false }
"#;

const WHAT: &str = "a study that is killed and goes on leaves the same bytes";
const REMEDY: &str = "keep no studies in this directory; try another (`transfusion self-check DIR`), and please report this line";

/// How often it is killed.
const KILLS: usize = 3;
/// Longest that one process may take.
const LONGEST: Duration = Duration::from_secs(300);
/// How often it is looked at what a process has done.
const GLANCE: Duration = Duration::from_millis(3);
/// Most bytes of a file of such a study.
const MOST: u64 = 64 << 20;
/// Most bytes of what the program says that are told.
const MOST_SAID: u64 = 300;
/// Files that tell times, places or processes.
const DIFFERS: [&str; 5] = [
    "timing.json",
    "report.html",
    "manifest.json",
    ".lock",
    "origin",
];

/// Why there is no answer.
#[derive(Debug, Error)]
enum Trouble {
    #[error("interrupted")]
    Interrupted,
    #[error("the program was still running after {} s", LONGEST.as_secs())]
    TooLong,
    #[error("the program ended with {status}: {said}")]
    Wrong { status: ExitStatus, said: String },
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{}: {error}", path.display())]
    Read { path: PathBuf, error: ReadError },
}

impl Trouble {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |error| Self::File {
            path: path.into(),
            error,
        }
    }
}

/// Runs such a study twice in a folder of its own, which is removed.
pub fn check(subject: &Subject, stop: &AtomicBool) -> Result<Check, Interrupted> {
    match tried(subject, stop) {
        Ok(check) => Ok(check),
        Err(Trouble::Interrupted) => Err(Interrupted),
        Err(trouble) => Ok(Check::failed(WHAT, trouble.to_string(), REMEDY)),
    }
}

fn tried(subject: &Subject, stop: &AtomicBool) -> Result<Check, Trouble> {
    let made = tempfile::Builder::new()
        .prefix(".self-check-")
        .tempdir_in(&subject.directory);
    let folder = made.map_err(Trouble::at(&subject.directory))?;
    let place = folder.path();
    let study = place.join("study.toml");
    std::fs::write(&study, STUDY).map_err(Trouble::at(&study))?;
    let at_work = |out: &str| Running::start(&subject.program, place, out);

    at_work("whole")?.finish(stop)?;
    let whole = Record::of(&place.join("whole"))?;
    let all = evaluations(&place.join("whole"));
    let mut hit = 0;
    for kill in 1..=KILLS {
        let mut running = at_work("killed")?;
        let enough = || evaluations(&place.join("killed")) >= all * kill / (KILLS + 1);
        if running.goes_on_until(stop, enough)? {
            running.kill();
            hit += usize::from(evaluations(&place.join("killed")) < all);
        }
    }
    at_work("killed")?.finish(stop)?;
    let killed = Record::of(&place.join("killed"))?;
    let place = place.to_path_buf();
    folder.close().map_err(Trouble::at(&place))?;
    if hit == 0 {
        return Ok(Check::skipped(
            WHAT,
            "it was done before it could be killed",
        ));
    }
    Ok(match killed.first_other(&whole) {
        None => Check::ok(WHAT, format!("{} files, killed {hit} times", whole.0.len())),
        Some(path) => Check::failed(WHAT, format!("{} is another", path.display()), REMEDY),
    })
}

/// Lines in the logs of all runs.
fn evaluations(study: &Path) -> usize {
    let Ok(runs) = std::fs::read_dir(study.join("runs")) else {
        return 0;
    };
    let log = |run: io::Result<std::fs::DirEntry>| {
        read(&run.ok()?.path().join("metrics.jsonl"), MOST).ok()
    };
    let lines = |log: Vec<u8>| log.iter().filter(|byte| **byte == b'\n').count();
    runs.filter_map(log).map(lines).sum()
}

/// Every file of a study that does not tell times, by its path in the study.
#[derive(Debug)]
struct Record(BTreeMap<PathBuf, Vec<u8>>);

impl Record {
    fn of(study: &Path) -> Result<Self, Trouble> {
        let mut files = BTreeMap::new();
        let mut folders = vec![study.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).map_err(Trouble::at(&folder))? {
                let entry = entry.map_err(Trouble::at(&folder))?;
                let path = entry.path();
                if entry.file_type().map_err(Trouble::at(&path))?.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = entry.file_name().to_string_lossy().into_owned();
                // What a killed process was writing stays for a while.
                if DIFFERS.contains(&name.as_str()) || name.starts_with(".part-") {
                    continue;
                }
                let bytes = read(&path, MOST).map_err(|error| Trouble::Read {
                    path: path.clone(),
                    error,
                })?;
                let path = path.strip_prefix(study).unwrap_or(&path).to_path_buf();
                files.insert(path, bytes);
            }
        }
        Ok(Self(files))
    }

    /// The first file that the two do not share.
    fn first_other<'a>(&'a self, other: &'a Self) -> Option<&'a Path> {
        let all = self.0.keys().chain(other.0.keys());
        let mut others = all.filter(|path| self.0.get(*path) != other.0.get(*path));
        others.next().map(PathBuf::as_path)
    }
}

/// A process that runs the study, ended when dropped.
struct Running {
    child: Child,
    said: PathBuf,
}

impl Running {
    fn start(program: &Path, place: &Path, out: &str) -> Result<Self, Trouble> {
        let said = place.join(format!("{out}.txt"));
        let file = File::create(&said).map_err(Trouble::at(&said))?;
        let child = Command::new(program)
            .args([
                "run",
                "study.toml",
                "--jobs",
                "1",
                "--device",
                "cpu",
                "--quiet",
            ])
            .args(["--offline", "--out", out])
            .current_dir(place)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn();
        Ok(Self {
            child: child.map_err(Trouble::at(program))?,
            said,
        })
    }

    /// Waits for the end, which is to be a good one.
    fn finish(mut self, stop: &AtomicBool) -> Result<(), Trouble> {
        self.goes_on_until(stop, || false)?;
        Ok(())
    }

    /// Waits until something is so; false where the process came to a good end before.
    fn goes_on_until(
        &mut self,
        stop: &AtomicBool,
        is_so: impl Fn() -> bool,
    ) -> Result<bool, Trouble> {
        let began = Instant::now();
        loop {
            let ended = self.child.try_wait().map_err(Trouble::at(&self.said))?;
            match ended {
                Some(status) if status.success() => return Ok(false),
                // A terminal interrupts this process and that one.
                _ if stop.load(Ordering::Relaxed) => return Err(Trouble::Interrupted),
                Some(status) => {
                    let said = read_start(&self.said, MOST_SAID).unwrap_or_default();
                    let said = String::from_utf8_lossy(&said).trim().replace('\n', " ");
                    return Err(Trouble::Wrong { status, said });
                }
                None if began.elapsed() > LONGEST => return Err(Trouble::TooLong),
                None if is_so() => return Ok(true),
                None => std::thread::sleep(GLANCE),
            }
        }
    }

    fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // Where it has ended by itself there is nothing to kill.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;

    #[test]
    fn another_byte_is_found() {
        let record = |bytes: &[u8]| {
            let folder = tempfile::tempdir().expect("a folder");
            let write = |name: &str, bytes: &[u8]| {
                let path = folder.path().join(name);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(path, bytes).expect("a file");
            };
            write("runs/a/result.json", bytes);
            write("runs/a/timing.json", b"1");
            write("runs/a/.part-1", bytes);
            Record::of(folder.path()).expect("files")
        };
        let (one, other) = (record(b"1"), record(b"2"));
        assert_eq!(one.0.len(), 1);
        assert_eq!(one.first_other(&record(b"1")), None);
        assert_eq!(
            one.first_other(&other),
            Some(Path::new("runs/a/result.json"))
        );
    }

    #[test]
    fn a_program_that_cannot_run_a_study_has_failed() {
        let folder = tempfile::tempdir().expect("a folder");
        for program in ["/bin/false", "/nowhere/transfusion"] {
            let subject = Subject {
                program: program.into(),
                directory: folder.path().into(),
            };
            let check = check(&subject, &AtomicBool::new(false)).expect("nobody interrupts");
            assert_eq!(check.state, State::Failed, "{check}");
        }
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 0, "nothing is left behind");
    }
}
