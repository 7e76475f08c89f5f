//! Claims of owners that live, die, pause and race, all in one process. `tests/claims.rs` has real
//! processes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use proptest::prelude::*;
use tempfile::TempDir;

use super::place::Place;
use super::*;

/// Long enough for a busy machine to keep.
const BEAT: Duration = Duration::from_millis(100);
const NEVER: Duration = Duration::from_secs(3600);

/// An owner on a machine of its own, whose life shows in its beats alone.
fn elsewhere(host: &str) -> Owner {
    Owner {
        host: host.into(),
        machine: Some(host.into()),
        ..Owner::this_process()
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn claims(folder: &TempDir, owner: Owner, beat: Duration) -> Claims {
    Claims::new(folder.path(), owner).beating(beat)
}

fn held(attempt: Result<Attempt, crate::FileError>) -> Option<Claim> {
    match attempt.expect("a folder that works") {
        Attempt::Held(claim) => Some(claim),
        Attempt::Busy(_) => None,
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into())
        .collect()
}

#[test]
fn who_beats_keeps_its_claim_and_frees_it() {
    let folder = folder();
    let (a, b) = (
        claims(&folder, elsewhere("a"), BEAT),
        claims(&folder, elsewhere("b"), BEAT),
    );
    let claim = held(a.take("7")).unwrap();
    let other = held(b.take("8")).unwrap();
    let began = Instant::now();
    while began.elapsed() < 9 * BEAT {
        let Attempt::Busy(holder) = b.take("7").unwrap() else {
            panic!("taken from a living owner");
        };
        assert_eq!(holder.owner, Some(elsewhere("a")));
        std::thread::sleep(BEAT / 2);
    }
    claim.still_held().unwrap();
    let listed = Claims::list(folder.path()).unwrap();
    let listed: Vec<_> = listed.iter().map(|h| (&*h.name, h.liveness)).collect();
    assert_eq!(listed, [("7", Liveness::Alive), ("8", Liveness::Alive)]);
    claim.release().unwrap();
    drop(other);
    assert!(names(folder.path()).is_empty());
    drop(held(b.take("7")).unwrap());
    assert!(
        Claims::list(&folder.path().join("none"))
            .unwrap()
            .is_empty()
    );
    assert!(b.take("../7").is_err());
}

#[test]
fn of_many_one_takes_over_and_the_paused_owner_notices() {
    let folder = folder();
    let paused = held(claims(&folder, elsewhere("a"), BEAT).take("7")).unwrap();
    let paused = paused.paused();
    paused.still_held().unwrap();
    let mut taken: Vec<_> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|i| {
                let claims = claims(&folder, elsewhere(&format!("b{i}")), NEVER);
                scope.spawn(move || {
                    let began = Instant::now();
                    while began.elapsed() < 10 * BEAT {
                        if let Some(claim) = held(claims.take("7")) {
                            return Some(claim);
                        }
                        std::thread::sleep(BEAT / 10);
                    }
                    None
                })
            })
            .collect();
        tries
            .into_iter()
            .filter_map(|t| t.join().unwrap())
            .collect()
    });
    // Who was displaced while it took over is told so when it asks, as every owner does before it
    // writes.
    taken.retain(|claim| claim.still_held().is_ok());
    let [taker] = &taken[..] else {
        panic!("{} took over", taken.len());
    };
    let lost = paused.still_held().unwrap_err();
    assert!(matches!(&lost, Lost::Taken { by, .. } if by.host.starts_with('b')));
    assert!(
        lost.to_string().contains("was taken over by process "),
        "{lost}"
    );
    // It does not take the other's claim away when it ends.
    drop(paused);
    taker.still_held().unwrap();
    fs::remove_file(folder.path().join("7.claim")).unwrap();
    assert!(matches!(taker.still_held(), Err(Lost::Gone { .. })));
    assert!(names(folder.path()).is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn an_owner_that_ended_on_this_machine_is_dead_at_once() {
    let folder = folder();
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    let ended = Owner {
        pid: child.id(),
        ..Owner::this_process()
    };
    held(claims(&folder, ended, NEVER).take("7")).unwrap().die();
    assert_eq!(
        Claims::list(folder.path()).unwrap()[0].liveness,
        Liveness::Dead
    );
    let here = claims(&folder, Owner::this_process(), BEAT);
    let silent = held(here.take("7")).unwrap().paused();
    // One that runs here is alive, however silent.
    let file = File::options()
        .write(true)
        .open(folder.path().join("7.claim"))
        .unwrap();
    file.set_modified(SystemTime::now() - NEVER).unwrap();
    assert!(held(here.take("7")).is_none());
    drop(silent);
}

#[test]
fn what_is_no_claim_and_what_the_dead_left_is_cleared_in_time() {
    let folder = folder();
    let (torn, left, fresh) = (
        folder.path().join("7.claim"),
        folder.path().join(".part-old"),
        folder.path().join(".part-new"),
    );
    for path in [&torn, &left, &fresh] {
        fs::write(path, "{\"owner\": ").unwrap();
    }
    let claims = claims(&folder, elsewhere("a"), BEAT);
    let Attempt::Busy(holder) = claims.take("7").unwrap() else {
        panic!("it may just be written");
    };
    assert_eq!((holder.owner, holder.liveness), (None, Liveness::Alive));
    for path in [&torn, &left] {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - NEVER).unwrap();
    }
    let claim = held(claims.take("7")).unwrap();
    assert!(!left.exists() && fresh.exists());
    claim.still_held().unwrap();
}

/// Somebody judged a claim dead, was slow, and meanwhile another took it over.
#[test]
fn a_slow_taker_gives_back_what_it_did_not_judge() {
    let folder = folder();
    let place = Place::new(folder.path(), "7.claim");
    place.occupy(b"dead", true).unwrap().unwrap();
    assert!(place.bury(b"dead").unwrap());
    place.occupy(b"alive", false).unwrap().unwrap();
    assert!(!place.bury(b"dead").unwrap());
    assert_eq!(place.read().unwrap().unwrap().bytes, b"alive");
    assert_eq!(names(folder.path()), ["7.claim"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(16) })]

    /// Places behave as a map into which only the empty is filled and from which only the same is
    /// taken, and leave nothing else.
    #[test]
    fn places_are_a_map(steps in proptest::collection::vec((0..3u8, 0..3u8, any::<bool>()), 0..40)) {
        let folder = folder();
        let mut map = BTreeMap::new();
        for (name, token, occupies) in steps {
            let place = Place::new(folder.path(), &name.to_string());
            if occupies {
                let is_free = !map.contains_key(&name);
                prop_assert_eq!(place.occupy(&[token], token == 0).unwrap().is_some(), is_free);
                map.entry(name).or_insert(token);
            } else {
                let is_same = map.get(&name) == Some(&token);
                prop_assert_eq!(place.vacate(&[token]).unwrap(), is_same);
                if is_same {
                    map.remove(&name);
                }
            }
            prop_assert_eq!(names(folder.path()).len(), map.len());
            let found = place.read().unwrap().map(|f| f.bytes[0]);
            prop_assert_eq!(found, map.get(&name).copied());
        }
    }
}
