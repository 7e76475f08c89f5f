//! Where a study and its runs live.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::file::{TEMPORARY, read_json, remove_temporaries, write, write_json};
use crate::study::{FORMAT, RunSpec, StudyError, StudyPlan};

/// The directory of one study.
#[derive(Clone, Debug)]
pub struct StudyDirectory {
    path: PathBuf,
}

/// Held while a process works on a study.
#[derive(Debug)]
pub struct StudyLock {
    _file: File,
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

    /// A file of the study.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes the directory hold `plan`, or finds that it already does. Refuses a directory that
    /// holds another study or something else, and changes nothing then.
    pub fn claim(&self, plan: &StudyPlan, study: &str) -> Result<StudyLock, StudyError> {
        match self.existing_plan()? {
            Some(existing) if existing == *plan => self.lock(),
            Some(existing) => Err(StudyError::AnotherStudy {
                path: self.path.clone(),
                difference: difference(&existing, plan),
                found: existing.title,
            }),
            None => {
                if self.holds_anything_but(study)? {
                    return Err(StudyError::NotAStudy {
                        path: self.path.clone(),
                    });
                }
                self.make(&self.path)?;
                let lock = self.lock()?;
                write(&self.file("study.toml"), study.as_bytes())?;
                write_json(&self.file("plan.json"), plan)?;
                Ok(lock)
            }
        }
    }

    /// The plan of an existing study.
    pub fn plan(&self) -> Result<StudyPlan, StudyError> {
        self.existing_plan()?.ok_or_else(|| StudyError::NoStudy {
            path: self.path.clone(),
        })
    }

    /// `study.toml` as it was run.
    pub fn study(&self) -> Result<String, StudyError> {
        let path = self.file("study.toml");
        std::fs::read_to_string(&path).map_err(|source| StudyError::Io {
            action: "read",
            path,
            source,
        })
    }

    /// The directory of a run.
    pub fn run(&self, spec: &RunSpec) -> RunDirectory {
        RunDirectory {
            path: self.path.join("runs").join(&spec.id),
        }
    }

    fn existing_plan(&self) -> Result<Option<StudyPlan>, StudyError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let path = self.file("plan.json");
        match read_json::<Format>(&path)? {
            Some(Format { format }) if format != FORMAT => Err(StudyError::Format {
                path: self.path.clone(),
                found: format,
                known: FORMAT,
            }),
            Some(_) => read_json(&path),
            None => Ok(None),
        }
    }

    /// Whether anything but the configuration `study` and our own leftovers from an interrupted
    /// start is there.
    fn holds_anything_but(&self, study: &str) -> Result<bool, StudyError> {
        let io = |source| StudyError::Io {
            action: "read",
            path: self.path.clone(),
            source,
        };
        match std::fs::read_dir(&self.path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(io(e)),
            Ok(entries) => {
                for entry in entries {
                    let name = entry.map_err(io)?.file_name();
                    let name = name.to_string_lossy();
                    let is_ours = match &*name {
                        "study.toml" => self.study()? == study,
                        name => name == ".lock" || name.starts_with(TEMPORARY),
                    };
                    if !is_ours {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn make(&self, path: &Path) -> Result<(), StudyError> {
        std::fs::create_dir_all(path).map_err(|source| StudyError::Io {
            action: "create",
            path: path.into(),
            source,
        })
    }

    fn lock(&self) -> Result<StudyLock, StudyError> {
        let path = self.file(".lock");
        let io = |source| StudyError::Io {
            action: "lock",
            path: path.clone(),
            source,
        };
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {
                remove_temporaries(&self.path)?;
                Ok(StudyLock { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(StudyError::Locked {
                path: self.path.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }
}

/// The directory of one run.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    path: PathBuf,
}

impl RunDirectory {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file of the run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes the directory and what lies in it, and removes what a killed process was writing.
    pub fn make(&self) -> Result<(), StudyError> {
        let checkpoint = self.path.join("checkpoint");
        std::fs::create_dir_all(&checkpoint).map_err(|source| StudyError::Io {
            action: "create",
            path: checkpoint.clone(),
            source,
        })?;
        remove_temporaries(&self.path)?;
        remove_temporaries(&checkpoint)
    }
}

/// The first part in which two plans differ, in words.
fn difference(a: &StudyPlan, b: &StudyPlan) -> String {
    let part = if a.version != b.version {
        return format!(
            "the program's version ({} there, {} here)",
            a.version, b.version
        );
    } else if a.title != b.title {
        "its title"
    } else if a.data.described.sha256 != b.data.described.sha256 {
        "the pictures or labels"
    } else if a.data != b.data {
        "[data]"
    } else if a.train != b.train {
        "[train]"
    } else if a.compare != b.compare {
        "[compare]"
    } else if a.models != b.models {
        "its networks or their weights"
    } else if a.probe != b.probe && a.arms == b.arms {
        "[probe]"
    } else if a.analysis != b.analysis && a.arms == b.arms {
        "[analysis]"
    } else {
        "[grid]"
    };
    part.into()
}
