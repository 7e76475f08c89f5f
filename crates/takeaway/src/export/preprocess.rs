//! `preprocess.json`: from a picture file to what a network reads.

use depot::weights::{Known, Shape};
use images::{
    Depth, Fit, Frame, Image, ImageError, Normalisation, Range, Resampling, Size, Stored,
};
use networks::Input;
use serde::{Deserialize, Serialize};
use study::RunData;
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

/// How pictures are brought to a network, in this order: channels, shape, size, cut, range, scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preprocess {
    /// 1 (grey; RGB by ITU-R 601 luma), 3 (RGB; grey is replicated), or as many as pictures have.
    pub channels: usize,
    /// What happens to pictures of another shape.
    pub fit: Fit,
    /// How samples between pixels are made up: antialiased, in Pillow's arithmetic, columns first.
    #[serde(default)]
    pub resize: Resampling,
    /// Rows and columns after resizing.
    pub resized: Size,
    /// Rows and columns of the middle that is cut out then: what the network reads.
    pub size: Size,
    /// Which samples become 0 and 1.
    #[serde(default)]
    pub range: Range,
    /// What the samples of `range` are; none where it is full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
    /// Subtracted from samples in [0, 1], one per channel.
    pub mean: Vec<f32>,
    /// What the difference is divided by, one per channel, above 0.
    pub std: Vec<f32>,
    /// The same in words.
    #[serde(default)]
    pub steps: Vec<String>,
}

impl Preprocess {
    /// Pictures stretched to `size` and normalised.
    pub fn stretched(size: Size, normalisation: &Normalisation) -> Self {
        Self {
            channels: normalisation.mean.len(),
            fit: Fit::Stretch,
            resize: Resampling::Bilinear,
            resized: size,
            size,
            range: Range::Full,
            depth: None,
            mean: normalisation.mean.clone(),
            std: normalisation.std.clone(),
            steps: Vec::new(),
        }
        .in_words()
    }

    /// What a run has seen.
    pub fn of_run(data: &RunData, normalisation: &Normalisation) -> Self {
        Self {
            fit: data.fit,
            resize: data.resize.unwrap_or_default(),
            range: data.range,
            depth: data.depth,
            ..Self::stretched(data.size, normalisation)
        }
        .in_words()
    }

    /// What published weights were trained for, as their accuracy was measured but for the filter.
    pub fn of_known(known: &Known) -> Self {
        let (fit, resized) = match known.shape {
            Shape::Squashed => (Fit::Stretch, known.size),
            Shape::Cut(resized) => (Fit::Crop, resized),
        };
        let normalisation = Normalisation {
            mean: known.mean.to_vec(),
            std: known.std.to_vec(),
        };
        Self {
            fit,
            resized: resized.into(),
            ..Self::stretched(known.size.into(), &normalisation)
        }
        .in_words()
    }

    /// What the network reads.
    pub fn input(&self) -> Input {
        Input {
            channels: self.channels,
            height: self.size.height,
            width: self.size.width,
        }
    }

