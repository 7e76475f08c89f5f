//! The claims of a folder.

use std::cell::OnceCell;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::claim::Claim;
use super::clock;
use super::entry::{Entry, patience};
use super::heartbeat::Pacemaker;
use super::owner::{Owner, Process};
use super::place::{Found, Place};
use super::server::Server;
use crate::error::FileError;
use crate::file::TEMPORARY;

/// How names of claims end.
const ENDING: &str = ".claim";
/// Time between two beats where nothing else is said.
const BEAT: Duration = Duration::from_secs(10);

/// Takes claims in a folder, in the name of one owner.
///
/// ```
/// use durable::claims::{Attempt, Claims, Owner};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let study = tempfile::tempdir()?;
/// let claims = Claims::new(study.path(), Owner::this_process());
/// let Attempt::Held(claim) = claims.take("0007")? else {
///     panic!("nobody else is here");
/// };
/// // Anybody else, on this machine or another:
/// let Attempt::Busy(holder) = claims.take("0007")? else {
///     panic!("the job was claimed");
/// };
/// println!("0007: {}", holder.owner.map_or("unknown".into(), |o| o.to_string()));
///
/// // … work …
/// claim.still_held()?;
/// durable::write(&study.path().join("0007.json"), b"{}")?;
/// claim.release()?;
/// assert!(Claims::list(study.path())?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Claims {
    folder: PathBuf,
    owner: Owner,
    beat: Duration,
    server: Arc<Server>,
    /// Keeps all claims alive, from the first on.
    pacemaker: Arc<Mutex<Option<Arc<Pacemaker>>>>,
}

/// What became of an attempt to claim a job.
#[derive(Debug)]
pub enum Attempt {
    /// The job is the caller's.
    Held(Claim),
    /// Somebody else works on it.
    Busy(Holder),
}

/// Whether the owner of a claim works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// It runs, or gave a sign of life not long ago.
    Alive,
    /// It ended without releasing the claim, or was silent for too long: who wants takes over.
    Dead,
    /// It is on another machine, and the folder cannot be written to, which would tell the server's
    /// time.
    Unknown,
}

/// Who has a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// Of the job.
    pub name: String,
    /// The process; none where the file is no claim that this program could read.
    pub owner: Option<Owner>,
    /// When it took the claim, in seconds since 1970 by its own clock.
    pub since: Option<u64>,
    /// Whether it works.
    pub liveness: Liveness,
}

impl Claims {
    /// Claims in `folder`, which must exist. Any number of owners and other files may share it, and
    /// nobody may call [`remove_temporaries`](crate::remove_temporaries) there.
    pub fn new(folder: impl Into<PathBuf>, owner: Owner) -> Self {
        Self {
            folder: folder.into(),
            owner,
            beat: BEAT,
            server: Arc::default(),
            pacemaker: Arc::default(),
        }
    }

    /// Gives a sign of life every so often instead of every 10 s. Others take over after six beats
    /// without one.
    pub fn beating(self, every: Duration) -> Self {
        Self {
            beat: every,
            pacemaker: Arc::default(),
            ..self
        }
    }

    /// Claims a job, unless somebody has it who is not known to be dead. `name` is part of a file's
    /// name: no path.
    pub fn take(&self, name: &str) -> Result<Attempt, FileError> {
        let place = Place::new(&self.folder, &format!("{name}{ENDING}"));
        self.take_place(&place, name)
            .map_err(FileError::io("claim", place.path()))
    }

