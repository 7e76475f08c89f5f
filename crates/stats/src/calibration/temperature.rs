use super::cases::check;
use super::root::root;
use crate::links::{expit, logit, softplus};
use crate::{ClassScores, Findings, StatsError};

/// Temperatures that are looked for; beyond them there is no sensible best.
const LOWEST: f64 = 1e-3;
const HIGHEST: f64 = 1e3;

/// One number that makes predictions less (above 1) or more (below 1) extreme: temperature
/// scaling, Guo, Pleiss, Sun and Weinberger, ICML 2017.
///
/// Logits are divided by it. From probabilities `ln p` serves as logit, as a softmax does not
/// change when all logits move alike; for a single probability `ln (p / (1 − p))`. It is fitted
/// on **validation** cases by the lowest log loss, which is convex in `1 / T` and so has one
/// minimum. Order, and with it AUC and accuracy, stays as it is; it cannot mend predictions that
/// are too high or too low on average. Probabilities are cut below at `2.2e-16` (a single one
/// also above), as for the log loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Temperature {
    /// By what logits are divided, between 0.001 and 1000.
    pub value: f64,
    /// Log loss of the validation cases before, in nats per label.
    pub loss_before: f64,
    /// Log loss of the validation cases after, in nats per label; never higher but for rounding.
    pub loss_after: f64,
}

impl Temperature {
    /// For one finding or a binary task. `labels`: true for positive cases; `probabilities`: of
    /// being positive, in `0..=1`.
    pub fn of_binary(labels: &[bool], probabilities: &[f64]) -> Result<Self, StatsError> {
        check(labels, probabilities)?;
        let margins = margins(labels, probabilities).collect();
        Self::of_margins(margins)
    }

    /// For findings that do not exclude one another, one temperature for all, over the known
    /// labels. The scores of `findings` have to be probabilities.
    pub fn of_findings(findings: &Findings<'_>) -> Result<Self, StatsError> {
        let mut all = Vec::new();
        for finding in findings.iter().filter(|finding| !finding.cases.is_empty()) {
            check(&finding.labels, &finding.scores)?;
            all.extend(margins(&finding.labels, &finding.scores));
        }
        if all.is_empty() {
            return Err(StatsError::Empty {
                what: "known labels of findings",
            });
        }
        Self::of_margins(all)
    }

    /// For exclusive classes. `probabilities`: of a softmax, summing to one in each case;
    /// `labels`: the class of each case.
    pub fn of_classes(
        probabilities: &ClassScores<'_>,
        labels: &[usize],
    ) -> Result<Self, StatsError> {
        probabilities.check_labels(labels)?;
        probabilities.check_probabilities()?;
        // How far each class lies above the true one.
        let mut above = Vec::with_capacity(probabilities.cases() * probabilities.classes());
        for (row, &label) in probabilities.rows().zip(labels) {
            let of_truth = log_probability(row[label]);
            above.extend(row.iter().map(|&p| log_probability(p) - of_truth));
        }
        let rows = || above.chunks_exact(probabilities.classes());
        Self::minimise(
            labels.len(),
            |scale| rows().map(|row| log_sum(row, scale)).sum(),
            |scale| {
                rows().fold((0.0, 0.0), |(sum, curvature), row| {
                    let (mean, variance) = moments(row, scale);
                    (sum + mean, curvature + variance)
                })
            },
        )
    }

    /// From the logit of what is true in each case.
    fn of_margins(margins: Vec<f64>) -> Result<Self, StatsError> {
        Self::minimise(
            margins.len(),
            |scale| margins.iter().map(|margin| softplus(-scale * margin)).sum(),
            |scale| {
                margins.iter().fold((0.0, 0.0), |(sum, curvature), margin| {
                    let wrong = expit(-scale * margin);
                    let steepness = margin * margin * wrong * (1.0 - wrong);
                    (sum - margin * wrong, curvature + steepness)
                })
            },
        )
    }

    /// From the summed loss at a scale `1 / T`, and its first two derivatives.
    fn minimise(
        labels: usize,
        loss: impl Fn(f64) -> f64,
        derivatives: impl Fn(f64) -> (f64, f64),
    ) -> Result<Self, StatsError> {
        let what = "temperature";
        let (low, high) = (HIGHEST.recip(), LOWEST.recip());
        if derivatives(low).0 >= 0.0 {
            return Err(StatsError::Uninformative { what });
        }
        if derivatives(high).0 <= 0.0 {
            return Err(StatsError::Separated { what });
        }
        let scale = root((low, high), 1.0, derivatives)?;
        Ok(Self {
            value: scale.recip(),
            loss_before: loss(1.0) / labels as f64,
            loss_after: loss(scale) / labels as f64,
        })
    }

    /// A probability of its own, in `0..=1`, after scaling, strictly within `0..1`.
    pub fn apply(&self, probability: f64) -> Result<f64, StatsError> {
        crate::input::check_probabilities("probability", &[probability])?;
        Ok(expit(logit(probability) / self.value))
    }

    /// Class probabilities after scaling, of the same shape `[cases, classes]`, summing to one in
    /// each case.
    pub fn apply_to_classes(
        &self,
        probabilities: &ClassScores<'_>,
    ) -> Result<Vec<f64>, StatsError> {
        probabilities.check_probabilities()?;
        let mut scaled = Vec::with_capacity(probabilities.cases() * probabilities.classes());
        for row in probabilities.rows() {
            let logits: Vec<f64> = row.iter().map(|&p| log_probability(p)).collect();
            let normaliser = log_sum(&logits, self.value.recip());
            scaled.extend(logits.iter().map(|z| (z / self.value - normaliser).exp()));
        }
        Ok(scaled)
    }
}

fn margins(labels: &[bool], probabilities: &[f64]) -> impl Iterator<Item = f64> {
    let margin = |(&positive, &p): (&bool, &f64)| if positive { logit(p) } else { -logit(p) };
    labels.iter().zip(probabilities).map(margin)
}

fn log_probability(probability: f64) -> f64 {
    probability.max(f64::EPSILON).ln()
}

/// `ln Σ exp(scale · z)` without overflow.
fn log_sum(logits: &[f64], scale: f64) -> f64 {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logits.iter().map(|z| (scale * (z - most)).exp()).sum();
    scale * most + sum.ln()
}

/// Mean and variance of `logits` under the softmax of `scale · logits`.
fn moments(logits: &[f64], scale: f64) -> (f64, f64) {
    let normaliser = log_sum(logits, scale);
    let share = |z: f64| (scale * z - normaliser).exp();
    let mean: f64 = logits.iter().map(|&z| share(z) * z).sum();
    let variance = logits.iter().map(|&z| share(z) * (z - mean).powi(2)).sum();
    (mean, variance)
}
