//! The scaling of samples.

use serde::{Deserialize, Serialize};

/// Mean and standard deviation by which samples are normalised: `(sample − mean) / std`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalisation {
    /// One a channel, between 0 and 1.
    pub mean: Vec<f32>,
    /// One a channel, above 0.
    pub std: Vec<f32>,
}

impl Normalisation {
    /// The published statistics of ImageNet, for networks pretrained on it (RGB).
    pub fn imagenet() -> Self {
        Self {
            mean: vec![0.485, 0.456, 0.406],
            std: vec![0.229, 0.224, 0.225],
        }
    }

    /// Leaves samples as they are.
    pub fn identity(channels: usize) -> Self {
        Self {
            mean: vec![0.0; channels],
            std: vec![1.0; channels],
        }
    }

    /// Normalises one picture of shape `[channels, height, width]` in place.
    pub fn apply(&self, pixels: &mut [f32]) {
        let plane = pixels.len() / self.mean.len().max(1);
        let planes = pixels.chunks_exact_mut(plane.max(1));
        for (plane, (mean, std)) in planes.zip(self.mean.iter().zip(&self.std)) {
            plane.iter_mut().for_each(|p| *p = (*p - mean) / std);
        }
    }
}
