use crate::input::same_length;
use crate::{Clusters, Delong, Interval, StatsError};

/// One AUC with its error over samples of clusters, such as patients with several pictures.
///
/// Obuchowski, *Nonparametric analysis of clustered ROC curve data*, Biometrics 1997. With
/// DeLong's components summed by cluster, `V10ᵢ` and `V01ᵢ`, over `mᵢ` positive and `nᵢ` negative
/// cases of cluster `i`, and `I10` of the `I` clusters holding a positive case, `I01` a negative:
///
/// `var = S10/m + S01/n + 2 S11/(m n)` with
/// `S10 = I10 / ((I10 − 1) m) Σ (V10ᵢ − mᵢ AUC)²`,
/// `S01 = I01 / ((I01 − 1) n) Σ (V01ᵢ − nᵢ AUC)²` and
/// `S11 = I / (I − 1) Σ (V10ᵢ − mᵢ AUC) (V01ᵢ − nᵢ AUC)`.
///
/// With one case per cluster it is DeLong's variance. It is never negative. The AUC is that of
/// all cases, so a patient with many pictures counts for more; it is not an average over
/// patients. For comparisons and averages over seeds,
/// [`Estimate::by_cluster`](crate::Estimate::by_cluster) does the same to within `O(1 / I)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Obuchowski {
    /// The AUC, in `0..=1`, as [`auc`](fn@crate::auc).
    pub auc: f64,
    /// Its variance over samples of clusters, at least 0.
    pub variance: f64,
    /// Clusters that hold a case, `I`.
    pub clusters: usize,
    /// Clusters that hold a positive case, `I10`; at least 2.
    pub with_positives: usize,
    /// Clusters that hold a negative case, `I01`; at least 2.
    pub with_negatives: usize,
    /// Whether all pairs of a positive and a negative case came out alike.
    alike: bool,
}

/// What a cluster adds: `Vᵢ − count · AUC` of its positive and of its negative cases.
#[derive(Clone, Copy, Default)]
struct Share {
    positives: usize,
    negatives: usize,
    ten: f64,
    one: f64,
}

impl Obuchowski {
    /// `clusters` names the cluster of every case of the curve, in the same order. Two clusters
    /// have to hold a positive case, and two a negative one.
    pub fn new(curve: &Delong, clusters: &Clusters) -> Result<Self, StatsError> {
        let (m, n) = (curve.positives().len(), curve.negatives().len());
        same_length("clusters", m + n, clusters.cases())?;
        let auc = curve.auc();
        let mut shares = vec![Share::default(); clusters.count()];
        for (&case, v10) in curve.positives().iter().zip(curve.v10()) {
            let share = &mut shares[clusters.of_case()[case]];
            share.positives += 1;
            share.ten += v10 - auc;
        }
        for (&case, v01) in curve.negatives().iter().zip(curve.v01()) {
            let share = &mut shares[clusters.of_case()[case]];
            share.negatives += 1;
            share.one += v01 - auc;
        }
        let with_positives = shares.iter().filter(|share| share.positives > 0).count();
        let with_negatives = shares.iter().filter(|share| share.negatives > 0).count();
        if with_positives < 2 || with_negatives < 2 {
            return Err(StatsError::TooFewClusters {
                positives: with_positives,
                negatives: with_negatives,
            });
        }
        let factor = |count: usize| count as f64 / (count as f64 - 1.0);
        let sum = |of: fn(&Share) -> f64| shares.iter().map(of).sum::<f64>();
        let (m, n) = (m as f64, n as f64);
        let s10 = factor(with_positives) * sum(|share| share.ten * share.ten) / m;
        let s01 = factor(with_negatives) * sum(|share| share.one * share.one) / n;
        let s11 = factor(shares.len()) * sum(|share| share.ten * share.one);
        let variance = s10 / m + s01 / n + 2.0 * s11 / (m * n);
        Ok(Self {
            auc,
            // Below this it is the rounding of what cancels, as in `Influence::variance`.
            variance: if variance < 1e-30 { 0.0 } else { variance },
            clusters: shares.len(),
            with_positives,
            with_negatives,
            alike: [0.0, 1.0].contains(&auc) || curve.v10().iter().all(|&v10| v10 == 0.5),
        })
    }

