//! Where the pixels of a changed picture come from.

use crate::size::Size;

/// Where each pixel of a changed picture comes from: the one that, shifted, turned about the middle
/// of the picture, then mirrored, lies there. What comes from outside the picture is black.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Whether left and right change places.
    pub mirror_x: bool,
    /// Whether top and bottom do.
    pub mirror_y: bool,
    /// Sine and cosine of the angle, anticlockwise; none where there is no turn.
    pub turn: Option<[f32; 2]>,
    /// Pixels.
    pub shift_x: i32,
    /// Pixels.
    pub shift_y: i32,
}

impl Placement {
    /// Every pixel where it was.
    pub const STILL: Self = Self {
        mirror_x: false,
        mirror_y: false,
        turn: None,
        shift_x: 0,
        shift_y: 0,
    };

    /// Moves the pixels of one channel, `[height, width]`; what lies between them is interpolated
    /// linearly. A device that places pictures itself does these operations in this order.
    pub(crate) fn resample(&self, plane: &mut [f32], size: Size) {
        let source = plane.to_vec();
        let Size { height, width } = size;
        let centre = |side: usize| (side as f32 - 1.0) / 2.0;
        let (centre_x, centre_y) = (centre(width), centre(height));
        let at = |x: i32, y: i32| {
            let inside = |v: i32, side: usize| (0..side as i32).contains(&v);
            if inside(x, width) && inside(y, height) {
                source[y as usize * width + x as usize]
            } else {
                0.0
            }
        };
        let mirrored = |v: f32, mirror: bool, side: usize| match mirror {
            true => side as f32 - 1.0 - v,
            false => v,
        };
        for (i, pixel) in plane.iter_mut().enumerate() {
            let dx = (i % width) as f32 + self.shift_x as f32 - centre_x;
            let dy = (i / width) as f32 + self.shift_y as f32 - centre_y;
            let (x, y) = match self.turn {
                None => (dx + centre_x, dy + centre_y),
                Some([sin, cos]) => (
                    cos * dx - sin * dy + centre_x,
                    sin * dx + cos * dy + centre_y,
                ),
            };
            let x = mirrored(x, self.mirror_x, width);
            let y = mirrored(y, self.mirror_y, height);
            let (left, top) = (x.floor(), y.floor());
            let (u, v) = (x - left, y - top);
            let (left, top) = (left as i32, top as i32);
            *pixel = if u == 0.0 && v == 0.0 {
                at(left, top)
            } else {
                let upper = at(left, top) * (1.0 - u) + at(left + 1, top) * u;
                let lower = at(left, top + 1) * (1.0 - u) + at(left + 1, top + 1) * u;
                upper * (1.0 - v) + lower * v
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(angle: f32) -> Option<[f32; 2]> {
        let (sin, cos) = angle.sin_cos();
        Some([sin, cos])
    }

    #[test]
    fn mirrors_and_shifts_move_whole_pixels() {
        let mut plane = vec![1.0, 2.0, 3.0, 4.0];
        Placement {
            mirror_x: true,
            ..Placement::STILL
        }
        .resample(&mut plane, Size::square(2));
        assert_eq!(plane, [2.0, 1.0, 4.0, 3.0]);
        Placement {
            shift_x: 1,
            ..Placement::STILL
        }
        .resample(&mut plane, Size::square(2));
        assert_eq!(plane, [1.0, 0.0, 3.0, 0.0]);
        let mut plane = vec![1.0, 2.0, 3.0, 4.0];
        Placement {
            turn: turn(std::f32::consts::FRAC_PI_2),
            ..Placement::STILL
        }
        .resample(&mut plane, Size::square(2));
        let expected = [2.0, 4.0, 1.0, 3.0];
        assert!(
            plane
                .iter()
                .zip(expected)
                .all(|(p, e)| (p - e).abs() < 1e-5),
            "{plane:?}"
        );
    }

    #[test]
    fn a_half_turn_of_a_wide_picture_is_both_mirrors() {
        let size = Size {
            height: 2,
            width: 3,
        };
        let moved = |placement: Placement| {
            let mut plane = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
            placement.resample(&mut plane, size);
            plane
        };
        let mirrored = moved(Placement {
            mirror_x: true,
            mirror_y: true,
            ..Placement::STILL
        });
        assert_eq!(mirrored, [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
        let half = moved(Placement {
            turn: turn(std::f32::consts::PI),
            ..Placement::STILL
        });
        let pairs = half.iter().zip([6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
        assert!(
            pairs.into_iter().all(|(p, e)| (p - e).abs() < 1e-5),
            "{half:?}"
        );
    }
}
