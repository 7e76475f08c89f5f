//! Samples as bytes, and back.

use formats::image::{Image, MAX_CHANNELS, Samples};
use images::Depth;
use serde::{Deserialize, Serialize};

/// Largest side of packed samples, in pixels: that of decoded pictures.
const MAX_SIDE: usize = 65_535;

/// Rows, columns, channels and depth of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shape {
    height: usize,
    width: usize,
    channels: usize,
    depth: Depth,
}

impl Shape {
    pub(crate) fn of(image: &Image) -> Self {
        Self {
            height: image.height,
            width: image.width,
            channels: image.channels,
            depth: match image.samples {
                Samples::U8(_) => Depth::Eight,
                Samples::U16(_) => Depth::Sixteen,
                Samples::F32(_) => Depth::Float,
            },
        }
    }

    /// Channels.
    pub(crate) fn channels(self) -> usize {
        self.channels
    }

    /// Rows and columns.
    pub(crate) fn sides(self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// Bytes of all samples; none where no picture has this shape.
    pub(crate) fn bytes(self) -> Option<u64> {
        let is_side = |side| (1..=MAX_SIDE).contains(&side);
        let is_valid = is_side(self.height)
            && is_side(self.width)
            && (1..=MAX_CHANNELS).contains(&self.channels);
        let each: u64 = match self.depth {
            Depth::Eight => 1,
            Depth::Sixteen => 2,
            Depth::Float => 4,
        };
        // At most 2^16 · 2^16 · 2^6 · 2^2: no overflow.
        is_valid.then(|| (self.height * self.width * self.channels) as u64 * each)
    }

    /// The picture of these bytes, of which there are [`bytes`](Self::bytes).
    pub(crate) fn image(self, bytes: Vec<u8>) -> Image {
        let samples = match self.depth {
            Depth::Eight => Samples::U8(bytes),
            Depth::Sixteen => Samples::U16(words(&bytes).map(u16::from_le_bytes).collect()),
            Depth::Float => Samples::F32(words(&bytes).map(f32::from_le_bytes).collect()),
        };
        Image {
            width: self.width,
            height: self.height,
            channels: self.channels,
            samples,
        }
    }
}

/// The samples in little-endian order.
pub(crate) fn bytes_of(samples: &Samples) -> Vec<u8> {
    match samples {
        Samples::U8(samples) => samples.clone(),
        Samples::U16(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        Samples::F32(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
    }
}

fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes
        .chunks_exact(N)
        .map(|word| std::array::from_fn(|at| word[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_back_bit_for_bit() {
        let kinds = [
            Samples::U8((0..12).collect()),
            Samples::U16((0..12).map(|s| 5000 * s).collect()),
            Samples::F32((0..12).map(|s| (s as f32 - 6.0) / 0.0).collect()),
        ];
        for samples in kinds {
            let image = Image {
                width: 3,
                height: 2,
                channels: 2,
                samples,
            };
            let shape = Shape::of(&image);
            let bytes = bytes_of(&image.samples);
            assert_eq!(shape.bytes(), Some(bytes.len() as u64));
            let back = shape.image(bytes.clone());
            assert_eq!((back.width, back.height, back.channels), (3, 2, 2));
            assert_eq!(bytes_of(&back.samples), bytes);
        }
        for (height, channels) in [(0, 1), (1, 0), (1 << 40, 1), (1, 65)] {
            let shape = Shape {
                height,
                width: 1,
                channels,
                depth: Depth::Eight,
            };
            assert_eq!(shape.bytes(), None);
        }
    }
}
