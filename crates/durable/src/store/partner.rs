//! The second process.

use std::fs::File;
use std::io::{BufRead, ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use super::dialogue::{Reply, Request, hear, say};
use crate::claims::{Attempt, Claims, Owner, touch};
use crate::error::FileError;
use crate::file::write_new;
use crate::json_log::JsonLog;

/// How long a file may take to be seen: half the time after which a silent claim is dead.
pub(super) const SEEN_WITHIN: Duration = Duration::from_secs(30);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Longest time that one answer takes.
const AT_MOST: Duration = Duration::from_secs(40);

/// Does what the lines of `from` ask and answers by `to`, until `from` ends or `stop` is set.
pub fn serve(mut from: impl BufRead, mut to: impl Write, stop: &AtomicBool) -> std::io::Result<()> {
    while !stop.load(Ordering::Relaxed)
        && let Some(request) = hear::<Request>(&mut from)?
    {
        let reply = carry_out(&request, &mut to, stop);
        say(
            &mut to,
            &reply.unwrap_or_else(|e| Reply::Refused(e.to_string())),
        )?;
    }
    Ok(())
}

fn carry_out(
    request: &Request,
    to: &mut impl Write,
    stop: &AtomicBool,
) -> Result<Reply, FileError> {
    let began = Instant::now();
    let is_over = || stop.load(Ordering::Relaxed) || began.elapsed() > AT_MOST;
    Ok(match request {
        Request::Greet => Reply::Done,
        Request::Race { folder, rounds } => Reply::Made(race(folder, *rounds, b"second")?),
        Request::Read { path, for_ms } => {
            let time = Duration::from_millis(*for_ms);
            let (mut reads, mut torn, mut missing) = (0, 0, 0);
            while began.elapsed() < time && !is_over() {
                reads += 1;
                match std::fs::read(path) {
                    Err(e) if e.kind() == ErrorKind::NotFound => missing += 1,
                    // The old file went away under the reader: nothing of it was taken for whole.
                    Err(e) if e.kind() == ErrorKind::StaleNetworkFileHandle => reads -= 1,
                    bytes => {
                        let bytes = bytes.map_err(FileError::io("read", path))?;
                        torn += usize::from(!is_whole(&bytes));
                    }
                }
            }
            Reply::Read {
                reads,
                torn,
                missing,
            }
        }
        Request::See { path, by_listing } => {
            let mut is_told = false;
            let mut is_seen = sees(path, *by_listing)?;
            while !is_seen && began.elapsed() < SEEN_WITHIN && !is_over() {
                if !is_told && say(to, &Reply::Looking).is_ok() {
                    is_told = true;
                }
                std::thread::sleep(LOOK_EVERY);
                is_seen = sees(path, *by_listing)?;
            }
            Reply::Seen(is_seen)
        }
        Request::Append { path, value } => {
            JsonLog::new(path.clone()).append(value)?;
            Reply::Done
        }
        Request::Touch { path } => {
            let (file, own) = touched(path)?;
            Reply::Touched { file, own }
        }
        Request::Claim { folder, for_ms } => {
            Reply::Claimed(claim(folder, Duration::from_millis(*for_ms), "second")?)
        }
    })
}

/// Numbers of the files that were made here.
pub(super) fn race(folder: &Path, rounds: usize, mark: &[u8]) -> Result<Vec<usize>, FileError> {
    let mut made = Vec::new();
    for round in 0..rounds {
        if write_new(&folder.join(round.to_string()), mark)? {
            made.push(round);
        }
    }
    Ok(made)
}

/// Bytes that tell whether they are whole: their number is what the first says, and all are the same.
pub(super) fn whole(number: u8) -> Vec<u8> {
    vec![number; 1 + 977 * usize::from(number)]
}

fn is_whole(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| bytes == whole(*first))
}

fn sees(path: &Path, by_listing: bool) -> Result<bool, FileError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(false);
    };
    if !by_listing {
        return match File::open(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
            opened => opened.map(|_| true).map_err(FileError::io("open", path)),
        };
    }
    let io = FileError::io("list", folder);
    for entry in std::fs::read_dir(folder).map_err(&io)? {
        if entry.map_err(&io)?.file_name() == name {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Touches a file, which is made where there is none: its time then, and that of our own clock.
pub(super) fn touched(path: &Path) -> Result<(SystemTime, SystemTime), FileError> {
    let io = FileError::io("touch", path);
    let opened = File::options().create(true).append(true).open(path);
    let file = opened.map_err(&io)?;
    touch(&file).map_err(&io)?;
    let own = SystemTime::now();
    let time = file.metadata().and_then(|m| m.modified()).map_err(&io)?;
    Ok((time, own))
}

/// How many claims were taken and released in `time`.
pub(super) fn claim(folder: &Path, time: Duration, name: &str) -> Result<usize, FileError> {
    let claims = Claims::new(folder, Owner::this_process());
    let began = Instant::now();
    let mut taken = 0;
    while began.elapsed() < time {
        if let Attempt::Held(claim) = claims.take(&format!("{name}-{taken}"))? {
            claim.release()?;
            taken += 1;
        }
    }
    Ok(taken)
}
