//! `check.png` and `check.json`: a drawn picture with what the model says of it, so that whoever
//! reads pictures and resizes them can tell that they do it as the training did.

use std::path::Path;

use engine::{Maps, Model};
use images::{Depth, Image, Range, Samples, Task, png};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::preprocess::Preprocess;
use durable::read_json;
use formats::decode::{MAX_FILE_BYTES, decode, read_bounded};
use runs::training::probabilities;

/// Name of the picture's file.
pub const PICTURE: &str = "check.png";
/// Name of the file with what is expected of it.
pub const EXPECTED: &str = "check.json";
/// Largest difference of a probability that is rounding.
const TOLERANCE: f64 = 1e-4;

/// `check.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckPicture {
    /// SHA-256 of the decoded samples: rows from the top, channels interleaved, little-endian.
    pub decoded_sha256: String,
    /// SHA-256 of the samples after resizing, before they are scaled and without margins.
    pub resized_sha256: String,
    /// Probability of each class, in the order of the outputs.
    pub probabilities: Vec<f64>,
    /// Largest difference of a probability that is rounding.
    pub tolerance: f64,
}

/// Where a picture does not become what it was when the model was exported.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CheckPictureError {
    /// The files cannot be read.
    #[error("{PICTURE} or {EXPECTED} beside the model cannot be read: {0}")]
    Unread(String),
    /// The decoder.
    #[error("{PICTURE} is decoded to other samples than when the model was exported")]
    Decoded,
    /// The resizing.
    #[error("{PICTURE} is resized to other samples than when the model was exported")]
    Resized,
    /// The network, or the scaling before it.
    #[error(
        "the model gives {PICTURE} probabilities that differ by {difference:.1e} from those when it was exported; at most {tolerance:.0e} is rounding"
    )]
    Probabilities {
        /// Largest difference of a probability.
        difference: f64,
        /// Largest that is rounding.
        tolerance: f64,
    },
}

impl CheckPicture {
    /// Draws a picture for a model, with what the model says of it; none for floating-point
    /// pictures, which no PNG file holds.
    pub(super) fn new(
        model: &Model,
        preprocess: &Preprocess,
        task: Task,
    ) -> Result<Option<(Vec<u8>, Self)>, images::ImageError> {
        if preprocess.depth == Some(Depth::Float) {
            return Ok(None);
        }
        let Some(file) = png::encode(&drawn(preprocess)) else {
            return Ok(None);
        };
        let image = decode(&file)?;
        let expected = Self {
            decoded_sha256: digest(&image.samples),
            resized_sha256: digest(&preprocess.resized(&image)?.samples),
            probabilities: judged(model, preprocess, task, &image)?,
            tolerance: TOLERANCE,
        };
        Ok(Some((file, expected)))
    }

    /// Whether the picture in `directory` becomes what it was; true where there is none.
    pub fn verify(
        directory: &Path,
        model: &Model,
        preprocess: &Preprocess,
        task: Task,
    ) -> Result<(), CheckPictureError> {
        let unread = |error: &dyn std::fmt::Display| CheckPictureError::Unread(error.to_string());
        let expected = read_json(&directory.join(EXPECTED)).map_err(|e| unread(&e))?;
        let Some(expected): Option<Self> = expected else {
            return Ok(());
        };
        let bytes = read_bounded(&directory.join(PICTURE), MAX_FILE_BYTES);
        let image = bytes.and_then(|bytes| decode(&bytes));
        let image = image.map_err(|e| unread(&e))?;
        if digest(&image.samples) != expected.decoded_sha256 {
            return Err(CheckPictureError::Decoded);
        }
        let resized = preprocess.resized(&image).map_err(|e| unread(&e))?;
        if digest(&resized.samples) != expected.resized_sha256 {
            return Err(CheckPictureError::Resized);
        }
        let found = judged(model, preprocess, task, &image).map_err(|e| unread(&e))?;
        let difference = difference(&found, &expected.probabilities);
        match difference <= expected.tolerance {
            true => Ok(()),
            false => Err(CheckPictureError::Probabilities {
                difference,
                tolerance: expected.tolerance,
            }),
        }
    }
}

/// Infinite where they are not as many, or one is not finite.
fn difference(found: &[f64], expected: &[f64]) -> f64 {
    let all_finite = found.iter().chain(expected).all(|p| p.is_finite());
    if found.len() != expected.len() || !all_finite {
        return f64::INFINITY;
    }
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f64::max)
}

fn judged(
    model: &Model,
    preprocess: &Preprocess,
    task: Task,
    image: &Image,
) -> Result<Vec<f64>, images::ImageError> {
    let pixels = Maps::new(preprocess.input().batch(1), preprocess.apply(image)?);
    Ok(probabilities(&model.forward(&pixels), task))
}

fn digest(samples: &Samples) -> String {
    let mut hash = Sha256::new();
    match samples {
        Samples::U8(samples) => hash.update(samples),
        Samples::U16(samples) => samples.iter().for_each(|s| hash.update(s.to_le_bytes())),
        Samples::F32(samples) => samples.iter().for_each(|s| hash.update(s.to_le_bytes())),
    }
    format!("{:x}", hash.finalize())
}

/// A disc on waves, of another size and shape than the network reads, in colour where that reads
/// RGB of 8 bits: few programs read 16 bits in colour. Integers throughout, so that it is the same
/// everywhere.
fn drawn(preprocess: &Preprocess) -> Image {
    let channels = match (preprocess.channels, preprocess.depth) {
        (3, None | Some(Depth::Eight)) => 3,
        _ => 1,
    };
    let (height, width) = (
        preprocess.resized.height * 3 / 2 + 5,
        preprocess.resized.width * 5 / 4 + 3,
    );
    let wave = |at: usize, period: usize| (at % period).abs_diff(period / 2) * 510 / period;
    let mut levels = Vec::with_capacity(height * width * channels);
    for y in 0..height {
        for x in 0..width {
            let (dx, dy) = (x.abs_diff(width * 2 / 5), y.abs_diff(height / 2));
            let is_inside = 9 * (dx * dx + dy * dy) < width.min(height).pow(2);
            for channel in 0..channels {
                let ground = wave(x + 3 * channel * y / 2, 23 + 9 * channel) / 2;
                let ground = ground + wave(y, 31 + 5 * channel) / 3;
                let disc = if is_inside { 90 - 30 * channel } else { 0 };
                levels.push((ground + disc).min(255));
            }
        }
    }
    let samples = match (preprocess.depth, preprocess.range) {
        (Some(Depth::Sixteen), Range::Between([low, high])) => {
            let step = (high - low) / 255.0;
            let level = |level: &usize| (low + *level as f32 * step) as u16;
            Samples::U16(levels.iter().map(level).collect())
        }
        _ => Samples::U8(levels.iter().map(|level| *level as u8).collect()),
    };
    Image {
        width,
        height,
        channels,
        samples,
    }
}
