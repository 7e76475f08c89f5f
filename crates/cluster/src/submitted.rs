//! `cluster/N/submitted.json`: what a scheduler has taken of a study.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use durable::{FileError, read_json, write_json};
use record::StudyDirectory;
use serde::{Deserialize, Serialize};
use study::cluster::Scheduler;

use crate::parcel::Parcels;
use crate::prepared::{CANCELLED, FOLDER};
use crate::scheduler::terms;

const FILE: &str = "submitted.json";

/// What a scheduler has taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// Which.
    pub scheduler: Scheduler,
    /// When, in seconds since 1970 by the clock of the machine that submitted.
    pub at: u64,
    /// Arrays, in the order in which they were handed in.
    pub arrays: Vec<SubmittedArray>,
    /// The job that makes the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

/// An array that a scheduler has taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedArray {
    /// What the scheduler calls it.
    pub id: String,
    /// Its script, in the same folder.
    pub script: String,
    /// The file with its parcels, in the same folder.
    pub parcels: String,
    /// The parcel of its first task.
    pub offset: usize,
    /// How many tasks it has.
    pub tasks: usize,
}

/// A submission with its folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Handed {
    /// The folder, absolute or as the study's directory was given.
    pub folder: PathBuf,
    /// What was taken.
    pub submitted: Submitted,
    /// The jobs of each file of parcels that an array names.
    parcels: Vec<(String, Parcels)>,
}

/// A task of a scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What the scheduler calls the task's array.
    pub job: String,
    /// Number of the task in it.
    pub number: usize,
    /// What it prints, where the scheduler writes that into a file.
    pub log: PathBuf,
}

impl Submitted {
    /// Nothing yet, of this moment.
    pub fn to(scheduler: Scheduler) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            scheduler,
            at: now.map_or(0, |now| now.as_secs()),
            arrays: Vec::new(),
            report: None,
        }
    }

    /// Writes it into the folder of its scripts.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        write_json(&folder.join(FILE), self)
    }

    /// What the scheduler calls the jobs that it has taken.
    pub fn jobs(&self) -> impl Iterator<Item = &str> {
        let arrays = self.arrays.iter().map(|array| array.id.as_str());
        arrays.chain(self.report.as_deref())
    }
}

impl Handed {
    /// Every submission of a study, the first one first.
    pub fn all(directory: &StudyDirectory) -> Result<Vec<Self>, FileError> {
        let mut all = Vec::new();
        for number in 1.. {
            let folder = directory.path().join(FOLDER).join(number.to_string());
            if !folder.is_dir() {
                break;
            }
            let Some(submitted) = read_json::<Submitted>(&folder.join(FILE))? else {
                continue;
            };
            let mut parcels: Vec<(String, Parcels)> = Vec::new();
            for array in &submitted.arrays {
                let is_read = parcels.iter().any(|(name, _)| *name == array.parcels);
                // What a file from outside names is a name in this folder.
                let is_name = Path::new(&array.parcels).file_name() == Some(array.parcels.as_ref());
                if !is_read
                    && is_name
                    && let Some(read) = read_json(&folder.join(&array.parcels))?
                {
                    parcels.push((array.parcels.clone(), read));
                }
            }
            all.push(Self {
                folder,
                submitted,
                parcels,
            });
        }
        Ok(all)
    }

    /// Whether it was taken back.
    pub fn is_cancelled(&self) -> bool {
        self.folder.join(CANCELLED).exists()
    }

    /// Says to its tasks that they are not to begin, or to go on, once more.
    pub fn mark_cancelled(&self) -> Result<(), FileError> {
        durable::write(&self.folder.join(CANCELLED), b"")
    }

    /// The task that a job of the study belongs to.
    pub fn task(&self, job: &str) -> Option<Task> {
        let first = terms(self.submitted.scheduler).first;
        self.submitted.arrays.iter().find_map(|array| {
            let (_, parcels) = self
                .parcels
                .iter()
                .find(|(name, _)| *name == array.parcels)?;
            let mut own = parcels.parcels.iter().skip(array.offset).take(array.tasks);
            let number = first + own.position(|jobs| jobs.iter().any(|name| name == job))?;
            let stem = Path::new(&array.script).file_stem()?.to_string_lossy();
            Some(Task {
                job: array.id.clone(),
                number,
                log: self
                    .folder
                    .join("logs")
                    .join(format!("{stem}-{number}.log")),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_in_the_part_of_an_array_that_has_it() {
        let array = |id: &str, offset, tasks| SubmittedArray {
            id: id.into(),
            script: format!("1-run-{id}.sh"),
            parcels: "1-parcels.json".into(),
            offset,
            tasks,
        };
        let names = |all: &[&str]| all.iter().map(ToString::to_string).collect();
        let handed = |scheduler| Handed {
            folder: "/s/cluster/1".into(),
            submitted: Submitted {
                arrays: vec![array("7", 0, 2), array("8", 2, 1)],
                ..Submitted::to(scheduler)
            },
            parcels: vec![(
                "1-parcels.json".into(),
                Parcels {
                    parcels: vec![names(&["a", "b"]), names(&["c"]), names(&["d"])],
                },
            )],
        };
        let task = |scheduler, job| {
            handed(scheduler)
                .task(job)
                .map(|t| (t.job, t.number, t.log))
        };
        let slurm = task(Scheduler::Slurm, "c");
        assert_eq!(
            slurm,
            Some(("7".into(), 1, "/s/cluster/1/logs/1-run-7-1.log".into()))
        );
        let lsf = task(Scheduler::Lsf, "d");
        assert_eq!(
            lsf,
            Some(("8".into(), 1, "/s/cluster/1/logs/1-run-8-1.log".into()))
        );
        assert_eq!(task(Scheduler::Slurm, "e"), None);
    }
}
