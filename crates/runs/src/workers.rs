//! How many runs train at once, and on how many threads each.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use engine::Program;
use study::{RunSpec, Split, passes};

use crate::device_need::DeviceNeed;
use crate::footprint::Footprint;
use crate::memory;
use crate::training::{RunFailure, StepTiming, pictures_per_second};

/// Work below so many seconds is not worth measuring.
const WORTH_MEASURING: f64 = 60.0;
/// How long each way is measured.
const WINDOW: Duration = Duration::from_millis(1500);
/// Share of the free memory that trainings may take.
const MEMORY_SHARE: f64 = 0.8;
/// Runs on one device at most.
const PER_DEVICE: usize = 8;

/// The processors' share of the runs. Results do not depend on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Workers {
    /// Runs at once, at least 1.
    pub runs: usize,
    /// Why.
    reason: Reason,
}

#[derive(Clone, Debug, PartialEq)]
enum Reason {
    Asked,
    OneRun,
    Short,
    Memory { run_mib: f64, free_mib: f64 },
    Measured { side_by_side: f64, alone: f64 },
    Devices { run_mib: f64, free_mib: f64 },
}

impl Workers {
    /// As many runs at once as the user asks for.
    pub fn asked(runs: usize) -> Self {
        Self {
            runs: runs.max(1),
            reason: Reason::Asked,
        }
    }

    /// What suits `pending` on this machine: as many single-threaded runs side by side as there
    /// are processors, fewer where memory is short, or one run on all of them, whichever a few
    /// steps of the costliest network show to be faster. Evaluations are on the partitions of
    /// `split`.
    pub fn measured(pending: &[&RunSpec], split: &Split) -> Result<Self, RunFailure> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let most = processors.min(pending.len());
        let mut costs: BTreeMap<usize, f64> = BTreeMap::new();
        let mut largest = 0;
        for run in pending {
            if let Entry::Vacant(cost) = costs.entry(run.arm) {
                cost.insert(step_cost(run)?);
                let footprint = Footprint::of(run, split, (processors / most.max(1)).max(1))?;
                largest = largest.max(footprint.bytes());
            }
        }
        let cost = |run: &RunSpec| costs[&run.arm];
        let by_cost = |a: &&&RunSpec, b: &&&RunSpec| cost(a).total_cmp(&cost(b));
        let Some(costliest) = pending.iter().max_by(by_cost) else {
            return Ok(Self::because(1, Reason::OneRun));
        };
        if most == 1 {
            return Ok(Self::because(1, Reason::OneRun));
        }
        let free_mib = memory::free_mib();
        let run_mib = largest as f64 / f64::from(1 << 20);
        let fitting = free_mib.map_or(most, |free| {
            ((free * MEMORY_SHARE / run_mib.max(1.0)) as usize).clamp(1, most)
        });
        if let (true, Some(free_mib)) = (fitting < most, free_mib) {
            return Ok(Self::because(fitting, Reason::Memory { run_mib, free_mib }));
        }
        let mut timing = StepTiming::new(costliest)?;
        let first = timing.step();
        let second = timing.step();
        drop(timing);
        let steps: u64 = pending.iter().map(|run| run.train.max_steps).sum();
        let expected = first.min(second) * steps as f64;
        if expected < WORTH_MEASURING {
            return Ok(Self::because(most, Reason::Short));
        }
        let alone = pictures_per_second(costliest, 1, processors, WINDOW)?;
        let side_by_side = pictures_per_second(costliest, most, processors / most, WINDOW)?;
        kernels::release_memory();
        let runs = if alone > side_by_side { 1 } else { most };
        Ok(Self::because(
            runs,
            Reason::Measured {
                side_by_side,
                alone,
            },
        ))
    }

    /// What suits `pending` on devices with memory of their own, `free` bytes of each: as many runs
    /// at once as every device has room for, at most 8 on each, fewer where the machine's memory is
    /// short. `bytes` is what a program takes of a device.
    pub fn by_memory(
        pending: &[&RunSpec],
        split: &Split,
        free: &[u64],
        bytes: &dyn Fn(&Program) -> usize,
    ) -> Result<Self, RunFailure> {
        let (mut need, mut beside) = (0, 0);
        let mut known = BTreeSet::new();
        for run in pending {
            if known.insert((run.arm, run.train.batch_size)) {
                need = need.max(DeviceNeed::of(run, split, bytes)?.bytes());
                let footprint = Footprint::of(run, split, 1)?;
                beside = beside.max(footprint.copies + footprint.pictures);
            }
        }
        let least = free.iter().min().copied().unwrap_or(0);
        let on_each = (least as usize / need.max(1)).clamp(1, PER_DEVICE);
        let mib = |bytes: f64| bytes / f64::from(1 << 20);
        let here = memory::free_mib().map_or(usize::MAX, |free| {
            (free * MEMORY_SHARE / mib(beside as f64).max(1.0)) as usize
        });
        let runs = (on_each * free.len()).min(pending.len()).min(here).max(1);
        let reason = match pending.len() {
            0 | 1 => Reason::OneRun,
            _ => Reason::Devices {
                run_mib: mib(need as f64),
                free_mib: mib(least as f64),
            },
        };
        Ok(Self::because(runs, reason))
    }

    fn because(runs: usize, reason: Reason) -> Self {
        Self { runs, reason }
    }
}

/// Multiply-adds of a training step in the costliest phase.
fn step_cost(run: &RunSpec) -> Result<f64, RunFailure> {
    let network = run.network()?;
    let passes = passes(&run.regime, &network)?;
    let costliest = passes.into_iter().fold(0.0, f64::max);
    Ok(network.cost()?.macs as f64 * run.train.batch_size as f64 * costliest)
}

impl fmt::Display for Workers {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.runs {
            1 if matches!(self.reason, Reason::Devices { .. }) => write!(f, "one run at a time")?,
            1 => write!(f, "one run at a time on all processors")?,
            runs => write!(f, "{runs} runs at once")?,
        }
        match self.reason {
            Reason::Asked => write!(f, ", as asked"),
            Reason::OneRun => write!(f, ": there is no more to share"),
            Reason::Short => write!(f, ": the work is short"),
            Reason::Memory { run_mib, free_mib } => write!(
                f,
                ": a run takes {run_mib:.0} MiB and {free_mib:.0} MiB are free"
            ),
            Reason::Measured {
                side_by_side,
                alone,
            } => write!(
                f,
                ": {side_by_side:.0} pictures a second side by side, {alone:.0} one after the other"
            ),
            Reason::Devices { run_mib, free_mib } => write!(
                f,
                ": a run takes {run_mib:.0} MiB of a device, and {free_mib:.0} MiB of each are free"
            ),
        }
    }
}
