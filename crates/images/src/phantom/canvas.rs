//! A square picture in linear light, to draw on.

use super::mask::{Mask, for_covered};
use super::shape::Shape;
use super::stream::Stream;
use formats::image::Image;

/// A colour in linear light: red, green, blue, 0 (black) to 1 (white).
pub type Colour = [f32; 3];

/// What a covered pixel becomes.
#[derive(Clone, Copy, Debug)]
pub enum Paint {
    /// The colour itself.
    Solid(Colour),
    /// What was there, times a factor for each channel: a filter, or a glow above 1.
    Filter(Colour),
}

impl Paint {
    /// `pixel` painted with the given coverage, 0 to 1.
    fn over(self, pixel: Colour, coverage: f32) -> Colour {
        std::array::from_fn(|c| match self {
            Self::Solid(colour) => pixel[c] + coverage * (colour[c] - pixel[c]),
            Self::Filter(factor) => pixel[c] * (1.0 + coverage * (factor[c] - 1.0)),
        })
    }
}

/// A square picture; pixels in linear light, shape `[size, size]`, rows from the top.
pub struct Canvas {
    /// Side, in pixels.
    pub size: usize,
    /// Colour of each pixel, shape `[size, size]`.
    pub pixels: Vec<Colour>,
}

impl Canvas {
    /// A picture with the colour `colour([x, y])` at each pixel centre, in pixels.
    pub fn filled(size: usize, mut colour: impl FnMut([f32; 2]) -> Colour) -> Self {
        let pixels = (0..size * size).map(|i| colour(centre(size, i))).collect();
        Self { size, pixels }
    }

    /// Draws a shape whose edge is `softness` pixels wide, with `opacity` 0 to 1.
    pub fn draw(&mut self, shape: &impl Shape, softness: f32, opacity: f32, paint: Paint) {
        for_covered(self.size, shape, softness, |index, coverage| {
            self.pixels[index] = paint.over(self.pixels[index], opacity * coverage);
        });
    }

    /// Draws everything that a mask covers, with `opacity` 0 to 1.
    pub fn draw_mask(&mut self, mask: &Mask, opacity: f32, paint: Paint) {
        for (pixel, &coverage) in self.pixels.iter_mut().zip(&mask.coverage) {
            if coverage > 0.0 {
                *pixel = paint.over(*pixel, opacity * coverage);
            }
        }
    }

    /// Multiplies each pixel by `light([x, y])`, a factor of 0 or more.
    pub fn light(&mut self, mut light: impl FnMut([f32; 2]) -> f32) {
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            let light = light(centre(self.size, index));
            *pixel = pixel.map(|value| value * light);
        }
    }

    /// Replaces each value by `tone(value)`.
    pub fn tone(&mut self, tone: impl Fn(f32) -> f32) {
        for value in self.pixels.iter_mut().flatten() {
            *value = tone(*value);
        }
    }

    /// Multiplies each channel by its gain.
    pub fn scale(&mut self, gain: Colour) {
        for pixel in &mut self.pixels {
            *pixel = std::array::from_fn(|c| pixel[c] * gain[c]);
        }
    }

    /// Mean of each channel over all pixels, in linear light.
    pub fn mean(&self) -> [f64; 3] {
        let mut sum = [0.0; 3];
        for pixel in &self.pixels {
            for c in 0..3 {
                sum[c] += f64::from(pixel[c]);
            }
        }
        sum.map(|s| s / self.pixels.len() as f64)
    }

    /// Blurs by about a Gaussian of standard deviation `sigma` pixels; the edges repeat
    /// their last pixel.
    pub fn blur(&mut self, sigma: f32) {
        // Passes of the kernel [w, 1 - 2w, w], of variance 2w each, with w at most 1/4.
        let variance = sigma * sigma;
        let passes = (2.0 * variance).ceil().max(1.0);
        let side = variance / (2.0 * passes);
        for _ in 0..passes as usize {
            for line in self.pixels.chunks_exact_mut(self.size) {
                smooth(line, side);
            }
            self.smooth_columns(side);
        }
    }

    fn smooth_columns(&mut self, side: f32) {
        let size = self.size;
        let mut above = self.pixels[..size].to_vec();
        for y in 0..size {
            for x in 0..size {
                let here = self.pixels[y * size + x];
                let below = self.pixels[(y + 1).min(size - 1) * size + x];
                self.pixels[y * size + x] = weighted(above[x], here, below, side);
                above[x] = here;
            }
        }
    }

    /// Adds sensor noise: independent for each pixel and channel, with standard
    /// deviation `read + shot × √value` in linear light.
    pub fn add_noise(&mut self, read: f32, shot: f32, stream: &mut Stream) {
        for value in self.pixels.iter_mut().flatten() {
            *value += (read + shot * value.max(0.0).sqrt()) * stream.normal();
        }
    }

    /// The picture with 8-bit samples; values outside 0 to 1 are clipped.
    pub fn to_image(&self) -> Image {
        let samples = self
            .pixels
            .iter()
            .flatten()
            .map(|value| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
        Image::from_u8(self.size, self.size, 3, samples.collect())
    }
}

/// `a` where `share` is 0, `b` where it is 1.
pub fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    std::array::from_fn(|c| a[c] + share * (b[c] - a[c]))
}

fn centre(size: usize, index: usize) -> [f32; 2] {
    [(index % size) as f32 + 0.5, (index / size) as f32 + 0.5]
}

fn weighted(before: Colour, here: Colour, after: Colour, side: f32) -> Colour {
    std::array::from_fn(|c| here[c] + side * (before[c] + after[c] - 2.0 * here[c]))
}

fn smooth(line: &mut [Colour], side: f32) {
    let mut before = line[0];
    for x in 0..line.len() {
        let here = line[x];
        let after = line[(x + 1).min(line.len() - 1)];
        line[x] = weighted(before, here, after, side);
        before = here;
    }
}
