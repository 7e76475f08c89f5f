//! Intervals of associations.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::Coefficient;
use crate::{Interval, StatsError};

const LEVEL: f64 = 0.95;
/// Resamples of a bootstrap.
const RESAMPLES: usize = 2000;
/// Draws for each resample in which both quantities vary. Of four points with two values each,
/// more than half of the draws do.
const DRAWS: usize = 100;
/// Names the stream of the bootstrap's draws.
const STREAM: &[u8; 32] = b"association: bootstrap of points";

/// The 95% interval around `value`.
pub(super) fn of(
    coefficient: Coefficient,
    value: f64,
    x: &[f64],
    y: &[f64],
) -> Result<Interval, StatsError> {
    let points = x.len();
    let needed = match coefficient {
        Coefficient::Kendall => 5,
        _ => 4,
    };
    if points < needed {
        return Err(StatsError::TooFew {
            what: "points for an interval",
            needed,
            found: points,
        });
    }
    // `artanh` is infinite there, and every resample agrees as well.
    if 1.0 - value.abs() < 1e-12 {
        return Err(StatsError::NoExceptions { points });
    }
    let n = points as f64;
    let error = match coefficient {
        Coefficient::Pearson => (n - 3.0).sqrt().recip(),
        Coefficient::Spearman => ((1.0 + value * value / 2.0) / (n - 3.0)).sqrt(),
        Coefficient::Kendall => (0.437 / (n - 4.0)).sqrt(),
        Coefficient::WeightedTau => return bootstrap(coefficient, x, y),
    };
    Interval::fisher_z(value, error, LEVEL)
}

fn bootstrap(coefficient: Coefficient, x: &[f64], y: &[f64]) -> Result<Interval, StatsError> {
    let mut random = ChaCha8Rng::from_seed(*STREAM);
    let mut estimates = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES * DRAWS {
        let drawn = (0..x.len()).map(|_| random.random_range(0..x.len()));
        let (x, y): (Vec<f64>, Vec<f64>) = drawn.map(|i| (x[i], y[i])).unzip();
        estimates.extend(coefficient.of(&x, &y));
        if estimates.len() == RESAMPLES {
            return Interval::percentiles(estimates, LEVEL);
        }
    }
    Err(StatsError::Diverged {
        what: "an interval by resampling",
    })
}
