use super::classes::Classes;
use super::features::FeatureMatrix;
use super::spectrum::Spectrum;
use crate::StatsError;

/// H-score: the variance between classes in units of the features' variance, from 0 to classes − 1;
/// higher is better.
///
/// `tr(cov(f)⁺ cov(E[f | y]))`, covariances with divisor n − 1, pseudo-inverse. Bao et al., *An
/// information-theoretic approach to transferability in task transfer learning*, 2019. It is that of
/// a linear discriminant of these cases, so it grows with channels: where these can express any
/// labels it is classes − 1 whatever they are, which is an error here. See [`regularised_h_score`].
pub fn h_score(features: &FeatureMatrix, classes: &Classes) -> Result<f64, StatsError> {
    features.check(classes)?;
    let spectrum = features.centred()?;
    if spectrum.values.len() + 1 >= features.cases() {
        return Err(StatsError::Saturated {
            score: "the H-score",
            reason: "with as many independent channels as cases less one it is classes − 1 for any \
                     features; take more cases, or the regularised score",
        });
    }
    let inverse = spectrum.values.iter().map(|v| v.recip());
    finite(between(features, classes, spectrum, inverse), "the H-score")
}

/// [`h_score`] with the covariance of the features shrunk towards a multiple of the identity, from
/// 0 to classes − 1; higher is better.
///
/// `(1 − a) tr(cov(f)ₐ⁻¹ cov(E[f | y]))` with `cov(f)ₐ = (1 − a) cov(f) + a μ I`, `μ` the mean
/// variance of a channel and `a` of Ledoit and Wolf (2004); `cov(f)ₐ` with divisor n, the other
/// with n − 1. Ibrahim et al., *Newer is not always better*, 2021, as Transfer-Learning-Library has
/// it. Defined with fewer cases than channels.
pub fn regularised_h_score(features: &FeatureMatrix, classes: &Classes) -> Result<f64, StatsError> {
    features.check(classes)?;
    let spectrum = features.centred()?;
    let n = features.cases() as f64;
    let shrinkage = ledoit_wolf_shrinkage(features)?;
    let mean = spectrum.values.iter().sum::<f64>() / n / features.channels() as f64;
    let inverse = spectrum.values.iter().map(|value| {
        let shrunk = (1.0 - shrinkage) * value / n + shrinkage * mean;
        (1.0 - shrinkage) / (shrunk * (n - 1.0))
    });
    let score = between(features, classes, spectrum, inverse);
    finite(score, "the regularised H-score")
}

/// The share of a multiple of the identity in Ledoit and Wolf's estimate of the covariance of the
/// features (2004), from 0 to 1, as `sklearn.covariance.ledoit_wolf_shrinkage`.
pub fn ledoit_wolf_shrinkage(features: &FeatureMatrix) -> Result<f64, StatsError> {
    if features.channels() == 1 {
        return Ok(0.0);
    }
    let spectrum = features.centred()?;
    let (n, d) = (features.cases() as f64, features.channels() as f64);
    let trace = spectrum.values.iter().sum::<f64>() / n;
    let squares = spectrum.values.iter().map(|v| (v / n).powi(2)).sum::<f64>();
    let fourth: f64 = (0..features.cases())
        .map(|case| {
            let row = features.row(case).iter().zip(features.rows().means());
            row.map(|(v, mean)| (v - mean).powi(2)).sum::<f64>().powi(2)
        })
        .sum();
    let noise = (fourth / n - squares) / (d * n);
    let distance = (squares - trace * trace / d) / d;
    let noise = noise.min(distance);
    let shrinkage = match noise > 0.0 {
        true => noise / distance,
        false => 0.0,
    };
    finite(shrinkage, "the shrinkage of a covariance")
}

/// `Σ inverse · n_c (v · mean of class c)²` over directions and classes.
fn between(
    features: &FeatureMatrix,
    classes: &Classes,
    spectrum: &Spectrum,
    inverse: impl Iterator<Item = f64>,
) -> f64 {
    let sums = spectrum.class_sums(features.rows(), classes);
    let of_classes = |sums: &Vec<f64>| -> f64 {
        let sums = sums.iter().zip(classes.cases());
        sums.map(|(sum, cases)| sum * sum / *cases as f64).sum()
    };
    inverse
        .zip(&sums)
        .map(|(i, sums)| i * of_classes(sums))
        .sum()
}

fn finite(value: f64, what: &'static str) -> Result<f64, StatsError> {
    match value.is_finite() {
        true => Ok(value),
        false => Err(StatsError::Diverged { what }),
    }
}
