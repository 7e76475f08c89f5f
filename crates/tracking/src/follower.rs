//! Mirrors a study, once or for as long as it goes on.

use std::time::Duration;

use record::StudyDirectory;

use crate::error::TrackError;
use crate::snapshot::Reader;
use crate::target::{Mirror, Target};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// Between two tries where the tool does not work, at most.
const LONGEST: Duration = Duration::from_secs(60);

/// Mirrors a study to one target.
pub struct Follower {
    reader: Reader,
    mirror: Mirror,
    target: Target,
}

/// What one look came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Runs and trials of which there is anything.
    pub runs: usize,
    /// Their evaluations.
    pub evaluations: usize,
    /// What of the study could not be read, a sentence each.
    pub notes: Vec<String>,
    /// Whether nothing more of the study is to come.
    pub is_over: bool,
}

impl Follower {
    /// Of the study in `directory`.
    pub fn new(directory: StudyDirectory, target: Target) -> Self {
        Self {
            reader: Reader::new(directory),
            mirror: target.mirror(),
            target,
        }
    }

    /// Mirrors what is there.
    pub fn look(&mut self) -> Result<Looked, TrackError> {
        let snapshot = self.reader.look()?;
        self.mirror.update(&snapshot)?;
        let begun = snapshot
            .runs
            .iter()
            .filter(|run| !run.evaluations.is_empty());
        Ok(Looked {
            runs: begun.clone().count(),
            evaluations: begun.map(|run| run.evaluations.len()).sum(),
            is_over: snapshot.is_over,
            notes: snapshot.notes,
        })
    }

    /// Mirrors again and again until the study is over, where `until_over`, or `wait` says that it is
    /// enough: it waits for as long as it is told, and returns whether to go on. What goes wrong is said in one line,
    /// once, and tried again where it may pass. Returns what the last look came to.
    pub fn follow(
        &mut self,
        until_over: bool,
        wait: &mut dyn FnMut(Duration) -> bool,
        say: &dyn Fn(&str),
    ) -> Result<Looked, TrackError> {
        let (mut said, mut pause) = (String::new(), PAUSE);
        let mut goes_on = true;
        loop {
            let looked = self.look();
            let line = match &looked {
                Ok(looked) => looked.notes.first().cloned().unwrap_or_default(),
                Err(error) => error.to_string(),
            };
            if line != said {
                match line.is_empty() {
                    true => say(&format!("{}: it goes on", self.target)),
                    false => say(&format!("note: {line}; the study is not affected")),
                }
                said = line;
            }
            pause = match &looked {
                Ok(_) => PAUSE,
                Err(_) => (2 * pause).min(LONGEST),
            };
            let is_over = match &looked {
                Ok(looked) => until_over && looked.is_over,
                Err(error) => !error.is_passing(),
            };
            if is_over || !goes_on {
                return looked;
            }
            // Once more after the end, for what came last.
            goes_on = wait(pause);
        }
    }
}
