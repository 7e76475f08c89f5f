//! Sums over the pixels of one picture.

use formats::image::Image;

use crate::frame::{Frame, Range};

/// Sums over the pixels of one framed picture, samples between 0 and 1: the sum and the sum of
/// squares of each channel.
#[derive(Clone, Default)]
pub(crate) struct Sums(Box<[[f64; 2]]>);

impl Sums {
    pub(crate) fn of(frame: &Frame, framed: &Image, range: Range) -> Self {
        let mut pixels = vec![0.0; frame.samples()];
        frame.write_unit(framed, range, &mut pixels);
        let planes = pixels.chunks_exact(frame.size.pixels());
        let of_plane = |plane: &[f32]| {
            [
                plane.iter().map(|&p| f64::from(p)).sum(),
                plane.iter().map(|&p| f64::from(p).powi(2)).sum(),
            ]
        };
        Self(planes.map(of_plane).collect())
    }

    /// Sum and sum of squares of a channel; zeros of a picture that was not read.
    pub(crate) fn of_channel(&self, channel: usize) -> [f64; 2] {
        self.0.get(channel).copied().unwrap_or_default()
    }
}
