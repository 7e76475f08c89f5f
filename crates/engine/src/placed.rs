//! A picture, and where its pixels come from.

use crate::gallery::{Gallery, Scale};

/// A picture of a [`Gallery`], and where the pixels that enter the network come from. A pixel's
/// column and row, shifted, then turned about the middle of the picture, then mirrored, are the
/// point whose number it gets: that of the picture's pixel there, or one interpolated linearly
/// between four; 0, which is black, for pixels outside. It is normalised at last.
///
/// Every operation is one of `f32` by itself, rounded to nearest: the numbers are those of the
/// processor to the last bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Its number.
    pub picture: usize,
    /// Whether left and right, and top and bottom, change places.
    pub mirrors: [bool; 2],
    /// Sine and cosine of the angle; none where there is no turn.
    pub turn: Option<[f32; 2]>,
    /// Columns, rows.
    pub shift: [i32; 2],
}

impl Placed {
    /// The picture as it is.
    pub fn still(picture: usize) -> Self {
        Self {
            picture,
            mirrors: [false; 2],
            turn: None,
            shift: [0; 2],
        }
    }

    /// Its pixels, `[channels, height, width]`, made on the processor: for an executor whose device
    /// cannot.
    pub fn pixels(&self, gallery: &dyn Gallery, scale: &Scale) -> Vec<f32> {
        let [_, height, width, channels] = gallery.extents();
        let samples = gallery.samples(self.picture);
        let units = gallery.units();
        let mut pixels = Vec::with_capacity(channels * height * width);
        for (channel, (mean, std)) in scale.mean.iter().zip(&scale.std).enumerate() {
            let at = |row: i32, column: i32| {
                let inside = |v: i32, side: usize| usize::try_from(v).ok().filter(|v| *v < side);
                let pixel = inside(row, height).zip(inside(column, width));
                let sample = pixel.and_then(|(row, column)| {
                    samples?.get((row * width + column) * channels + channel)
                });
                sample.map_or(0.0, |sample| units[sample])
            };
            for row in 0..height {
                for column in 0..width {
                    let [x, y] = self.source([column, row], [width, height]);
                    let (left, top) = (x.floor(), y.floor());
                    let (u, v) = (x - left, y - top);
                    let (left, top) = (left as i32, top as i32);
                    let across = |row| at(row, left) * (1.0 - u) + at(row, left + 1) * u;
                    let unit = match u == 0.0 && v == 0.0 {
                        true => at(top, left),
                        false => across(top) * (1.0 - v) + across(top + 1) * v,
                    };
                    pixels.push((unit - mean) / std);
                }
            }
        }
        pixels
    }

    /// The point, column and row, that a pixel of a picture of such sides comes from.
    fn source(&self, pixel: [usize; 2], sides: [usize; 2]) -> [f32; 2] {
        let last = sides.map(|side| side as f32 - 1.0);
        let centre = last.map(|last| last / 2.0);
        let [dx, dy] =
            [0, 1].map(|axis| pixel[axis] as f32 + self.shift[axis] as f32 - centre[axis]);
        let turned = match self.turn {
            None => [dx, dy],
            Some([sin, cos]) => [cos * dx - sin * dy, sin * dx + cos * dy],
        };
        [0, 1].map(|axis| {
            let at = turned[axis] + centre[axis];
            match self.mirrors[axis] {
                true => last[axis] - at,
                false => at,
            }
        })
    }
}
