//! How two centred views scatter together.

use std::borrow::Cow;

use crate::linear::Matrix;
use crate::{CrossMoments, Reason, View};

/// The sums that two centred views have in common, but for their scatter itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrossSums {
    /// `‖Σ (xᵢ − x̄)(yᵢ − ȳ)ᵀ‖²`, Frobenius.
    pub(crate) scatter_square: f64,
    /// `Σ ‖xᵢ − x̄‖² ‖yᵢ − ȳ‖²`
    pub(crate) norm_product: f64,
}

impl CrossSums {
    pub(crate) fn of(a: &View, b: &View, cross: &CrossMoments) -> Self {
        let back = |view: &View| -> Vec<f64> { view.centre.iter().map(|c| -c).collect() };
        let (delta, epsilon) = (back(a), back(b));
        let count = a.count as f64;
        let rows = cross.second.chunks_exact(b.centre.len().max(1));
        let scatter_square = rows.zip(&a.centre).map(|(row, d)| {
            let row = row.iter().zip(&b.centre);
            row.map(|(sum, e)| (sum - count * d * e).powi(2))
                .sum::<f64>()
        });
        Self {
            scatter_square: scatter_square.sum(),
            norm_product: cross.norm_product_sum_moved(&delta, a.sums(), &epsilon, b.sums()),
        }
    }
}

/// `Σ (yᵢ − ȳ)(xᵢ − x̄)ᵀ` of the channels that vary, `[q, p]` before those are left out.
pub(crate) fn scatter(a: &View, b: &View, cross: Cow<CrossMoments>) -> Matrix {
    let (p, q) = (a.centre.len(), b.centre.len());
    let mut scatter = Matrix::new(cross.into_owned().second, q, p);
    let columns = scatter.values_mut().chunks_exact_mut(q.max(1));
    for (column, d) in columns.zip(&a.centre) {
        for (value, e) in column.iter_mut().zip(&b.centre) {
            *value -= a.count as f64 * d * e;
        }
    }
    scatter.retain(&b.kept, &a.kept);
    scatter
}

/// Whether the sides can be compared by a measure that needs this many datapoints.
pub(crate) fn together(
    a: &View,
    b: &View,
    cross: &CrossMoments,
    needed: u64,
) -> Result<(), Reason> {
    let (p, q) = cross.channels();
    for (what, expected, found) in [
        ("channels of side a", p as u64, a.centre.len() as u64),
        ("channels of side b", q as u64, b.centre.len() as u64),
        ("datapoints of side a", cross.count, a.count),
        ("datapoints of side b", cross.count, b.count),
    ] {
        if expected != found {
            return Err(Reason::Mismatched {
                what: what.into(),
                expected,
                found,
            });
        }
    }
    a.problem('a', needed)?;
    b.problem('b', needed)
}
