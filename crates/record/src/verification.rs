//! A study held against its own records: every byte, then what has to be in the files.

use std::path::PathBuf;

use durable::{FileError, Manifest, read_sealed};
use serde_json::Value;
use study::{Split, StudyPlan};

use crate::directory::{JobDirectory, StudyDirectory};
use crate::error::RecordError;
use crate::finished_run::FinishedRun;
use crate::job::Job;
use crate::lost::LOST;
use crate::names::{
    CHECKLIST, DECLARATIONS, EXAMPLES, GALLERY, GALLERY_RECORD, MANIFEST, PLAN, PRECISIONS,
    PROBE_RESULT, RESULTS, STUDY,
};
use crate::prediction_table::PredictionTable;
use crate::result::RunError;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file or folder.
    pub path: PathBuf,
    /// Name of the job that it belongs to; none where it belongs to the study.
    pub job: Option<String>,
    /// What was expected, and what was found.
    pub what: String,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Records of jobs.
    pub jobs: usize,
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// All that is not as it was written, in the order of the study's jobs.
    pub findings: Vec<Finding>,
}

impl StudyDirectory {
    /// Reads the whole study and holds it against its records. What the file system refuses ends it.
    pub fn verify(&self) -> Result<Verification, RecordError> {
        let mut found = Verification::default();
        let plan = match self.sealed_plan() {
            Err(RecordError::File(error @ FileError::Damaged { .. })) => {
                found.take::<()>(None, Err(error.into()))?;
                return Ok(found);
            }
            Err(RecordError::NoStudy { .. }) if STUDY.exists(self.path()) => {
                found.missing(
                    PLAN.path(self.path()),
                    None,
                    "expected the plan, found no file",
                );
                return Ok(found);
            }
            plan => plan?,
        };
        found.files += 1;
        found.manifest(&JobDirectory::new(self.path()), &plan.files, None)?;
        found.own_files(self)?;
        let jobs = Job::all(&plan);
        for job in &jobs {
            found.job(self, &plan, job)?;
        }
        if let Ok(lost) = self.lost(&jobs) {
            for job in &lost {
                found.missing(job.result_file(self), Some(job), LOST);
            }
        }
        Ok(found)
    }
}

impl Verification {
    /// Names of the jobs that are damaged, each once.
    pub fn damaged_jobs(&self) -> Vec<&str> {
        let mut jobs: Vec<&str> = Vec::new();
        for job in self.findings.iter().filter_map(|f| f.job.as_deref()) {
            if !jobs.contains(&job) {
                jobs.push(job);
            }
        }
        jobs
    }

    /// Whether a file of the study itself is among what was found.
    pub fn names(&self, path: &std::path::Path) -> bool {
        self.findings.iter().any(|finding| finding.path == path)
    }

