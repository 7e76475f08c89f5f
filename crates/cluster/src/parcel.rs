//! Jobs, several to a task of a scheduler.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use durable::{FileError, read_json};
use record::Job;
use serde::{Deserialize, Serialize};
use study::StudyPlan;

/// A job as a scheduler sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Its number in the study.
    pub job: usize,
    /// How long it takes, in seconds, about.
    pub seconds: f64,
}

/// The jobs of one task, in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Numbers of jobs.
    pub jobs: Vec<usize>,
    /// How long they take one after the other, in seconds, about.
    pub seconds: f64,
}

/// `parcels.json`: the parcels of an array, in the order of its tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcels {
    /// Names of the jobs of each, so that a study that has grown since is not misread.
    pub parcels: Vec<Vec<String>>,
}

/// Why a parcel cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no such file.
    #[error("{}: expected the parcels of a submission, found nothing", path.display())]
    Nothing {
        /// Where.
        path: PathBuf,
    },
    /// There is no such parcel.
    #[error("{} has no parcel {number}: expected 0 to {last}", path.display())]
    NoSuch {
        /// Where.
        path: PathBuf,
        /// What was asked for.
        number: usize,
        /// The last there is.
        last: usize,
    },
    /// The plan has changed.
    #[error(
        "{} asks for job `{job}`, which the study's plan does not: it has changed since; submit it again",
        path.display()
    )]
    Changed {
        /// Where.
        path: PathBuf,
        /// The job.
        job: String,
    },
}

impl Parcels {
    /// Numbers of the jobs of parcel `number` in a file of parcels of `plan`.
    pub fn jobs(
        plan: &StudyPlan,
        path: &Path,
        number: usize,
    ) -> Result<BTreeSet<usize>, ParcelError> {
        let nothing = || ParcelError::Nothing { path: path.into() };
        let all: Self = read_json(path)?.ok_or_else(nothing)?;
        let names = all.parcels.get(number).ok_or_else(|| ParcelError::NoSuch {
            path: path.into(),
            number,
            last: all.parcels.len().saturating_sub(1),
        })?;
        let jobs = Job::all(plan);
        let place = |name: &String| {
            let place = jobs.iter().position(|job| job.id() == name);
            place.ok_or_else(|| ParcelError::Changed {
                path: path.into(),
                job: name.clone(),
            })
        };
        names.iter().map(place).collect()
    }
}

/// Packs jobs of one stage into parcels of at most about `most` seconds: as few as that takes, the
/// longest job first into the parcel with the least so far (Graham 1969, at most 4/3 of the best).
/// A job that is longer has a parcel of its own: it is cut at the time limit and goes on.
pub fn pack(loads: &[Load], most: f64) -> Vec<Parcel> {
    let most = most.max(1.0);
    let mut sorted: Vec<&Load> = loads.iter().collect();
    sorted.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then(a.job.cmp(&b.job)));
    let long = sorted.partition_point(|load| load.seconds >= most);
    let (long, short) = sorted.split_at(long);
    let all: f64 = short.iter().map(|load| load.seconds).sum();
    let fewest = ((all / most).ceil() as usize).max(1);
    let fits = |parcels: &Vec<Parcel>| parcels.iter().all(|parcel| parcel.seconds <= most);
    let mut parcels = spread(long, long.len());
    let mut shared = (fewest..=short.len()).map(|count| spread(short, count));
    parcels.extend(shared.find(fits).unwrap_or_default());
    parcels.sort_by_key(|parcel| parcel.jobs.first().copied());
    parcels
}

fn spread(sorted: &[&Load], count: usize) -> Vec<Parcel> {
    let empty = Parcel {
        jobs: Vec::new(),
        seconds: 0.0,
    };
    let mut parcels = vec![empty; count];
    for load in sorted {
        let least = parcels
            .iter_mut()
            .min_by(|a, b| a.seconds.total_cmp(&b.seconds));
        if let Some(parcel) = least {
            parcel.jobs.push(load.job);
            parcel.seconds += load.seconds;
        }
    }
    for parcel in &mut parcels {
        parcel.jobs.sort_unstable();
    }
    parcels.retain(|parcel| !parcel.jobs.is_empty());
    parcels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loads(seconds: &[f64]) -> Vec<Load> {
        let load = |(job, seconds): (usize, &f64)| Load {
            job,
            seconds: *seconds,
        };
        seconds.iter().enumerate().map(load).collect()
    }

    #[test]
    fn every_job_is_in_one_parcel_and_no_parcel_is_too_long() {
        for seed in 0..50_u64 {
            let count = 1 + seed as usize * 7 % 40;
            let seconds: Vec<f64> = (0..count)
                .map(|at| ((at as u64 * 7919 + seed * 104_729) % 997) as f64 + 1.0)
                .collect();
            let most = 100.0 + 50.0 * seed as f64;
            let parcels = pack(&loads(&seconds), most);
            let mut jobs: Vec<usize> = parcels.iter().flat_map(|p| p.jobs.clone()).collect();
            jobs.sort_unstable();
            assert_eq!(jobs, (0..count).collect::<Vec<_>>());
            for parcel in &parcels {
                assert!(
                    parcel.jobs.len() == 1 || parcel.seconds <= most,
                    "{parcel:?}"
                );
            }
            let all: f64 = seconds.iter().sum();
            assert!(parcels.len() as f64 >= all / most.max(997.0));
        }
        assert!(pack(&[], 100.0).is_empty());
    }

    #[test]
    fn short_jobs_share_and_a_long_one_stands_alone() {
        let parcels = pack(&loads(&[10.0, 10.0, 5000.0, 10.0]), 60.0);
        assert_eq!(parcels.len(), 2);
        assert_eq!(parcels[0].jobs, [0, 1, 3]);
        assert_eq!(parcels[1].jobs, [2]);
    }
}
