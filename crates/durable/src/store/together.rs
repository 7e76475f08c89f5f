//! What takes two processes to find out.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::alone::spell;
use super::check::Check;
use super::dialogue::Partner;
use super::dialogue::{Reply, Request, unexpected};
use super::error::StoreError;
use super::partner::{SEEN_WITHIN, claim, race, touched, whole};
use crate::error::FileError;
use crate::file::write;
use crate::json_log::JsonLog;

pub(super) const EXCLUSIVE: &str = "of two that make a file, one does";
pub(super) const REPLACED: &str = "a file that is replaced is whole for a reader";
pub(super) const SEEN: &str = "a new file is seen by the other";
pub(super) const LISTED: &str = "a new file is listed for the other";
pub(super) const APPENDED: &str = "lines appended in turn";
pub(super) const CLOCK: &str = "times by one clock";
pub(super) const CLAIMS: &str = "claims a second";

const ROUNDS: usize = 400;
const SIGHTINGS: usize = 5;
const LINES: u64 = 40;
/// How far apart the times of files may be that two processes touch at once: two beats of a claim.
const APART: f64 = 20.0;
/// How long speed is measured.
const WINDOW: Duration = Duration::from_secs(1);
/// Fewer claims a second than this are found fault with.
const FEW: f64 = 2.0;

pub(super) fn exclusive(folder: &Path, partner: &mut Partner) -> Result<Check, StoreError> {
    partner.tell(&Request::Race {
        folder: folder.into(),
        rounds: ROUNDS,
    })?;
    let ours = race(folder, ROUNDS, b"first");
    let theirs = match partner.reply()? {
        Reply::Made(theirs) => theirs,
        other => return Err(unexpected(&other)),
    };
    let ours = ours?;
    let (mut both, mut neither, mut other) = (0, 0, 0);
    for round in 0..ROUNDS {
        let (by_us, by_them) = (ours.contains(&round), theirs.contains(&round));
        both += usize::from(by_us && by_them);
        neither += usize::from(!by_us && !by_them);
        let path = folder.join(round.to_string());
        let bytes = std::fs::read(&path).map_err(FileError::io("read", &path))?;
        let expected: &[u8] = if by_us { b"first" } else { b"second" };
        other += usize::from(by_us != by_them && bytes != expected);
    }
    let seen = format!(
        "{} and {} of {ROUNDS}, {both} both, {neither} neither, {other} with the other's bytes",
        ours.len(),
        theirs.len()
    );
    Ok(Check::fine(EXCLUSIVE, seen)
        .figure("rounds", ROUNDS as f64)
        .figure("both", both as f64)
        .figure("neither", neither as f64)
        .figure("other_bytes", other as f64)
        .unless(
            both + neither + other == 0,
            "two processes would take the same job: give each its own part (`run --shard k/n`, `submit`), or choose another folder",
        ))
}

pub(super) fn replaced(folder: &Path, partner: &mut Partner) -> Result<Check, StoreError> {
    let path = folder.join("replaced");
    write(&path, &whole(1))?;
    partner.tell(&Request::Read {
        path: path.clone(),
        for_ms: WINDOW.as_millis() as u64,
    })?;
    let began = Instant::now();
    let mut replacements = 0u32;
    let mut written = Ok(());
    while written.is_ok() && began.elapsed() < WINDOW {
        replacements += 1;
        written = write(&path, &whole(1 + (replacements % 200) as u8));
    }
    let (reads, torn, missing) = match partner.reply()? {
        Reply::Read {
            reads,
            torn,
            missing,
        } => (reads, torn, missing),
        other => return Err(unexpected(&other)),
    };
    written?;
    let seen = format!("{reads} reads of {replacements} files, {torn} torn, {missing} of none");
    Ok(Check::fine(REPLACED, seen)
        .figure("reads", reads as f64)
        .figure("torn", torn as f64)
        .figure("missing", missing as f64)
        .unless(
            torn + missing == 0,
            "a process would find records of another damaged or gone while they are written: work with one process here, or choose another folder",
        ))
}

pub(super) fn seen(folder: &Path, partner: &mut Partner) -> Result<Check, StoreError> {
    sighted(SEEN, folder, partner, false)
}

pub(super) fn listed(folder: &Path, partner: &mut Partner) -> Result<Check, StoreError> {
    sighted(LISTED, folder, partner, true)
}