    /// Refuses values that [`Self::apply`] could not work with.
    pub fn check(&self) -> Result<(), PreprocessError> {
        let refuse = |expected, found: String| Err(PreprocessError { expected, found });
        if self.frame().check().is_err() {
            return refuse("1 to 64 channels", self.channels.to_string());
        }
        let sides = [
            (self.resized.height, self.size.height),
            (self.resized.width, self.size.width),
        ];
        let is_inside = |(whole, cut): &(usize, usize)| {
            (1..=MAX_EDGE).contains(whole) && (1..=*whole).contains(cut)
        };
        if !sides.iter().all(is_inside) {
            let found = format!("{} pixels cut from {}", self.size, self.resized);
            return refuse("1 to 2048 pixels, of which at most all are cut out", found);
        }
        if let Range::Between([low, high]) = self.range
            && !(low < high && (high - low).is_finite())
        {
            return refuse(
                "a range from a lower to a higher sample",
                self.range.to_string(),
            );
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

    fn frame(&self) -> Frame {
        Frame {
            size: self.resized,
            channels: self.channels,
            fit: self.fit,
            resampling: self.resize,
        }
    }

    /// What the network reads of a decoded picture: `[channels, height, width]`, normalised.
    /// Pictures of other channels, or of another depth than the range is for, are refused.
    pub fn apply(&self, image: &Image) -> Result<Vec<f32>, ImageError> {
        let mut unit = vec![0.0; self.frame().samples()];
        let resized = self.resized(image)?;
        self.frame().write_unit(&resized, self.range, &mut unit);
        let (whole, cut) = (self.resized, self.size);
        let top = (whole.height - cut.height) / 2;
        let left = (whole.width - cut.width) / 2;
        let mut pixels = Vec::with_capacity(self.channels * cut.pixels());
        for (channel, plane) in unit.chunks_exact(whole.pixels()).enumerate() {
            let (mean, std) = (self.mean[channel], self.std[channel]);
            for row in plane.chunks_exact(whole.width).skip(top).take(cut.height) {
                let row = &row[left..left + cut.width];
                pixels.extend(row.iter().map(|sample| (sample - mean) / std));
            }
        }
        Ok(pixels)
    }

    /// A decoded picture in its channels and size, without margins, at its own depth.
    pub fn resized(&self, image: &Image) -> Result<Image, ImageError> {
        self.check_kind(image)?;
        Ok(self.frame().apply(image))
    }

    fn check_kind(&self, image: &Image) -> Result<(), ImageError> {
        let unlike = |expected: String, found: String| Err(ImageError::Unlike { expected, found });
        if !self.frame().takes(image.channels) {
            let expected = format!("{} channels", self.channels);
            return unlike(expected, image.channels.to_string());
        }
        let depth = Stored::of(image).depth;
        match self.depth {
            Some(expected) if expected != depth => {
                unlike(expected.describe().into(), depth.describe().into())
            }
            None if depth == Depth::Float => unlike("8 or 16 bits".into(), depth.describe().into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use images::Samples;

    fn preprocess(fit: Fit, resized: usize, size: usize) -> Preprocess {
        let normalisation = Normalisation {
            mean: vec![0.5],
            std: vec![0.25],
        };
        Preprocess {
            fit,
            resized: resized.into(),
            ..Preprocess::stretched(size.into(), &normalisation)
        }
    }

    #[test]
    fn the_centre_is_cut_and_scaled() {
        // 4 rows of 6: the central square is columns 1 to 4, its central 2×2 rows and columns 1, 2.
        let image = Image::from_u8(6, 4, 1, (0..24).map(|i| i * 10).collect());
        let pixels = preprocess(Fit::Crop, 4, 2).apply(&image).unwrap();
        let expected = [80.0, 90.0, 140.0, 150.0].map(|v: f32| (v / 255.0 - 0.5) / 0.25);
        assert_eq!(pixels, expected);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(preprocess(Fit::Stretch, 4, 4).check().is_ok());
        let whole = preprocess(Fit::Stretch, 4, 4);
        for wrong in [
            preprocess(Fit::Stretch, 4, 5),
            preprocess(Fit::Stretch, 1 << 40, 4),
            Preprocess {
                std: vec![0.0],
                ..whole.clone()
            },
            Preprocess {
                channels: 3,
                ..whole.clone()
            },
            Preprocess {
                channels: 0,
                ..whole.clone()
            },
            Preprocess {
                range: Range::Between([1.0, f32::NAN]),
                ..whole.clone()
            },
        ] {
            let error = wrong.check().unwrap_err();
            assert!(error.to_string().contains("expected"), "{error}");
        }
    }

    #[test]
    fn pictures_that_the_range_is_not_for_are_refused() {
        let deep = Preprocess {
            range: Range::Between([0.0, 4095.0]),
            depth: Some(Depth::Sixteen),
            ..preprocess(Fit::Stretch, 2, 2)
        };
        let shallow = Image::from_u8(2, 2, 1, vec![0; 4]);
        let error = deep.apply(&shallow).unwrap_err().to_string();
        assert!(
            error.contains("16 bits") && error.contains("8 bits"),
            "{error}"
        );
        let twelve = Image {
            samples: Samples::U16(vec![0, 4095, 819, 9000]),
            ..shallow.clone()
        };
        let pixels = deep.apply(&twelve).unwrap();
        assert_eq!(pixels, [-2.0, 2.0, (0.2 - 0.5) / 0.25, 2.0]);
        let stack = Image::from_u8(1, 1, 4, vec![0; 4]);
        assert!(preprocess(Fit::Stretch, 2, 2).apply(&stack).is_err());
    }

    /// Files of earlier versions have other words and no range.
    #[test]
    fn earlier_files_are_read() {
        let earlier =
            r#"{"channels":1,"fit":"squash","resized":32,"size":32,"mean":[0.5],"std":[0.25]}"#;
        let read: Preprocess = serde_json::from_str(earlier).unwrap();
        assert_eq!(read.in_words(), preprocess(Fit::Stretch, 32, 32).in_words());
    }
}