    /// The square root of the variance.
    pub fn standard_error(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Interval on the scale of `ln(a / (1 − a))`, as [`Delong::logit_interval`]. `level`: 0.95
    /// for a 95% interval.
    ///
    /// With a variance of zero and all pairs alike it is the interval from disjoint pairs that
    /// [`Delong::logit_interval`] describes, the pairs made of a positive and a negative case
    /// from different clusters, no cluster used twice. Where the variance is zero for another
    /// reason (every cluster adds the same) it is flagged
    /// [`Degenerate`](crate::Method::Degenerate).
    pub fn logit_interval(&self, level: f64) -> Result<Interval, StatsError> {
        if self.variance > 0.0 && self.auc > 0.0 && self.auc < 1.0 {
            Interval::logit(self.auc, self.standard_error(), level)
        } else if self.alike {
            // A cluster with cases of both kinds can give either, but only one of them.
            let pairs = self.with_positives.min(self.with_negatives);
            Interval::disjoint_pairs(self.auc, pairs.min(self.clusters / 2), level)
        } else {
            Interval::degenerate(self.auc, level)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use proptest::prelude::*;

    fn clusters(of_case: &[usize]) -> Clusters {
        let names: Vec<String> = of_case.iter().map(usize::to_string).collect();
        Clusters::new(names.iter().map(|name| Some(name.as_str()))).expect("cases")
    }

    proptest! {
        #[test]
        fn one_case_per_cluster_is_delong(
            cases in prop::collection::vec((any::<bool>(), -8i32..8), 4..80)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1)).collect();
            let single = clusters(&(0..labels.len()).collect::<Vec<_>>());
            let Ok(curve) = Delong::new(&labels, &scores) else {
                return Ok(());
            };
            let found = Obuchowski::new(&curve, &single);
            prop_assert_eq!(found.is_ok(), curve.variance().is_ok());
            if let Ok(found) = found {
                prop_assert!((found.variance - curve.variance().unwrap()).abs() < 1e-14);
                let (a, b) = (found.logit_interval(0.9).unwrap(), curve.logit_interval(0.9).unwrap());
                prop_assert_eq!(a.method, b.method);
                prop_assert!((a.lower - b.lower).abs() + (a.upper - b.upper).abs() < 1e-9);
            }
        }

        #[test]
        fn the_influence_by_cluster_agrees(
            cases in prop::collection::vec((any::<bool>(), -8i32..8, 0usize..25), 60..200)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1)).collect();
            let patients = clusters(&cases.iter().map(|c| c.2).collect::<Vec<_>>());
            let curve = Delong::new(&labels, &scores).unwrap();
            let exact = Obuchowski::new(&curve, &patients).unwrap();
            prop_assert!(exact.variance >= 0.0);
            let estimate = curve.estimate().unwrap().by_cluster(&patients).unwrap();
            // The factors differ by I/(I−1) at most; the parts may cancel, so compare with them
            // and not with the sum.
            let parts = curve.variance().unwrap() + exact.variance;
            let fewest = exact.with_positives.min(exact.with_negatives) as f64;
            let difference = (estimate.influence().variance() - exact.variance).abs();
            prop_assert!(difference < 6.0 * parts / fewest, "{difference} of {parts}");
        }
    }

    #[test]
    fn no_variance_is_no_certainty() {
        let labels = [true, true, false, false, true, false];
        let patients = clusters(&[0, 0, 0, 1, 1, 2]);
        let perfect = Delong::new(&labels, &[3.0, 4.0, 1.0, 0.0, 5.0, 2.0]).unwrap();
        let interval = Obuchowski::new(&perfect, &patients)
            .unwrap()
            .logit_interval(0.95)
            .unwrap();
        // Three clusters make one pair of different clusters only.
        assert_eq!(
            (interval.method, interval.upper),
            (Method::DisjointPairs, 1.0)
        );
        assert!((interval.lower - 0.05).abs() < 1e-12);

        // Every patient adds the same, with an AUC of neither 0, ½ nor 1.
        let labels = [true, true, false, true, true, false];
        let alike = Delong::new(&labels, &[1.0, 3.0, 3.0, 1.0, 3.0, 3.0]).unwrap();
        let found = Obuchowski::new(&alike, &clusters(&[0, 0, 0, 1, 1, 1])).unwrap();
        assert_eq!((found.auc, found.variance), (0.25, 0.0));
        assert_eq!(
            found.logit_interval(0.95).unwrap().method,
            Method::Degenerate
        );
        assert_eq!(
            Obuchowski::new(&alike, &clusters(&[0; 6])).unwrap_err(),
            StatsError::TooFewClusters {
                positives: 1,
                negatives: 1
            }
        );
    }
}
