//! Random changes of colour, as torchvision's `ColorJitter` makes them.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use crate::augment::{Augmentation, jitter};
use crate::frame::Frame;

impl Augmentation {
    /// Which of brightness, contrast, saturation and hue it changes.
    pub(crate) fn colour_changes(&self, frame: &Frame) -> [bool; 4] {
        let colour = frame.channels == 3;
        [
            self.brightness > 0.0,
            self.contrast > 0.0,
            colour && self.saturation > 0.0,
            colour && self.hue > 0.0,
        ]
    }

    /// Changes brightness, contrast, saturation and hue of one picture of shape
    /// `[channels, height, width]` in place.
    pub(crate) fn recolour(&self, pixels: &mut [f32], frame: &Frame, rng: &mut ChaCha8Rng) {
        let changes = self.colour_changes(frame);
        if !changes.contains(&true) {
            return;
        }
        let mut order = [0, 1, 2, 3];
        for last in (1..order.len()).rev() {
            order.swap(last, rng.random_range(0..=last));
        }
        for change in order.into_iter().filter(|&change| changes[change]) {
            match change {
                0 => {
                    let gain = factor(self.brightness, rng);
                    pixels
                        .iter_mut()
                        .for_each(|p| *p = (*p * gain).clamp(0.0, 1.0));
                }
                1 => {
                    let mean = mean_grey(pixels, frame);
                    let gain = factor(self.contrast, rng);
                    pixels.iter_mut().for_each(|p| *p = blend(*p, mean, gain));
                }
                2 => {
                    let gain = factor(self.saturation, rng);
                    each_colour(pixels, |rgb| {
                        let grey = grey(rgb);
                        rgb.map(|p| blend(p, grey, gain))
                    });
                }
                _ => {
                    let turn = jitter(self.hue, rng);
                    each_colour(pixels, |rgb| turn_hue(rgb, turn));
                }
            }
        }
    }
}

/// Uniform in `max(0, 1 − reach)..1 + reach`.
fn factor(reach: f32, rng: &mut ChaCha8Rng) -> f32 {
    let low = (1.0 - reach).max(0.0);
    low + (1.0 + reach - low) * rng.random::<f32>()
}

fn blend(pixel: f32, towards: f32, gain: f32) -> f32 {
    (gain * pixel + (1.0 - gain) * towards).clamp(0.0, 1.0)
}

/// Luma with the weights of torchvision's `rgb_to_grayscale`.
fn grey([r, g, b]: [f32; 3]) -> f32 {
    0.2989 * r + 0.587 * g + 0.114 * b
}

fn mean_grey(pixels: &[f32], frame: &Frame) -> f32 {
    let plane = frame.size.pixels();
    let mean = |plane: &[f32]| {
        (plane.iter().map(|&p| f64::from(p)).sum::<f64>() / plane.len() as f64) as f32
    };
    if frame.channels == 3 {
        let mut planes = pixels.chunks_exact(plane).map(mean);
        grey(std::array::from_fn(|_| planes.next().unwrap_or(0.0)))
    } else {
        mean(pixels)
    }
}

fn each_colour(pixels: &mut [f32], change: impl Fn([f32; 3]) -> [f32; 3]) {
    let plane = pixels.len() / 3;
    let (red, rest) = pixels.split_at_mut(plane);
    let (green, blue) = rest.split_at_mut(plane);
    for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
        [*r, *g, *b] = change([*r, *g, *b]);
    }
}

/// Turns the hue by a fraction of the circle, by way of hue, saturation and value.
fn turn_hue([r, g, b]: [f32; 3], turn: f32) -> [f32; 3] {
    let value = r.max(g).max(b);
    let chroma = value - r.min(g).min(b);
    if chroma == 0.0 {
        return [r, g, b];
    }
    let sextant = if value == r {
        (g - b) / chroma
    } else if value == g {
        (b - r) / chroma + 2.0
    } else {
        (r - g) / chroma + 4.0
    };
    let hue = (sextant + 6.0 * turn).rem_euclid(6.0);
    [5.0, 3.0, 1.0].map(|offset: f32| {
        let k = (offset + hue).rem_euclid(6.0);
        value - chroma * k.min(4.0 - k).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hue_turns_red_to_green_by_a_third() {
        let green = turn_hue([1.0, 0.0, 0.0], 1.0 / 3.0);
        assert!(
            green
                .iter()
                .zip([0.0, 1.0, 0.0])
                .all(|(p, e)| (p - e).abs() < 1e-6)
        );
        let same = turn_hue([0.2, 0.7, 0.4], 0.0);
        assert!(
            same.iter()
                .zip([0.2, 0.7, 0.4])
                .all(|(p, e)| (p - e).abs() < 1e-6)
        );
    }
}
