//! Two views of the same datapoints.

use std::borrow::Cow;

use crate::evaluation::evaluate;
use crate::{CrossMoments, Measure, Moments, Reason, View};

/// Two views with what they have in common: all that the measures of second moments need.
///
/// All three must come from the same datapoints, blocks of `a` and `b` packed side by side.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// View `a`, `p` channels.
    pub a: &'a Moments,
    /// View `b`, `q` channels.
    pub b: &'a Moments,
    /// Their cross moments.
    pub cross: &'a CrossMoments,
}

impl Pair<'_> {
    /// Values of the `measures`, in their order. Of a measure that is not
    /// [determined by moments](Measure::from_moments) the reason says so.
    pub fn measure_all(self, measures: &[Measure]) -> Vec<Result<f64, Reason>> {
        let (a, b) = self.views(measures);
        a.measure_all(&b, self.cross, measures)
    }

    /// Both sides, decomposed as the measures need it.
    pub fn views(self, measures: &[Measure]) -> (View, View) {
        (View::new(self.a, measures), View::new(self.b, measures))
    }

    /// What the `measure` gives of independent data of these sizes; see [`View::floor`].
    pub fn floor(self, measure: Measure) -> Option<f64> {
        let (a, b) = self.views(&[measure]);
        a.floor(&b, measure)
    }
}

/// A [`Pair`] that may be taken apart: evaluated in its own memory.
///
/// Mean CCA of 2048 channels a side was measured to peak at 148 MB for the whole process, moments
/// of 100 MB included, where both covariances are far from singular.
#[derive(Clone, Debug)]
pub struct OwnedPair {
    /// View `a`, `p` channels.
    pub a: Moments,
    /// View `b`, `q` channels.
    pub b: Moments,
    /// Their cross moments.
    pub cross: CrossMoments,
}

impl OwnedPair {
    /// [`Pair::measure_all`], using up the moments.
    pub fn measure_all(self, measures: &[Measure]) -> Vec<Result<f64, Reason>> {
        let a = View::consume(self.a, measures);
        let b = View::consume(self.b, measures);
        evaluate(&a, &b, Cow::Owned(self.cross), measures)
    }
}

impl View {
    /// Values of the `measures` between this view, `a`, and `b`, in their order. Both must have
    /// been made for these measures.
    pub fn measure_all(
        &self,
        b: &View,
        cross: &CrossMoments,
        measures: &[Measure],
    ) -> Vec<Result<f64, Reason>> {
        evaluate(self, b, Cow::Borrowed(cross), measures)
    }
}
