use crate::{Estimate, Interval, SeedMean, StatsError};

/// How well an arm does: the mean of its AUC over seeds, with an interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Mean, per-seed values, and both sources of error apart.
    pub summary: SeedMean,
    /// 95% interval of the mean from both sources, within `0..=1`, as
    /// [`SeedMean::logit_interval`]. With one seed it covers the patients only (`summary.seeds` is
    /// `None`).
    pub interval: Interval,
}

impl Arm {
    /// The AUC (or macro AUC) of each seed, all on the same test cases in the same order.
    pub fn new(seeds: &[Estimate]) -> Result<Self, StatsError> {
        let summary = SeedMean::new(seeds)?;
        let interval = summary.logit_interval(0.95)?.clipped(0.0, 1.0);
        Ok(Self { summary, interval })
    }
}
