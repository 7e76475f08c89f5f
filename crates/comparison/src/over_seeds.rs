//! Mean and interval of a number over seeds, or pairs of seeds.

use record::results::OverSeeds;
use stats::SharedMean;

/// A value, and the seeds it belongs to: the same twice, or those of a pair.
pub(crate) type Seeded = (f64, [u64; 2]);

/// Over seeds or pairs of seeds, the interval from leaving out each seed in turn; none without
/// values.
pub(crate) fn over_seeds(values: &[Seeded]) -> Option<OverSeeds> {
    let shared = SharedMean::new(values).ok()?;
    let interval = shared.interval(0.95).ok().flatten();
    Some(OverSeeds {
        mean: shared.mean,
        interval: interval.map(|i| [i.lower, i.upper]),
        values: values.iter().map(|(value, _)| *value).collect(),
    })
}
