//! The one size and channel count that every picture is brought to.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{F32, F32x3, InnerPixel, U8, U8x3, U16, U16x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use serde::{Deserialize, Serialize};

use formats::image::{Image, Samples};

/// Applies `f` to the samples at any depth.
macro_rules! map_samples {
    ($samples:expr, $f:expr) => {
        match $samples {
            Samples::U8(samples) => Samples::U8($f(samples)),
            Samples::U16(samples) => Samples::U16($f(samples)),
            Samples::F32(samples) => Samples::F32($f(samples)),
        }
    };
}

/// What happens to a picture that is not square.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// Squash it to a square.
    #[default]
    Squash,
    /// Keep its aspect and fill up with black on both sides.
    Pad,
    /// Keep its aspect and cut the longer side to the central square.
    CenterCrop,
}

/// What every picture is brought to: `size × size` pixels of `channels`. See [`Frame::check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Rows and columns, in pixels.
    pub size: usize,
    /// 1 (grey) or 3 (RGB). Grey is replicated to RGB; RGB becomes grey by ITU-R 601 luma, in
    /// the integer arithmetic of Pillow's `convert("L")`.
    pub channels: usize,
    /// What happens to a picture that is not square.
    pub fit: Fit,
}

/// A frame outside its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {MAX_SIZE} pixels and 1 or 3 channels, found {size} and {channels}")]
pub struct FrameError {
    /// Pixels found.
    pub size: usize,
    /// Channels found.
    pub channels: usize,
}

/// Largest side of a frame, in pixels.
pub const MAX_SIZE: usize = 8192;

impl Frame {
    /// Checks the ranges; every other function takes them for granted.
    pub fn check(&self) -> Result<(), FrameError> {
        let Self { size, channels, .. } = *self;
        let valid = (1..=MAX_SIZE).contains(&size) && matches!(channels, 1 | 3);
        if valid {
            Ok(())
        } else {
            Err(FrameError { size, channels })
        }
    }

    /// A frame that squashes.
    pub fn new(size: usize, channels: usize) -> Self {
        Self {
            size,
            channels,
            fit: Fit::Squash,
        }
    }

    /// Samples of one framed picture: `size × size × channels`.
    pub fn samples(&self) -> usize {
        self.size * self.size * self.channels
    }

    /// Brings a picture to this frame, with an antialiased triangle filter: Pillow's
    /// `Image.resize((size, size), BILINEAR)`, with nearly all samples equal and the
    /// rest within one level.
    pub fn apply(&self, image: &Image) -> Image {
        let cropped;
        let image = match self.fit {
            Fit::CenterCrop if image.width != image.height => {
                cropped = center_square(image);
                &cropped
            }
            _ => image,
        };
        let grey;
        let image = if self.channels == 1 && image.channels == 3 {
            grey = to_grey(image);
            &grey
        } else {
            image
        };
        let resized = match self.fit {
            Fit::Pad if image.width != image.height => {
                let longer = image.width.max(image.height);
                let scaled = |side: usize| ((side * self.size + longer / 2) / longer).max(1);
                pad_square(&resize(image, scaled(image.width), scaled(image.height)))
            }
            _ => resize(image, self.size, self.size),
        };
        if self.channels == 3 && resized.channels == 1 {
            to_rgb(&resized)
        } else {
            resized
        }
    }
}

/// Resizes to `width × height` pixels with an antialiased triangle filter.
pub fn resize(image: &Image, width: usize, height: usize) -> Image {
    if (image.width, image.height) == (width, height) {
        return image.clone();
    }
    let from = (image.width, image.height);
    let to = (width, height);
    if !matches!(image.channels, 1 | 3) {
        return resize_planes(image, width, height);
    }
    let samples = match (&image.samples, image.channels) {
        (Samples::U8(samples), 1) => {
            Samples::U8(convolve(from, to, samples, |s| U8::new(s[0]), |p| [p.0]))
        }
        (Samples::U8(samples), _) => Samples::U8(convolve(
            from,
            to,
            samples,
            |s| U8x3::new([s[0], s[1], s[2]]),
            |p| p.0,
        )),
        (Samples::U16(samples), 1) => {
            Samples::U16(convolve(from, to, samples, |s| U16::new(s[0]), |p| [p.0]))
        }
        (Samples::U16(samples), _) => Samples::U16(convolve(
            from,
            to,
            samples,
            |s| U16x3::new([s[0], s[1], s[2]]),
            |p| p.0,
        )),
        (Samples::F32(samples), 1) => {
            Samples::F32(convolve(from, to, samples, |s| F32::new(s[0]), |p| [p.0]))
        }
        (Samples::F32(samples), _) => Samples::F32(convolve(
            from,
            to,
            samples,
            |s| F32x3::new([s[0], s[1], s[2]]),
            |p| p.0,
        )),
    };
    Image {
        width,
        height,
        channels: image.channels,
        samples,
    }
}

