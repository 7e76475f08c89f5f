use crate::input::same_length;
use crate::{Clusters, StatsError};

/// What each test case contributes to the sampling error of an AUC-like statistic.
///
/// The influence-function view of DeLong's variance: a positive case holds
/// `(V10 − AUC) / √(m (m − 1))`, a negative one `(V01 − AUC) / √(n (n − 1))`, a case that took no
/// part (a missing label) 0. The values sum to zero, and **their sum of squares is the sampling
/// variance**; for one binary AUC that is DeLong's, exactly.
///
/// The point of keeping values per case: the influence of a mean of statistics is the mean of
/// their influences, and of a difference the difference. So means over classes, findings or
/// seeds, and comparisons of arms, account for having been measured on the same patients.
///
/// Cases count as independent, and the training of the networks as fixed.
#[derive(Debug, Clone, PartialEq)]
pub struct Influence {
    values: Vec<f64>,
    participants: usize,
}

impl Influence {
    /// Every case took part.
    pub(crate) fn new(values: Vec<f64>) -> Self {
        Self {
            participants: values.len(),
            values,
        }
    }

    /// One value per test case, in the order of the cases.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many cases took part. For a mean of statistics with different missing cases it is the
    /// largest of their counts, a lower bound.
    pub fn participants(&self) -> usize {
        self.participants
    }

    /// The sampling variance: the sum of squares. Below `1e-30` it is zero, as differences that
    /// cancel leave about `1e-33` of rounding and must not pass for near-certainty.
    pub fn variance(&self) -> f64 {
        let sum: f64 = self.values.iter().map(|value| value * value).sum();
        if sum < 1e-30 { 0.0 } else { sum }
    }

    /// The sampling covariance with another statistic on the same cases.
    pub fn covariance(&self, other: &Self) -> Result<f64, StatsError> {
        self.same_cases(other)?;
        let products = self.values.iter().zip(&other.values).map(|(a, b)| a * b);
        Ok(products.sum())
    }

    /// What each cluster contributes: the sums of its cases, times √((I / (I − 1)) / (n / (n − 1)))
    /// for I clusters and n cases that take part.
    ///
    /// The sum of squares is then the variance over samples of clusters, such as patients with
    /// several pictures: Obuchowski's (Biometrics 1997) but for factors of I / (I − 1) that she
    /// takes for positive and negative cases apart. With one case per cluster nothing changes.
    /// `clusters` has one entry per value.
    pub fn by_cluster(&self, clusters: &Clusters) -> Result<Self, StatsError> {
        same_length("clusters", self.values.len(), clusters.cases())?;
        if !clusters.repeat() {
            return Ok(self.clone());
        }
        let mut values = vec![0.0; clusters.count()];
        let mut takes_part = vec![false; clusters.count()];
        for (&cluster, &value) in clusters.of_case().iter().zip(&self.values) {
            values[cluster] += value;
            takes_part[cluster] |= value != 0.0;
        }
        let participants = takes_part.iter().filter(|part| **part).count();
        let correction = |count: usize| count as f64 / (count as f64 - 1.0);
        if participants > 1 && participants < self.participants {
            let factor = (correction(participants) / correction(self.participants)).sqrt();
            values.iter_mut().for_each(|value| *value *= factor);
        }
        Ok(Self {
            values,
            participants: participants.min(self.participants).max(1),
        })
    }

    /// Lays an influence over some cases out over all `total` cases, 0 elsewhere. `cases` names
    /// the position of each value.
    pub(crate) fn spread(&self, cases: &[usize], total: usize) -> Self {
        let mut values = vec![0.0; total];
        for (&case, value) in cases.iter().zip(&self.values) {
            values[case] = *value;
        }
        Self {
            values,
            participants: self.participants,
        }
    }

