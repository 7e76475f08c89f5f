//! Random changes of training pictures, on `[channels, height, width]` samples between 0 and 1.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::frame::Frame;
use crate::placement::Placement;
use crate::size::Size;

/// What may be changed, and by how much. The default changes nothing.
///
/// Applied in this order: flip, rotation and shift in one resampling; then brightness, contrast,
/// saturation and hue in a random order, as in torchvision's `ColorJitter`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augmentation {
    /// Mirror left and right, one time in two.
    pub flip_horizontal: bool,
    /// Mirror top and bottom, one time in two.
    pub flip_vertical: bool,
    /// Pad with this many black pixels on every side and crop back at random.
    pub crop: Option<usize>,
    /// Turn by up to this many degrees either way, 0 to 180; uncovered corners are black.
    pub rotate_degrees: f32,
    /// Multiply by a factor from `max(0, 1 − brightness)` to `1 + brightness`.
    pub brightness: f32,
    /// Blend with the mean grey by a factor from `max(0, 1 − contrast)` to `1 + contrast`.
    pub contrast: f32,
    /// Blend with grey by a factor from `max(0, 1 − saturation)` to `1 + saturation`; RGB only.
    pub saturation: f32,
    /// Turn the hue by up to this fraction of the colour circle, 0 to 0.5; RGB only.
    pub hue: f32,
}

/// A setting outside its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("augmentation `{field}`: expected a number from 0 to {highest}, found {found}")]
pub struct AugmentationError {
    /// Name of the field.
    pub field: &'static str,
    /// Greatest value allowed.
    pub highest: f32,
    /// Value found.
    pub found: f32,
}

impl Augmentation {
    /// Checks every range; `size` is that of the framed pictures.
    pub fn check(&self, size: Size) -> Result<(), AugmentationError> {
        let fields = [
            ("crop", self.crop.unwrap_or(0) as f32, size.shorter() as f32),
            ("rotate_degrees", self.rotate_degrees, 180.0),
            ("brightness", self.brightness, 10.0),
            ("contrast", self.contrast, 10.0),
            ("saturation", self.saturation, 10.0),
            ("hue", self.hue, 0.5),
        ];
        for (field, found, highest) in fields {
            if !(0.0..=highest).contains(&found) {
                return Err(AugmentationError {
                    field,
                    highest,
                    found,
                });
            }
        }
        Ok(())
    }

    /// Changes one picture of shape `[channels, height, width]` in place.
    pub fn apply(&self, pixels: &mut [f32], frame: &Frame, rng: &mut ChaCha8Rng) {
        let placement = self.placement(rng);
        if placement != Placement::STILL {
            for plane in pixels.chunks_exact_mut(frame.size.pixels()) {
                placement.resample(plane, frame.size);
            }
        }
        self.recolour(pixels, frame, rng);
    }

    /// Draws where the pixels of one picture come from.
    pub(crate) fn placement(&self, rng: &mut ChaCha8Rng) -> Placement {
        let mirror = |flip: bool, rng: &mut ChaCha8Rng| flip && rng.random_bool(0.5);
        let mirror_x = mirror(self.flip_horizontal, rng);
        let mirror_y = mirror(self.flip_vertical, rng);
        let angle = jitter(self.rotate_degrees, rng).to_radians();
        let (sin, cos) = angle.sin_cos();
        let reach = self.crop.unwrap_or(0) as i32;
        let mut shift = || {
            if reach > 0 {
                rng.random_range(-reach..=reach)
            } else {
                0
            }
        };
        let (shift_x, shift_y) = (shift(), shift());
        Placement {
            mirror_x,
            mirror_y,
            turn: (angle != 0.0).then_some([sin, cos]),
            shift_x,
            shift_y,
        }
    }
}

/// Uniform in `−reach..reach`.
pub(crate) fn jitter(reach: f32, rng: &mut ChaCha8Rng) -> f32 {
    if reach > 0.0 {
        (2.0 * rng.random::<f32>() - 1.0) * reach
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream;

    fn picture(channels: usize, size: usize) -> Vec<f32> {
        (0..channels * size * size)
            .map(|i| (i * 37 % 101) as f32 / 100.0)
            .collect()
    }

    #[test]
    fn the_default_changes_nothing_and_draws_repeat() {
        let frame = Frame::new(9, 3);
        let original = picture(3, 9);
        let mut pixels = original.clone();
        Augmentation::default().apply(&mut pixels, &frame, &mut stream(1, "augment", 0));
        assert_eq!(pixels, original);

        let everything = Augmentation {
            flip_horizontal: true,
            flip_vertical: true,
            crop: Some(2),
            rotate_degrees: 20.0,
            brightness: 0.2,
            contrast: 0.2,
            saturation: 0.2,
            hue: 0.1,
        };
        let run = |index| {
            let mut pixels = original.clone();
            everything.apply(&mut pixels, &frame, &mut stream(1, "augment", index));
            pixels
        };
        assert_eq!(run(3), run(3));
        assert_ne!(run(3), run(4));
        assert!(run(3).iter().all(|p| (0.0..=1.0).contains(p)));
    }

    #[test]
    fn a_misspelt_or_excessive_setting_is_an_error() {
        assert!(serde_json::from_str::<Augmentation>(r#"{"flip_horisontal": true}"#).is_err());
        let set: Augmentation = serde_json::from_str(r#"{"hue": 0.6}"#).unwrap();
        let error = set.check(Size::square(64)).unwrap_err().to_string();
        assert!(error.contains("`hue`") && error.contains("0.5"), "{error}");
        assert!(
            Augmentation {
                brightness: f32::NAN,
                ..Default::default()
            }
            .check(Size::square(64))
            .is_err()
        );
    }
}
