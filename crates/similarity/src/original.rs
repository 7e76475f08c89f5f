//! The numbers of the original code.
//!
//! What `cca_core.get_cca_similarity` of google/svcca (commit 1f3fbf1) returns, ridge and
//! rescaling included, so that numbers made by it can be checked. For anything else use
//! [`Pair::canonical`]: the ridge moves correlations by about 1e-9, or 1e-6 where channels depend
//! on each other, and the threshold rule averages the largest of them only.

use faer::{Mat, MatRef};

use crate::cross_scatter::{scatter, together};
use crate::linear::{Matrix, Singular, Vectors, eigen, singular};
use crate::{Measure, Moments, Pair, Reason, View};

/// Eigenvalues below this share of the largest have no inverse.
const PSEUDO_INVERSE: f64 = 1e-15;

/// The dictionary of the original code; its names in the descriptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Original {
    /// `cca_coef1`: correlations, largest first, in `[0, 1]`.
    pub coefficients: Vec<f64>,
    /// How many of them `mean` is of, by [`sum_threshold`]; all of them if nothing.
    pub leading: Option<usize>,
    /// `mean`: mean of the leading coefficients; nothing if those are none.
    pub mean: Option<f64>,
    /// `sum`: sum of all coefficients.
    pub sum: f64,
    /// View `a`: `coef_x`, `x_idxs` and so on.
    pub a: OriginalSide,
    /// View `b`: `coef_y`, `y_idxs` and so on.
    pub b: OriginalSide,
}

/// One side of [`Original`]; matrices row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginalSide {
    /// `x_idxs`: channels that were kept, `[channels]`.
    pub kept: Vec<bool>,
    /// `neuron_means1`, `[channels]`.
    pub means: Vec<f64>,
    /// `coef_x`, `[kept, kept]`: a direction a row, its sign arbitrary together with the other
    /// side's.
    pub coefficients: Vec<f64>,
    /// `full_coef_x`, `[channels, channels]`: the same with zeros for what was not kept.
    pub full_coefficients: Vec<f64>,
    /// `invsqrt_xx`, `[kept, kept]`, of the covariance divided by its largest entry.
    pub inverse_root: Vec<f64>,
    /// `full_invsqrt_xx`, `[channels, channels]`.
    pub full_inverse_root: Vec<f64>,
}

/// How many leading `values` sum to at least `threshold` of the whole: the least `i` below their
/// number with `Σ values[..i] ≥ threshold · Σ values`; nothing if only all of them do.
pub fn sum_threshold(values: &[f64], threshold: f64) -> Option<usize> {
    let whole: f64 = values.iter().sum();
    (0..values.len()).find(|&count| values[..count].iter().sum::<f64>() / whole >= threshold)
}

impl Pair<'_> {
    /// The numbers of the original code for its `epsilon` (its tutorials: 1e-10; its default: 0)
    /// and `threshold` (its default: 0.98).
    ///
    /// It crashed where all channels of a side are constant ([`Reason::Constant`]), where one is
    /// and `epsilon` is 0 (right here: a constant channel is always left out), and where a side
    /// has as many channels as there are datapoints ([`Reason::Saturated`], which it checked on
    /// one side only). Eigenvalues that rounding makes negative gave no numbers there, and count
    /// as 0 here.
    pub fn original(self, epsilon: f64, threshold: f64) -> Result<Original, Reason> {
        let (view_a, view_b) = self.views(&[Measure::Cka]);
        together(&view_a, &view_b, self.cross, 2)?;
        let channels = self.a.channels.max(self.b.channels);
        if channels as u64 >= view_a.count {
            return Err(Reason::Saturated {
                dimensions: channels,
                datapoints: view_a.count,
            });
        }
        let a = Ridge::of(self.a, view_a, epsilon, 'a')?;
        let b = Ridge::of(self.b, view_b, epsilon, 'b')?;
        let mut cross = scatter(&a.view, &b.view, std::borrow::Cow::Borrowed(self.cross));
        let scale = (view_freedom(&a.view) * a.largest.sqrt()) * b.largest.sqrt();
        cross
            .values_mut()
            .iter_mut()
            .for_each(|value| *value /= scale);
        let whitened = b.inverse_root.as_ref() * cross.view() * &a.inverse_root;
        let Singular {
            values: coefficients,
            left,
            right,
        } = singular(whitened.as_ref(), Vectors::Full, "the whitened covariance")?;
        let leading = sum_threshold(&coefficients, threshold);
        let counted = &coefficients[..leading.unwrap_or(coefficients.len())];
        let mean = counted.iter().sum::<f64>() / counted.len() as f64;
        Ok(Original {
            leading,
            mean: Some(mean).filter(|mean| mean.is_finite()),
            sum: coefficients.iter().sum(),
            a: a.side(right.transpose()),
            b: b.side(left.transpose()),
            coefficients,
        })
    }
}