    /// The sums over the cases of each cluster, and nothing else: for values that already are an
    /// error over samples of clusters. Takes part who has a value that is not 0.
    pub(crate) fn summed_by(&self, clusters: &Clusters) -> Result<Self, StatsError> {
        same_length("clusters", self.values.len(), clusters.cases())?;
        let mut values = vec![0.0; clusters.count()];
        let mut takes_part = vec![false; clusters.count()];
        for (&cluster, &value) in clusters.of_case().iter().zip(&self.values) {
            values[cluster] += value;
            takes_part[cluster] |= value != 0.0;
        }
        let participants = takes_part.iter().filter(|part| **part).count();
        Ok(Self {
            values,
            participants: participants.max(1),
        })
    }

    /// Every contribution times `factor`.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        Self {
            values: self.values.iter().map(|value| factor * value).collect(),
            participants: self.participants,
        }
    }

    fn add(&mut self, other: &Self) -> Result<(), StatsError> {
        self.same_cases(other)?;
        for (sum, value) in self.values.iter_mut().zip(&other.values) {
            *sum += value;
        }
        self.participants = self.participants.max(other.participants);
        Ok(())
    }

    fn same_cases(&self, other: &Self) -> Result<(), StatsError> {
        let what = "influence on the same test cases";
        same_length(what, self.values.len(), other.values.len())
    }
}

/// A statistic with the influence of every case on it: an AUC, a macro AUC, or a mean or
/// difference of such.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    value: f64,
    influence: Influence,
}

impl Estimate {
    pub(crate) fn new(value: f64, influence: Influence) -> Self {
        Self { value, influence }
    }

    /// The statistic, in `0..=1` for an AUC and `−1..=1` for a difference.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// What each case contributes to its error.
    pub fn influence(&self) -> &Influence {
        &self.influence
    }

    /// The same statistic with the error over samples of clusters instead of cases; see
    /// [`Influence::by_cluster`].
    pub fn by_cluster(&self, clusters: &Clusters) -> Result<Self, StatsError> {
        let influence = self.influence.by_cluster(clusters)?;
        Ok(Self::new(self.value, influence))
    }

    /// The same statistic, measured on some of `total` cases: those at the positions `cases`, one
    /// per value of the influence. The others took no part.
    pub fn spread(self, cases: &[usize], total: usize) -> Result<Self, StatsError> {
        same_length(
            "positions of cases",
            self.influence.values.len(),
            cases.len(),
        )?;
        if let Some(index) = cases.iter().position(|case| *case >= total) {
            return Err(StatsError::LabelOutOfRange {
                what: "positions of cases",
                index,
                label: cases[index],
                classes: total,
            });
        }
        let influence = self.influence.spread(cases, total);
        Ok(Self::new(self.value, influence))
    }

    /// The mean of statistics on the same test cases, over seeds, classes or findings.
    pub fn mean(estimates: &[Self]) -> Result<Self, StatsError> {
        let mut running = RunningMean::default();
        for estimate in estimates {
            running.add(estimate)?;
        }
        running.finish()
    }

    /// `self − other`, both on the same test cases in the same order.
    pub fn difference(&self, other: &Self) -> Result<Self, StatsError> {
        let mut influence = self.influence.clone();
        influence.same_cases(&other.influence)?;
        for (value, subtrahend) in influence.values.iter_mut().zip(&other.influence.values) {
            *value -= subtrahend;
        }
        influence.participants = influence.participants.max(other.influence.participants);
        Ok(Self::new(self.value - other.value, influence))
    }
}

/// A mean of estimates taken in one at a time, so that many classes need no more memory than one.
#[derive(Default)]
pub(crate) struct RunningMean {
    count: usize,
    sum: Option<Estimate>,
}

impl RunningMean {
    pub(crate) fn add(&mut self, estimate: &Estimate) -> Result<(), StatsError> {
        match &mut self.sum {
            None => self.sum = Some(estimate.clone()),
            Some(sum) => {
                sum.influence.add(&estimate.influence)?;
                sum.value += estimate.value;
            }
        }
        self.count += 1;
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Estimate, StatsError> {
        let mut mean = self.sum.ok_or(StatsError::Empty { what: "estimates" })?;
        let count = self.count as f64;
        mean.value /= count;
        for value in &mut mean.influence.values {
            *value /= count;
        }
        Ok(mean)
    }
}
