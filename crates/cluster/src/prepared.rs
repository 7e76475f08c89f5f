//! A study, ready to be handed to a scheduler.

use std::path::{Path, PathBuf};

use durable::{FileError, write};
use record::{Job, StudyDirectory};
use runs::{Estimate, Footprint, Shared};
use study::OpenStudy;
use study::cluster::{ClusterSpec, Scheduler, parse_duration, parse_memory};

use crate::parcel::{Load, Parcels, pack};
use crate::stage::stages;
use crate::submission::{Array, RenderError, Rendered, Request, Submission};

/// Folder of a study for what schedulers are handed.
pub const FOLDER: &str = "cluster";
/// In that folder's folders: what was handed in is not to begin or go on.
pub const CANCELLED: &str = "cancelled";
/// What a task is meant to take, unless a site says otherwise.
const PARCEL_SECONDS: u64 = 3600;
/// A scheduler's machines may be slower than the one that timed the networks.
const SLOWER: f64 = 3.0;
/// Least and most time that is asked for, unless a site says otherwise: what is longer is cut, and
/// goes on.
const LEAST_SECONDS: u64 = 30 * 60;
const MOST_SECONDS: u64 = 24 * 3600;
/// Memory beyond what the plan knows: the program, files on their way, the report's figures.
const BESIDE: u64 = 512 << 20;

/// A study, ready to be handed to a scheduler: nothing is written yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// Where its files go.
    pub folder: PathBuf,
    /// What waits for what.
    pub stages: Vec<Stage>,
    /// The job that makes the report.
    pub report: Rendered,
    /// What is asked for a task.
    pub asked: Asked,
    /// Seconds of all jobs one after the other, about, on the machine that timed them.
    pub seconds: f64,
}

/// What is asked for a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Time limit in seconds.
    pub seconds: u64,
    /// Bytes of memory.
    pub memory: u64,
    /// Processors.
    pub cpus: u32,
}

/// Arrays of tasks that can be done at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Name of the file with their parcels.
    pub name: String,
    /// Jobs of each task.
    pub parcels: Parcels,
    /// Files to be handed in.
    pub arrays: Vec<Array>,
    /// How many jobs there are.
    pub jobs: usize,
}

/// Why a study cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// There is nothing to do.
    #[error("every job of the study is done: there is nothing to submit")]
    Nothing,
    /// The memory of a run cannot be told.
    #[error(transparent)]
    Memory(#[from] runs::training::RunFailure),
    /// A template cannot be filled in.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A file cannot be written, or a path cannot be made absolute.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What a user decides beyond `[cluster]`.
#[derive(Clone, Copy, Debug)]
pub struct Wishes<'a> {
    /// Which scheduler.
    pub scheduler: Scheduler,
    /// Stands in for the scheduler's own template of an array.
    pub template: Option<&'a str>,
    /// The program as the scheduler's machines find it.
    pub program: &'a str,
    /// Folder in which tasks start, absolute.
    pub folder: &'a Path,
    /// Folders that tasks look at, absolute; see [`places`](crate::places()).
    pub places: &'a [PathBuf],
}

impl Prepared {
    /// Packs the open jobs of a study whose directory, absolute, holds its plan.
    pub fn of(
        study: &OpenStudy,
        directory: &StudyDirectory,
        estimate: &Estimate,
        settings: &ClusterSpec,
        wishes: &Wishes,
    ) -> Result<Self, PrepareError> {
        let jobs = Job::all(&study.plan);
        let open = stages(&jobs, |job| !job.is_recorded(directory));
        let folder = next_folder(&directory.path().join(FOLDER));
        let parcel = settings.parcel.as_deref().and_then(parse_duration);
        let most = parcel.unwrap_or(PARCEL_SECONDS) as f64;
        let packed: Vec<_> = open
            .iter()
            .map(|stage| {
                let load = |job: &usize| Load {
                    job: *job,
                    seconds: estimate.job(&jobs[*job]),
                };
                pack(&stage.iter().map(load).collect::<Vec<_>>(), most)
            })
            .collect();
        let parcels = packed.iter().flatten();
        let longest = parcels.clone().map(|p| p.seconds).fold(0.0, f64::max);
        let asked = Asked {
            seconds: settings
                .time
                .as_deref()
                .and_then(parse_duration)
                .unwrap_or_else(|| time_for(longest)),
            memory: match settings.memory.as_deref().and_then(parse_memory) {
                Some(bytes) => bytes,
                None => memory_of(study, &jobs)?,
            },
            cpus: settings.cpus.unwrap_or_else(processors),
        };
        let name = word(&study.plan.title);
        let arguments = arguments(settings);
        let logs = folder.join("logs");
        let cancelled = folder.join(CANCELLED);
        let request = Request {
            title: &study.plan.title,
            name: &name,
            prefix: "",
            study: directory.path(),
            folder: wishes.folder,
            parcels: Path::new(""),
            logs: &logs,
            cancelled: &cancelled,
            tasks: 0,
            longest_seconds: longest,
            seconds: asked.seconds,
            memory: asked.memory,
            cpus: asked.cpus,
            program: wishes.program,
            arguments: &arguments,
            places: wishes.places,
        };
        let mut prepared = Vec::new();
        let mut report = None;
        for (at, parcels) in packed.iter().enumerate() {
            let file = format!("{}-parcels.json", at + 1);
            let path = folder.join(&file);
            let prefix = format!("{}-", at + 1);
            let submission = Submission::new(
                wishes.scheduler,
                settings,
                &Request {
                    parcels: &path,
                    prefix: &prefix,
                    tasks: parcels.len(),
                    longest_seconds: parcels.iter().map(|p| p.seconds).fold(0.0, f64::max),
                    ..request.clone()
                },
                wishes.template,
            )?;
            let names = |job: &usize| jobs[*job].id().to_owned();
            prepared.push(Stage {
                name: file,
                jobs: parcels.iter().map(|parcel| parcel.jobs.len()).sum(),
                parcels: Parcels {
                    parcels: parcels
                        .iter()
                        .map(|parcel| parcel.jobs.iter().map(names).collect())
                        .collect(),
                },
                arrays: submission.arrays,
            });
            report = Some(submission.report);
        }
        let report = report.ok_or(PrepareError::Nothing)?;
        Ok(Self {
            folder,
            seconds: parcels.map(|p| p.seconds).sum(),
            stages: prepared,
            report,
            asked,
        })
    }

