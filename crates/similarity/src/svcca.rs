//! CCA of the leading principal directions.
//!
//! Each view is reduced to the directions of most variance first, which drops noise that CCA
//! would count like signal (Raghu 2017). The number of directions follows from the data, so two
//! values may be means over different numbers of correlations. Not invariant to invertible maps:
//! those change what leads.

use crate::cca::{Correlations, Wanted, not_saturated, of_whitened};
use crate::cross_scatter::{scatter, together};
use crate::linear::{Eigen, Matrix, Whitening};
use crate::{Criterion, Measure, Pair, Reason, View};

/// How many directions are kept of each view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Keep {
    /// The fewest that hold this share, in `(0, 1]`.
    Share(Criterion, f64),
    /// This many, or all there are; the original tutorials take 20.
    Directions(usize),
}

impl Keep {
    /// 99%, as in the paper.
    pub const fn usual(criterion: Criterion) -> Self {
        Self::Share(criterion, 0.99)
    }

    fn directions(self, eigen: &Eigen) -> usize {
        let wanted = match self {
            Self::Directions(wanted) => wanted,
            Self::Share(criterion, share) => {
                let size = |value: &f64| match criterion {
                    Criterion::Variance => *value,
                    Criterion::SingularValues => value.sqrt(),
                };
                let whole: f64 = eigen.values().iter().map(size).sum();
                let held = eigen.values().iter().scan(0.0, |held, value| {
                    *held += size(value);
                    Some(*held)
                });
                // Rounding must not ask for one more than there are.
                1 + held
                    .take_while(|held| *held < share * whole * (1.0 - 1e-14))
                    .count()
            }
        };
        wanted.clamp(1, eigen.rank().max(1))
    }
}

/// Canonical correlations of the leading directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Truncated {
    /// Largest first, in `[0, 1]`.
    pub correlations: Vec<f64>,
    /// Directions kept of `a` and `b`.
    pub directions: [usize; 2],
}

impl Pair<'_> {
    /// CCA of the leading directions of each view: SVCCA by any criterion.
    pub fn truncated(self, keep: Keep) -> Result<Truncated, Reason> {
        let (a, b) = self.views(&[Measure::Svcca(Criterion::Variance)]);
        together(&a, &b, self.cross, 2)?;
        let scatter = scatter(&a, &b, std::borrow::Cow::Borrowed(self.cross));
        let found = correlations(&a, &b, &scatter, keep, Wanted::Values)?;
        Ok(Truncated {
            correlations: found.values,
            directions: found.ranks,
        })
    }
}

/// Mean over the correlations of the leading directions.
pub(crate) fn mean(a: &View, b: &View, scatter: &Matrix, keep: Keep) -> Result<f64, Reason> {
    let correlations = correlations(a, b, scatter, keep, Wanted::Values)?;
    not_saturated(correlations.ranks, a.count)?;
    Ok(correlations.mean())
}

/// Directions that are kept of a view.
pub(crate) fn directions(view: &View, keep: Keep) -> Result<usize, Reason> {
    Ok(keep.directions(view.eigen()?))
}

fn correlations(
    a: &View,
    b: &View,
    scatter: &Matrix,
    keep: Keep,
    wanted: Wanted,
) -> Result<Correlations, Reason> {
    let (left, right) = (a.eigen()?, b.eigen()?);
    let left = Whitening::Eigen(left, keep.directions(left));
    let right = Whitening::Eigen(right, keep.directions(right));
    of_whitened(left.columns(right.rows(scatter.clone())), wanted)
}
