use std::collections::BTreeSet;

use crate::discrimination::ranking::Ranking;
use crate::input::same_length;
use crate::{Clusters, Estimate, Influence, Interval, StatsError};

/// One ROC curve with DeLong's structural components: its AUC and what each case adds to it.
///
/// `V10` of a positive case is the share of negative cases that score below it (ties count one
/// half); `V01` of a negative case is the share of positive cases that score above it. The
/// variance is `S10/m + S01/n` with the sample variances of the components (divisor `m − 1` and
/// `n − 1`), for `m` positive and `n` negative cases: DeLong, DeLong and Clarke-Pearson,
/// Biometrics 1988; computed in `O(n log n)` as noted by Sun and Xu, IEEE Signal Processing
/// Letters 2014.
///
/// The variance treats cases as independent. It does not account for several images of one
/// patient, nor for the randomness of training ([`SeedMean`](crate::SeedMean) does the latter).
#[derive(Debug, Clone, PartialEq)]
pub struct Delong {
    auc: f64,
    v10: Vec<f64>,
    v01: Vec<f64>,
    positives: Vec<usize>,
    negatives: Vec<usize>,
}

impl Delong {
    /// `labels`: true for positive cases; `scores`: one finite number per case, higher meaning
    /// more likely positive.
    pub fn new(labels: &[bool], scores: &[f64]) -> Result<Self, StatsError> {
        let ranking = Ranking::new(labels, scores)?;
        let (m, n) = (ranking.positives as f64, ranking.negatives as f64);
        let mut component = vec![0.0; labels.len()];
        let (mut positives_left, mut negatives_below) = (ranking.positives, 0);
        for group in ranking.groups() {
            positives_left -= group.positives;
            let v10 = (negatives_below as f64 + 0.5 * group.negatives as f64) / n;
            let v01 = (positives_left as f64 + 0.5 * group.positives as f64) / m;
            for &(_, case) in group.cases {
                component[case] = if labels[case] { v10 } else { v01 };
            }
            negatives_below += group.negatives;
        }
        let (positives, negatives): (Vec<_>, Vec<_>) =
            (0..labels.len()).partition(|&case| labels[case]);
        Ok(Self {
            auc: ranking.area(),
            v10: positives.iter().map(|&case| component[case]).collect(),
            v01: negatives.iter().map(|&case| component[case]).collect(),
            positives,
            negatives,
        })
    }

    /// The AUC, in `0..=1`, as [`auc`](fn@crate::auc).
    pub fn auc(&self) -> f64 {
        self.auc
    }

    /// `V10`, in `0..=1`: one per positive case, in the order of [`positives`](Self::positives).
    pub fn v10(&self) -> &[f64] {
        &self.v10
    }

    /// `V01`, in `0..=1`: one per negative case, in the order of [`negatives`](Self::negatives).
    pub fn v01(&self) -> &[f64] {
        &self.v01
    }

    /// Indices of the positive cases, ascending.
    pub fn positives(&self) -> &[usize] {
        &self.positives
    }

    /// Indices of the negative cases, ascending.
    pub fn negatives(&self) -> &[usize] {
        &self.negatives
    }

    /// DeLong's variance of the AUC. Needs two positive and two negative cases. It is zero
    /// exactly when the classes are perfectly separated (AUC 0 or 1) or all scores are equal
    /// (AUC 0.5).
    pub fn variance(&self) -> Result<f64, StatsError> {
        Ok(self.influence()?.variance())
    }

    /// The square root of [`variance`](Self::variance).
    pub fn standard_error(&self) -> Result<f64, StatsError> {
        Ok(self.variance()?.sqrt())
    }

