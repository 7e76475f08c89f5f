use std::sync::OnceLock;

use super::classes::Classes;
use super::spectrum::{Centre, Spectrum};
use crate::StatsError;
use crate::input::{all_finite, same_length};

/// Features `[cases, channels]` of a network that is not trained, with the decompositions that
/// several scores share; each is computed at most once, when it is first needed.
///
/// A decomposition takes `O(n d min(n, d) + min(n, d)³)` time for `n` cases of `d` channels, and
/// memory for four matrices of edge `min(n, d)` besides the features. The number of threads changes
/// no bit of it.
#[derive(Debug)]
pub struct FeatureMatrix<'a> {
    values: &'a [f64],
    channels: usize,
    means: Vec<f64>,
    raw: OnceLock<Result<Spectrum, StatsError>>,
    centred: OnceLock<Result<Spectrum, StatsError>>,
}

impl<'a> FeatureMatrix<'a> {
    /// `values`: `[cases, channels]`, row by row: finite, at least two cases, not all alike.
    pub fn new(values: &'a [f64], channels: usize) -> Result<Self, StatsError> {
        if channels == 0 || values.is_empty() {
            return Err(StatsError::Empty { what: "features" });
        }
        let cases = values.len() / channels;
        same_length("features", cases * channels, values.len())?;
        if cases < 2 {
            return Err(StatsError::TooFew {
                what: "cases with features",
                needed: 2,
                found: cases,
            });
        }
        all_finite("features", values)?;
        let first = &values[..channels];
        if values.chunks_exact(channels).all(|row| row == first) {
            return Err(StatsError::Constant { what: "features" });
        }
        let mut means = vec![0.0; channels];
        for row in values.chunks_exact(channels) {
            means.iter_mut().zip(row).for_each(|(m, v)| *m += v);
        }
        means.iter_mut().for_each(|m| *m /= cases as f64);
        all_finite("means of the features", &means)?;
        Ok(Self {
            values,
            channels,
            means,
            raw: OnceLock::new(),
            centred: OnceLock::new(),
        })
    }

    /// Number of cases, at least 2.
    pub fn cases(&self) -> usize {
        self.values.len() / self.channels
    }

    /// Number of channels, at least 1.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Features of one case, `[channels]`.
    pub fn row(&self, case: usize) -> &'a [f64] {
        &self.values[case * self.channels..(case + 1) * self.channels]
    }

    /// Mean of each channel.
    pub(super) fn means(&self) -> &[f64] {
        &self.means
    }

    /// The decomposition of `Fᵀ F`.
    pub(super) fn raw(&self) -> Result<&Spectrum, StatsError> {
        let spectrum = self.raw.get_or_init(|| Spectrum::new(self, Centre::Origin));
        spectrum.as_ref().map_err(Clone::clone)
    }

    /// The decomposition of `Zᵀ Z`, where `Z` are the features less their means.
    pub(super) fn centred(&self) -> Result<&Spectrum, StatsError> {
        let spectrum = self
            .centred
            .get_or_init(|| Spectrum::new(self, Centre::Means));
        spectrum.as_ref().map_err(Clone::clone)
    }

    /// Refuses labels of other cases.
    pub(super) fn check(&self, classes: &Classes) -> Result<(), StatsError> {
        same_length("labels", self.cases(), classes.of_case().len())
    }
}
