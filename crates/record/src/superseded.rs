//! What earlier plans of a study left behind and the present one does not ask for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use durable::FileError;
use durable::claims::Liveness;
use study::StudyPlan;

use crate::directory::StudyDirectory;
use crate::error::RecordError;
use crate::job::Job;

/// Records that no longer belong: they are kept until [`StudyDirectory::prune`], since a later plan
/// may ask for them again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Superseded {
    /// Directories of runs, sorted.
    pub runs: Vec<PathBuf>,
    /// Directories of trials, sorted.
    pub trials: Vec<PathBuf>,
    /// Directories of probes, sorted.
    pub probes: Vec<PathBuf>,
    /// Files of the analysis, sorted.
    pub analyses: Vec<PathBuf>,
}

impl Superseded {
    /// Everything, runs first.
    pub fn all(&self) -> impl Iterator<Item = &PathBuf> {
        let directories = self.runs.iter().chain(&self.trials).chain(&self.probes);
        directories.chain(&self.analyses)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }
}

/// What lies in the directory and belongs to no job of `plan`.
pub(crate) fn superseded(
    directory: &StudyDirectory,
    plan: &StudyPlan,
) -> Result<Superseded, RecordError> {
    let jobs = Job::all(plan);
    let known: BTreeSet<&str> = jobs.iter().map(Job::id).collect();
    let in_folder = |folder: PathBuf| -> Result<Vec<PathBuf>, RecordError> {
        let entries = entries(&folder)?.into_iter();
        let stray = entries.filter(|name| {
            let id = name.split_once(".").map_or(name.as_str(), |(id, _)| id);
            !known.contains(id) && !known.contains(name.as_str())
        });
        Ok(stray.map(|name| folder.join(name)).collect())
    };
    Ok(Superseded {
        runs: in_folder(directory.runs())?,
        trials: in_folder(directory.trials())?,
        probes: in_folder(directory.probes())?,
        analyses: in_folder(directory.analysis())?,
    })
}

/// Names of what lies in a folder, sorted, without temporary files; nothing where it does not exist.
pub(crate) fn entries(folder: &Path) -> Result<Vec<String>, FileError> {
    let io = FileError::io("read", folder);
    let found = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.map_err(&io)?,
    };
    let mut names = Vec::new();
    for entry in found {
        let name = entry.map_err(&io)?.file_name();
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

impl StudyDirectory {
    /// What belongs to no job of the present plan.
    pub fn superseded(&self) -> Result<Superseded, RecordError> {
        superseded(self, &self.plan()?)
    }

    /// Removes it, one after the other; returns what was removed. What another process still works
    /// on, by an earlier plan, is left alone.
    pub fn prune(&self) -> Result<Superseded, RecordError> {
        let mut found = self.superseded()?;
        let holders = self.holders()?.into_iter();
        let held = holders.filter(|holder| holder.liveness != Liveness::Dead);
        let held: BTreeSet<String> = held.map(|holder| holder.name).collect();
        let is_free = |path: &PathBuf| {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            !name.is_some_and(|name| held.contains(name.trim_end_matches(".json")))
        };
        for records in [
            &mut found.runs,
            &mut found.trials,
            &mut found.probes,
            &mut found.analyses,
        ] {
            records.retain(is_free);
        }
        for path in found.all() {
            let removed = match path.is_dir() {
                true => std::fs::remove_dir_all(path),
                false => std::fs::remove_file(path),
            };
            removed.map_err(FileError::io("remove", path))?;
        }
        Ok(found)
    }
}
