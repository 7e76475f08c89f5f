use super::cases::check;
use super::root::root;
use crate::input::same_length;
use crate::links::{expit, logit, softplus};
use crate::{Clusters, Interval, StatsError};

/// How predictions would have to be bent to fit: Cox 1958, the calibration intercept and slope of
/// TRIPOD+AI.
///
/// `logit P(y = 1) = intercept + slope · logit p` by maximum likelihood; perfect calibration has
/// intercept 0 and slope 1. A slope below 1 says that predictions are too extreme (overfitted),
/// above 1 that they are too timid. Predictions are cut to `ε..=1 − ε` with `ε = 2.2e-16`, as for
/// the log loss. Intercept and slope catch a straight bend only; a wavy one shows in
/// [`Reliability`](crate::Reliability).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recalibration {
    /// The intercept beside the slope; hard to read alone, as it speaks of predictions of one half.
    pub intercept: LogOdds,
    /// The slope; 1 for calibrated predictions.
    pub slope: LogOdds,
    /// Calibration in the large: the intercept with the slope held at 1. Above 0, predictions are
    /// too low on average.
    pub in_the_large: LogOdds,
    /// Predictions that were cut: exact zeros and ones, mostly, from single precision. They pull
    /// hard at the slope.
    pub cut: usize,
}

/// A fitted number on the scale of log odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogOdds {
    /// The number.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl LogOdds {
    /// `value ± z · standard_error`. `level`: 0.95 for a 95% interval.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        Interval::normal(self.value, self.standard_error, level)
    }
}

impl Recalibration {
    /// Of independent cases, with standard errors from the information matrix.
    ///
    /// `labels`: true for positive cases, at least one of each kind; `probabilities`: of being
    /// positive, in `0..=1`. [`Separated`](StatsError::Separated) when all predictions of one
    /// kind are at least as high as all of the other.
    pub fn new(labels: &[bool], probabilities: &[f64]) -> Result<Self, StatsError> {
        let cases: Vec<usize> = (0..labels.len()).collect();
        Self::fit(labels, probabilities, &cases, false)
    }

    /// With standard errors over samples of clusters, such as patients with several pictures:
    /// the sandwich `H⁻¹ (Σ s sᵀ) H⁻¹ · I / (I − 1)` of the scores `s` summed by cluster (Liang
    /// and Zeger 1986), for `I` clusters, at least 2. The fitted values are the same.
    pub fn by_cluster(
        labels: &[bool],
        probabilities: &[f64],
        clusters: &Clusters,
    ) -> Result<Self, StatsError> {
        same_length("clusters", labels.len(), clusters.cases())?;
        if clusters.count() < 2 {
            return Err(StatsError::Parameter {
                parameter: "number of clusters",
                expected: "at least 2",
                found: clusters.count() as f64,
            });
        }
        Self::fit(labels, probabilities, clusters.of_case(), true)
    }

    fn fit(
        labels: &[bool],
        probabilities: &[f64],
        cluster_of: &[usize],
        sandwich: bool,
    ) -> Result<Self, StatsError> {
        check(labels, probabilities)?;
        let logits: Vec<f64> = probabilities.iter().map(|&p| logit(p)).collect();
        check_overlap(labels, &logits)?;
        let fit = Fit::new(labels, &logits);
        let beta = fit.maximum()?;
        let shift = fit.shift()?;
        let clusters = sandwich.then_some(cluster_of);
        let [intercept, slope] = fit.coefficients(beta, clusters);
        let extreme = |p: &&f64| **p < f64::EPSILON || **p > 1.0 - f64::EPSILON;
        Ok(Self {
            intercept,
            slope,
            in_the_large: fit.shift_coefficient(shift, clusters),
            cut: probabilities.iter().filter(extreme).count(),
        })
    }
}

