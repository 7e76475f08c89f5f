//! What the runs of a study have cost, and what is to come.

use std::collections::BTreeMap;

use record::names::TIMING;
use record::{Job, StudyDirectory, device_kind};
use serde::Serialize;

/// Hours of machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Hours {
    /// Hours of processor cores: seconds × threads / 3600, summed over runs.
    pub core: f64,
    /// Hours of runs on a GPU; runs that share one count each.
    pub gpu: f64,
    /// Kilowatt-hours that processors drew, where every run's machine told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor_kwh: Option<f64>,
}

/// Hours of runs and trials: those that are done, by their clocks, and those that are not, as others
/// of their arm took on average, or others of the study where none of the arm is done. No price, and
/// not what a scheduler charges: tasks also wait, decode and analyse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Of what is done.
    pub spent: Hours,
    /// Of what is not, about; none where nothing is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_come: Option<Hours>,
}

impl Cost {
    /// Of those `jobs` of a study that train and are wanted.
    pub fn of(directory: &StudyDirectory, jobs: &[Job], is_wanted: impl Fn(usize) -> bool) -> Self {
        let mut done: BTreeMap<usize, Vec<Hours>> = BTreeMap::new();
        let mut open: Vec<usize> = Vec::new();
        for (number, job) in jobs.iter().enumerate() {
            let (Some(spec), Some(place)) = (job.trains(), job.training(directory)) else {
                continue;
            };
            let timing = match job.is_recorded(directory) {
                // One that cannot be read costs an hour in a table, not the table.
                true => TIMING
                    .read(place.path())
                    .ok()
                    .flatten()
                    .map(|sealed| sealed.value),
                false => None,
            };
            match timing {
                Some(timing) => done.entry(spec.arm).or_default().push(Hours::of(&timing)),
                None if is_wanted(number) && !job.is_recorded(directory) => open.push(spec.arm),
                None => {}
            }
        }
        let all: Vec<Hours> = done.values().flatten().copied().collect();
        let to_come = (!all.is_empty()).then(|| {
            let each = |arm| mean(done.get(arm).map_or(&all, |own| own));
            total(&open.iter().map(each).collect::<Vec<_>>())
        });
        Self {
            spent: total(&all),
            to_come,
        }
    }
}

impl Hours {
    fn of(timing: &record::RunTiming) -> Self {
        let hours = timing.seconds / 3600.0;
        let is_on_gpu = timing
            .device
            .last()
            .is_some_and(|d| device_kind(d) != "cpu");
        Self {
            core: hours * timing.threads.unwrap_or(1) as f64,
            gpu: if is_on_gpu { hours } else { 0.0 },
            processor_kwh: timing.joules.map(|joules| joules / 3.6e6),
        }
    }
}

fn total(hours: &[Hours]) -> Hours {
    let drawn: Option<f64> = hours.iter().map(|h| h.processor_kwh).sum();
    Hours {
        core: hours.iter().map(|h| h.core).sum(),
        gpu: hours.iter().map(|h| h.gpu).sum(),
        processor_kwh: drawn.filter(|_| !hours.is_empty()),
    }
}

fn mean(hours: &[Hours]) -> Hours {
    let count = hours.len().max(1) as f64;
    let Hours {
        core,
        gpu,
        processor_kwh,
    } = total(hours);
    Hours {
        core: core / count,
        gpu: gpu / count,
        processor_kwh: processor_kwh.map(|kwh| kwh / count),
    }
}
