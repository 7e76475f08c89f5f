//! Positions of maps drawn from a seed.

use streams::stream;

use super::choice::choose;
use super::units::Units;

/// The positions that are datapoints, the same for both views of a pair.
///
/// Each class of images has its own draw, so that together they cover the maps.
#[derive(Clone, Debug)]
pub(crate) struct Positions {
    /// The set of each image, `[images]`.
    set: Vec<u8>,
    /// `[classes][count]`, ascending.
    sets: Vec<Vec<usize>>,
}

impl Positions {
    /// Draws `count` of `positions` positions for every class of `units`. Where only some of the
    /// images are used, `units` counts those: image `chosen[i]` has the class of `i`.
    pub fn draw(
        units: Units,
        chosen: &[usize],
        positions: usize,
        count: usize,
        seed: u64,
        purpose: &str,
    ) -> Self {
        let mut set = vec![0; chosen.iter().max().map_or(0, |last| last + 1)];
        for (place, &image) in chosen.iter().enumerate() {
            set[image] = units.class(place) as u8;
        }
        let sets = (0..units.classes())
            .map(|class| {
                let mut draw = stream(seed, purpose, class as u64);
                choose(&mut draw, positions, count)
            })
            .collect();
        Self { set, sets }
    }

    /// Positions of `image`, ascending.
    pub fn of(&self, image: usize) -> &[usize] {
        &self.sets[usize::from(self.set[image])]
    }

    /// Positions of every image.
    pub fn count(&self) -> usize {
        self.sets[0].len()
    }
}