/// Resizes a picture of any number of channels, one channel at a time.
fn resize_planes(image: &Image, width: usize, height: usize) -> Image {
    let planes: Vec<Samples> = (0..image.channels)
        .map(|channel| {
            let plane = Image {
                channels: 1,
                samples: map_samples!(&image.samples, |s| every(s, channel, image.channels)),
                ..*image
            };
            resize(&plane, width, height).samples
        })
        .collect();
    Image {
        width,
        height,
        channels: image.channels,
        samples: Samples::interleave(&planes),
    }
}

fn every<S: Copy>(samples: &[S], first: usize, step: usize) -> Vec<S> {
    samples.iter().skip(first).step_by(step).copied().collect()
}

fn convolve<const N: usize, S: Copy, P: PixelTrait + InnerPixel>(
    from: (usize, usize),
    to: (usize, usize),
    samples: &[S],
    pixel: impl Fn(&[S]) -> P,
    unpixel: impl Fn(&P) -> [S; N],
) -> Vec<S> {
    let pixels: Vec<P> = samples.chunks_exact(N).map(pixel).collect();
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
        .use_alpha(false);
    let source = TypedImageRef::new(from.0 as u32, from.1 as u32, &pixels)
        .expect("an Image holds width × height pixels");
    // Columns first, as Pillow does; both round between the two passes.
    let mut narrow = TypedImage::new(to.0 as u32, from.1 as u32);
    let mut target = TypedImage::new(to.0 as u32, to.1 as u32);
    let mut resizer = Resizer::new();
    resizer
        .resize_typed(&source, &mut narrow, &options)
        .and_then(|()| resizer.resize_typed(&narrow, &mut target, &options))
        .expect("the whole source is a valid crop box");
    target.pixels().iter().flat_map(unpixel).collect()
}

fn center_square(image: &Image) -> Image {
    let side = image.width.min(image.height);
    let (left, top) = ((image.width - side) / 2, (image.height - side) / 2);
    fn cut<S: Copy>(
        samples: &[S],
        row: usize,
        start: usize,
        rows: std::ops::Range<usize>,
        length: usize,
    ) -> Vec<S> {
        rows.flat_map(|y| &samples[y * row + start..][..length])
            .copied()
            .collect()
    }
    let c = image.channels;
    let samples = map_samples!(&image.samples, |s| cut(
        s,
        image.width * c,
        left * c,
        top..top + side,
        side * c
    ));
    Image {
        width: side,
        height: side,
        channels: c,
        samples,
    }
}

fn pad_square(image: &Image) -> Image {
    let side = image.width.max(image.height);
    let (left, top) = ((side - image.width) / 2, (side - image.height) / 2);
    let c = image.channels;
    fn place<S: Copy + Default>(
        samples: &[S],
        length: usize,
        side_row: usize,
        start: usize,
        top: usize,
        total: usize,
    ) -> Vec<S> {
        let mut out = vec![S::default(); total];
        for (y, row) in samples.chunks_exact(length).enumerate() {
            out[(top + y) * side_row + start..][..length].copy_from_slice(row);
        }
        out
    }
    let samples = map_samples!(&image.samples, |s| {
        place(s, image.width * c, side * c, left * c, top, side * side * c)
    });
    Image {
        width: side,
        height: side,
        channels: c,
        samples,
    }
}

fn to_grey(image: &Image) -> Image {
    fn luma<S: Copy + Into<u64>>(samples: &[S]) -> impl Iterator<Item = u64> {
        samples.chunks_exact(3).map(|p| {
            (p[0].into() * 19595 + p[1].into() * 38470 + p[2].into() * 7471 + 0x8000) >> 16
        })
    }
    let samples = match &image.samples {
        Samples::U8(samples) => Samples::U8(luma(samples).map(|l| l as u8).collect()),
        Samples::U16(samples) => Samples::U16(luma(samples).map(|l| l as u16).collect()),
        Samples::F32(samples) => Samples::F32(
            samples
                .chunks_exact(3)
                .map(|p| 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2])
                .collect(),
        ),
    };
    Image {
        channels: 1,
        samples,
        ..*image
    }
}

fn to_rgb(image: &Image) -> Image {
    fn triple<S: Copy>(samples: &[S]) -> Vec<S> {
        samples.iter().flat_map(|&sample| [sample; 3]).collect()
    }
    Image {
        channels: 3,
        samples: map_samples!(&image.samples, triple),
        ..*image
    }
}
