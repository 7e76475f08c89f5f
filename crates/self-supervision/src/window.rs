//! A part of a picture, enlarged to the picture's size.

use images::Size;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

/// Draws before a part that does not fit is given up for the whole picture, as in torchvision.
const TRIES: usize = 10;

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    top: usize,
    left: usize,
    height: usize,
    width: usize,
}

impl Window {
    /// The part that torchvision's `RandomResizedCrop` draws: a share of the area uniform in `area`,
    /// a ratio of width to height whose logarithm is uniform in that of `aspect`, anywhere.
    pub fn draw(size: Size, area: [f64; 2], aspect: [f64; 2], rng: &mut ChaCha8Rng) -> Self {
        let uniform =
            |[low, high]: [f64; 2], rng: &mut ChaCha8Rng| low + (high - low) * rng.random::<f64>();
        for _ in 0..TRIES {
            let share = uniform(area, rng) * size.pixels() as f64;
            let ratio = uniform(aspect.map(f64::ln), rng).exp();
            let width = (share * ratio).sqrt().round() as usize;
            let height = (share / ratio).sqrt().round() as usize;
            if (1..=size.width).contains(&width) && (1..=size.height).contains(&height) {
                return Self {
                    top: rng.random_range(0..=size.height - height),
                    left: rng.random_range(0..=size.width - width),
                    height,
                    width,
                };
            }
        }
        Self {
            top: 0,
            left: 0,
            height: size.height,
            width: size.width,
        }
    }

    /// Makes of one channel `[height, width]` of a picture this part of it, enlarged to all of
    /// `size`: interpolated linearly between the centres of pixels, and constant beyond the outermost
    /// of the part.
    pub fn enlarge(&self, plane: &mut [f32], size: Size) {
        let source = plane.to_vec();
        let columns = along(self.left, self.width, size.width);
        let rows = along(self.top, self.height, size.height);
        for (row, (upper, lower, v)) in plane.chunks_exact_mut(size.width).zip(&rows) {
            for (pixel, (left, right, u)) in row.iter_mut().zip(&columns) {
                let across = |row: usize| {
                    let at = |column: usize| source[row * size.width + column];
                    at(*left) * (1.0 - u) + at(*right) * u
                };
                *pixel = across(*upper) * (1.0 - v) + across(*lower) * v;
            }
        }
    }
}

/// Where each of `side` pixels lies in `length` pixels from `start` on: the two neighbours, and how
/// far it is from the first to the second.
fn along(start: usize, length: usize, side: usize) -> Vec<(usize, usize, f32)> {
    let last = (length - 1) as f32;
    let place = |pixel: usize| {
        let at = (pixel as f32 + 0.5) * length as f32 / side as f32 - 0.5;
        let at = at.clamp(0.0, last);
        let first = at.floor();
        let next = (first + 1.0).min(last);
        (start + first as usize, start + next as usize, at - first)
    };
    (0..side).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_enlarged_as_pytorch_does() {
        let size = Size::square(4);
        let whole = Window {
            top: 0,
            left: 0,
            height: 4,
            width: 4,
        };
        let picture: Vec<f32> = (0..16).map(|i| i as f32).collect();
        let mut plane = picture.clone();
        whole.enlarge(&mut plane, size);
        assert_eq!(plane, picture);

        // torch 2.15.0: F.interpolate(x[:, :, 1:3, 2:4], size=4, mode="bilinear", align_corners=False)
        let part = Window {
            top: 1,
            left: 2,
            height: 2,
            width: 2,
        };
        part.enlarge(&mut plane, size);
        let expected = [
            6.0, 6.25, 6.75, 7.0, 7.0, 7.25, 7.75, 8.0, 9.0, 9.25, 9.75, 10.0, 10.0, 10.25, 10.75,
            11.0,
        ];
        assert_eq!(plane, expected);
    }

    #[test]
    fn parts_lie_inside_and_have_the_areas_that_are_asked_for() {
        let size = Size::square(32);
        let mut areas = Vec::new();
        for index in 0..2000 {
            let mut rng = streams::stream(0, "view", index);
            let part = Window::draw(size, [0.2, 1.0], [0.75, 4.0 / 3.0], &mut rng);
            assert!(part.top + part.height <= 32 && part.left + part.width <= 32);
            areas.push((part.height * part.width) as f64 / 1024.0);
        }
        let mean = areas.iter().sum::<f64>() / areas.len() as f64;
        assert!(areas.iter().all(|area| (0.17..=1.0).contains(area)));
        // Uniform but for the parts that did not fit, which are large.
        assert!((0.5..0.62).contains(&mean), "{mean}");
    }
}
