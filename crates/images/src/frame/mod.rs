//! The one size and channel count that every picture is brought to.

mod colour;
mod fit;
mod range;

pub use fit::Fit;
pub use range::Range;

use serde::{Deserialize, Serialize};

use formats::ImageError;
use formats::image::{Image, MAX_CHANNELS};

use crate::resize::{Resampling, resize};
use crate::size::Size;

/// Largest side of a frame, in pixels.
pub const MAX_SIZE: usize = 8192;

/// What every picture is brought to: `size` pixels of `channels`. See [`Frame::check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Rows and columns.
    pub size: Size,
    /// 1 (grey), 3 (RGB) or any other number up to 64. Grey is replicated; RGB becomes grey by
    /// ITU-R 601 luma, in the integer arithmetic of Pillow's `convert("L")`.
    pub channels: usize,
    /// What happens to a picture of another shape.
    pub fit: Fit,
    /// How samples between pixels are made up.
    pub resampling: Resampling,
}

/// A frame outside its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected 1 to {MAX_SIZE} pixels and 1 to {MAX_CHANNELS} channels, found {size} and {channels}"
)]
pub struct FrameError {
    /// Pixels found.
    pub size: Size,
    /// Channels found.
    pub channels: usize,
}

impl Frame {
    /// A frame that stretches.
    pub fn new(size: impl Into<Size>, channels: usize) -> Self {
        Self {
            size: size.into(),
            channels,
            fit: Fit::Stretch,
            resampling: Resampling::Bilinear,
        }
    }

    /// Checks the ranges; every other function takes them for granted.
    pub fn check(&self) -> Result<(), FrameError> {
        let Self { size, channels, .. } = *self;
        let is_side = |side| (1..=MAX_SIZE).contains(&side);
        let is_valid = is_side(size.height) && is_side(size.width);
        match is_valid && (1..=MAX_CHANNELS).contains(&channels) {
            true => Ok(()),
            false => Err(FrameError { size, channels }),
        }
    }

    /// Samples of one framed picture: `height × width × channels`.
    pub fn samples(&self) -> usize {
        self.size.pixels() * self.channels
    }

    /// Whether pictures of `channels` can be brought to this frame: they have as many, or are grey,
    /// or are RGB and become grey.
    pub fn takes(&self, channels: usize) -> bool {
        channels == self.channels || channels == 1 || (channels, self.channels) == (3, 1)
    }

    /// Why a picture of `channels` cannot be brought to this frame, if it cannot.
    pub fn check_channels(&self, channels: usize) -> Result<(), ImageError> {
        match self.takes(channels) {
            true => Ok(()),
            false => Err(ImageError::Unlike {
                expected: format!("{} channels", self.channels),
                found: channels.to_string(),
            }),
        }
    }

    /// Brings a picture that the frame [`takes`](Self::takes) to its size and channels, at its own
    /// depth. Where it is to be padded, the result is what lies between the margins: those get
    /// their black in [`write_unit`](Self::write_unit), where it is known which sample that is.
    pub fn apply(&self, image: &Image) -> Image {
        let stored = Size {
            height: image.height,
            width: image.width,
        };
        let cut = match self.fit {
            Fit::Crop => Some(fit::cut(stored, self.size)).filter(|cut| *cut != stored),
            Fit::Stretch | Fit::Pad => None,
        };
        let cut = cut.map(|size| fit::middle(image, size));
        let image = cut.as_ref().unwrap_or(image);
        let grey = (self.channels == 1 && image.channels == 3).then(|| colour::to_grey(image));
        let image = grey.as_ref().unwrap_or(image);
        let size = match self.fit {
            Fit::Pad => fit::inside(stored, self.size),
            Fit::Stretch | Fit::Crop => self.size,
        };
        let resized = resize(image, size, self.resampling);
        match image.channels == 1 && self.channels > 1 {
            true => colour::replicate(&resized, self.channels),
            false => resized,
        }
    }

    /// Writes what [`apply`](Self::apply) made as `[channels, height, width]` to `out` of
    /// [`samples`](Self::samples) elements: black is 0, white 1, by `range`.
    pub fn write_unit(&self, framed: &Image, range: Range, out: &mut [f32]) {
        let own = Size {
            height: framed.height,
            width: framed.width,
        };
        if own == self.size {
            return range.write_unit(framed, out);
        }
        let mut inner = vec![0.0; own.pixels() * framed.channels];
        range.write_unit(framed, &mut inner);
        out.fill(0.0);
        let top = (self.size.height - own.height) / 2;
        let left = (self.size.width - own.width) / 2;
        let planes = out.chunks_exact_mut(self.size.pixels());
        for (out, plane) in planes.zip(inner.chunks_exact(own.pixels())) {
            let rows = out.chunks_exact_mut(self.size.width).skip(top);
            for (out, row) in rows.zip(plane.chunks_exact(own.width)) {
                out[left..left + own.width].copy_from_slice(row);
            }
        }
    }
}
