use crate::uncertainty::interval::upper_probability;
use crate::uncertainty::quantile::{normal_quantile, t_quantile};
use crate::{Interval, Method, StatsError};

/// A share of cases, such as a sensitivity, with what its interval needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// The share itself, `successes / cases`, in `0..=1`.
    pub share: f64,
    /// Cases that count.
    pub successes: u64,
    /// All cases, at least 1.
    pub cases: u64,
    /// Clusters that hold a case; `cases` where cases are independent.
    pub clusters: u64,
    /// How many times the variance is that of independent cases, at least 1.
    pub design_effect: f64,
}

impl Proportion {
    /// Of independent cases, `successes` at most `cases`. `what` names the cases, for the error
    /// when there are none.
    pub fn new(what: &'static str, successes: u64, cases: u64) -> Result<Self, StatsError> {
        Self::clustered(what, [(successes, cases)]).map(|proportion| Self {
            clusters: cases,
            design_effect: 1.0,
            ..proportion
        })
    }

    /// Of cases in clusters, such as pictures of patients: (successes, cases) of each. Clusters
    /// without cases take no part.
    ///
    /// The design effect is the variance of the share over samples of clusters, linearised, over
    /// that of independent cases: `I / (I − 1) Σ (xᵢ − p nᵢ)² / n²` over `p (1 − p) / (n − 1)` for
    /// `xᵢ` successes in the `nᵢ` cases of each of `I` clusters (Rao and Scott 1992), not below 1.
    /// With one case per cluster it is 1. Where all cases or none succeed, nothing is seen of how
    /// alike the cases of a cluster are, and each cluster counts as a single case.
    pub fn clustered(
        what: &'static str,
        clusters: impl IntoIterator<Item = (u64, u64)>,
    ) -> Result<Self, StatsError> {
        let clusters: Vec<_> = clusters.into_iter().filter(|&(_, n)| n > 0).collect();
        if clusters.is_empty() {
            return Err(StatsError::Empty { what });
        }
        if let Some((x, _)) = clusters.iter().find(|(x, n)| x > n) {
            return Err(StatsError::Parameter {
                parameter: "number of successes",
                expected: "no more than there are cases",
                found: *x as f64,
            });
        }
        let successes: u64 = clusters.iter().map(|(x, _)| x).sum();
        let cases: u64 = clusters.iter().map(|(_, n)| n).sum();
        let (count, total) = (clusters.len() as f64, cases as f64);
        let share = successes as f64 / total;
        let design_effect = if clusters.len() as u64 == cases {
            1.0
        } else if successes == 0 || successes == cases || clusters.len() == 1 {
            total / count
        } else {
            let squares: f64 = clusters
                .iter()
                .map(|&(x, n)| (x as f64 - share * n as f64).powi(2))
                .sum();
            let over_clusters = count / (count - 1.0) * squares / (total * total);
            (over_clusters * (total - 1.0) / (share * (1.0 - share))).max(1.0)
        };
        Ok(Self {
            share,
            successes,
            cases,
            clusters: clusters.len() as u64,
            design_effect,
        })
    }

    /// As many independent cases as are as good as these, at most `cases`.
    pub fn effective_cases(&self) -> f64 {
        self.cases as f64 / self.design_effect
    }

    /// Wilson's score interval (JASA 1927), never beyond `0..=1`. `level`: 0.95 for a 95%
    /// interval.
    ///
    /// With the effective number of cases `n`, the share `p` and the normal quantile `z`:
    /// `(p + z²/2n ± z √(p (1 − p) / n + z²/4n²)) / (1 + z²/n)`. For clusters, `n` is also
    /// multiplied with the square of the quantile of Student's t with `cases − 1` over that with
    /// `clusters − 1` degrees of freedom (Korn and Graubard 1998), as the design effect is itself
    /// uncertain with few clusters. With one case per cluster it is statsmodels'
    /// `proportion_confint(method="wilson")`.
    pub fn wilson(&self, level: f64) -> Result<Interval, StatsError> {
        let probability = upper_probability(level)?;
        let mut n = self.effective_cases();
        if self.clusters < self.cases && self.clusters > 1 {
            let independent = t_quantile(probability, self.cases as f64 - 1.0)?;
            let clustered = t_quantile(probability, self.clusters as f64 - 1.0)?;
            n *= (independent / clustered).powi(2);
        }
        let (p, z) = (self.share, normal_quantile(probability));
        let (centre, scale) = (p + z * z / (2.0 * n), 1.0 + z * z / n);
        let reach = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        Ok(Interval {
            // At the ends the difference is exactly zero but for rounding.
            lower: if self.successes == 0 {
                0.0
            } else {
                (centre - reach) / scale
            },
            upper: if self.successes == self.cases {
                1.0
            } else {
                (centre + reach) / scale
            },
            level,
            method: Method::Wilson,
        }
        .clipped(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn clusters_only_widen(
            clusters in prop::collection::vec((0u64..5).prop_flat_map(|n| (0..=n, Just(n))), 1..30),
        ) {
            let Ok(found) = Proportion::clustered("cases", clusters) else {
                return Ok(());
            };
            let plain = Proportion::new("cases", found.successes, found.cases).unwrap();
            let (wide, narrow) = (found.wilson(0.95).unwrap(), plain.wilson(0.95).unwrap());
            prop_assert!(found.design_effect >= 1.0);
            prop_assert!(wide.contains(found.share) && 0.0 <= wide.lower && wide.upper <= 1.0);
            prop_assert!(wide.upper - wide.lower >= narrow.upper - narrow.lower - 1e-12);
        }

        #[test]
        fn single_cases_are_independent(outcomes in prop::collection::vec(0u64..2, 1..40)) {
            let single = Proportion::clustered("cases", outcomes.iter().map(|&x| (x, 1))).unwrap();
            let cases = outcomes.len() as u64;
            let plain = Proportion::new("cases", outcomes.iter().sum(), cases).unwrap();
            prop_assert_eq!(single, plain);
        }

        #[test]
        fn cases_that_are_copies_count_once(outcomes in prop::collection::vec(0u64..2, 30..60)) {
            let copies = outcomes.iter().map(|&x| (5 * x, 5));
            let found = Proportion::clustered("cases", copies).unwrap();
            let expected = outcomes.len() as f64;
            prop_assert!((found.effective_cases() / expected - 1.0).abs() < 0.04);
        }
    }

    #[test]
    fn nothing_has_no_share() {
        assert_eq!(
            Proportion::clustered("positive cases", [(0, 0)]).unwrap_err(),
            StatsError::Empty {
                what: "positive cases"
            }
        );
        assert!(Proportion::new("cases", 3, 2).is_err());
        assert!(Proportion::new("cases", 1, 2).unwrap().wilson(0.0).is_err());
        // One patient only: as good as a single case.
        let one = Proportion::clustered("cases", [(3, 9)]).unwrap();
        assert_eq!(one.effective_cases(), 1.0);
    }
}
