//! Where a study and its runs live.

use std::path::{Path, PathBuf};

use durable::claims::{Claims, Holder, Owner};
use durable::{
    FileError, FileName, Manifest, Sealed, SealedFile, TEMPORARY, read_json, remove_temporaries,
};
use serde::{Deserialize, Serialize};
use study::{FORMAT, PlannedProbe, PlannedTrial, RunSpec, StudyPlan};

use crate::declaration::Declaration;
use crate::error::RecordError;
use crate::names::{DECLARATIONS, ERROR, PLAN, STUDY, TIMING};

/// The directory of one study.
#[derive(Clone, Debug)]
pub struct StudyDirectory {
    path: PathBuf,
}

impl StudyDirectory {
    /// The study at `path`, which may not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file or folder of the study.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The plan of an existing study.
    pub fn plan(&self) -> Result<StudyPlan, RecordError> {
        Ok(self.sealed_plan()?.value)
    }

    /// The same with the digests of the files that belong to it.
    pub(crate) fn sealed_plan(&self) -> Result<Sealed<StudyPlan>, RecordError> {
        self.existing_plan()?.ok_or_else(|| RecordError::NoStudy {
            path: self.path.clone(),
        })
    }

    /// `study.toml` as it is there.
    pub(crate) fn study(&self) -> Result<String, RecordError> {
        let path = STUDY.path(&self.path);
        let text = std::fs::read_to_string(&path).map_err(FileError::io("read", &path))?;
        Ok(text)
    }

    /// `study.toml`, if it is the one that was planned.
    pub fn planned_study(&self) -> Result<String, RecordError> {
        let bytes = self.sealed_plan()?.files.read(&self.path, STUDY.name())?;
        String::from_utf8(bytes).map_err(|_| {
            RecordError::File(FileError::Damaged {
                path: STUDY.path(&self.path),
                reason: "expected text".into(),
            })
        })
    }

    /// How arms were declared to be compared, from the first plan on, if the record of it is whole.
    pub fn declarations(&self) -> Result<Vec<Declaration>, RecordError> {
        let declarations = DECLARATIONS.read(&self.path)?;
        Ok(declarations.map_or_else(Vec::new, |sealed| sealed.value.declared))
    }

    /// The directory of a run.
    pub fn run(&self, spec: &RunSpec) -> JobDirectory {
        JobDirectory::new(self.runs().join(&spec.id))
    }

    /// The folder of all runs, those that no longer belong to the plan among them.
    pub fn runs(&self) -> PathBuf {
        self.file("runs")
    }

    /// The directory of a trial.
    pub fn trial(&self, trial: &PlannedTrial) -> JobDirectory {
        JobDirectory::new(self.trials().join(&trial.run.id))
    }

    /// The folder of all trials.
    pub fn trials(&self) -> PathBuf {
        self.file("trials")
    }

    /// The directory of a probe.
    pub fn probe(&self, probe: &PlannedProbe) -> JobDirectory {
        JobDirectory::new(self.probes().join(&probe.id))
    }

    /// The folder of all probes.
    pub fn probes(&self) -> PathBuf {
        self.file("probes")
    }

    /// The folder of the analysis.
    pub fn analysis(&self) -> PathBuf {
        self.file("analysis")
    }

    /// Takes claims on the jobs of the study, in the name of this process.
    pub fn claims(&self) -> Result<Claims, RecordError> {
        let folder = self.claims_folder();
        make(&folder)?;
        Ok(Claims::new(folder, Owner::this_process()))
    }

    /// Who works on what.
    pub fn holders(&self) -> Result<Vec<Holder>, RecordError> {
        let folder = self.claims_folder();
        match folder.is_dir() {
            true => Ok(Claims::list(&folder)?),
            false => Ok(Vec::new()),
        }
    }

    /// The same for who only looks on: writes nothing, and judges by this machine's clock
    /// ([`Claims::look`]).
    pub fn holders_seen(&self) -> Result<Vec<Holder>, RecordError> {
        Ok(Claims::look(&self.claims_folder())?)
    }

    fn claims_folder(&self) -> PathBuf {
        self.file("claims")
    }

    pub(crate) fn existing_plan(&self) -> Result<Option<Sealed<StudyPlan>>, RecordError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        match read_json::<Format>(&PLAN.path(&self.path))? {
            Some(Format { format }) if format != FORMAT => Err(RecordError::Format {
                path: self.path.clone(),
                found: format,
                known: FORMAT,
            }),
            Some(_) => Ok(PLAN.read(&self.path)?),
            None => Ok(None),
        }
    }

    /// Whether anything but the configuration `study` and our own leftovers from an interrupted
    /// start is there.
    pub(crate) fn holds_anything_but(&self, study: &str) -> Result<bool, RecordError> {
        let io = FileError::io("read", &self.path);
        let entries = match std::fs::read_dir(&self.path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            entries => entries.map_err(&io)?,
        };
        for entry in entries {
            let name = entry.map_err(&io)?.file_name();
            let name = name.to_string_lossy();
            let is_ours = match &*name {
                "study.toml" => self.study()? == study,
                name => {
                    ["claims", DECLARATIONS.name()].contains(&name) || name.starts_with(TEMPORARY)
                }
            };
            if !is_ours {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Makes a folder and those above it.
pub(crate) fn make(folder: &Path) -> Result<(), FileError> {
    std::fs::create_dir_all(folder).map_err(FileError::io("create", folder))
}

/// The directory of one run, trial or probe.
#[derive(Clone, Debug)]
pub struct JobDirectory {
    path: PathBuf,
}

impl JobDirectory {
    /// The directory at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub fn file(&self, name: impl Into<FileName>) -> PathBuf {
        name.into().path(&self.path)
    }

    /// Writes the record that says that the job is done, with the digest of every file beside it but
    /// the times, which seal themselves: the same job leaves the same record.
    pub fn finish<T: Serialize>(&self, file: SealedFile<T>, record: &T) -> Result<(), RecordError> {
        let files = Manifest::of(&self.path, &[file.name(), ERROR.name(), TIMING.name()])?;
        Ok(file.write(&self.path, record, &files)?)
    }

    /// Makes it, and removes what a killed process was writing. Only for who has the job's claim.
    pub fn make(&self) -> Result<(), RecordError> {
        make(&self.path)?;
        Ok(remove_temporaries(&self.path)?)
    }
}
