//! Mirrors beside a run, never in its way.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use record::StudyDirectory;

use crate::follower::Follower;
use crate::target::Target;

/// How long the end of a run waits for all mirrors together.
const PATIENCE: Duration = Duration::from_secs(30);

/// Mirrors of a study that this process runs, each on a thread of its own. Dropped when the run has
/// ended, it gives them a while to come to the end, too; what they do not manage is said.
pub struct Beside {
    mirrors: Vec<Mirroring>,
    say: fn(&str),
}

struct Mirroring {
    target: Target,
    /// Dropped to ask for the end.
    goes_on: Option<Sender<()>>,
    ended: Receiver<()>,
}

impl Beside {
    /// Begins to mirror `directory`. `say` shows a line to people.
    pub fn start(directory: &StudyDirectory, targets: &[Target], say: fn(&str)) -> Self {
        let mut mirrors = Vec::new();
        for target in targets {
            let (goes_on, asked) = channel::<()>();
            let (ends, ended) = channel();
            let mut follower = Follower::new(directory.clone(), target.clone());
            let mut wait = move |pause| asked.recv_timeout(pause) == Err(RecvTimeoutError::Timeout);
            let started = std::thread::Builder::new()
                .name("track".into())
                .spawn(move || {
                    // What went wrong was said.
                    follower.follow(false, &mut wait, &say).ok();
                    ends.send(()).ok();
                });
            match started {
                Ok(_) => mirrors.push(Mirroring {
                    target: target.clone(),
                    goes_on: Some(goes_on),
                    ended,
                }),
                Err(error) => say(&format!(
                    "note: {target}: no thread to mirror with ({error}); the study goes on"
                )),
            }
        }
        Self { mirrors, say }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        for mirroring in &mut self.mirrors {
            mirroring.goes_on = None;
        }
        let end = Instant::now() + PATIENCE;
        for mirroring in &self.mirrors {
            let left = end.saturating_duration_since(Instant::now());
            if mirroring.ended.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
                (self.say)(&format!(
                    "note: {}: not all was mirrored; `transfusion track` goes on with it",
                    mirroring.target
                ));
            }
        }
    }
}