fn view_freedom(view: &View) -> f64 {
    view.count as f64 - 1.0
}

/// One side as the original code prepares it.
struct Ridge {
    view: View,
    /// Largest entry of the covariance.
    largest: f64,
    /// `(S / largest + epsilon)^-½` of the kept channels.
    inverse_root: Mat<f64>,
}

impl Ridge {
    fn of(moments: &Moments, mut view: View, epsilon: f64, side: char) -> Result<Self, Reason> {
        let channels = moments.channels;
        let covariance = |i: usize, j: usize| {
            let (i, j) = (i.max(j), i.min(j));
            let square = view.centre[i] * view.centre[j] * view.count as f64;
            (moments.second[i * channels + j] - square) / view_freedom(&view)
        };
        let entries = (0..channels).flat_map(|i| (0..=i).map(move |j| (i, j)));
        let largest = entries
            .map(|(i, j)| covariance(i, j).abs())
            .fold(0.0, f64::max);
        // The channels that the view dropped as constant include some that vary very little.
        let varies = |i: usize| covariance(i, i) > 0.0 && covariance(i, i) >= epsilon * largest;
        let kept: Vec<bool> = (0..channels).map(varies).collect();
        let indices: Vec<usize> = (0..channels).filter(|&i| kept[i]).collect();
        if indices.is_empty() {
            return Err(Reason::Constant { side, channels });
        }
        let ridged = Mat::from_fn(indices.len(), indices.len(), |i, j| {
            let ridge = if i == j { epsilon } else { 0.0 };
            covariance(indices[i], indices[j]) / largest + ridge
        });
        let (values, vectors) = eigen(ridged.as_ref(), "a covariance")?;
        let least = PSEUDO_INVERSE * values.iter().copied().fold(0.0, f64::max);
        let scaled = Mat::from_fn(indices.len(), indices.len(), |i, j| {
            let inverse = if values[j] > least {
                values[j].sqrt().recip()
            } else {
                0.0
            };
            vectors[(i, j)] * inverse
        });
        view.kept = kept;
        Ok(Self {
            view,
            largest,
            inverse_root: &scaled * vectors.transpose(),
        })
    }

    fn side(&self, directions: MatRef<f64>) -> OriginalSide {
        OriginalSide {
            kept: self.view.kept.clone(),
            means: self.view.mean.clone(),
            coefficients: row_major(directions),
            full_coefficients: self.placed(directions),
            inverse_root: row_major(self.inverse_root.as_ref()),
            full_inverse_root: self.placed(self.inverse_root.as_ref()),
        }
    }

    /// `[channels, channels]`, row-major, with zeros for what was not kept.
    fn placed(&self, matrix: MatRef<f64>) -> Vec<f64> {
        let kept = &self.view.kept;
        let mut placed = vec![0.0; kept.len() * kept.len()];
        let indices: Vec<usize> = (0..kept.len()).filter(|&i| kept[i]).collect();
        for (i, row) in indices.iter().enumerate() {
            for (j, column) in indices.iter().enumerate() {
                placed[row * kept.len() + column] = matrix[(i, j)];
            }
        }
        placed
    }
}

fn row_major(matrix: MatRef<f64>) -> Vec<f64> {
    Matrix::from(matrix.transpose().to_owned())
        .values()
        .to_vec()
}
