//! From the channels of a picture to those of a frame.

use formats::image::{Image, Samples};

/// Grey by ITU-R 601 luma, in the integer arithmetic of Pillow's `convert("L")`; floating-point
/// samples by the same weights in `f64`.
pub(super) fn to_grey(image: &Image) -> Image {
    fn luma<S: Copy + Into<u64>>(samples: &[S]) -> impl Iterator<Item = u64> {
        samples.chunks_exact(3).map(|p| {
            (p[0].into() * 19595 + p[1].into() * 38470 + p[2].into() * 7471 + 0x8000) >> 16
        })
    }
    let of_floats = |p: &[f32]| {
        let weigh = |sample: f32, weight: f64| f64::from(sample) * weight;
        ((weigh(p[0], 19595.0) + weigh(p[1], 38470.0) + weigh(p[2], 7471.0)) / 65_536.0) as f32
    };
    let samples = match &image.samples {
        Samples::U8(samples) => Samples::U8(luma(samples).map(|l| l as u8).collect()),
        Samples::U16(samples) => Samples::U16(luma(samples).map(|l| l as u16).collect()),
        Samples::F32(samples) => Samples::F32(samples.chunks_exact(3).map(of_floats).collect()),
    };
    Image {
        channels: 1,
        samples,
        ..*image
    }
}

/// The one channel of `image`, `channels` times.
pub(super) fn replicate(image: &Image, channels: usize) -> Image {
    fn repeat<S: Copy>(samples: &[S], channels: usize) -> Vec<S> {
        let each = |sample: &S| std::iter::repeat_n(*sample, channels);
        samples.iter().flat_map(each).collect()
    }
    let samples = match &image.samples {
        Samples::U8(samples) => Samples::U8(repeat(samples, channels)),
        Samples::U16(samples) => Samples::U16(repeat(samples, channels)),
        Samples::F32(samples) => Samples::F32(repeat(samples, channels)),
    };
    Image {
        channels,
        samples,
        ..*image
    }
}
