//! The simplest model of a label: how often it occurs among pictures with the same clue.

use super::folds::{FOLDS, Folds};

/// Bins of a clue.
const BINS: usize = 32;
/// Pictures of the average that every bin begins with.
const PRIOR: f64 = 1.0;

/// Out-of-fold scores of the `cases`: the share of positive ones among those of the same bin in
/// the other folds, drawn towards the share among all of these by one picture.
///
/// With nothing to tell, such scores fall slightly short of an AUC of 0.5, because a fold that
/// has more positive cases leaves fewer to the others.
pub(crate) fn scores(bins: &[u8], folds: &Folds, cases: &[usize], positive: &[bool]) -> Vec<f64> {
    let mut counts = [[[0.0f64; 2]; BINS]; FOLDS];
    for (&case, &positive) in cases.iter().zip(positive) {
        let bin = usize::from(bins[case]) % BINS;
        counts[usize::from(folds.fold[case])][bin][usize::from(positive)] += 1.0;
    }
    let mut share = [[0.0f64; BINS]; FOLDS];
    for (left_out, share) in share.iter_mut().enumerate() {
        let others = || (0..FOLDS).filter(move |&fold| fold != left_out);
        let of_bin = |bin: usize, positive: usize| -> f64 {
            others().map(|fold| counts[fold][bin][positive]).sum()
        };
        let all: f64 = (0..BINS).map(|bin| of_bin(bin, 0) + of_bin(bin, 1)).sum();
        let positives: f64 = (0..BINS).map(|bin| of_bin(bin, 1)).sum();
        let base = if all > 0.0 { positives / all } else { 0.5 };
        for (bin, share) in share.iter_mut().enumerate() {
            let (no, yes) = (of_bin(bin, 0), of_bin(bin, 1));
            *share = (yes + PRIOR * base) / (no + yes + PRIOR);
        }
    }
    let score = |&case: &usize| {
        let bin = usize::from(bins[case]) % BINS;
        share[usize::from(folds.fold[case])][bin]
    };
    cases.iter().map(score).collect()
}
