//! A folder that keeps its word, and partners that see one that does not.

use std::io::{BufReader, PipeReader, PipeWriter, pipe};
use std::thread::JoinHandle;

use super::dialogue::{Reply, hear, say};
use super::partner::serve;
use super::*;

/// A partner in a thread, whose answers `change` makes others of.
fn partner(change: fn(Reply) -> Reply) -> (Partner, JoinHandle<()>) {
    let (asked, to): (PipeReader, PipeWriter) = pipe().unwrap();
    let (answers, answered) = pipe().unwrap();
    let (from, mut back) = pipe().unwrap();
    let honest = std::thread::spawn(move || {
        serve(BufReader::new(asked), answered, &AtomicBool::new(false)).ok();
    });
    let between = std::thread::spawn(move || {
        let mut answers = BufReader::new(answers);
        while let Ok(Some(reply)) = hear::<Reply>(&mut answers) {
            say(&mut back, &change(reply)).ok();
        }
        honest.join().unwrap();
    });
    (
        Partner::new(Box::new(to), Box::new(BufReader::new(from))),
        between,
    )
}

fn faults(change: fn(Reply) -> Reply) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kept"), "kept").unwrap();
    let (partner, thread) = partner(change);
    let checks = check(folder.path(), partner, &AtomicBool::new(false)).unwrap();
    thread.join().unwrap();
    assert_eq!(checks.len(), TRIALS.len());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left behind");
    let faulty = checks.iter().filter(|check| check.finding.is_some());
    faulty
        .map(|check| check.need)
        .filter(|need| *need != alone::ROOM)
        .collect()
}

#[test]
fn a_folder_that_keeps_its_word_is_fine() {
    assert_eq!(faults(|reply| reply), [""; 0]);
}

#[test]
fn one_that_does_not_is_found_out() {
    let found = faults(|reply| match reply {
        Reply::Made(_) => Reply::Made((0..400).collect()),
        Reply::Read { reads, missing, .. } => Reply::Read {
            reads,
            torn: 1,
            missing,
        },
        Reply::Seen(_) => Reply::Seen(false),
        Reply::Touched { file, own } => Reply::Touched {
            file: file + std::time::Duration::from_secs(300),
            own,
        },
        Reply::Claimed(_) => Reply::Refused("No locks available (os error 37)".into()),
        other => other,
    });
    let expected = [
        together::EXCLUSIVE,
        together::REPLACED,
        together::SEEN,
        together::LISTED,
        together::CLOCK,
        together::CLAIMS,
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_request_to_stop_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (partner, thread) = partner(|reply| reply);
    let stopped = check(folder.path(), partner, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(StoreError::Interrupted)));
    thread.join().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
