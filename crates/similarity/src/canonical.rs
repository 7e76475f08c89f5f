//! Canonical correlations with their directions.

use std::borrow::Cow;

use crate::cca::{Wanted, correlations};
use crate::cross_scatter::{scatter, together};
use crate::{Measure, Pair, Reason, View};

/// Canonical correlations of two views, and where they lie.
///
/// Also of data so few that correlations are 1 whatever they are, where the measures of CCA
/// refuse: with `max(rank a, rank b) ≥ datapoints − 1` all of them, with
/// `rank a + rank b > datapoints − 1` some.
#[derive(Clone, Debug, PartialEq)]
pub struct Canonical {
    /// Largest first, as many as the smaller rank, in `[0, 1]`.
    pub correlations: Vec<f64>,
    /// View `a`.
    pub a: CanonicalSide,
    /// View `b`.
    pub b: CanonicalSide,
    /// Datapoints.
    pub datapoints: u64,
}

/// One side of [`Canonical`].
#[derive(Clone, Debug, PartialEq)]
pub struct CanonicalSide {
    /// Which channels vary, `[channels]`; the others were left out.
    pub kept: Vec<bool>,
    /// Directions that vary independently.
    pub rank: usize,
    /// Means, `[channels]`.
    pub mean: Vec<f64>,
    /// `[correlations, channels]`, row-major, zero where a channel was left out: the canonical
    /// variate `Σⱼ weightsᵢⱼ (xⱼ − meanⱼ)` has variance 1 (over `n − 1`). The signs of both sides
    /// together are arbitrary.
    pub weights: Vec<f64>,
}

impl Pair<'_> {
    /// Canonical correlations and directions (Hotelling 1936) of the channels that vary, on the
    /// directions whose variance is at least 1e-10 of the largest.
    pub fn canonical(self) -> Result<Canonical, Reason> {
        let (a, b) = self.views(&[Measure::MeanCca]);
        together(&a, &b, self.cross, 2)?;
        let scatter = scatter(&a, &b, Cow::Borrowed(self.cross));
        let found = correlations(&a, &b, scatter, Wanted::Directions)?;
        let (left, right) = found.directions.ok_or(Reason::Unprepared)?;
        Ok(Canonical {
            correlations: found.values,
            a: side(&a, left.as_ref())?,
            b: side(&b, right.as_ref())?,
            datapoints: a.count,
        })
    }
}

fn side(view: &View, directions: faer::MatRef<f64>) -> Result<CanonicalSide, Reason> {
    let whitening = view.whitening()?;
    let weights = whitening.weights(directions);
    let unit = (view.count as f64 - 1.0).sqrt();
    let channels = view.kept.len();
    let mut placed = vec![0.0; weights.ncols() * channels];
    let kept = view.kept.iter().enumerate().filter(|(_, kept)| **kept);
    for (row, (channel, _)) in kept.enumerate() {
        for direction in 0..weights.ncols() {
            placed[direction * channels + channel] = weights[(row, direction)] * unit;
        }
    }
    Ok(CanonicalSide {
        kept: view.kept.clone(),
        rank: whitening.rank(),
        mean: view.mean.clone(),
        weights: placed,
    })
}