fn sighted(
    need: &'static str,
    folder: &Path,
    partner: &mut Partner,
    by_listing: bool,
) -> Result<Check, StoreError> {
    let mut longest = Duration::ZERO;
    let mut is_seen = true;
    for number in 0..SIGHTINGS {
        let path = folder.join(format!("new-{number}"));
        let request = Request::See {
            path: path.clone(),
            by_listing,
        };
        // It has looked before: a file system may remember that nothing was there.
        match partner.ask(&request)? {
            Reply::Looking => {}
            other => return Err(unexpected(&other)),
        }
        let written = write(&path, b"");
        let began = Instant::now();
        match partner.reply()? {
            Reply::Seen(seen) => is_seen &= seen,
            other => return Err(unexpected(&other)),
        }
        written?;
        longest = longest.max(began.elapsed());
        if !is_seen {
            break;
        }
    }
    let within = match is_seen {
        true => format!("within {}", spell(longest)),
        false => format!("not within {} s", SEEN_WITHIN.as_secs()),
    };
    Ok(Check::fine(need, within)
        .figure("longest_seconds", longest.as_secs_f64())
        .unless(
            is_seen,
            "processes would wait for results that are there, or do a job again: have the folder mounted with shorter caching (NFS: `acdirmax=10` or `lookupcache=positive`), or choose another one",
        ))
}

pub(super) fn appended(folder: &Path, partner: &mut Partner) -> Result<Check, StoreError> {
    let log = JsonLog::<u64>::new(folder.join("log.jsonl"));
    for value in 0..LINES {
        match value % 2 {
            0 => log.append(&value)?,
            _ => {
                let path = log.path().into();
                partner.ask(&Request::Append { path, value })?;
            }
        }
    }
    let lines = log.read();
    let is_whole = lines
        .as_ref()
        .is_ok_and(|lines| lines.iter().copied().eq(0..LINES));
    let seen = match &lines {
        Ok(lines) => format!("{} of {LINES} lines", lines.len()),
        Err(error) => error.to_string(),
    };
    Ok(Check::fine(APPENDED, seen).unless(
        is_whole,
        "the log of a run that another process goes on with would lose lines: have one process finish what it began, or choose another folder",
    ))
}

pub(super) fn clock(folder: &Path, partner: &mut Partner) -> Result<Check, StoreError> {
    let (ours, own) = touched(&folder.join("first"))?;
    let path = folder.join("second");
    let (theirs, their_own) = match partner.ask(&Request::Touch { path })? {
        Reply::Touched { file, own } => (file, own),
        other => return Err(unexpected(&other)),
    };
    let (again, _) = touched(&folder.join("first"))?;
    // Between the two touches by us is the other's.
    let late = after(theirs, again).max(0.0);
    let early = after(ours, theirs).max(0.0);
    let apart = late.max(early);
    let (here, there) = (after(own, ours), after(their_own, theirs));
    let seen = format!(
        "files {apart:.3} s apart; our clock {here:+.3} s beside the server's, the other's {there:+.3} s"
    );
    Ok(Check::fine(CLOCK, seen)
        .figure("files_apart_seconds", apart)
        .figure("own_clock_seconds", here)
        .figure("other_clock_seconds", there)
        .unless(
            apart <= APART,
            "files have the time of the machine that writes, and the machines' clocks differ: a process at work would be taken for dead and its job done twice; have the clocks set (NTP)",
        ))
}

/// Seconds from `b` to `a`, negative where `a` is earlier.
fn after(a: SystemTime, b: SystemTime) -> f64 {
    match a.duration_since(b) {
        Ok(later) => later.as_secs_f64(),
        Err(earlier) => -earlier.duration().as_secs_f64(),
    }
}

pub(super) fn claims(folder: &Path, partner: &mut Partner) -> Result<Check, StoreError> {
    partner.tell(&Request::Claim {
        folder: folder.into(),
        for_ms: WINDOW.as_millis() as u64,
    })?;
    let began = Instant::now();
    let ours = claim(folder, WINDOW, "first");
    let theirs = match partner.reply()? {
        Reply::Claimed(theirs) => theirs,
        other => return Err(unexpected(&other)),
    };
    let speed = (ours? + theirs) as f64 / began.elapsed().as_secs_f64();
    Ok(Check::fine(CLAIMS, format!("{speed:.0} taken and released, by both"))
        .figure("per_second", speed)
        .unless(
            speed >= FEW,
            "each job waits for the file server before it begins: give tasks more jobs each (`submit`), or choose a faster folder",
        ))
}