    /// Writes every file.
    pub fn write(&self) -> Result<(), PrepareError> {
        let logs = self.folder.join("logs");
        std::fs::create_dir_all(&logs).map_err(FileError::io("create", &logs))?;
        for stage in &self.stages {
            let text = serde_json::to_string_pretty(&stage.parcels).unwrap_or_default() + "\n";
            write(&self.folder.join(&stage.name), text.as_bytes())?;
        }
        for file in self.files() {
            write(&self.folder.join(&file.name), file.text.as_bytes())?;
        }
        Ok(())
    }

    /// Every script, in the order in which it is handed in.
    pub fn files(&self) -> impl Iterator<Item = &Rendered> {
        let arrays = self.stages.iter().flat_map(|stage| &stage.arrays);
        arrays.map(|array| &array.file).chain([&self.report])
    }
}

/// Time for a task that takes so long here, in steps of ten minutes.
fn time_for(seconds: f64) -> u64 {
    let wanted = (seconds * SLOWER) as u64;
    wanted
        .next_multiple_of(600)
        .clamp(LEAST_SECONDS, MOST_SECONDS)
}

fn processors() -> u32 {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(count.min(16)).unwrap_or(1)
}

/// Memory of the largest run, with all that the plan knows.
fn memory_of(study: &OpenStudy, jobs: &[Job]) -> Result<u64, PrepareError> {
    let threads = processors() as usize;
    let mut largest = 0;
    let mut arms = Vec::new();
    for run in jobs.iter().filter_map(Job::trains) {
        if !arms.contains(&run.arm) {
            arms.push(run.arm);
            let split = study.plan.data.split_of(run.fold);
            largest = largest.max(Footprint::of(run, split, threads)?.bytes());
        }
    }
    let known = (largest + Shared::of(study).bytes()) as u64;
    Ok((known + known / 4 + BESIDE).next_multiple_of(256 << 20))
}

/// What `run` is told besides its parcel.
fn arguments(settings: &ClusterSpec) -> Vec<String> {
    let words = match settings.gpus {
        Some(1..) => ["--device", "cuda"],
        Some(0) | None => ["--jobs", "1"],
    };
    let offline = settings.offline.then_some("--offline");
    words.into_iter().chain(offline).map(String::from).collect()
}

/// A study's title as a word for a scheduler: letters, digits and dashes, at most 40, a letter first.
fn word(title: &str) -> String {
    let mut word = String::from("study");
    let mut ends = true;
    for letter in title.chars() {
        match letter.is_ascii_alphanumeric() {
            true if word.len() < 40 => {
                if ends {
                    word.push('-');
                }
                word.push(letter.to_ascii_lowercase());
                ends = false;
            }
            true => break,
            false => ends = true,
        }
    }
    word
}

/// The first of `1`, `2`, … that is not there yet.
fn next_folder(parent: &Path) -> PathBuf {
    let mut number = 1;
    loop {
        let folder = parent.join(number.to_string());
        if !folder.exists() {
            return folder;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_words() {
        assert_eq!(word("Does transfer help?"), "study-does-transfer-help");
        assert_eq!(word("$(reboot)\n"), "study-reboot");
        assert!(word(&"long ".repeat(40)).len() <= 41);
        assert_eq!(word("…"), "study");
    }

    #[test]
    fn time_is_asked_with_room_and_within_a_day() {
        assert_eq!(time_for(1.0), 1800);
        assert_eq!(time_for(3000.0), 9000);
        assert_eq!(time_for(1e9), 86_400);
    }
}
