//! A picture as it was stored, before framing.

use formats::image::{Image, Samples};
use serde::{Deserialize, Serialize};

use crate::size::Size;

/// A picture as stored, before framing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stored {
    /// Rows and columns.
    pub size: Size,
    /// 1 (grey), 3 (RGB) or any other number.
    pub channels: usize,
    /// What a sample is.
    pub depth: Depth,
    /// Smallest and largest sample over all channels; not-a-number aside.
    pub extremes: [f32; 2],
}

/// What a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// 8 bits, 0 to 255.
    Eight,
    /// 16 bits, 0 to 65,535.
    Sixteen,
    /// `f32`, in a unit of its own.
    Float,
}

impl Depth {
    /// The largest sample; none where samples have a unit of their own.
    pub fn largest(self) -> Option<f32> {
        match self {
            Self::Eight => Some(255.0),
            Self::Sixteen => Some(65_535.0),
            Self::Float => None,
        }
    }

    /// In words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Eight => "8 bits",
            Self::Sixteen => "16 bits",
            Self::Float => "floating point",
        }
    }
}

impl Stored {
    /// Of a decoded picture.
    pub fn of(image: &Image) -> Self {
        let (depth, extremes) = match &image.samples {
            Samples::U8(samples) => (Depth::Eight, extremes(samples)),
            Samples::U16(samples) => (Depth::Sixteen, extremes(samples)),
            Samples::F32(samples) => {
                let none = [f32::INFINITY, f32::NEG_INFINITY];
                let found = samples.iter().fold(none, |[low, high], sample| {
                    [low.min(*sample), high.max(*sample)]
                });
                (
                    Depth::Float,
                    if found[0] > found[1] { [0.0; 2] } else { found },
                )
            }
        };
        Self {
            size: Size {
                height: image.height,
                width: image.width,
            },
            channels: image.channels,
            depth,
            extremes,
        }
    }
}

fn extremes<S: Copy + Default + Ord + Into<f32>>(samples: &[S]) -> [f32; 2] {
    let of = |sample: Option<&S>| sample.copied().unwrap_or_default().into();
    [of(samples.iter().min()), of(samples.iter().max())]
}