/// Refuses labels of one kind, predictions that are all equal, and those that separate the labels,
/// even if one value has both (Albert and Anderson 1984): no finite best slope exists then.
fn check_overlap(labels: &[bool], logits: &[f64]) -> Result<(), StatsError> {
    let range = |kind: bool| {
        let of_kind = labels.iter().zip(logits).filter(move |(l, _)| **l == kind);
        let start = (f64::INFINITY, f64::NEG_INFINITY, 0);
        of_kind.fold(start, |(low, high, n), (_, x)| {
            (x.min(low), x.max(high), n + 1)
        })
    };
    let (positive, negative) = (range(true), range(false));
    if positive.2 == 0 || negative.2 == 0 {
        return Err(StatsError::OneClass {
            positives: positive.2,
            negatives: negative.2,
        });
    }
    let what = "calibration slope";
    let (low, high) = (positive.0.min(negative.0), positive.1.max(negative.1));
    if low == high {
        return Err(StatsError::Uninformative { what });
    }
    if positive.0 >= negative.1 || positive.1 <= negative.0 {
        return Err(StatsError::Separated { what });
    }
    Ok(())
}

/// Logistic regression on one covariate, standardised for the sake of the numbers.
struct Fit<'a> {
    labels: &'a [bool],
    logits: &'a [f64],
    standardised: Vec<f64>,
    mean: f64,
    scale: f64,
}

/// Upper triangle of a symmetric 2 × 2 matrix.
#[derive(Clone, Copy)]
struct Symmetric([f64; 3]);

impl Symmetric {
    fn inverse(self) -> Self {
        let [a, b, c] = self.0;
        let determinant = a * c - b * b;
        Self([c / determinant, -b / determinant, a / determinant])
    }

    fn times(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [a, b, c] = self.0;
        [a * x + b * y, b * x + c * y]
    }
}

impl<'a> Fit<'a> {
    fn new(labels: &'a [bool], logits: &'a [f64]) -> Self {
        let cases = logits.len() as f64;
        let mean = logits.iter().sum::<f64>() / cases;
        let squares: f64 = logits.iter().map(|x| (x - mean).powi(2)).sum();
        let scale = (squares / cases).sqrt();
        Self {
            labels,
            logits,
            standardised: logits.iter().map(|x| (x - mean) / scale).collect(),
            mean,
            scale,
        }
    }

    /// Label less probability in every case, with the standardised covariate and the variance.
    fn residuals(&self, [a, b]: [f64; 2]) -> impl Iterator<Item = (f64, f64, f64)> {
        self.labels
            .iter()
            .zip(&self.standardised)
            .map(move |(&positive, &x)| {
                let p = expit(a + b * x);
                (f64::from(u8::from(positive)) - p, x, p * (1.0 - p))
            })
    }

    fn information(&self, beta: [f64; 2]) -> Symmetric {
        let sum =
            |[a, b, c]: [f64; 3], (_, x, v): (f64, f64, f64)| [a + v, b + v * x, c + v * x * x];
        Symmetric(self.residuals(beta).fold([0.0; 3], sum))
    }

    fn loss(&self, [a, b]: [f64; 2]) -> f64 {
        let cases = self.labels.iter().zip(&self.standardised);
        cases
            .map(|(&positive, &x)| {
                let eta = a + b * x;
                softplus(if positive { -eta } else { eta })
            })
            .sum()
    }

    /// The maximum of the likelihood, by Newton's method with halved steps where they overshoot,
    /// until a step is below `1e-12`.
    fn maximum(&self) -> Result<[f64; 2], StatsError> {
        const MOST_STEPS: usize = 100;
        let mut beta = [0.0; 2];
        let mut loss = self.loss(beta);
        for _ in 0..MOST_STEPS {
            let gradient = self
                .residuals(beta)
                .fold([0.0; 2], |[a, b], (r, x, _)| [a + r, b + r * x]);
            let mut step = self.information(beta).inverse().times(gradient);
            let small = |step: [f64; 2]| step.iter().all(|s| s.abs() <= 1e-12);
            loop {
                let next = [beta[0] + step[0], beta[1] + step[1]];
                let next_loss = self.loss(next);
                // A last step only rounds: the loss cannot tell.
                if small(step) {
                    return Ok(next);
                }
                if next_loss <= loss * (1.0 + 1e-14) {
                    (beta, loss) = (next, next_loss);
                    break;
                }
                step = step.map(|s| s / 2.0);
                if !step.iter().all(|s| s.is_finite()) {
                    return Err(StatsError::NotConverged { steps: MOST_STEPS });
                }
            }
        }
        Err(StatsError::NotConverged { steps: MOST_STEPS })
    }

