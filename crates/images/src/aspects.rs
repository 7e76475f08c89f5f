//! Shapes of stored pictures.

use serde::{Deserialize, Serialize};

use crate::size::Size;

/// A longer side this many times the shorter one is far from a square; a picture stretched this
/// much is far from itself.
pub const FAR: f64 = 1.5;

/// Shapes of stored pictures, and how far they are from that of a frame. An aspect is columns by
/// rows; a stretch is the larger of stored by framed aspect and its inverse, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aspects {
    /// Smallest aspect.
    pub smallest: f64,
    /// Median aspect; the lower one of two.
    pub median: f64,
    /// Largest aspect.
    pub largest: f64,
    /// Share of pictures whose longer side is more than [`FAR`] times the shorter one.
    pub oblong: f64,
    /// Median stretch; the lower one of two.
    pub median_stretch: f64,
    /// Share of pictures whose stretch is more than [`FAR`].
    pub far_stretched: f64,
}

impl Aspects {
    /// Of pictures stored at these sizes and shown in `frame`; none without pictures, or where all
    /// have the shape of the frame.
    pub fn of(stored: &[Size], frame: Size) -> Option<Self> {
        let is_alike = |size: &Size| size.height * frame.width == frame.height * size.width;
        if stored.iter().all(is_alike) {
            return None;
        }
        let fold = |ratio: f64| ratio.max(1.0 / ratio);
        let aspects = sorted(stored.iter().map(|size| size.aspect()));
        let stretches = sorted(aspects.iter().map(|aspect| fold(aspect / frame.aspect())));
        let share = |is_far: &dyn Fn(f64) -> bool, of: &[f64]| {
            of.iter().filter(|value| is_far(**value)).count() as f64 / of.len() as f64
        };
        Some(Self {
            smallest: *aspects.first()?,
            median: median(&aspects)?,
            largest: *aspects.last()?,
            oblong: share(&|aspect| fold(aspect) > FAR, &aspects),
            median_stretch: median(&stretches)?,
            far_stretched: share(&|stretch| stretch > FAR, &stretches),
        })
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_counted_against_the_frame() {
        let size = |height, width| Size { height, width };
        let stored = [size(10, 10), size(10, 20), size(20, 10), size(40, 10)];
        let aspects = Aspects::of(&stored, Size::square(8)).unwrap();
        assert_eq!(
            [aspects.smallest, aspects.median, aspects.largest],
            [0.25, 0.5, 2.0]
        );
        assert_eq!([aspects.oblong, aspects.far_stretched], [0.75, 0.75]);
        assert_eq!(aspects.median_stretch, 2.0);
        let upright = Aspects::of(&stored, size(16, 8)).unwrap();
        assert_eq!([upright.median_stretch, upright.far_stretched], [2.0, 0.75]);
        assert_eq!(Aspects::of(&stored[..1], Size::square(8)), None);
        assert_eq!(Aspects::of(&[], Size::square(8)), None);
    }
}
