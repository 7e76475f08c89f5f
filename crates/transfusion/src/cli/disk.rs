//! How much disk a study takes, before it takes any.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::bail;
use record::Job;
use study::{OpenStudy, PlannedProbe, Probed, RunSpec, Split};

/// What small files of a job take, each in blocks of its own, in bytes: specification, matches,
/// timing, result.
const SMALL_FILES: u64 = 32 << 10;
/// What a line of `metrics.jsonl` takes, in bytes.
const EVALUATION: u64 = 256;
/// What a probability takes in a table, in bytes.
const PROBABILITY: u64 = 21;
/// What the results and the page take, in bytes, beside what grows with the arms.
const REPORT: u64 = 2 << 20;
/// What the checkpoints of a run take, at most, in sizes of its weights: two stay and one is on its
/// way, each with up to two moments and with the best weights that it names.
const CHECKPOINTS: u64 = COPIES * (1 + 2 + 1);
/// Checkpoints of a run at one time.
const COPIES: u64 = 3;

/// What the jobs of a study take on disk, estimated from above, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// By weights, predictions, features and records, which stay.
    pub kept: u64,
    /// By the weights of them.
    weights: u64,
    /// By the predictions of them.
    predictions: u64,
    /// By the features of them.
    features: u64,
    /// By the largest of the jobs.
    pub largest: u64,
    /// By the checkpoints of one run while it trains.
    pub checkpoints: u64,
}

/// What one job takes, in bytes.
#[derive(Default)]
pub struct OfJob {
    weights: u64,
    predictions: u64,
    features: u64,
    rest: u64,
    checkpoints: u64,
}

impl OfJob {
    /// What stays when it is done.
    pub fn kept(&self) -> u64 {
        self.weights + self.predictions + self.features + self.rest
    }
}

impl Disk {
    /// Of the jobs that `is_open` says are to do.
    pub fn of(study: &OpenStudy, is_open: impl Fn(&Job) -> bool) -> anyhow::Result<Self> {
        let mut disk = Self {
            kept: REPORT,
            ..Self::default()
        };
        for job in Job::all(&study.plan) {
            if !is_open(&job) {
                continue;
            }
            let of = match (&job, job.trains()) {
                (_, Some(run)) => of_run(study, run)?,
                (Job::Probe(probe), None) => of_probe(study, probe)?,
                (_, None) => OfJob {
                    rest: SMALL_FILES,
                    ..OfJob::default()
                },
            };
            let kept = of.kept();
            disk.kept += kept;
            disk.weights += of.weights;
            disk.predictions += of.predictions;
            disk.features += of.features;
            disk.largest = disk.largest.max(kept);
            disk.checkpoints = disk.checkpoints.max(of.checkpoints);
        }
        Ok(disk)
    }

    /// What is surely needed: what stays and grows with pictures and networks, and of one run the
    /// weights of a checkpoint and of the best one.
    fn least(&self) -> u64 {
        self.weights + self.predictions + self.features + 2 * (self.checkpoints / CHECKPOINTS)
    }

