//! Resizing in the arithmetic of Pillow's `Image.resize`: antialiased, separable, columns first.
//!
//! Every sample of the result is a weighted sum of stored ones. The filter is stretched over the
//! inputs that fall on one output, so that shrinking averages instead of picking
//! (P. Heckbert, Fundamentals of Texture Mapping, 1989, §3; Pillow's documentation, "Filters").
//! Columns come first and are rounded to the depth of the picture before rows are: what two calls
//! of Pillow do, one a side. One call does the same up to Pillow 12; from 13 on it takes the rows
//! first where that is quicker.
//!
//! | depth | weights | sums | equals Pillow's |
//! |---|---|---|---|
//! | 8 bits | 22 bits behind the point | 32-bit integers | `L` and `RGB`, in every bit |
//! | 16 bits | `f64` | `f64`, in order | `I;16`, in every bit; where bicubic overshoots 65,535, Pillow wraps and we clip |
//! | `f32` | `f64` | `f64`, in order | `F`, in every bit |

mod passes;
mod resampling;
mod sample;
mod taps;

pub use resampling::Resampling;

use formats::image::{Image, Samples};

use self::passes::{across, down};
use self::sample::Sample;
use self::taps::Taps;
use crate::size::Size;

/// `image` in `size`, every channel on its own. A picture without pixels gives one of zeros.
pub fn resize(image: &Image, size: Size, resampling: Resampling) -> Image {
    if (image.height, image.width) == (size.height, size.width) {
        return image.clone();
    }
    let stored = Size {
        height: image.height,
        width: image.width,
    };
    let channels = image.channels;
    let samples = match &image.samples {
        Samples::U8(s) => Samples::U8(resized(s, stored, channels, size, resampling)),
        Samples::U16(s) => Samples::U16(resized(s, stored, channels, size, resampling)),
        Samples::F32(s) => Samples::F32(resized(s, stored, channels, size, resampling)),
    };
    Image {
        width: size.width,
        height: size.height,
        channels,
        samples,
    }
}

fn resized<S: Sample>(
    samples: &[S],
    from: Size,
    channels: usize,
    to: Size,
    resampling: Resampling,
) -> Vec<S> {
    if from.pixels() == 0 {
        return vec![S::default(); to.pixels() * channels];
    }
    let narrow = (from.width != to.width).then(|| {
        let taps = Taps::<S>::new(from.width, to.width, resampling);
        across(samples, from.width, channels, &taps)
    });
    let narrow = narrow.as_deref().unwrap_or(samples);
    if from.height == to.height {
        return narrow.to_vec();
    }
    let taps = Taps::<S>::new(from.height, to.height, resampling);
    down(narrow, to.width * channels, &taps)
}
