use stats::normal_quantile;

/// Half-widths of the range that moments are integrated over, in standard deviations.
const REACH: f64 = 9.0;
/// Steps of the trapezoidal rule, which for these smooth and vanishing integrands is exact to
/// rounding.
const STEPS: usize = 360;

/// The error of an AUC before any score is seen: scores of negative cases are N(0, 1), of positive
/// ones N(√2 Φ⁻¹(AUC), 1), the binormal model with equal variances.
///
/// Variance as Bamber (Journal of Mathematical Psychology 1975) and Hanley and McNeil (Radiology
/// 1982) write it, `(A (1 − A) + (n − 1) ξ₁₀ + (m − 1) ξ₀₁) / (m n)` for m positive and n negative
/// cases; their Q₁ − A² and Q₂ − A², here ξ, are integrated instead of taken from the exponential
/// model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Binormal {
    auc: f64,
    /// Variance of the share of negatives below a positive case, and by symmetry the other way.
    second: f64,
    /// Its fourth central moment.
    fourth: f64,
}

impl Binormal {
    /// `auc`: within `0..1`.
    pub(crate) fn new(auc: f64) -> Self {
        let shift = 2f64.sqrt() * normal_quantile(auc);
        let step = 2.0 * REACH / STEPS as f64;
        let moment = |power: i32| -> f64 {
            let at = |place: usize| {
                let z = place as f64 * step - REACH;
                let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
                density * (stats::normal_below(z + shift) - auc).powi(power)
            };
            (0..=STEPS).map(at).sum::<f64>() * step
        };
        Self {
            auc,
            second: moment(2),
            fourth: moment(4),
        }
    }

    /// Variance of the AUC over samples of `cases`: positive and negative ones, at least 2 each.
    pub(crate) fn variance(&self, [positives, negatives]: [f64; 2]) -> f64 {
        let single = self.auc * (1.0 - self.auc);
        let shared = (positives + negatives - 2.0) * self.second;
        (single + shared) / (positives * negatives)
    }

    /// Degrees of freedom of that variance where it is estimated, `2 (Σ v²)² / Σ v⁴` of what single
    /// cases contribute.
    pub(crate) fn degrees_of_freedom(&self, [positives, negatives]: [f64; 2]) -> f64 {
        let sum = |power: i32| positives.powi(power) + negatives.powi(power);
        let (squares, fourths) = (self.second * sum(-1), self.fourth * sum(-3));
        (2.0 * squares * squares / fourths).clamp(1.0, positives + negatives - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_scipy() {
        /* scipy 1.17.1:
        import numpy as np
        from scipy.stats import norm
        from scipy.integrate import quad
        for a, m, n in ((.5, 20, 20), (.85, 90, 210), (.9, 30, 400)):
            d = 2**.5 * norm.ppf(a)
            f = lambda k: quad(lambda x: norm.pdf(x - d) * (norm.cdf(x) - a)**k, d - 12, d + 12, epsabs=1e-14)[0]
            s = f(2)
            v = (a * (1 - a) + (m + n - 2) * s) / (m * n)
            print(a, m, n, v, min(2 * (s/m + s/n)**2 / (f(4) * (m**-3. + n**-3.)), m + n - 1)) */
        for (auc, cases, variance, df) in GOLDEN {
            let found = Binormal::new(auc);
            assert!((found.variance(cases) / variance - 1.0).abs() < 1e-9);
            assert!((found.degrees_of_freedom(cases) / df - 1.0).abs() < 1e-9);
        }
    }

    #[rustfmt::skip]
    const GOLDEN: [(f64, [f64; 2], f64, f64); 3] = [
        (0.5, [20.0, 20.0], 0.008541666666666668, 39.0),
        (0.85, [90.0, 210.0], 0.0005616875745779987, 59.2843595978209),
        (0.9, [30.0, 400.0], 0.0008064876614542519, 7.697756337272144),
    ];
}
