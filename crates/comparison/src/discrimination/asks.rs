//! What is asked of scores.

use crate::question::Question;

/// What is asked of scores: one question, or the headline that is a mean over all.
#[derive(Clone, Copy)]
pub(super) enum Asks<'a> {
    /// The mean behind the headline AUC.
    Mean,
    /// A question, with its place among [`Question::every`].
    One(usize, &'a Question),
}
