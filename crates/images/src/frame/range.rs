//! Which samples are black and white.

use std::fmt;

use formats::image::{Image, Samples};
use serde::{Deserialize, Serialize};

/// Which samples become 0 and 1 for a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Range {
    /// What the depth holds: 0 to 255 or to 65,535. Floating-point samples are taken to be between
    /// 0 and 1.
    #[default]
    Full,
    /// From the first to the second sample; what lies outside is clipped.
    #[serde(untagged)]
    Between([f32; 2]),
}

impl Range {
    /// Whether it is the default.
    pub fn is_full(&self) -> bool {
        *self == Self::Full
    }

    /// Writes the samples of `image` as `[channels, height, width]`, black 0 and white 1, with what
    /// lies outside clipped and not-a-number black.
    pub(crate) fn write_unit(self, image: &Image, out: &mut [f32]) {
        let Self::Between([low, high]) = self else {
            return image.write_unit(out);
        };
        let unit = |sample: f32| match sample > low {
            true => ((sample - low) / (high - low)).min(1.0),
            false => 0.0,
        };
        match &image.samples {
            Samples::U8(samples) => write_planes(samples, image, |s| unit(f32::from(s)), out),
            Samples::U16(samples) => write_planes(samples, image, |s| unit(f32::from(s)), out),
            Samples::F32(samples) => write_planes(samples, image, unit, out),
        }
    }
}

/// `full` or `0 to 4095`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Between([low, high]) => write!(f, "{low} to {high}"),
        }
    }
}

fn write_planes<S: Copy>(samples: &[S], image: &Image, unit: impl Fn(S) -> f32, out: &mut [f32]) {
    let plane = image.width * image.height;
    for (at, pixel) in samples.chunks_exact(image.channels).enumerate() {
        for (channel, sample) in pixel.iter().enumerate() {
            out[channel * plane + at] = unit(*sample);
        }
    }
}
