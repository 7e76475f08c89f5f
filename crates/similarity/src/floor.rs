//! What the measures give of independent data.
//!
//! High-dimensional noise looks alike: without these numbers a similarity says little. They hold
//! for independent datapoints. Positions of one image are not, and there the mean over
//! permutations of whole images is the floor.

use std::f64::consts::PI;

use crate::svcca::{Keep, directions};
use crate::{Measure, View};

/// Points of the integral over the density.
const POINTS: usize = 1 << 14;

impl View {
    /// What `measure` gives of independent Gaussian data with the sizes of this view, `a`, and
    /// `b`, in the mean; nothing where there is no formula, or no value.
    ///
    /// - CCA, SVCCA and PWCCA: [`wachter_mean`] of the dimensions kept; squared, `max(p, q)/(n−1)`.
    ///   Weights of PWCCA are independent of the correlations, so its mean is that of CCA.
    /// - CKA: `tr Sₐₐ tr Sᵦᵦ / ((n−1) ‖Sₐₐ‖ ‖Sᵦᵦ‖)`, the exact mean over permutations of these
    ///   data; CKA' likewise. Debiased: 0.
    /// - Regression: dimensions of the predictors `/ (n − 1)`, exact, too.
    pub fn floor(&self, b: &View, measure: Measure) -> Option<f64> {
        let a = self;
        a.problem('a', measure.least_datapoints()).ok()?;
        b.problem('b', measure.least_datapoints()).ok()?;
        let freedom = a.count as f64 - 1.0;
        let rank = |view: &View| Some(view.whitening().ok()?.rank());
        match measure {
            Measure::MeanCca | Measure::PwccaA | Measure::PwccaB => {
                Some(wachter_mean(rank(a)?, rank(b)?, a.count))
            }
            Measure::SquaredCca => Some((rank(a)?.max(rank(b)?) as f64 / freedom).min(1.0)),
            Measure::Svcca(criterion) => {
                let kept = |view| directions(view, Keep::usual(criterion)).ok();
                Some(wachter_mean(kept(a)?, kept(b)?, a.count))
            }
            Measure::Cka => {
                let shape = |view: &View| view.trace / view.scatter_square.sqrt();
                Some((shape(a) * shape(b) / freedom).min(1.0))
            }
            Measure::CkaPrime => Some(1.0 - 1.0 / freedom),
            Measure::DebiasedCka => Some(0.0),
            Measure::RegressionBFromA => Some((rank(a)? as f64 / freedom).min(1.0)),
            Measure::RegressionAFromB => Some((rank(b)? as f64 / freedom).min(1.0)),
            _ => None,
        }
    }
}

/// Between what canonical correlations of `p` and `q` dimensions of independent Gaussian data lie,
/// but for those that are exactly 1: `|√(c₁(1−c₂)) ∓ √(c₂(1−c₁))|`, `c₁ = p/(n−1)`,
/// `c₂ = q/(n−1)` (Wachter 1980), in `[0, 1]`. A limit of many dimensions: single correlations
/// pass the edges a little.
pub fn wachter_edges(p: usize, q: usize, datapoints: u64) -> (f64, f64) {
    let freedom = (datapoints as f64 - 1.0).max(1.0);
    let share = |dimensions: usize| (dimensions as f64 / freedom).min(1.0);
    let (c1, c2) = (share(p), share(q));
    let (one, other) = ((c1 * (1.0 - c2)).sqrt(), (c2 * (1.0 - c1)).sqrt());
    ((one - other).abs(), (one + other).min(1.0))
}

/// Mean canonical correlation of `p` and `q` dimensions of `datapoints` independent Gaussian
/// datapoints, over the `min(p, q)` of them. In `(0, 1]`; 1 if `max(p, q) ≥ n − 1`.
///
/// The integral of `√λ` over the limit density of the squares (Wachter 1980),
/// `√((λ − λ₋)(λ₊ − λ)) / (2π c λ (1 − λ))` with `c = min(p, q)/(n−1)`, and an atom of
/// `p + q − (n − 1)` correlations of exactly 1 where that is positive. With one dimension on a
/// side it is the exact mean of the root of a beta variable.
pub fn wachter_mean(p: usize, q: usize, datapoints: u64) -> f64 {
    let (few, many) = (p.min(q), p.max(q));
    let freedom = datapoints as f64 - 1.0;
    if few == 0 || many as f64 >= freedom {
        return 1.0;
    }
    if few == 1 {
        use statrs::function::gamma::ln_gamma;
        let (half, all) = (many as f64 / 2.0, freedom / 2.0);
        let log = ln_gamma(half + 0.5) - ln_gamma(half) + ln_gamma(all) - ln_gamma(all + 0.5);
        return log.exp();
    }
    let (low, high) = wachter_edges(p, q, datapoints);
    let (low, high) = (low * low, high * high);
    let (middle, radius) = ((high + low) / 2.0, (high - low) / 2.0);
    let step = PI / POINTS as f64;
    let integral: f64 = (0..POINTS)
        .map(|point| {
            let (sine, cosine) = ((point as f64 + 0.5) * step).sin_cos();
            let lambda = middle + radius * cosine;
            sine * sine / (lambda.sqrt() * (1.0 - lambda))
        })
        .sum();
    let share = few as f64 / freedom;
    let bulk = integral * step * radius * radius / (2.0 * PI * share);
    let ones = ((few + many) as f64 - freedom).max(0.0) / few as f64;
    (bulk + ones).min(1.0)
}
