use crate::StatsError;
use crate::input::{all_finite, same_length};

/// Features `[cases, channels]`, row by row, with the mean of each channel.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    values: &'a [f64],
    channels: usize,
    means: Vec<f64>,
}

impl<'a> Rows<'a> {
    /// `values`: finite, at least two cases, not all alike.
    pub(super) fn new(values: &'a [f64], channels: usize) -> Result<Self, StatsError> {
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
        })
    }

    /// Number of cases, at least 2.
    pub(super) fn cases(&self) -> usize {
        self.values.len() / self.channels
    }

    /// Number of channels, at least 1.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Features of one case, `[channels]`.
    pub(super) fn row(&self, case: usize) -> &'a [f64] {
        &self.values[case * self.channels..(case + 1) * self.channels]
    }

    /// Mean of each channel, `[channels]`.
    pub(super) fn means(&self) -> &[f64] {
        &self.means
    }
}
