//! What happens to a picture of another shape than the frame.

use formats::image::{Image, Samples};
use serde::{Deserialize, Serialize};

use crate::size::Size;

/// What happens to a picture of another shape than the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// Stretch it to the frame: its aspect changes.
    #[default]
    #[serde(alias = "squash")]
    Stretch,
    /// Keep its aspect and fill up with black on both sides.
    Pad,
    /// Keep its aspect and cut what reaches over the frame, equally on both sides.
    #[serde(alias = "center-crop")]
    Crop,
}

impl Fit {
    /// The word in configurations.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stretch => "stretch",
            Self::Pad => "pad",
            Self::Crop => "crop",
        }
    }
}

/// The largest size of the shape of `stored` inside `frame`, at least a pixel on each side.
pub(super) fn inside(stored: Size, frame: Size) -> Size {
    let scaled = |side: usize, by: usize, of: usize| ((side * by + of / 2) / of).max(1);
    match is_wider(stored, frame) {
        true => Size {
            height: scaled(stored.height, frame.width, stored.width),
            width: frame.width,
        },
        false => Size {
            height: frame.height,
            width: scaled(stored.width, frame.height, stored.height),
        },
    }
}

/// The largest size of the shape of `frame` inside `stored`, at least a pixel on each side.
pub(super) fn cut(stored: Size, frame: Size) -> Size {
    match is_wider(stored, frame) {
        true => inside(
            frame,
            Size {
                width: stored.width,
                ..stored
            },
        ),
        false => inside(frame, stored),
    }
}

/// Whether `a` has more columns by row than `b`.
fn is_wider(a: Size, b: Size) -> bool {
    a.width * b.height > b.width * a.height
}

/// The middle of `image`, of a size at most its own; the odd pixel is left over below and on the
/// right.
pub(super) fn middle(image: &Image, size: Size) -> Image {
    fn take<S: Copy>(samples: &[S], image: &Image, size: Size) -> Vec<S> {
        let channels = image.channels;
        let top = (image.height - size.height) / 2;
        let start = (image.width - size.width) / 2 * channels;
        let rows = samples.chunks_exact(image.width * channels);
        let rows = rows.skip(top).take(size.height);
        rows.flat_map(|row| &row[start..start + size.width * channels])
            .copied()
            .collect()
    }
    let samples = match &image.samples {
        Samples::U8(samples) => Samples::U8(take(samples, image, size)),
        Samples::U16(samples) => Samples::U16(take(samples, image, size)),
        Samples::F32(samples) => Samples::F32(take(samples, image, size)),
    };
    Image {
        width: size.width,
        height: size.height,
        channels: image.channels,
        samples,
    }
}
