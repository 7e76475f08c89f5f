use std::sync::OnceLock;

use super::classes::Classes;
use super::rows::Rows;
use super::spectrum::{Centre, Spectrum};
use crate::StatsError;
use crate::input::same_length;

/// Features `[cases, channels]` of a network that is not trained, with the decompositions that
/// several scores share; each is computed at most once, when it is first needed.
///
/// A decomposition takes `O(n d min(n, d) + min(n, d)³)` time for `n` cases of `d` channels, and
/// memory for four matrices of edge `min(n, d)` besides the features. The number of threads changes
/// no bit of it.
#[derive(Debug)]
pub struct FeatureMatrix<'a> {
    rows: Rows<'a>,
    raw: OnceLock<Result<Spectrum, StatsError>>,
    centred: OnceLock<Result<Spectrum, StatsError>>,
}

impl<'a> FeatureMatrix<'a> {
    /// `values`: `[cases, channels]`, row by row: finite, at least two cases, not all alike.
    pub fn new(values: &'a [f64], channels: usize) -> Result<Self, StatsError> {
        Ok(Self {
            rows: Rows::new(values, channels)?,
            raw: OnceLock::new(),
            centred: OnceLock::new(),
        })
    }

    /// Number of cases, at least 2.
    pub fn cases(&self) -> usize {
        self.rows.cases()
    }

    /// Number of channels, at least 1.
    pub fn channels(&self) -> usize {
        self.rows.channels()
    }

    /// Features of one case, `[channels]`.
    pub fn row(&self, case: usize) -> &'a [f64] {
        self.rows.row(case)
    }

    /// The features themselves, with the mean of each channel.
    pub(super) fn rows(&self) -> &Rows<'a> {
        &self.rows
    }

    /// The decomposition of `Fᵀ F`.
    pub(super) fn raw(&self) -> Result<&Spectrum, StatsError> {
        let spectrum = self
            .raw
            .get_or_init(|| Spectrum::new(&self.rows, Centre::Origin));
        spectrum.as_ref().map_err(Clone::clone)
    }

    /// The decomposition of `Zᵀ Z`, where `Z` are the features less their means.
    pub(super) fn centred(&self) -> Result<&Spectrum, StatsError> {
        let spectrum = self
            .centred
            .get_or_init(|| Spectrum::new(&self.rows, Centre::Means));
        spectrum.as_ref().map_err(Clone::clone)
    }

    /// Refuses labels of other cases.
    pub(super) fn check(&self, classes: &Classes) -> Result<(), StatsError> {
        same_length("labels", self.cases(), classes.of_case().len())
    }
}
