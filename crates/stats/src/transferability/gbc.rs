use super::classes::Classes;
use super::features::FeatureMatrix;
use crate::StatsError;

/// How the cases of a class scatter around their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariance {
    /// A variance for each channel.
    Diagonal,
    /// One variance, the mean over channels.
    Spherical,
}

/// GBC: how little the classes overlap, were each a Gaussian; at most 0, higher is better.
///
/// `−Σ exp(−D)` over ordered pairs of classes, with the Bhattacharyya distance
/// `D = ⅛ Σ (m₁ − m₂)² / v + ½ Σ ln(v / √(v₁ v₂))` over channels, `v = (v₁ + v₂) / 2`, variances
/// with divisor n. Pándy et al., *Transferability estimation using Bhattacharyya class
/// separability*, 2022, without their reduction to 64 principal components. Distances add up over
/// channels, so that many channels leave no overlap to tell: that is an error here.
///
/// By [`Covariance::Diagonal`], classes do not overlap where a channel is constant in one of them
/// only, or at other values; a channel that is constant at one value in both counts for nothing.
pub fn gbc(
    features: &FeatureMatrix,
    classes: &Classes,
    covariance: Covariance,
) -> Result<f64, StatsError> {
    features.check(classes)?;
    let gaussians: Vec<Gaussian> = (0..classes.count())
        .map(|class| Gaussian::new(features, &classes.members(class), covariance))
        .collect();
    let mut overlap = 0.0;
    for (place, one) in gaussians.iter().enumerate() {
        for other in &gaussians[..place] {
            overlap += 2.0 * (-one.distance(other)).exp();
        }
    }
    if overlap.is_nan() {
        return Err(StatsError::Diverged { what: "GBC" });
    }
    if overlap == 0.0 {
        return Err(StatsError::Saturated {
            score: "GBC",
            reason: "no two classes overlap, as far as double precision can tell",
        });
    }
    Ok(-overlap)
}

struct Gaussian {
    means: Vec<f64>,
    variances: Vec<f64>,
}

impl Gaussian {
    fn new(features: &FeatureMatrix, cases: &[usize], covariance: Covariance) -> Self {
        let count = cases.len() as f64;
        let mut means = vec![0.0; features.channels()];
        for case in cases {
            let row = features.row(*case);
            means.iter_mut().zip(row).for_each(|(m, v)| *m += v / count);
        }
        let mut variances = vec![0.0; features.channels()];
        for case in cases {
            let row = features.row(*case).iter().zip(&means);
            for (variance, (value, mean)) in variances.iter_mut().zip(row) {
                *variance += (value - mean).powi(2) / count;
            }
        }
        // A mean is rounded; a channel that does not vary must not seem to.
        let first = features.row(cases[0]);
        for (channel, value) in first.iter().enumerate() {
            if cases.iter().all(|c| features.row(*c)[channel] == *value) {
                (means[channel], variances[channel]) = (*value, 0.0);
            }
        }
        if covariance == Covariance::Spherical {
            let mean = variances.iter().sum::<f64>() / variances.len() as f64;
            variances.fill(mean);
        }
        Self { means, variances }
    }

    /// Bhattacharyya distance, from 0 to infinity.
    fn distance(&self, other: &Self) -> f64 {
        let means = self.means.iter().zip(&other.means);
        let variances = self.variances.iter().zip(&other.variances);
        let channel = |((m1, m2), (v1, v2)): ((&f64, &f64), (&f64, &f64))| {
            let apart = (m1 - m2).powi(2);
            let mean = (v1 + v2) / 2.0;
            if mean == 0.0 {
                return if apart == 0.0 { 0.0 } else { f64::INFINITY };
            }
            apart / mean / 8.0 + (mean.ln() - (v1.ln() + v2.ln()) / 2.0) / 2.0
        };
        means.zip(variances).map(channel).sum()
    }
}
