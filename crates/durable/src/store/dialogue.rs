//! What two processes that check a folder say to each other: a line of JSON a sentence.

use std::io::{BufRead, BufReader, Error, ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::error::StoreError;

/// How long a partner that is not needed any more may take to end.
const LEAVE: Duration = Duration::from_secs(5);

/// What the second process is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Request {
    /// Nothing, at once.
    Greet,
    /// Make the files `0`, `1` … of a folder where they are not.
    Race { folder: PathBuf, rounds: usize },
    /// Read a file again and again.
    Read { path: PathBuf, for_ms: u64 },
    /// Wait until a file is there.
    See { path: PathBuf, by_listing: bool },
    /// Add a line to a log.
    Append { path: PathBuf, value: u64 },
    /// Touch a file.
    Touch { path: PathBuf },
    /// Take and release claims.
    Claim { folder: PathBuf, for_ms: u64 },
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Reply {
    Done,
    /// Which files it made.
    Made(Vec<usize>),
    Read {
        reads: usize,
        torn: usize,
        missing: usize,
    },
    /// It has looked, and nothing was there.
    Looking,
    /// Whether it saw what it waited for.
    Seen(bool),
    /// What the file's time is, and its own.
    Touched {
        file: SystemTime,
        own: SystemTime,
    },
    Claimed(usize),
    /// The file system refused.
    Refused(String),
}

/// The second process, as the first has it: ended when dropped.
pub struct Partner {
    to: Option<Box<dyn Write + Send>>,
    from: Box<dyn BufRead + Send>,
    child: Option<Child>,
}

impl Partner {
    /// Starts the process that runs [`serve`](super::serve) between its stdin and stdout.
    pub fn start(mut command: Command) -> Result<Self, StoreError> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(StoreError::Partner)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(StoreError::Partner(ErrorKind::BrokenPipe.into()));
        };
        let mut partner = Self::new(Box::new(to), Box::new(BufReader::new(from)));
        partner.child = Some(child);
        partner.ask(&Request::Greet)?;
        Ok(partner)
    }

    /// One that is talked to by `to` and answers by `from`.
    pub fn new(to: Box<dyn Write + Send>, from: Box<dyn BufRead + Send>) -> Self {
        Self {
            to: Some(to),
            from,
            child: None,
        }
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Reply, StoreError> {
        self.tell(request)?;
        self.reply()
    }

    /// Asks; [`Self::reply`] has the answer.
    pub(super) fn tell(&mut self, request: &Request) -> Result<(), StoreError> {
        let Some(to) = &mut self.to else {
            return Err(StoreError::Partner(ErrorKind::BrokenPipe.into()));
        };
        say(to, request).map_err(StoreError::Partner)
    }

    /// The next answer.
    pub(super) fn reply(&mut self) -> Result<Reply, StoreError> {
        match hear(&mut self.from).map_err(StoreError::Partner)? {
            Some(Reply::Refused(why)) => Err(StoreError::Refused(why)),
            Some(reply) => Ok(reply),
            None => Err(StoreError::Partner(ErrorKind::UnexpectedEof.into())),
        }
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        // It ends when nobody can ask it any more.
        self.to.take();
        let Some(child) = &mut self.child else { return };
        let began = Instant::now();
        while matches!(child.try_wait(), Ok(None)) {
            if began.elapsed() > LEAVE {
                child.kill().ok();
                child.wait().ok();
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// An answer that does not belong to the question.
pub(super) fn unexpected(reply: &Reply) -> StoreError {
    StoreError::Partner(Error::other(format!("it answered {reply:?}")))
}

pub(super) fn say(to: &mut dyn Write, value: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

/// The next sentence; none where there will be no more.
pub(super) fn hear<T: for<'a> Deserialize<'a>>(
    from: &mut dyn BufRead,
) -> std::io::Result<Option<T>> {
    let mut line = String::new();
    match from.read_line(&mut line)? {
        0 => Ok(None),
        _ => Ok(Some(serde_json::from_str(&line)?)),
    }
}
