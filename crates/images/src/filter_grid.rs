//! The filters of a convolution as one picture.

use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

/// Filters shown at most.
const FILTERS_SHOWN: usize = 256;

/// Filters side by side with gaps of one pixel.
pub struct FilterGrid {
    shown: usize,
    columns: usize,
    channels: usize,
    filter_height: usize,
    filter_width: usize,
}

impl FilterGrid {
    /// The grid of weights of this shape.
    pub fn new([filters, channels, filter_height, filter_width]: [usize; 4]) -> Self {
        let shown = filters.min(FILTERS_SHOWN);
        let columns = if shown > 64 { 16 } else { shown.min(8) };
        Self {
            shown,
            columns,
            channels,
            filter_height,
            filter_width,
        }
    }

    /// Width of the picture, in pixels.
    pub fn width(&self) -> usize {
        self.columns * (self.filter_width + 1) - 1
    }

    /// Height of the picture, in pixels.
    pub fn height(&self) -> usize {
        self.shown.div_ceil(self.columns) * (self.filter_height + 1) - 1
    }

    /// RGBA with clear gaps, every tap a square of `zoom` pixels. Every filter is scaled by its own
    /// largest magnitude, so that zero is middle grey; three channels are red, green and blue, any
    /// other number is averaged.
    pub fn png(&self, weights: &[f32], zoom: usize) -> Result<Vec<u8>, image::ImageError> {
        let area = self.filter_height * self.filter_width;
        let mut pixels = vec![0_u8; self.width() * self.height() * 4];
        for (place, filter) in weights
            .chunks(self.channels * area)
            .take(self.shown)
            .enumerate()
        {
            let top = place / self.columns * (self.filter_height + 1);
            let left = place % self.columns * (self.filter_width + 1);
            let colours = self.colours(filter);
            let largest = colours
                .iter()
                .flatten()
                .fold(0.0_f32, |largest, value| largest.max(value.abs()));
            for (pixel, colour) in colours.iter().enumerate() {
                let row = top + pixel / self.filter_width;
                let column = left + pixel % self.filter_width;
                let start = (row * self.width() + column) * 4;
                for (channel, &value) in colour.iter().enumerate() {
                    pixels[start + channel] = level(value, largest);
                }
                pixels[start + 3] = u8::MAX;
            }
        }
        let [width, height] = [self.width(), self.height()].map(|n| n * zoom);
        let enlarged: Vec<u8> = (0..width * height)
            .flat_map(|at| {
                let (row, column) = (at / width / zoom, at % width / zoom);
                let start = (row * self.width() + column) * 4;
                pixels[start..start + 4].iter().copied()
            })
            .collect();
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(
            &enlarged,
            width as u32,
            height as u32,
            ExtendedColorType::Rgba8,
        )?;
        Ok(png)
    }

    /// Red, green and blue per pixel, in the unit of the weights.
    fn colours(&self, filter: &[f32]) -> Vec<[f32; 3]> {
        let area = self.filter_height * self.filter_width;
        let at = |channel: usize, pixel: usize| {
            let value = filter[channel * area + pixel];
            if value.is_finite() { value } else { 0.0 }
        };
        (0..area)
            .map(|pixel| match self.channels {
                3 => [at(0, pixel), at(1, pixel), at(2, pixel)],
                channels => {
                    let sum: f32 = (0..channels).map(|channel| at(channel, pixel)).sum();
                    [sum / channels as f32; 3]
                }
            })
            .collect()
    }
}

/// −`largest` is 0, zero is 128, `largest` is 255.
fn level(value: f32, largest: f32) -> u8 {
    let share = if largest > 0.0 { value / largest } else { 0.0 };
    (127.5 + 127.5 * share).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_scaled_one_by_one_around_grey() {
        let grid = FilterGrid::new([2, 1, 1, 2]);
        let png = grid.png(&[1.0, -1.0, 0.0, 8.0], 1).unwrap();
        let pixels = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!(pixels.dimensions(), (5, 1));
        let shades: Vec<[u8; 2]> = pixels.pixels().map(|pixel| [pixel[0], pixel[3]]).collect();
        assert_eq!(
            shades,
            [[255, 255], [0, 255], [0, 0], [128, 255], [255, 255]]
        );
        let png = grid.png(&[1.0, -1.0, 0.0, 8.0], 3).unwrap();
        let enlarged = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!(enlarged.dimensions(), (15, 3));
        let of_tap = |x: u32, y: u32| *pixels.get_pixel(x / 3, y / 3);
        assert!(
            enlarged
                .enumerate_pixels()
                .all(|(x, y, p)| *p == of_tap(x, y))
        );
    }
}
