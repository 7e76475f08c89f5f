use crate::input::{all_finite, same_length};
use crate::{Clusters, Proportion, StatsError};

/// The 2 × 2 table of a threshold. A case counts as called positive when its score is at least
/// the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Positive cases at or above the threshold.
    pub true_positives: u64,
    /// Negative cases at or above the threshold.
    pub false_positives: u64,
    /// Negative cases below the threshold.
    pub true_negatives: u64,
    /// Positive cases below the threshold.
    pub false_negatives: u64,
}

/// A share of a 2 × 2 table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Share of the positive cases that are called positive.
    Sensitivity,
    /// Share of the negative cases that are called negative.
    Specificity,
    /// Positive predictive value: share of the positive calls that are right. At the prevalence
    /// of these cases; for another see [`Counts::predictive_values_at`].
    Ppv,
    /// Negative predictive value: share of the negative calls that are right, at the prevalence
    /// of these cases.
    Npv,
    /// Share of all calls that are right. With few positive cases, calling none positive does
    /// well.
    Accuracy,
}

impl Rate {
    /// Every rate, in the order in which they are read.
    pub const ALL: [Self; 5] = [
        Self::Sensitivity,
        Self::Specificity,
        Self::Ppv,
        Self::Npv,
        Self::Accuracy,
    ];

    /// What the rate is a share of.
    fn denominator(self) -> &'static str {
        match self {
            Self::Sensitivity => "positive cases, of which sensitivity is a share",
            Self::Specificity => "negative cases, of which specificity is a share",
            Self::Ppv => "positive calls, of which the positive predictive value is a share",
            Self::Npv => "negative calls, of which the negative predictive value is a share",
            Self::Accuracy => "cases, of which accuracy is a share",
        }
    }
}

impl Counts {
    /// `labels`: true for positive cases; `scores`: one finite number per case; `threshold`:
    /// finite. It should come from other cases: see [`ThresholdRule`](crate::ThresholdRule).
    pub fn at(labels: &[bool], scores: &[f64], threshold: f64) -> Result<Self, StatsError> {
        check(labels, scores, threshold)?;
        let mut counts = Self::default();
        for (&positive, &score) in labels.iter().zip(scores) {
            counts.add(positive, score >= threshold);
        }
        Ok(counts)
    }

    /// All cases.
    pub fn cases(&self) -> u64 {
        self.positives() + self.negatives()
    }

    /// Positive cases.
    pub fn positives(&self) -> u64 {
        self.true_positives + self.false_negatives
    }

    /// Negative cases.
    pub fn negatives(&self) -> u64 {
        self.true_negatives + self.false_positives
    }

    /// A rate of independent cases, with its [Wilson interval](Proportion::wilson). An error
    /// when there is nothing that it could be a share of.
    pub fn rate(&self, rate: Rate) -> Result<Proportion, StatsError> {
        let (successes, cases) = self.fraction(rate);
        Proportion::new(rate.denominator(), successes, cases)
    }

    fn fraction(&self, rate: Rate) -> (u64, u64) {
        let right = match rate {
            Rate::Sensitivity | Rate::Ppv => self.true_positives,
            Rate::Specificity | Rate::Npv => self.true_negatives,
            Rate::Accuracy => self.true_positives + self.true_negatives,
        };
        let of = match rate {
            Rate::Sensitivity => self.positives(),
            Rate::Specificity => self.negatives(),
            Rate::Ppv => self.true_positives + self.false_positives,
            Rate::Npv => self.true_negatives + self.false_negatives,
            Rate::Accuracy => self.cases(),
        };
        (right, of)
    }

    fn add(&mut self, positive: bool, called: bool) {
        *match (positive, called) {
            (true, true) => &mut self.true_positives,
            (true, false) => &mut self.false_negatives,
            (false, true) => &mut self.false_positives,
            (false, false) => &mut self.true_negatives,
        } += 1;
    }
}

/// The 2 × 2 table of a threshold by cluster, such as patients with several pictures, for rates
/// whose intervals know of them.
///
/// Likelihood ratios and predictive values of [`total`](Self::total) do not know of clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusteredCounts {
    /// All cases together.
    pub total: Counts,
    /// The cases of each cluster.
    pub of_cluster: Vec<Counts>,
}

impl ClusteredCounts {
    /// As [`Counts::at`]; `clusters` names the cluster of each case, in the same order.
    pub fn at(
        labels: &[bool],
        scores: &[f64],
        threshold: f64,
        clusters: &Clusters,
    ) -> Result<Self, StatsError> {
        let total = Counts::at(labels, scores, threshold)?;
        same_length("clusters", labels.len(), clusters.cases())?;
        let mut of_cluster = vec![Counts::default(); clusters.count()];
        for ((&positive, &score), &cluster) in labels.iter().zip(scores).zip(clusters.of_case()) {
            of_cluster[cluster].add(positive, score >= threshold);
        }
        Ok(Self { total, of_cluster })
    }

    /// A rate of all cases, with a [Wilson interval](Proportion::wilson) for clusters. With one
    /// case per cluster the same as [`Counts::rate`].
    pub fn rate(&self, rate: Rate) -> Result<Proportion, StatsError> {
        let fractions = self.of_cluster.iter().map(|counts| counts.fraction(rate));
        Proportion::clustered(rate.denominator(), fractions)
    }
}

fn check(labels: &[bool], scores: &[f64], threshold: f64) -> Result<(), StatsError> {
    if labels.is_empty() {
        return Err(StatsError::Empty { what: "labels" });
    }
    same_length("scores", labels.len(), scores.len())?;
    all_finite("scores", scores)?;
    all_finite("threshold", &[threshold])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn clusters_of_one_case_change_nothing(
            cases in prop::collection::vec((any::<bool>(), -4i32..4), 1..40), threshold in -4i32..4
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1)).collect();
            let single = Clusters::new(labels.iter().map(|_| None)).unwrap();
            let counts = Counts::at(&labels, &scores, f64::from(threshold)).unwrap();
            let by_cluster =
                ClusteredCounts::at(&labels, &scores, f64::from(threshold), &single).unwrap();
            prop_assert_eq!(by_cluster.total, counts);
            prop_assert_eq!(counts.cases() as usize, labels.len());
            for rate in Rate::ALL {
                prop_assert_eq!(counts.rate(rate), by_cluster.rate(rate));
            }
        }
    }

    #[test]
    fn a_score_at_the_threshold_is_positive() {
        let labels = [true, true, false, false];
        let counts = Counts::at(&labels, &[0.5, 0.4, 0.5, 0.1], 0.5).unwrap();
        let expected = Counts {
            true_positives: 1,
            false_positives: 1,
            true_negatives: 1,
            false_negatives: 1,
        };
        assert_eq!(counts, expected);
        let none = Counts::at(&labels, &[0.0; 4], 0.5).unwrap();
        let error = none.rate(Rate::Ppv).unwrap_err();
        assert!(error.to_string().starts_with("positive calls"), "{error}");
        assert_eq!(none.rate(Rate::Specificity).unwrap().share, 1.0);
        assert!(Counts::at(&labels, &[0.0; 4], f64::INFINITY).is_err());
        assert!(Counts::at(&labels, &[0.0; 3], 0.5).is_err());
    }
}