    fn take_place(&self, place: &Place, name: &str) -> std::io::Result<Attempt> {
        if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
            let reason =
                format!("expected the name of a job without / and . in front, found {name:?}");
            return Err(std::io::Error::new(ErrorKind::InvalidInput, reason));
        }
        loop {
            if let Some(found) = place.read()? {
                // Who was alive a little while ago need not be asked after: that takes a file made.
                let lately = || self.server.lately(&self.folder);
                let mut holder = judge(name, &found, lately)?;
                if holder.liveness == Liveness::Dead {
                    holder = judge(name, &found, || self.server.now(&self.folder))?;
                }
                if holder.liveness != Liveness::Dead {
                    return Ok(Attempt::Busy(holder));
                }
                place.vacate(&found.bytes)?;
                self.sweep()?;
            }
            let pacemaker = self.pacemaker()?;
            let bytes = Entry::new(&self.owner, self.beat)?.to_bytes();
            let is_shared = self.server.is_shared(&self.folder);
            if let Some(file) = place.occupy(&bytes, is_shared)? {
                let claim = Claim::new(place.clone(), bytes, file, pacemaker);
                return Ok(Attempt::Held(claim));
            }
        }
    }

    /// The thread that keeps claims alive, started with the first of them.
    fn pacemaker(&self) -> std::io::Result<Arc<Pacemaker>> {
        let mut started = self
            .pacemaker
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(pacemaker) = &*started {
            return Ok(pacemaker.clone());
        }
        let pacemaker = Arc::new(Pacemaker::start(self.beat)?);
        *started = Some(pacemaker.clone());
        Ok(pacemaker)
    }

    /// Removes what those who died in the middle of taking or releasing left. What is younger than
    /// the patience may be in use.
    fn sweep(&self) -> std::io::Result<()> {
        let now = self.server.now(&self.folder)?;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                continue;
            }
            // Others sweep too: what is gone is gone.
            let touched = entry.metadata().and_then(|m| m.modified());
            if touched.is_ok_and(|t| clock::age(t, now) > patience(self.beat)) {
                fs::remove_file(entry.path()).ok();
            }
        }
        Ok(())
    }

    /// Who holds what in `folder`, by name; nobody where there is no folder.
    pub fn list(folder: &Path) -> Result<Vec<Holder>, FileError> {
        Self::holders(folder).map_err(FileError::io("read", folder))
    }

    /// The same for who only looks on: writes nothing, and takes this machine's clock for the file
    /// server's. Where the two differ by more than a few beats, an owner on another machine may be
    /// taken for dead or alive wrongly; so nothing may be taken over by this.
    pub fn look(folder: &Path) -> Result<Vec<Holder>, FileError> {
        Self::judged(folder, || Ok(SystemTime::now())).map_err(FileError::io("read", folder))
    }

    fn holders(folder: &Path) -> std::io::Result<Vec<Holder>> {
        let time = OnceCell::new();
        Self::judged(folder, || match time.get() {
            Some(time) => Ok(*time),
            None => clock::now(folder).inspect(|now| {
                time.set(*now).ok();
            }),
        })
    }

    fn judged(
        folder: &Path,
        now: impl Fn() -> std::io::Result<SystemTime>,
    ) -> std::io::Result<Vec<Holder>> {
        let entries = match fs::read_dir(folder) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut holders = Vec::new();
        for entry in entries {
            let file = entry?.file_name();
            let file = file.to_string_lossy();
            let Some(name) = file.strip_suffix(ENDING) else {
                continue;
            };
            if let Some(found) = Place::new(folder, &file).read()? {
                holders.push(judge(name, &found, &now)?);
            }
        }
        holders.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(holders)
    }
}

/// Who it is that left `found`, and whether it works; the server's time is asked for only where the
/// process table does not tell.
fn judge(
    name: &str,
    found: &Found,
    now: impl Fn() -> std::io::Result<SystemTime>,
) -> std::io::Result<Holder> {
    let entry = Entry::from_bytes(&found.bytes);
    let process = entry.as_ref().map(|e| e.owner.process());
    let liveness = match process.unwrap_or(Process::Unknown) {
        Process::Runs => Liveness::Alive,
        Process::Ended => Liveness::Dead,
        Process::Unknown => match now() {
            Ok(now) => {
                let patience = entry.as_ref().map_or(patience(BEAT), Entry::patience);
                match clock::age(found.touched, now) > patience {
                    true => Liveness::Dead,
                    false => Liveness::Alive,
                }
            }
            Err(e) if is_read_only(&e) => Liveness::Unknown,
            Err(e) => return Err(e),
        },
    };
    Ok(Holder {
        name: name.into(),
        since: entry.as_ref().map(|e| e.since),
        owner: entry.map(|e| e.owner),
        liveness,
    })
}

fn is_read_only(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}
