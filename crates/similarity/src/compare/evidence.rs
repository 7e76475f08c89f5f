//! What is known of one measure of one pair of layers.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

use crate::compare::Scale;
use crate::{Convention, Interval, Measure, Measured, Null, Options, Reason};

/// A value with what it is to be held against.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    pub value: Result<f64, Reason>,
    /// See [`Measured::floor`].
    pub floor: Option<f64>,
    /// Values after each shuffle of the images of `b`.
    pub shuffled: Vec<Result<f64, Reason>>,
    /// Values without each group of images.
    pub left_out: Vec<Result<f64, Reason>>,
}

impl Evidence {
    /// A value alone.
    pub fn new(value: Result<f64, Reason>, floor: Option<f64>) -> Self {
        Self {
            value,
            floor,
            shuffled: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// The result of `measure`.
    pub fn into_measured(self, measure: Measure, convention: Convention) -> Measured {
        let value = self.value.as_ref().ok().copied();
        let all = |values: Vec<Result<f64, Reason>>| {
            let values: Result<Vec<f64>, Reason> = values.into_iter().collect();
            values.ok().filter(|values| !values.is_empty())
        };
        let scale = Scale::of(measure);
        Measured {
            measure,
            convention,
            floor: self.floor,
            null: value
                .zip(all(self.shuffled))
                .map(|(value, shuffled)| null(scale, value, &shuffled)),
            interval: value
                .zip(all(self.left_out))
                .and_then(|(value, left_out)| interval(scale, value, &left_out)),
            value: self.value,
        }
    }
}

/// Permutation test of `value` against `shuffled`, none of them missing.
fn null(scale: Scale, value: f64, shuffled: &[f64]) -> Null {
    let count = shuffled.len() as f64;
    let mean = shuffled.iter().sum::<f64>() / count;
    let squares: f64 = shuffled.iter().map(|other| (other - mean).powi(2)).sum();
    // Sums in another order differ by rounding, which must not decide a tie.
    let slack = 1e-12 * (1.0 + value.abs());
    let as_alike = shuffled
        .iter()
        .filter(|&&other| scale.alike(other) >= scale.alike(value) - slack)
        .count();
    Null {
        mean,
        sd: (squares / (count - 1.0).max(1.0)).sqrt(),
        p: (1 + as_alike) as f64 / (1.0 + count),
        permutations: shuffled.len(),
    }
}

/// Delete-a-group jackknife: `value ± t · se` on the scale of the measure, with
/// `se² = (G − 1)/G · Σ (θ₍g₎ − mean)²` and `t` of `G − 1` degrees of freedom at 95%.
///
/// The interval is about the value as it is; it does not take off the bias of few datapoints,
/// which the floor and the null show.
fn interval(scale: Scale, value: f64, left_out: &[f64]) -> Option<Interval> {
    let groups = left_out.len() as f64;
    let moved: Vec<f64> = left_out.iter().map(|&value| scale.forward(value)).collect();
    let mean = moved.iter().sum::<f64>() / groups;
    let squares: f64 = moved.iter().map(|other| (other - mean).powi(2)).sum();
    let error = (squares * (groups - 1.0) / groups).sqrt();
    let t = StudentsT::new(0.0, 1.0, groups - 1.0)
        .ok()?
        .inverse_cdf(0.975);
    let centre = scale.forward(value);
    let (low, high) = scale.range();
    Some(Interval {
        low: scale.back(centre - t * error).clamp(low, high).min(value),
        high: scale.back(centre + t * error).clamp(low, high).max(value),
        groups: left_out.len(),
    })
}

/// Results in the order the measures were asked for.
pub(crate) fn measured(options: &Options, mut evidence: Vec<(usize, Evidence)>) -> Vec<Measured> {
    evidence.sort_by_key(|(place, _)| *place);
    evidence
        .into_iter()
        .map(|(place, evidence)| {
            evidence.into_measured(options.measures[place], options.convention)
        })
        .collect()
}
