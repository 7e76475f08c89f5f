//! One side of a comparison, decomposed once for any number of other sides.

use crate::comparison::Side;
use crate::linear::{Cholesky, Eigen, Matrix, TOLERANCE, Whitening};
use crate::moments::First;
use crate::{Measure, Moments, Reason};

/// One view, with whatever decompositions some measures need of it.
///
/// Layers × layers, and permutations of the images of the other view, all use one of it.
#[derive(Clone, Debug)]
pub struct View {
    /// Datapoints.
    pub(crate) count: u64,
    not_finite: u64,
    /// `[channels]`
    pub(crate) mean: Vec<f64>,
    /// Mean minus pilot, `[channels]`.
    pub(crate) centre: Vec<f64>,
    sum: Vec<f64>,
    norm_sum: f64,
    /// Channels that vary, `[channels]`.
    pub(crate) kept: Vec<bool>,
    /// `Σ rᵢ` with `rᵢ = ‖xᵢ − mean‖²`: the trace of the scatter.
    pub(crate) trace: f64,
    /// `Σ rᵢ²`
    pub(crate) norm_square: f64,
    /// `‖Σ (xᵢ − mean)(xᵢ − mean)ᵀ‖²`, Frobenius.
    pub(crate) scatter_square: f64,
    cholesky: Option<Cholesky>,
    eigen: Option<Result<Eigen, Reason>>,
}

impl View {
    /// Decomposes what `measures` need; takes `8 · channels²` bytes more than the moments for
    /// those that invert covariances.
    pub fn new(moments: &Moments, measures: &[Measure]) -> Self {
        let needs = Needs::of(measures);
        let mut view = Self::first(moments);
        if needs.whitening || needs.spectrum {
            view.decompose(moments.second.clone(), needs);
        }
        view
    }

    /// The same in the memory of the moments.
    pub fn consume(moments: Moments, measures: &[Measure]) -> Self {
        let needs = Needs::of(measures);
        let mut view = Self::first(&moments);
        if needs.whitening || needs.spectrum {
            view.decompose(moments.second, needs);
        }
        view
    }

    /// What was left out on this side. Dependent directions are known where one of the measures
    /// that the view was made for inverts covariances.
    pub fn side(&self) -> Side {
        let kept = self.kept.iter().filter(|kept| **kept).count();
        let rank = match (&self.cholesky, &self.eigen) {
            (None, Some(Ok(eigen))) => eigen.rank(),
            _ => kept,
        };
        Side {
            dimensions: self.kept.len(),
            constant: self.kept.len() - kept,
            dependent: kept - rank,
        }
    }

    /// All that needs no decomposition.
    fn first(moments: &Moments) -> Self {
        let count = moments.count as f64;
        let centre = moments.centre();
        let back: Vec<f64> = centre.iter().map(|centre| -centre).collect();
        let mean = moments.mean();
        let mut variances = Vec::with_capacity(moments.channels);
        let mut scatter_square = 0.0;
        for (i, row) in moments
            .second
            .chunks_exact(moments.channels.max(1))
            .enumerate()
        {
            let scatter = |j: usize| row[j] - count * centre[i] * centre[j];
            scatter_square += 2.0 * (0..i).map(|j| scatter(j).powi(2)).sum::<f64>();
            let own = scatter(i);
            scatter_square += own * own;
            // A channel that never varies can only seem to by what rounding makes of its mean.
            let rounding = count * (mean[i] * f64::EPSILON * 16.0).powi(2);
            variances.push(if own <= rounding { 0.0 } else { own });
        }
        let most = variances.iter().copied().fold(0.0, f64::max);
        let varies = |variance: &f64| *variance > 0.0 && *variance >= TOLERANCE * most;
        Self {
            count: moments.count,
            not_finite: moments.not_finite,
            sum: moments.sum.clone(),
            norm_sum: moments.norm_sum,
            kept: variances.iter().map(varies).collect(),
            trace: moments.first().norm_sum_moved(&back),
            norm_square: moments.norm_square_sum_moved(&back),
            mean,
            centre,
            scatter_square,
            cholesky: None,
            eigen: None,
        }
    }

    /// Takes the second moments apart.
    fn decompose(&mut self, second: Vec<f64>, needs: Needs) {
        if self.problem('a', 2).is_err() {
            return;
        }
        let channels = self.kept.len();
        let mut scatter = Matrix::new(second, channels, channels);
        let values = scatter.values_mut();
        for i in 0..channels {
            for j in 0..=i {
                let centred =
                    values[i * channels + j] - self.count as f64 * self.centre[i] * self.centre[j];
                values[i * channels + j] = centred;
                values[j * channels + i] = centred;
            }
        }
        scatter.retain(&self.kept, &self.kept);
        if needs.whitening {
            self.cholesky = Cholesky::of(&scatter);
        }
        if needs.spectrum || self.cholesky.is_none() {
            self.eigen = Some(Eigen::of(&scatter, "a covariance"));
        }
    }

    /// Why nothing can be said about this side, if so.
    pub(crate) fn problem(&self, side: char, needed: u64) -> Result<(), Reason> {
        if self.not_finite > 0 {
            return Err(Reason::NotFinite {
                side,
                count: self.not_finite,
            });
        }
        if self.count < needed {
            return Err(Reason::FewDatapoints {
                needed,
                found: self.count,
            });
        }
        if !(self.trace.is_finite() && self.scatter_square.is_finite()) {
            return Err(Reason::TooLarge);
        }
        if self.kept.iter().any(|kept| *kept) {
            return Ok(());
        }
        Err(Reason::Constant {
            side,
            channels: self.kept.len(),
        })
    }

    /// How to whiten the view, where it was made for a measure that needs it.
    pub(crate) fn whitening(&self) -> Result<Whitening<'_>, Reason> {
        if let Some(factor) = &self.cholesky {
            return Ok(Whitening::Cholesky(factor));
        }
        self.eigen()
            .map(|eigen| Whitening::Eigen(eigen, eigen.rank()))
    }

    /// Eigenvalues and vectors, where the view was made for a measure that needs them.
    pub(crate) fn eigen(&self) -> Result<&Eigen, Reason> {
        match &self.eigen {
            Some(eigen) => eigen.as_ref().map_err(Clone::clone),
            None => Err(Reason::Unprepared),
        }
    }

    /// Sums about the pilot.
    pub(crate) fn sums(&self) -> First<'_> {
        First {
            count: self.count as f64,
            sum: &self.sum,
            norm_sum: self.norm_sum,
        }
    }
}

/// Decompositions.
#[derive(Clone, Copy)]
struct Needs {
    whitening: bool,
    spectrum: bool,
}

impl Needs {
    fn of(measures: &[Measure]) -> Self {
        Self {
            whitening: measures.iter().any(|measure| {
                matches!(
                    measure,
                    Measure::MeanCca
                        | Measure::SquaredCca
                        | Measure::PwccaA
                        | Measure::PwccaB
                        | Measure::RegressionBFromA
                        | Measure::RegressionAFromB
                )
            }),
            spectrum: measures
                .iter()
                .any(|measure| matches!(measure, Measure::Svcca(_))),
        }
    }
}