    /// What each case contributes to the error of the AUC; its variance is DeLong's.
    pub fn influence(&self) -> Result<Influence, StatsError> {
        let (m, n) = (self.v10.len(), self.v01.len());
        if m < 2 || n < 2 {
            return Err(StatsError::TooFewForVariance {
                positives: m,
                negatives: n,
            });
        }
        let mut values = vec![0.0; m + n];
        for (cases, components) in [(&self.positives, &self.v10), (&self.negatives, &self.v01)] {
            let count = cases.len() as f64;
            // √(m/(m−1)) / m, which turns the sum of squares into S10/m.
            let scale = (count * (count - 1.0)).sqrt().recip();
            for (&case, component) in cases.iter().zip(components) {
                values[case] = scale * (component - self.auc);
            }
        }
        Ok(Influence::new(values))
    }

    /// The AUC together with its influence, to average over seeds or compare with another.
    pub fn estimate(&self) -> Result<Estimate, StatsError> {
        Ok(Estimate::new(self.auc, self.influence()?))
    }

    /// The same over samples of clusters, still with one value a case: summed by cluster, the sum of
    /// squares is Obuchowski's variance, with √(I10 / (I10 − 1)) √(I01 / (I01 − 1)) in place of
    /// I / (I − 1) for the covariance of the classes (I10 of I clusters hold a positive case, I01 a
    /// negative one; see [`Obuchowski`](crate::Obuchowski)).
    ///
    /// For parts of a mean whose cases are few, such as folds of cross-validation: a fold with two
    /// positive patients has one degree of freedom for them, however many pictures they have.
    pub fn clustered_estimate(&self, clusters: &Clusters) -> Result<Estimate, StatsError> {
        let (m, n) = (self.v10.len(), self.v01.len());
        same_length("clusters", m + n, clusters.cases())?;
        let holding = |cases: &[usize]| {
            let of: BTreeSet<usize> = cases.iter().map(|c| clusters.of_case()[*c]).collect();
            of.len()
        };
        let (positives, negatives) = (holding(&self.positives), holding(&self.negatives));
        if positives < 2 || negatives < 2 {
            return Err(StatsError::TooFewClusters {
                positives,
                negatives,
            });
        }
        let mut values = vec![0.0; m + n];
        for (held, cases, components) in [
            (positives, &self.positives, &self.v10),
            (negatives, &self.negatives, &self.v01),
        ] {
            let held = held as f64;
            let scale = (held / (held - 1.0)).sqrt() / cases.len() as f64;
            for (&case, component) in cases.iter().zip(components) {
                values[case] = scale * (component - self.auc);
            }
        }
        Ok(Estimate::new(self.auc, Influence::new(values)))
    }

    /// Interval `AUC ± z · SE`, cut to `0..=1`. `level`: 0.95 for a 95% interval.
    ///
    /// With a variance of zero it is the interval that [`logit_interval`](Self::logit_interval)
    /// describes, as a Wald interval of no width would claim certainty.
    pub fn wald_interval(&self, level: f64) -> Result<Interval, StatsError> {
        self.interval(level, Interval::wald)
    }

    /// Interval on the scale of `ln(a / (1 − a))` with standard error `SE / (a (1 − a))`, carried
    /// back; as in pROC and most of the radiological literature. `level`: 0.95 for a 95% interval.
    ///
    /// With a variance of zero the AUC is exactly 0, 0.5 or 1 and the logit interval is undefined.
    /// The answer is then a [`Method::DisjointPairs`](crate::Method::DisjointPairs) interval.
    /// `k = min(m, n)` disjoint pairs of a positive and a negative case are independent, and all
    /// came out alike (ordered rightly, ordered wrongly, or tied). If that outcome has
    /// probability `q` in a new pair, all `k` alike have probability `qᵏ`, so at confidence
    /// `level`, `q ≥ (1 − level)^(1/k)`. Hence AUC 1 gives `[q, 1]`, AUC 0 gives `[0, 1 − q]`,
    /// and AUC 0.5 gives `0.5 ± (1 − q)/2`: exact coverage at least `level`, and wide, since it
    /// uses only `k` of the `m · n` pairs.
    pub fn logit_interval(&self, level: f64) -> Result<Interval, StatsError> {
        self.interval(level, Interval::logit)
    }

