use rayon::prelude::*;

use super::feature_rows::FeatureRows;
use super::labels::Labels;
use crate::StatsError;
use crate::input::{check_positive, same_length};
use crate::matrix::dot;

/// Cases whose similarities one task computes together.
const QUERIES: usize = 8;
/// The score of a finding that is known of none of the neighbours.
const UNKNOWN: f64 = 0.5;

/// k nearest neighbours in feature space, as Matsoukas and others (2022) vote.
///
/// The similarity of two cases is the cosine of their features; each of the `k` most similar known
/// cases votes for its label with weight `exp(similarity / temperature)`, and a class scores its
/// share of the votes. It is no trained classifier: nothing is fitted, and channels weigh as they
/// are scaled. `O(n m d)` for `n` cases to score, `m` known ones and `d` channels.
///
/// ```
/// use stats::{FeatureRows, Labels, NearestNeighbours};
///
/// // Two channels of five cases; the first four are known.
/// let features = [1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9, 1.0, 0.2];
/// let known = FeatureRows::new(&features, 2, &[0, 1, 2, 3])?;
/// let labels = Labels::Classes { of_case: &[0, 0, 1, 1], classes: 2 };
/// let voters = NearestNeighbours::new(known, labels)?;
/// let scores = voters.scores(FeatureRows::new(&features, 2, &[4])?, 3, 0.1)?;
/// assert!(scores[0] > 0.9); // [cases, classes]
/// # Ok::<(), stats::StatsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NearestNeighbours<'a> {
    /// `[cases, channels]`, each case of length 1.
    units: Vec<f64>,
    channels: usize,
    labels: Labels<'a>,
}

impl<'a> NearestNeighbours<'a> {
    /// The cases of `features`, which are known, and their `labels`.
    pub fn new(features: FeatureRows, labels: Labels<'a>) -> Result<Self, StatsError> {
        labels.check(features.cases())?;
        Ok(Self {
            units: units(features),
            channels: features.channels(),
            labels,
        })
    }

    /// Scores `[cases, classes]` in `0..=1` of the cases of `features`, by the `k` nearest (all
    /// where there are fewer). Classes: shares of the votes, which sum to 1. Findings: the share for
    /// present among neighbours whose label is known, 0.5 where none is. `temperature` is above 0;
    /// Matsoukas and others take 0.1.
    ///
    /// Of equally similar neighbours the earlier is nearer. Features that are all 0 are similar to
    /// nothing: 0.
    pub fn scores(
        &self,
        features: FeatureRows,
        k: usize,
        temperature: f64,
    ) -> Result<Vec<f64>, StatsError> {
        same_length("channels of features", self.channels, features.channels())?;
        check_positive("the temperature of votes", temperature)?;
        let queries = units(features);
        let scores = queries
            .par_chunks(QUERIES * self.channels)
            .flat_map_iter(|queries| {
                let queries: Vec<&[f64]> = queries.chunks_exact(self.channels).collect();
                let known = self.units.len() / self.channels;
                let mut similarities = vec![Vec::with_capacity(known); queries.len()];
                for unit in self.units.chunks_exact(self.channels) {
                    for (similarities, query) in similarities.iter_mut().zip(&queries) {
                        similarities.push(dot(unit, query));
                    }
                }
                let vote = |s: Vec<f64>| self.vote(&nearest(&s, k), temperature);
                similarities.into_iter().flat_map(vote).collect::<Vec<_>>()
            })
            .collect();
        Ok(scores)
    }

    /// Scores `[classes]` by `neighbours`: index and similarity, nearest first.
    fn vote(&self, neighbours: &[(usize, f64)], temperature: f64) -> Vec<f64> {
        // Relative to the nearest, so that no weight overflows; shares stay the same.
        let first = neighbours
            .first()
            .map_or(0.0, |(_, similarity)| *similarity);
        let weight = |similarity: f64| ((similarity - first) / temperature).exp();
        let classes = self.labels.outputs();
        let mut present = vec![0.0; classes];
        let mut known = vec![0.0; classes];
        for (index, similarity) in neighbours {
            let weight = weight(*similarity);
            for class in 0..classes {
                match self.labels.has(*index, class) {
                    Some(true) => {
                        present[class] += weight;
                        known[class] += weight;
                    }
                    Some(false) => known[class] += weight,
                    None => {}
                }
            }
        }
        if let Labels::Classes { .. } = self.labels {
            let all: f64 = present.iter().sum();
            known = vec![all; classes];
        }
        let share = |(present, known): (f64, f64)| match known > 0.0 {
            true => present / known,
            false => UNKNOWN,
        };
        present.into_iter().zip(known).map(share).collect()
    }
}

/// The `k` largest similarities with their indices, largest first, of equal ones the earlier.
fn nearest(similarities: &[f64], k: usize) -> Vec<(usize, f64)> {
    let mut all: Vec<(usize, f64)> = similarities.iter().copied().enumerate().collect();
    let order = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if k < all.len() {
        all.select_nth_unstable_by(k, order);
        all.truncate(k);
    }
    all.sort_unstable_by(order);
    all
}

/// The cases `[cases, channels]`, each divided by its length; features that are all 0 stay so.
fn units(features: FeatureRows) -> Vec<f64> {
    let mut units = Vec::with_capacity(features.cases() * features.channels());
    for row in features.iter() {
        let row = row.iter().map(|v| f64::from(*v));
        let length = row.clone().map(|v| v * v).sum::<f64>().sqrt();
        let factor = if length > 0.0 { 1.0 / length } else { 0.0 };
        units.extend(row.map(|v| v * factor));
    }
    units
}
