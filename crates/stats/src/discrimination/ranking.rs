use crate::StatsError;
use crate::input::{all_finite, same_length};

/// Cases of two classes in order of their score, cut into groups of equal score.
///
/// The one place where scores are sorted; everything about a ROC or a precision-recall curve is
/// then a single walk over the groups.
pub(crate) struct Ranking<'a> {
    labels: &'a [bool],
    /// Scores with their case, ascending.
    sorted: Vec<(f64, usize)>,
    pub(crate) positives: usize,
    pub(crate) negatives: usize,
}

/// The cases that share one score.
pub(crate) struct TieGroup<'r> {
    pub(crate) cases: &'r [(f64, usize)],
    pub(crate) positives: usize,
    pub(crate) negatives: usize,
}

impl<'a> Ranking<'a> {
    /// `labels`: true for positive cases; `scores`: one finite score per case, higher meaning
    /// more likely positive.
    pub(crate) fn new(labels: &'a [bool], scores: &[f64]) -> Result<Self, StatsError> {
        if labels.is_empty() {
            return Err(StatsError::Empty { what: "labels" });
        }
        same_length("scores", labels.len(), scores.len())?;
        all_finite("scores", scores)?;
        let positives = labels.iter().filter(|&&positive| positive).count();
        let negatives = labels.len() - positives;
        if positives == 0 || negatives == 0 {
            return Err(StatsError::OneClass {
                positives,
                negatives,
            });
        }
        let mut sorted: Vec<_> = scores.iter().copied().zip(0..).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        Ok(Self {
            labels,
            sorted,
            positives,
            negatives,
        })
    }

    /// Groups of equal score, from the lowest score to the highest. `-0.0` equals `0.0`.
    pub(crate) fn groups(&self) -> impl DoubleEndedIterator<Item = TieGroup<'_>> {
        self.sorted.chunk_by(|a, b| a.0 == b.0).map(|cases| {
            let positives = cases.iter().filter(|&&(_, case)| self.labels[case]).count();
            TieGroup {
                cases,
                positives,
                negatives: cases.len() - positives,
            }
        })
    }
}
