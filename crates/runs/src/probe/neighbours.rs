//! k nearest neighbours in feature space, as Matsoukas and others (2022) vote.
//!
//! The similarity of two pictures is the cosine of their features; each of the `k` most similar
//! training pictures votes for its label with weight `exp(similarity / temperature)`, and a class
//! scores its share of the votes. It is no trained classifier: nothing is fitted, and channels
//! weigh as the network scales them.

use images::{Label, Task};
use rayon::prelude::*;

use super::features::Features;
use super::matrix::dot;

/// Pictures whose similarities one task computes together.
const QUERIES: usize = 8;
/// The score of a finding that is known of none of the neighbours.
const UNKNOWN: f64 = 0.5;

/// Training pictures that vote.
pub struct Neighbours<'a> {
    units: Vec<f64>,
    channels: usize,
    labels: &'a [&'a Label],
    task: Task,
    classes: usize,
}

impl<'a> Neighbours<'a> {
    /// The pictures `rows` of `features` with their `labels`.
    pub fn new(
        features: &Features,
        rows: &[usize],
        labels: &'a [&'a Label],
        task: Task,
        classes: usize,
    ) -> Self {
        assert_eq!(rows.len(), labels.len(), "one label a picture");
        Self {
            units: units(features, rows),
            channels: features.channels(),
            labels,
            task,
            classes,
        }
    }

    /// Scores `[rows, classes]` in [0, 1] of the pictures `rows` of `features`, by the `k` nearest
    /// (all where there are fewer). Classes: shares of the votes, which sum to 1. Findings: the
    /// share for present among neighbours whose label is known, 0.5 where none is.
    ///
    /// Of equally similar neighbours the earlier is nearer. Features that are all 0 are similar to
    /// nothing: 0.
    pub fn scores(
        &self,
        features: &Features,
        rows: &[usize],
        k: usize,
        temperature: f64,
    ) -> Vec<f64> {
        let queries = units(features, rows);
        queries
            .par_chunks(QUERIES * self.channels)
            .flat_map_iter(|queries| {
                let queries: Vec<&[f64]> = queries.chunks_exact(self.channels).collect();
                let mut similarities = vec![Vec::with_capacity(self.labels.len()); queries.len()];
                for unit in self.units.chunks_exact(self.channels) {
                    for (similarities, query) in similarities.iter_mut().zip(&queries) {
                        similarities.push(dot(unit, query));
                    }
                }
                let vote = |s: Vec<f64>| self.vote(&nearest(&s, k), temperature);
                similarities.into_iter().flat_map(vote).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Scores `[classes]` by `neighbours`: index and similarity, nearest first.
    fn vote(&self, neighbours: &[(usize, f64)], temperature: f64) -> Vec<f64> {
        // Relative to the nearest, so that no weight overflows; shares stay the same.
        let first = neighbours
            .first()
            .map_or(0.0, |(_, similarity)| *similarity);
        let weight = |similarity: f64| ((similarity - first) / temperature).exp();
        let mut present = vec![0.0; self.classes];
        let mut known = vec![0.0; self.classes];
        for (index, similarity) in neighbours {
            let weight = weight(*similarity);
            for class in 0..self.classes {
                match self.labels[*index].has(class) {
                    Some(true) => {
                        present[class] += weight;
                        known[class] += weight;
                    }
                    Some(false) => known[class] += weight,
                    None => {}
                }
            }
        }
        if self.task != Task::Multilabel {
            let all: f64 = present.iter().sum();
            known = vec![all; self.classes];
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

/// The pictures `rows` `[rows, channels]`, each divided by its length; features that are all 0 stay
/// so.
fn units(features: &Features, rows: &[usize]) -> Vec<f64> {
    let mut units = Vec::with_capacity(rows.len() * features.channels());
    for row in rows {
        let row = features.row(*row).iter().map(|v| f64::from(*v));
        let length = row.clone().map(|v| v * v).sum::<f64>().sqrt();
        let factor = if length > 0.0 { 1.0 / length } else { 0.0 };
        units.extend(row.map(|v| v * factor));
    }
    units
}