    fn interval(
        &self,
        level: f64,
        regular: fn(f64, f64, f64) -> Result<Interval, StatsError>,
    ) -> Result<Interval, StatsError> {
        let standard_error = self.standard_error()?;
        if standard_error == 0.0 {
            let pairs = self.v10.len().min(self.v01.len());
            Interval::disjoint_pairs(self.auc, pairs, level)
        } else {
            regular(self.auc, standard_error, level)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn influences_sum_to_zero_and_square_to_the_variance(
            cases in prop::collection::vec((any::<bool>(), -8i32..8), 4..80)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1) / 3.0).collect();
            let m = labels.iter().filter(|l| **l).count();
            prop_assume!(m >= 2 && labels.len() - m >= 2);
            let curve = Delong::new(&labels, &scores).unwrap();
            let influence = curve.influence().unwrap();
            prop_assert!(influence.values().iter().sum::<f64>().abs() < 1e-13);
            let spread = |v: &[f64]| {
                let mean = v.iter().sum::<f64>() / v.len() as f64;
                v.iter().map(|x| (x - mean).powi(2)).sum::<f64>()
                    / (v.len() - 1) as f64 / v.len() as f64
            };
            let expected = spread(curve.v10()) + spread(curve.v01());
            prop_assert!((curve.variance().unwrap() - expected).abs() < 1e-14);
            let interval = curve.logit_interval(0.95).unwrap();
            prop_assert!(interval.contains(curve.auc()));
            prop_assert!(0.0 <= interval.lower && interval.upper <= 1.0);
            // No variance means one of the three cases that the documentation names.
            let degenerate = interval.method == Method::DisjointPairs;
            prop_assert!(!degenerate || [0.0, 0.5, 1.0].contains(&curve.auc()));
        }
    }

    #[test]
    fn perfect_separation_still_has_a_bound() {
        let labels = [false, false, false, true, true];
        let curve = Delong::new(&labels, &[0.1, 0.2, 0.3, 0.7, 0.9]).unwrap();
        assert_eq!((curve.auc(), curve.variance().unwrap()), (1.0, 0.0));
        // Two disjoint pairs: 0.05^(1/2).
        for interval in [curve.wald_interval(0.95), curve.logit_interval(0.95)] {
            let interval = interval.unwrap();
            assert_eq!(interval.method, Method::DisjointPairs);
            assert!((interval.lower - 0.05f64.sqrt()).abs() < 1e-12);
            assert_eq!(interval.upper, 1.0);
        }
        let reversed = Delong::new(&labels, &[0.9, 0.8, 0.7, 0.2, 0.1]).unwrap();
        let interval = reversed.logit_interval(0.95).unwrap();
        assert_eq!(interval.lower, 0.0);
        assert!((interval.upper - (1.0 - 0.05f64.sqrt())).abs() < 1e-12);
        let constant = Delong::new(&labels, &[0.4; 5]).unwrap();
        let interval = constant.logit_interval(0.95).unwrap();
        assert!((interval.lower + interval.upper - 1.0).abs() < 1e-12);
        assert!((interval.lower - 0.5 * 0.05f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn one_positive_has_an_auc_but_no_variance() {
        let curve = Delong::new(&[true, false, false], &[0.5, 0.1, 0.9]).unwrap();
        assert_eq!(curve.auc(), 0.5);
        assert_eq!(
            curve.variance().unwrap_err(),
            StatsError::TooFewForVariance {
                positives: 1,
                negatives: 2
            }
        );
        let curve = Delong::new(&[true, true, false, false], &[3.0, 1.0, 2.0, 0.0]).unwrap();
        assert!(curve.wald_interval(1.0).is_err());
        assert!(curve.logit_interval(f64::NAN).is_err());
    }
}
