//! Which jobs of a study have left anything, by listing four folders.

use std::collections::HashSet;
use std::io::ErrorKind;

use durable::FileError;

use crate::directory::StudyDirectory;
use crate::error::RecordError;
use crate::job::Job;

/// The names of what jobs have left. To ask after each job of a large study is one call to the file
/// server a job; a listing is one for hundreds.
#[derive(Clone, Debug)]
pub struct Begun {
    names: HashSet<String>,
}

impl Begun {
    /// What the study at `directory` has now, or had a little while ago where a network file system
    /// remembers an older listing.
    pub fn of(directory: &StudyDirectory) -> Result<Self, RecordError> {
        let mut names = HashSet::new();
        let folders = [
            directory.runs(),
            directory.trials(),
            directory.probes(),
            directory.analysis(),
        ];
        for folder in folders {
            let io = FileError::io("read", &folder);
            let entries = match std::fs::read_dir(&folder) {
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                entries => entries.map_err(&io)?,
            };
            for entry in entries {
                let name = entry.map_err(&io)?.file_name();
                let name = name.to_string_lossy();
                // A part of the analysis is a file, or another where it failed.
                let name = name.strip_suffix(".json").unwrap_or(&name);
                names.insert(name.strip_suffix(".error").unwrap_or(name).into());
            }
        }
        Ok(Self { names })
    }

    /// Whether a job has left anything, so that it may be recorded.
    pub fn holds(&self, job: &Job) -> bool {
        self.names.contains(job.id())
    }
}
