//! `preprocess.json`: from a picture file to what a network reads.

use depot::weights::{Known, Shape};
use images::{Fit, Frame, Image, Normalisation};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Largest edge that a picture is resized to, in pixels.
const MAX_EDGE: usize = 2048;

/// A preprocessing that cannot be carried out.
#[derive(Debug, Error)]
#[error("preprocessing: expected {expected}, found {found}")]
pub struct PreprocessError {
    expected: &'static str,
    found: String,
}

/// How pictures are brought to a network, in this order: channels, shape, size, cut, scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preprocess {
    /// 1 (grey, by ITU-R 601 luma) or 3 (RGB; grey is replicated).
    pub channels: usize,
    /// What happens to pictures that are not square.
    pub fit: Fit,
    /// Rows and columns after resizing, in pixels; bilinear with antialiasing, as Pillow's
    /// `Image.resize(…, BILINEAR)`.
    pub resized: usize,
    /// Rows and columns of the central square that is cut out then, in pixels: what the network
    /// reads.
    pub size: usize,
    /// Subtracted from samples in [0, 1], one per channel.
    pub mean: Vec<f32>,
    /// What the difference is divided by, one per channel, above 0.
    pub std: Vec<f32>,
    /// The same in words.
    #[serde(default)]
    pub steps: Vec<String>,
}

impl Preprocess {
    /// Pictures squashed to `size` and normalised, as studies do.
    pub fn squashed(size: usize, normalisation: &Normalisation) -> Self {
        Self {
            channels: normalisation.mean.len(),
            fit: Fit::Squash,
            resized: size,
            size,
            mean: normalisation.mean.clone(),
            std: normalisation.std.clone(),
            steps: Vec::new(),
        }
        .in_words()
    }

    /// What published weights were trained for, as their accuracy was measured but for the filter.
    pub fn of_known(known: &Known) -> Self {
        let (fit, resized) = match known.shape {
            Shape::Squashed => (Fit::Squash, known.size),
            Shape::Cut(resized) => (Fit::CenterCrop, resized),
        };
        Self {
            channels: known.mean.len(),
            fit,
            resized,
            size: known.size,
            mean: known.mean.to_vec(),
            std: known.std.to_vec(),
            steps: Vec::new(),
        }
        .in_words()
    }

    /// The same with its steps in words.
    pub fn in_words(mut self) -> Self {
        let Self {
            channels,
            resized,
            size,
            mean,
            std,
            ..
        } = &self;
        let colour = match channels {
            1 => "convert to grey (ITU-R 601 luma)",
            _ => "convert to RGB (grey replicated)",
        };
        let fit = match self.fit {
            Fit::Squash => "squash to a square",
            Fit::Pad => "pad to a square with black",
            Fit::CenterCrop => "cut out the central square",
        };
        let mut steps = vec![
            format!("decode; {colour}"),
            format!("{fit}, {resized} x {resized} pixels (bilinear, antialiased)"),
        ];
        if size < resized {
            steps.push(format!("cut out the central {size} x {size} pixels"));
        }
        steps.push("divide by the largest sample (255 at 8 bits): values in [0, 1]".into());
        steps.push(format!(
            "subtract {mean:?} and divide by {std:?}, per channel"
        ));
        steps.push(format!(
            "order as [batch, {channels}, {size}, {size}], float32"
        ));
        self.steps = steps;
        self
    }

    /// Refuses values that [`Self::apply`] could not work with.
    pub fn check(&self) -> Result<(), PreprocessError> {
        let refuse = |expected, found: String| Err(PreprocessError { expected, found });
        if ![1, 3].contains(&self.channels) {
            return refuse("1 or 3 channels", self.channels.to_string());
        }
        if !(1..=MAX_EDGE).contains(&self.resized) || !(1..=self.resized).contains(&self.size) {
            let found = format!("{} pixels cut from {}", self.size, self.resized);
            return refuse("1 to 2048 pixels, of which at most all are cut out", found);
        }
        let (mean, std) = (&self.mean, &self.std);
        let is_whole = mean.len() == self.channels && std.len() == self.channels;
        let is_sane = mean.iter().all(|m| m.is_finite()) && std.iter().all(|s| *s > 0.0);
        match is_whole && is_sane {
            true => Ok(()),
            false => refuse(
                "one finite mean and one standard deviation above 0 per channel",
                format!("{mean:?} and {std:?}"),
            ),
        }
    }

    /// What the network reads of a decoded picture: `[channels, size, size]`, normalised.
    pub fn apply(&self, image: &Image) -> Vec<f32> {
        let frame = Frame {
            size: self.resized,
            channels: self.channels,
            fit: self.fit,
        };
        let mut unit = vec![0.0; frame.samples()];
        frame.apply(image).write_unit(&mut unit);
        let (whole, start) = (self.resized, (self.resized - self.size) / 2);
        let mut pixels = Vec::with_capacity(self.channels * self.size * self.size);
        for (channel, plane) in unit.chunks_exact(whole * whole).enumerate() {
            let (mean, std) = (self.mean[channel], self.std[channel]);
            for row in plane.chunks_exact(whole).skip(start).take(self.size) {
                let cut = &row[start..start + self.size];
                pixels.extend(cut.iter().map(|sample| (sample - mean) / std));
            }
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preprocess(fit: Fit, resized: usize, size: usize) -> Preprocess {
        Preprocess {
            channels: 1,
            fit,
            resized,
            size,
            mean: vec![0.5],
            std: vec![0.25],
            steps: Vec::new(),
        }
    }

    #[test]
    fn the_centre_is_cut_and_scaled() {
        // 4 rows of 6: the central square is columns 1 to 4, its central 2×2 rows and columns 1, 2.
        let image = Image::from_u8(6, 4, 1, (0..24).map(|i| i * 10).collect());
        let pixels = preprocess(Fit::CenterCrop, 4, 2).apply(&image);
        let expected = [80.0, 90.0, 140.0, 150.0].map(|v: f32| (v / 255.0 - 0.5) / 0.25);
        assert_eq!(pixels, expected);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(preprocess(Fit::Squash, 4, 4).check().is_ok());
        for wrong in [
            preprocess(Fit::Squash, 4, 5),
            preprocess(Fit::Squash, 1 << 40, 4),
            Preprocess {
                std: vec![0.0],
                ..preprocess(Fit::Squash, 4, 4)
            },
            Preprocess {
                channels: 3,
                ..preprocess(Fit::Squash, 4, 4)
            },
        ] {
            let error = wrong.check().unwrap_err();
            assert!(error.to_string().contains("expected"), "{error}");
        }
    }
}
