//! Records that were there when the page was last written.

use durable::{FileError, Manifest};

use crate::directory::StudyDirectory;
use crate::error::RecordError;
use crate::job::Job;
use crate::listing::Listing;
use crate::names::{CHECKLIST, CHECKLIST_TABLE, MANIFEST, REPORT};

impl StudyDirectory {
    /// Remembers the page with its checklists, and which jobs were done when it was written.
    pub fn list(&self) -> Result<(), RecordError> {
        let plan = self.plan()?;
        let jobs = Job::all(&plan);
        let done = jobs.iter().filter(|job| job.is_done(self));
        let listing = Listing {
            done: done.map(|job| job.id().into()).collect(),
        };
        let beside = [REPORT, CHECKLIST.into(), CHECKLIST_TABLE];
        let files = Manifest::of_files(self.path(), &beside)?;
        Ok(MANIFEST.write(self.path(), &listing, &files)?)
    }

    /// Refuses a study that has lost the record of a job that was done when its page was last
    /// written.
    pub fn refuse_lost(&self) -> Result<(), RecordError> {
        let plan = self.plan()?;
        match self.lost(&Job::all(&plan))?.first() {
            Some(job) => Err(RecordError::File(FileError::Damaged {
                path: job.result_file(self),
                reason: LOST.into(),
            })),
            None => Ok(()),
        }
    }

    /// Those of `jobs` that were done when the page was last written and have no record now.
    pub(crate) fn lost<'a>(&self, jobs: &[Job<'a>]) -> Result<Vec<Job<'a>>, RecordError> {
        let Some(listing) = MANIFEST.read(self.path())? else {
            return Ok(Vec::new());
        };
        let is_lost = |job: &&Job<'a>| {
            !job.is_recorded(self) && listing.done.iter().any(|name| name == job.id())
        };
        Ok(jobs.iter().filter(is_lost).copied().collect())
    }
}

/// What is said of them.
pub(crate) const LOST: &str = "it was there when the report was last written, and is not any more";