    /// Intercept and slope of the covariate itself, with their errors.
    fn coefficients(&self, beta: [f64; 2], clusters: Option<&[usize]>) -> [LogOdds; 2] {
        let inverse = self.information(beta).inverse();
        let covariance = match clusters {
            None => inverse,
            Some(cluster_of) => {
                let scores = self.residuals(beta).map(|(r, x, _)| [r, r * x]);
                let sums = by_cluster(scores, cluster_of);
                let factor = sums.len() as f64 / (sums.len() as f64 - 1.0);
                let square = |[a, b, c]: [f64; 3], score: [f64; 2]| {
                    let [u, v] = inverse.times(score);
                    [a + factor * u * u, b + factor * u * v, c + factor * v * v]
                };
                Symmetric(sums.into_iter().fold([0.0; 3], square))
            }
        };
        let [aa, ab, bb] = covariance.0;
        let ratio = self.mean / self.scale;
        let variance = (aa - 2.0 * ratio * ab + ratio * ratio * bb).max(0.0);
        [
            LogOdds {
                value: beta[0] - beta[1] * ratio,
                standard_error: variance.sqrt(),
            },
            LogOdds {
                value: beta[1] / self.scale,
                standard_error: bb.sqrt() / self.scale,
            },
        ]
    }

    /// The intercept with slope 1.
    fn shift(&self) -> Result<f64, StatsError> {
        let (low, high) = self
            .logits
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| {
                (x.min(l), x.max(h))
            });
        let positives = self.labels.iter().filter(|&&positive| positive).count() as f64;
        // Were all predictions the highest or the lowest, these would be the answers.
        let all = (positives / (self.labels.len() as f64 - positives)).ln();
        root((all - high, all - low), 0.0, |shift| {
            let expected = self.logits.iter().map(|x| expit(x + shift));
            expected.fold((-positives, 0.0), |(sum, slope), p| {
                (sum + p, slope + p * (1.0 - p))
            })
        })
    }

    fn shift_coefficient(&self, shift: f64, clusters: Option<&[usize]>) -> LogOdds {
        let expected = || self.logits.iter().map(|x| expit(x + shift));
        let information: f64 = expected().map(|p| p * (1.0 - p)).sum();
        let variance = match clusters {
            None => information.recip(),
            Some(cluster_of) => {
                let residual = |(&positive, p): (&bool, f64)| f64::from(u8::from(positive)) - p;
                let scores = self.labels.iter().zip(expected()).map(residual);
                let sums = by_cluster(scores.map(|score| [score, 0.0]), cluster_of);
                let factor = sums.len() as f64 / (sums.len() as f64 - 1.0);
                let squares: f64 = sums.iter().map(|[score, _]| score * score).sum();
                factor * squares / (information * information)
            }
        };
        LogOdds {
            value: shift,
            standard_error: variance.sqrt(),
        }
    }
}

fn by_cluster(scores: impl Iterator<Item = [f64; 2]>, cluster_of: &[usize]) -> Vec<[f64; 2]> {
    let count = cluster_of.iter().max().map_or(0, |last| last + 1);
    let mut sums = vec![[0.0; 2]; count];
    for (score, &cluster) in scores.zip(cluster_of) {
        sums[cluster][0] += score[0];
        sums[cluster][1] += score[1];
    }
    sums
}
