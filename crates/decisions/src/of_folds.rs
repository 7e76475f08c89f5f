use stats::ResampledMean;

/// What the networks of single folds had, beside what their arms had over all folds.
///
/// Patients and seeds do not tell all of the error of a way of training: an arm may be ahead on one
/// training set and behind on another. How far folds disagree does.
pub struct OfFolds {
    /// By arm, of every seed that has all folds: its number, and one value a fold, in the same
    /// order everywhere.
    pub arms: Vec<Vec<(u64, Vec<f64>)>>,
    /// Test cases of a fold for each that it trains on, above 0.
    pub test_to_train: f64,
}

impl OfFolds {
    /// The first arm of `pair` less the second, meaned over the seeds that both have; `None` without
    /// one, and where all folds agree.
    pub(crate) fn difference(&self, pair: [usize; 2]) -> Option<ResampledMean> {
        let [ours, theirs] = pair.map(|arm| self.arms.get(arm));
        let theirs = theirs?;
        let apart: Vec<Vec<f64>> = ours?
            .iter()
            .filter_map(|(seed, ours)| {
                let (_, theirs) = theirs.iter().find(|(other, _)| other == seed)?;
                Some(ours.iter().zip(theirs).map(|(a, b)| a - b).collect())
            })
            .collect();
        let folds = apart.iter().map(Vec::len).min()?;
        let seeds = apart.len() as f64;
        let of_fold = |fold: usize| apart.iter().map(|seed| seed[fold]).sum::<f64>() / seeds;
        let means: Vec<f64> = (0..folds).map(of_fold).collect();
        let found = ResampledMean::new(&means, self.test_to_train).ok()?;
        (found.standard_error > 0.0).then_some(found)
    }
}
