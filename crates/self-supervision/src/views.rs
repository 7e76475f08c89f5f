//! Random views of a picture.

use images::{Augmentation, Frame};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use crate::sim_siam::SimSiam;
use crate::window::Window;

/// Luma with the weights of torchvision's `rgb_to_grayscale`.
const LUMA: [f32; 3] = [0.2989, 0.587, 0.114];

/// What views of pictures are.
#[derive(Clone, Debug)]
pub(crate) struct Views {
    frame: Frame,
    area: [f64; 2],
    aspect: [f64; 2],
    colour_chance: f64,
    grey_chance: f64,
    /// All changes that the data ask for, and those of them that leave colours alone.
    changes: [Augmentation; 2],
}

impl Views {
    /// Views of pictures in `frame`, changed as `augmentation` says.
    pub fn new(spec: &SimSiam, frame: Frame, augmentation: &Augmentation) -> Self {
        let still = Augmentation {
            brightness: 0.0,
            contrast: 0.0,
            saturation: 0.0,
            hue: 0.0,
            ..augmentation.clone()
        };
        Self {
            frame,
            area: spec.area,
            aspect: spec.aspect,
            colour_chance: spec.colour_chance,
            grey_chance: spec.grey_chance,
            changes: [augmentation.clone(), still],
        }
    }

    /// Makes a view of one picture `[channels, height, width]` with samples from 0 to 1, in place: a
    /// part of it, then what the data ask for, with the colours or without, then perhaps grey.
    pub fn change(&self, pixels: &mut [f32], rng: &mut ChaCha8Rng) {
        let size = self.frame.size;
        let window = Window::draw(size, self.area, self.aspect, rng);
        for plane in pixels.chunks_exact_mut(size.pixels()) {
            window.enlarge(plane, size);
        }
        let [all, still] = &self.changes;
        let is_coloured = rng.random_bool(self.colour_chance);
        let changes = if is_coloured { all } else { still };
        changes.apply(pixels, &self.frame, rng);
        if self.frame.channels == 3 && rng.random_bool(self.grey_chance) {
            grey(pixels, size.pixels());
        }
    }
}

/// Makes three planes of `plane` samples equal.
fn grey(pixels: &mut [f32], plane: usize) {
    let luma: Vec<f32> = (0..plane)
        .map(|at| {
            let channels = LUMA.iter().enumerate();
            channels
                .map(|(c, weight)| weight * pixels[c * plane + at])
                .sum()
        })
        .collect();
    for channel in pixels.chunks_exact_mut(plane) {
        channel.copy_from_slice(&luma);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of three channels that no view leaves as it is.
    fn picture() -> Vec<f32> {
        (0..3 * 64).map(|i| (i * 37 % 101) as f32 / 100.0).collect()
    }

    fn view(spec: &SimSiam, augmentation: &Augmentation, index: u64) -> Vec<f32> {
        let views = Views::new(spec, Frame::new(8, 3), augmentation);
        let mut pixels = picture();
        views.change(&mut pixels, &mut streams::stream(0, "view", index));
        pixels
    }

    #[test]
    fn views_repeat_by_index_and_chances_are_kept() {
        let jitter = Augmentation {
            flip_horizontal: true,
            brightness: 0.4,
            hue: 0.1,
            ..Augmentation::default()
        };
        let spec = SimSiam::default();
        assert_eq!(view(&spec, &jitter, 3), view(&spec, &jitter, 3));
        assert_ne!(view(&spec, &jitter, 3), view(&spec, &jitter, 4));

        let is_grey = |pixels: &[f32]| pixels[..64] == pixels[64..128];
        let always = |grey_chance| SimSiam {
            grey_chance,
            colour_chance: 0.0,
            ..SimSiam::default()
        };
        assert!((0..20).all(|index| is_grey(&view(&always(1.0), &jitter, index))));
        assert!(!(0..20).any(|index| is_grey(&view(&always(0.0), &jitter, index))));
        // Without its colours and its flip it is only a part of the picture.
        let still = Augmentation {
            flip_horizontal: false,
            ..jitter
        };
        let none = Augmentation::default();
        for index in 0..20 {
            assert_eq!(
                view(&always(0.0), &still, index),
                view(&always(0.0), &none, index)
            );
        }
    }
}