    /// Refuses to begin where `free` bytes are surely not enough for `folder`; warns where they may
    /// not be.
    pub fn check(&self, folder: &Path, free: Option<u64>) -> anyhow::Result<()> {
        let (least, most) = (self.least(), self.kept + self.checkpoints);
        match free {
            Some(free) if free < least => bail!(
                "expected at least {} of free disk for what the study still lacks, found {} at {}; make room, choose another place with --out, or ask for fewer seeds or arms",
                size(least),
                size(free),
                folder.display()
            ),
            Some(free) if free < most => {
                warn!(
                    "warning: the study may take {} of disk, one run at a time, and {} are free at {}",
                    size(most),
                    size(free),
                    folder.display()
                );
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "disk: at most {} in all, of it weights {}, predictions {}",
            size(self.kept),
            size(self.weights),
            size(self.predictions)
        )?;
        if self.features > 0 {
            write!(f, ", features {}", size(self.features))?;
        }
        write!(f, "; {} for the largest job", size(self.largest))?;
        if self.checkpoints > 0 {
            let checkpoints = size(self.checkpoints);
            write!(
                f,
                ", {checkpoints} more for checkpoints of each run while it trains"
            )?;
        }
        Ok(())
    }
}

/// What a run takes.
pub fn of_run(study: &OpenStudy, run: &RunSpec) -> anyhow::Result<OfJob> {
    let network = run.left_network()?;
    let numbers: usize = network.parameters().iter().map(|p| p.len()).sum();
    let weights = (numbers * size_of::<f32>()) as u64;
    let grown = run.trained_network()?.parameters();
    let trained = grown
        .iter()
        .map(|p| p.len() * size_of::<f32>())
        .sum::<usize>() as u64;
    let averages = run.train.ema.map_or(0, |_| COPIES);
    let split = study.plan.data.split_of(run.fold);
    Ok(OfJob {
        weights,
        predictions: table(study, split),
        features: 0,
        rest: SMALL_FILES
            + run.train.evaluations() * EVALUATION
            + network.parameters().len() as u64 * EVALUATION,
        checkpoints: (CHECKPOINTS + averages) * trained,
    })
}

fn of_probe(study: &OpenStudy, probe: &PlannedProbe) -> anyhow::Result<OfJob> {
    let data = &study.plan.data;
    let settings = &probe.settings;
    let tables = settings.methods.len() * probe.blocks.len() * probe.train_sizes.len();
    let mut features = 0;
    if settings.keep_features {
        let channels = match &probe.of {
            Probed::File(file) => file.channels.iter().sum(),
            Probed::Network(of) => {
                let network = study.plan.models[of.model].network(&data.described)?;
                let mut width = network.input.channels;
                let mut channels = 0;
                for block in &network.blocks {
                    let layers = block.layers.iter();
                    width = layers.fold(width, |width, layer| layer.channels(width));
                    if probe.blocks.contains(&block.name) {
                        channels += width;
                    }
                }
                channels
            }
        };
        let pictures = data.split.train.len() + evaluated(&data.split).count();
        features = (pictures * (channels + data.described.classes.len()) * size_of::<f32>()) as u64;
    }
    Ok(OfJob {
        predictions: tables as u64 * table(study, &data.split),
        features,
        rest: SMALL_FILES,
        ..OfJob::default()
    })
}

/// Bytes of a table of predictions.
fn table(study: &OpenStudy, split: &Split) -> u64 {
    let classes = study.plan.data.described.classes.len() as u64;
    let row = |index: usize| {
        let example = &study.dataset.examples[index];
        let patient = example.patient.as_ref().map_or(0, String::len);
        let attributes: usize = example.attributes.iter().map(|a| a.len() + 1).sum();
        (example.id.len() + patient + attributes) as u64
    };
    // With the partition, the label or one a finding, and the separators.
    evaluated(split)
        .map(|index| row(index) + 16 + classes * (PROBABILITY + 2))
        .sum()
}

/// The pictures that are predicted.
fn evaluated(split: &Split) -> impl Iterator<Item = usize> {
    let test_sets = split.test_sets.iter().flat_map(|set| &set.examples);
    let own = split.validation.iter().chain(&split.test);
    own.chain(test_sets).copied()
}

/// The nearest folder that is there, at or above `path`.
pub fn standing(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
    let found = absolute.ancestors().find(|folder| folder.is_dir());
    found.unwrap_or(Path::new(".")).into()
}

/// Bytes that the user may still write in the file system of `folder`, where the system tells.
#[cfg(unix)]
pub fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    // Some virtual file systems have no size at all.
    (found.f_blocks > 0).then(|| found.f_bavail.saturating_mul(found.f_frsize))
}

/// Elsewhere nothing is refused beforehand.
#[cfg(not(unix))]
pub fn free(_folder: &Path) -> Option<u64> {
    None
}

/// Bytes in whole KiB, MiB or GiB, rounded up.
pub fn size(bytes: u64) -> String {
    match bytes {
        b if b < 1 << 20 => format!("{} KiB", b.div_ceil(1 << 10)),
        b if b < 100 << 30 => format!("{} MiB", b.div_ceil(1 << 20)),
        b => format!("{} GiB", b.div_ceil(1 << 30)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_disk_is_refused_with_both_figures() {
        let disk = Disk {
            weights: 3 << 20,
            kept: 4 << 20,
            checkpoints: CHECKPOINTS << 20,
            ..Disk::default()
        };
        let folder = Path::new("studies");
        let error = disk.check(folder, Some((5 << 20) - 1)).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("expected at least 5 MiB") && error.contains("at studies"),
            "{error}"
        );
        disk.check(folder, Some(5 << 20)).unwrap();
        disk.check(folder, None).unwrap();
        assert!(free(&standing(Path::new("no/such/folder"))).is_none_or(|bytes| bytes > 0));
    }
}
