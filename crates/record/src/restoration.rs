//! What a repair does to a directory: damaged files are set aside, never removed.

use std::path::{Path, PathBuf};

use durable::claims::Attempt;
use durable::{FileError, sha256_hex};
use study::StudyPlan;

use crate::directory::{StudyDirectory, make};
use crate::error::RecordError;
use crate::job::Job;
use crate::names::{RESULTS, SET_ASIDE, STUDY};

impl StudyDirectory {
    /// `study.toml` as it was planned, from wherever a whole copy is left: the file itself, or the one
    /// in `results.json`. Without a readable plan the file has to do. None where no copy is left.
    pub fn intact_study(&self) -> Result<Option<String>, RecordError> {
        let planned = match self.sealed_plan() {
            Err(RecordError::File(FileError::Damaged { .. }) | RecordError::NoStudy { .. }) => None,
            plan => Some(plan?.files),
        };
        let Some(planned) = planned else {
            return Ok(self.study().ok());
        };
        if let Ok(bytes) = planned.read(self.path(), STUDY.name()) {
            return Ok(String::from_utf8(bytes).ok());
        }
        let expected = planned.files().find(|(name, _)| *name == STUDY.name());
        let results = RESULTS.read(self.path()).ok().flatten();
        let kept = results.map(|results| results.value.reproduction.study);
        let is_planned = |text: &String| {
            expected.is_some_and(|(_, digest)| sha256_hex(text.as_bytes()) == digest.sha256)
        };
        Ok(kept.filter(is_planned))
    }

    /// Moves a file or folder of the study into `set-aside/`, under its own name with a number where
    /// that is taken; returns its new place, or none where it is not there.
    pub fn set_aside(&self, path: &Path) -> Result<Option<PathBuf>, RecordError> {
        if !path.exists() {
            return Ok(None);
        }
        let folder = SET_ASIDE.path(self.path());
        make(&folder)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut places = (0..).map(|number| match number {
            0 => folder.join(&*name),
            number => folder.join(format!("{name}.{number}")),
        });
        let place = places.find(|place| !place.exists()).unwrap_or(folder);
        std::fs::rename(path, &place).map_err(FileError::io("set aside", path))?;
        Ok(Some(place))
    }

    /// Sets aside all that a job left, so that it is done anew. Whether it did: not where another
    /// process works on it.
    pub fn set_job_aside(&self, job: &Job) -> Result<bool, RecordError> {
        let Attempt::Held(_claim) = self.claims()?.take(job.id())? else {
            return Ok(false);
        };
        match job {
            Job::Probe(probe) => self.set_aside(self.probe(probe).path())?,
            Job::Trial(trial) => self.set_aside(self.trial(trial).path())?,
            Job::Train(run) => self.set_aside(self.run(run).path())?,
            Job::Change(_) | Job::Pair(_) | Job::Map(_) => {
                self.set_aside(&job.error_file(self))?;
                self.set_aside(&job.result_file(self))?
            }
        };
        Ok(true)
    }

    /// Writes the plan and what belongs to it, whatever is there.
    pub fn restore(&self, plan: &StudyPlan, study: &str) -> Result<(), RecordError> {
        match self.claims()?.take("plan")? {
            Attempt::Held(_claim) => self.write_plan(plan, study),
            Attempt::Busy(holder) => Err(RecordError::Busy {
                path: self.path().into(),
                by: holder
                    .owner
                    .map_or("another process".into(), |owner| owner.to_string()),
            }),
        }
    }
}
