//! Two views of the same datapoints.

use crate::{CrossMoments, Measure, Moments, MomentsError, View};

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

impl CrossMoments {
    /// Takes in the datapoints of `other`, whatever its pilots. `a` and `b` are the sides of
    /// `self` as they are before they, too, take in theirs.
    pub fn merge(&mut self, a: &Moments, b: &Moments, other: Pair) -> Result<(), MomentsError> {
        self.same_channels(other.a.channels, other.b.channels)?;
        self.same_channels(a.channels, b.channels)?;
        let (p, q) = other.cross.channels();
        self.same_channels(p, q)?;
        for found in [other.a.count, other.b.count] {
            if found != other.cross.count {
                return Err(MomentsError::Datapoints {
                    expected: other.cross.count,
                    found,
                });
            }
        }
        let (delta, epsilon) = (a.pilot_distance(other.a), b.pilot_distance(other.b));
        if delta
            .iter()
            .chain(&epsilon)
            .all(|&distance| distance == 0.0)
        {
            self.combine(other.cross, 1.0);
        } else {
            let mut moved = other.cross.clone();
            moved.shift(&delta, other.a.first(), &epsilon, other.b.first());
            self.combine(&moved, 1.0);
        }
        self.count += other.cross.count;
        Ok(())
    }
}
