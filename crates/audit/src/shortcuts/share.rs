//! The simplest model of a label: how often it occurs among pictures with the same clue.

use super::folds::{FOLDS, Folds};

/// Bins of a clue.
const BINS: usize = 32;
/// Pictures of the average that every bin begins with.
const PRIOR: f64 = 1.0;

/// Out-of-fold scores of the `cases`, 0 to 1. Bins are ordered by the share of positive cases in
/// the other folds, drawn towards the share among all of these by one picture; the score is the
/// share of all cases that lie in lower bins, and half of those in the same.
///
/// The share itself would be no score: a fold that happens to have more positive cases leaves
/// fewer to the others, so its scores are lower throughout, and an AUC over all folds is pulled
/// down. The place in the order does not know of that.
pub(crate) fn scores(bins: &[u8], folds: &Folds, cases: &[usize], positive: &[bool]) -> Vec<f64> {
    let mut counts = [[[0.0f64; 2]; BINS]; FOLDS];
    for (&case, &positive) in cases.iter().zip(positive) {
        let bin = usize::from(bins[case]) % BINS;
        counts[usize::from(folds.fold[case])][bin][usize::from(positive)] += 1.0;
    }
    let in_bin: [f64; BINS] =
        std::array::from_fn(|bin| counts.iter().map(|fold| fold[bin][0] + fold[bin][1]).sum());
    let places: [[f64; BINS]; FOLDS] =
        std::array::from_fn(|left_out| places(&shares(&counts, left_out), &in_bin));
    let score = |&case: &usize| {
        let bin = usize::from(bins[case]) % BINS;
        places[usize::from(folds.fold[case])][bin]
    };
    cases.iter().map(score).collect()
}

/// Share of positive cases in each bin of the other folds.
fn shares(counts: &[[[f64; 2]; BINS]; FOLDS], left_out: usize) -> [f64; BINS] {
    let others = || {
        counts
            .iter()
            .enumerate()
            .filter(move |(fold, _)| *fold != left_out)
    };
    let sum = |bin: usize, positive: usize| -> f64 {
        others().map(|(_, fold)| fold[bin][positive]).sum()
    };
    let positives: f64 = (0..BINS).map(|bin| sum(bin, 1)).sum();
    let all: f64 = positives + (0..BINS).map(|bin| sum(bin, 0)).sum::<f64>();
    let base = if all > 0.0 { positives / all } else { 0.5 };
    std::array::from_fn(|bin| {
        let (no, yes) = (sum(bin, 0), sum(bin, 1));
        (yes + PRIOR * base) / (no + yes + PRIOR)
    })
}

/// The place of each bin in the order of shares, 0 to 1; bins of equal share have one place.
fn places(shares: &[f64; BINS], in_bin: &[f64; BINS]) -> [f64; BINS] {
    let all: f64 = in_bin.iter().sum::<f64>().max(1.0);
    std::array::from_fn(|bin| {
        let held = |of: fn(&f64, &f64) -> bool| -> f64 {
            let others = shares.iter().zip(in_bin);
            others
                .filter(|(share, _)| of(share, &shares[bin]))
                .map(|(_, count)| count)
                .sum()
        };
        (held(|a, b| a < b) + 0.5 * held(|a, b| a == b)) / all
    })
}
