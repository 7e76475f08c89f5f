//! Turning a picture upright, as the EXIF tag Orientation (0x0112) says.

use image::metadata::Orientation;

use crate::image::{Image, Samples};

/// The orientation that an EXIF block (without its `Exif\0\0`) tells; 1 where it tells none.
pub(crate) fn of_exif(exif: &[u8]) -> u8 {
    Orientation::from_exif_chunk(exif).map_or(1, |orientation| orientation.to_exif())
}

/// Applies an EXIF orientation: 1 keeps, 2 mirrors left to right, 3 turns by 180°, 4 mirrors top
/// to bottom, 5 to 8 exchange rows and columns (6 turns clockwise, 8 counter-clockwise).
pub(crate) fn apply(image: Image, orientation: u8) -> Image {
    if !(2..=8).contains(&orientation) {
        return image;
    }
    let turn = Turn {
        width: image.width,
        height: image.height,
        channels: image.channels,
        orientation,
    };
    let (width, height) = turn.size();
    Image {
        width,
        height,
        channels: image.channels,
        samples: match image.samples {
            Samples::U8(samples) => Samples::U8(turn.samples(&samples)),
            Samples::U16(samples) => Samples::U16(turn.samples(&samples)),
            Samples::F32(samples) => Samples::F32(turn.samples(&samples)),
        },
    }
}

struct Turn {
    width: usize,
    height: usize,
    channels: usize,
    orientation: u8,
}

impl Turn {
    fn size(&self) -> (usize, usize) {
        if self.orientation >= 5 {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    /// Column and row of the source that the target's column `x` and row `y` show.
    fn source(&self, x: usize, y: usize) -> (usize, usize) {
        let (right, bottom) = (self.width - 1, self.height - 1);
        match self.orientation {
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (y, bottom - x),
            7 => (right - y, bottom - x),
            _ => (right - y, x),
        }
    }

    fn samples<S: Copy>(&self, samples: &[S]) -> Vec<S> {
        let (width, height) = self.size();
        let mut out = Vec::with_capacity(samples.len());
        for y in 0..height {
            for x in 0..width {
                let (column, row) = self.source(x, y);
                let at = (row * self.width + column) * self.channels;
                out.extend_from_slice(&samples[at..at + self.channels]);
            }
        }
        out
    }
}