    fn take<T>(
        &mut self,
        job: Option<&Job>,
        checked: Result<T, RecordError>,
    ) -> Result<Option<T>, RecordError> {
        match checked {
            Ok(value) => Ok(Some(value)),
            Err(RecordError::File(FileError::Damaged { path, reason })) => {
                self.findings.push(Finding {
                    path,
                    job: job.map(|job| job.id().to_string()),
                    what: reason,
                });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn missing(&mut self, path: PathBuf, job: Option<&Job>, what: &str) {
        self.findings.push(Finding {
            path,
            job: job.map(|job| job.id().into()),
            what: what.into(),
        });
    }

    /// Every file that a record names; those that are damaged already are not named again.
    fn manifest(
        &mut self,
        place: &JobDirectory,
        files: &Manifest,
        job: Option<&Job>,
    ) -> Result<bool, RecordError> {
        let before = self.findings.len();
        for (name, digest) in files.files() {
            self.files += 1;
            self.bytes += digest.bytes;
            self.take(job, files.check(place.path(), name).map_err(Into::into))?;
        }
        Ok(self.findings.len() == before)
    }

    /// What belongs to no job.
    fn own_files(&mut self, directory: &StudyDirectory) -> Result<(), RecordError> {
        let path = directory.path();
        self.take(None, PRECISIONS.read(path).map_err(Into::into))?;
        self.take(None, DECLARATIONS.read(path).map_err(Into::into))?;
        self.take(None, CHECKLIST.read(path).map_err(Into::into))?;
        self.take(
            None,
            read_sealed::<Value>(&RESULTS.path(path)).map_err(Into::into),
        )?;
        let places = [
            (RESULTS.exists(path), path.to_path_buf()),
            (EXAMPLES.path(path).is_dir(), EXAMPLES.path(path)),
        ];
        for (is_expected, folder) in places {
            if is_expected && !MANIFEST.exists(&folder) {
                let what = "expected the digests of the files beside it, found no file";
                self.missing(MANIFEST.path(&folder), None, what);
            }
            let listing = self.take(None, MANIFEST.read(&folder).map_err(Into::into))?;
            if let Some(Some(listing)) = listing {
                self.files += 1;
                self.manifest(&JobDirectory::new(folder), &listing.files, None)?;
            }
        }
        self.gallery(directory)
    }

    /// Pictures of mistakes and maps, where they are drawn.
    fn gallery(&mut self, directory: &StudyDirectory) -> Result<(), RecordError> {
        let folder = GALLERY.path(directory.path());
        if let Some(Some(gallery)) = self.take(None, directory.gallery())? {
            self.files += 1;
            self.manifest(&JobDirectory::new(folder), &gallery.files, None)?;
        } else if folder.is_dir() && !GALLERY_RECORD.exists(&folder) {
            let what = "expected the digests of the files beside it, found no file";
            self.missing(GALLERY_RECORD.path(&folder), None, what);
        }
        Ok(())
    }

    fn job(
        &mut self,
        directory: &StudyDirectory,
        plan: &StudyPlan,
        job: &Job,
    ) -> Result<(), RecordError> {
        if !job.is_done(directory) {
            let failed = read_sealed::<RunError>(&job.error_file(directory));
            self.take(Some(job), failed.map_err(Into::into))?;
            return Ok(());
        }
        self.jobs += 1;
        self.files += 1;
        match job {
            Job::Trial(_) | Job::Train(_) => {
                let (Some(place), Some(spec)) = (job.training(directory), job.trains()) else {
                    return Ok(());
                };
                let run = self.take(Some(job), FinishedRun::open(&place, &spec.id))?;
                if let Some(Some(run)) = run
                    && self.manifest(&place, run.files(), Some(job))?
                {
                    self.take(Some(job), run.check(plan, plan.data.split_of(spec.fold)))?;
                    self.take(Some(job), run.timing())?;
                }
            }
            Job::Probe(probe) => {
                let place = directory.probe(probe);
                let record = PROBE_RESULT.read(place.path()).map_err(Into::into);
                if let Some(Some(record)) = self.take(Some(job), record)?
                    && self.manifest(&place, &record.files, Some(job))?
                {
                    let split = plan.data.split_of(None);
                    let tables = record.fits.iter().map(|fit| fit.file.as_str());
                    for name in tables.collect::<std::collections::BTreeSet<_>>() {
                        let checked = probed(plan, split, &place, &record.files, name);
                        self.take(Some(job), checked)?;
                    }
                }
            }
            Job::Change(_) | Job::Pair(_) | Job::Map(_) => {
                let record = read_sealed::<Value>(&job.result_file(directory));
                self.take(Some(job), record.map_err(Into::into))?;
            }
        }
        Ok(())
    }
}

/// A table of a probe has a row for each test picture.
fn probed(
    plan: &StudyPlan,
    split: &Split,
    place: &JobDirectory,
    files: &Manifest,
    name: &str,
) -> Result<(), RecordError> {
    let (task, classes) = (plan.data.task, plan.data.described.classes.len());
    let table = PredictionTable::read(files, place.path(), name, task, classes)?;
    let found = table.part(images::Partition::Test.name())?.images.len();
    match found == split.test.len() {
        true => Ok(()),
        false => Err(RecordError::File(FileError::Damaged {
            path: place.path().join(name),
            reason: format!("expected {} test pictures, found {found}", split.test.len()),
        })),
    }
}
