//! How much memory the runs of a study take.

use std::fmt;

use runs::{Footprint, Shared};
use study::OpenStudy;

/// What runs take, one at a time and side by side.
pub struct Memory {
    /// By arm: of a run on all processors.
    pub alone: Vec<Footprint>,
    /// What all runs of a process share.
    shared: Shared,
    /// Runs that fit beside each other, one a processor, and what the largest of them take.
    side_by_side: (usize, usize),
}

impl Memory {
    /// Of the runs of a study, on this machine.
    pub fn of(study: &OpenStudy) -> anyhow::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let plan = &study.plan;
        let (mut alone, mut single) = (Vec::new(), Vec::new());
        for arm in 0..plan.arms.len() {
            let Some(run) = plan.runs.iter().find(|run| run.arm == arm) else {
                alone.push(Footprint::default());
                single.push(0);
                continue;
            };
            let split = &plan.data.split;
            alone.push(Footprint::of(run, split, processors)?);
            single.push(Footprint::of(run, split, 1)?.bytes());
        }
        let mut largest: Vec<usize> = plan.runs.iter().map(|run| single[run.arm]).collect();
        largest.sort_unstable_by(|a, b| b.cmp(a));
        largest.truncate(processors);
        Ok(Self {
            alone,
            shared: Shared::of(study),
            side_by_side: (largest.len(), largest.iter().sum()),
        })
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let largest = self.alone.iter().map(Footprint::bytes).max();
        let shared = self.shared.bytes();
        write!(
            f,
            "memory: {} for one run at a time",
            mib(largest.unwrap_or(0) + shared)
        )?;
        if let (count @ 2.., bytes) = self.side_by_side {
            write!(f, ", {} for {count} side by side", mib(bytes + shared))?;
        }
        write!(
            f,
            "; {} of it is shared: pictures {}, pretrained weights {}",
            mib(shared),
            mib(self.shared.pictures),
            mib(self.shared.weights)
        )
    }
}

/// Bytes in whole MiB.
pub fn mib(bytes: usize) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}
