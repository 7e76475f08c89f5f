//! Small pictures of what networks see, alone and under a map of heat.

use image::{ExtendedColorType, ImageEncoder as _, ImageError, codecs::png::PngEncoder};

use crate::frame::Frame;
use crate::viridis::viridis;

/// How much of the colour of heat there is where there is none, and how much more where it is largest.
const COVER: [f64; 2] = [0.15, 0.5];

/// A framed picture, drawn small.
pub struct SmallPicture {
    height: usize,
    width: usize,
    /// Red, green and blue in [0, 1], by rows.
    colours: Vec<[f64; 3]>,
    /// Of the framed picture.
    framed: [usize; 2],
}

impl SmallPicture {
    /// The picture with samples in [0, 1], `[channels, height, width]` as `frame` says, its longer
    /// edge at most `edge` pixels: larger ones are averaged, smaller ones enlarged by a whole factor.
    /// Of two channels the first is shown, of more than three the first three.
    pub fn new(frame: &Frame, samples: &[f32], edge: usize) -> Self {
        let framed = [frame.size.height, frame.size.width];
        let [height, width] = extents(framed, edge);
        let plane = framed[0] * framed[1];
        let shown = |channel: usize| match frame.channels {
            3.. => channel,
            _ => 0,
        };
        let planes: Vec<Vec<f64>> = (0..3)
            .map(|channel| {
                let start = shown(channel) * plane;
                let of_channel = samples.get(start..start + plane).unwrap_or_default();
                scaled(of_channel, framed, [height, width])
            })
            .collect();
        let colours = (0..height * width).map(|at| [planes[0][at], planes[1][at], planes[2][at]]);
        Self {
            height,
            width,
            colours: colours.collect(),
            framed,
        }
    }

    /// Rows and columns, in pixels.
    pub fn extents(&self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// As a PNG (RGB, 8 bits a sample).
    pub fn png(&self) -> Result<Vec<u8>, ImageError> {
        self.encoded(&self.colours)
    }

    /// In grey under the colours of `heat`, one number in [0, 1] for each pixel of the framed picture,
    /// by rows; as a PNG (RGB, 8 bits a sample).
    pub fn under(&self, heat: &[f32]) -> Result<Vec<u8>, ImageError> {
        let heat = scaled(heat, self.framed, self.extents());
        let mixed = self.colours.iter().zip(&heat).map(|(colour, heat)| {
            let grey = colour.iter().sum::<f64>() / 3.0;
            let share = COVER[0] + COVER[1] * heat;
            viridis(*heat).map(|channel| (1.0 - share) * grey + share * channel)
        });
        self.encoded(&mixed.collect::<Vec<_>>())
    }

    fn encoded(&self, colours: &[[f64; 3]]) -> Result<Vec<u8>, ImageError> {
        let bytes: Vec<u8> = colours
            .iter()
            .flatten()
            .map(|share| (share.clamp(0.0, 1.0) * 255.0).round() as u8)
            .collect();
        let mut png = Vec::new();
        let (width, height) = (self.width as u32, self.height as u32);
        PngEncoder::new(&mut png).write_image(&bytes, width, height, ExtendedColorType::Rgb8)?;
        Ok(png)
    }
}

/// Rows and columns of a picture whose longer edge is at most `edge`, at least 1.
fn extents(framed: [usize; 2], edge: usize) -> [usize; 2] {
    let longer = framed[0].max(framed[1]).max(1);
    match edge / longer {
        0 => framed.map(|side| (side * edge / longer).max(1)),
        factor => framed.map(|side| side * factor),
    }
}

/// A plane in other extents: each pixel is the mean of those that it covers.
fn scaled(plane: &[f32], from: [usize; 2], to: [usize; 2]) -> Vec<f64> {
    let covered = |at: usize, axis: usize| {
        let start = at * from[axis] / to[axis];
        let end = ((at + 1) * from[axis]).div_ceil(to[axis]);
        start..end.max(start + 1)
    };
    let mut all = Vec::with_capacity(to[0] * to[1]);
    for y in 0..to[0] {
        for x in 0..to[1] {
            let (mut sum, mut count) = (0.0, 0.0);
            for row in covered(y, 0) {
                for column in covered(x, 1) {
                    let sample = plane.get(row * from[1] + column).copied();
                    sum += f64::from(sample.unwrap_or_default());
                    count += 1.0;
                }
            }
            all.push(sum / count);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size::Size;

    fn frame(channels: usize, height: usize, width: usize) -> Frame {
        Frame {
            size: Size { height, width },
            ..Frame::new(1, channels)
        }
    }

    fn decoded(png: &[u8]) -> image::RgbImage {
        image::load_from_memory(png).unwrap().into_rgb8()
    }

    #[test]
    fn small_ones_are_enlarged_and_large_ones_averaged() {
        let picture = SmallPicture::new(&frame(1, 1, 2), &[0.0, 1.0], 5);
        assert_eq!(picture.extents(), [2, 4]);
        let pixels = decoded(&picture.png().unwrap());
        let row: Vec<u8> = pixels.pixels().map(|p| p[1]).take(4).collect();
        assert_eq!(row, [0, 0, 255, 255]);

        let picture = SmallPicture::new(
            &frame(1, 4, 2),
            &[0.0, 1.0, 1.0, 0.0, 0.2, 0.2, 0.2, 0.2],
            2,
        );
        assert_eq!(picture.extents(), [2, 1]);
        let column: Vec<u8> = decoded(&picture.png().unwrap())
            .pixels()
            .map(|p| p[0])
            .collect();
        assert_eq!(column, [128, 51]);
    }

    #[test]
    fn heat_is_where_it_was_found() {
        let picture = SmallPicture::new(&frame(3, 2, 2), &[0.5; 12], 4);
        let pixels = decoded(&picture.under(&[0.0, 0.0, 0.0, 1.0]).unwrap());
        let yellow = pixels.get_pixel(3, 3);
        assert!(yellow[0] > yellow[2] + 60, "{yellow:?}");
        let violet = pixels.get_pixel(0, 0);
        assert!(violet[2] > violet[1], "{violet:?}");
    }
}
