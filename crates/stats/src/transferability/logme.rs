use super::classes::Classes;
use super::features::FeatureMatrix;
use crate::StatsError;

/// Most steps of the fixed point, in all published programs.
const STEPS: usize = 11;

/// Which of the published programs. They maximise the same evidence, and differ in when they stop
/// and in a guard against division by zero; values differ in the sixth digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logme {
    /// thuml/LogME with its fixed point of 2021: stops at a change of 0.1%, guard 10⁻⁵. The
    /// default there, and the one that converges furthest.
    FixedPoint,
    /// thuml/LogME as at ICML: stops below 1%, guard 10⁻⁵, which is also in the evidence.
    Icml,
    /// Transfer-Learning-Library: stops below 1%, without a guard.
    Tllib,
}

impl Logme {
    fn guard(self) -> f64 {
        match self {
            Self::FixedPoint | Self::Icml => 1e-5,
            Self::Tllib => 0.0,
        }
    }

    /// Whether the precisions have settled.
    fn is_done(self, change: f64) -> bool {
        match self {
            Self::FixedPoint => change <= 1e-3,
            Self::Icml | Self::Tllib => change < 0.01,
        }
    }

    /// What the evidence adds to squared lengths.
    fn guard_of_evidence(self) -> f64 {
        match self {
            Self::Icml => self.guard(),
            Self::FixedPoint | Self::Tllib => 0.0,
        }
    }
}

/// LogME: the logarithm of the evidence of a case's label, in nats, mean over cases and classes; any
/// number, higher is better.
///
/// For each class, labels `t` (1 in the class, 0 outside) are a linear function of the features `F`
/// `[n, d]` with weights of variance `1/α` and noise of variance `1/β`, and
/// `d/2 ln α + n/2 ln β − ½ ln det(α I + β FᵀF) − β/2 |F m − t|² − α/2 |m|² − n/2 ln 2π` is
/// maximised over both in at most 11 steps. You et al., *LogME: Practical assessment of pre-trained
/// models for transfer learning*, ICML 2021. Features are used as they are: no standardising, no
/// intercept. With fewer cases than channels, eigenvalues of 0 count in the determinant, as in the
/// program of ICML.
///
/// It is no probability and no accuracy but rates a regression to 0 and 1, so it depends on how
/// frequent the classes are, and values of different tasks cannot be compared.
pub fn logme(
    features: &FeatureMatrix,
    classes: &Classes,
    program: Logme,
) -> Result<f64, StatsError> {
    features.check(classes)?;
    let spectrum = features.raw()?;
    let sums = spectrum.class_sums(features.rows(), classes);
    let mut total = 0.0;
    for (class, cases) in classes.cases().iter().enumerate() {
        // Squared labels along each direction of cases.
        let along: Vec<f64> = sums
            .iter()
            .zip(&spectrum.values)
            .map(|(sums, value)| sums[class] * sums[class] / value)
            .collect();
        total += evidence(&spectrum.values, &along, features.cases(), *cases, program);
    }
    let score = total / classes.count() as f64;
    match score.is_finite() {
        true => Ok(score),
        false => Err(StatsError::Diverged { what: "LogME" }),
    }
}

/// Log evidence per case of one class of `positives`; `values` and `along` by direction.
fn evidence(values: &[f64], along: &[f64], cases: usize, positives: usize, program: Logme) -> f64 {
    let n = cases as f64;
    let outside = (positives as f64 - along.iter().sum::<f64>()).max(0.0);
    let guard = program.guard();
    let (mut alpha, mut beta, mut ratio) = (1.0f64, 1.0f64, 1.0f64);
    let (mut length, mut rest) = (0.0, 0.0);
    for _ in 0..STEPS {
        let terms = || values.iter().zip(along);
        let freedom: f64 = values.iter().map(|v| v / (v + ratio)).sum();
        length = terms().map(|(v, a)| v * a / (v + ratio).powi(2)).sum();
        rest = terms()
            .map(|(v, a)| a * (ratio / (v + ratio)).powi(2))
            .sum::<f64>()
            + outside;
        alpha = freedom / (length + guard);
        beta = (n - freedom) / (rest + guard);
        let next = alpha / beta;
        let change = (next - ratio).abs() / ratio;
        ratio = next;
        if program.is_done(change) {
            break;
        }
    }
    // α of directions without features is in both the first term and the determinant.
    let determinant: f64 = values.iter().map(|v| (alpha + beta * v).ln()).sum();
    let guard = program.guard_of_evidence();
    let sum = values.len() as f64 / 2.0 * alpha.ln() + n / 2.0 * beta.ln()
        - determinant / 2.0
        - beta / 2.0 * (rest + guard)
        - alpha / 2.0 * (length + guard)
        - n / 2.0 * std::f64::consts::TAU.ln();
    sum / n
}
