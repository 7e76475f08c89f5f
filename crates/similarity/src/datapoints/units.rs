//! Which images may change places.

use std::ops::Range;

use rand::seq::SliceRandom as _;

use streams::stream;

/// Most units, so that shuffled and left-out images stay in long runs for the readers.
const MOST_UNITS: usize = 1_024;

/// Most sets of drawn positions.
const MOST_CLASSES: usize = 16;

/// Least units of a class, so that shuffling within classes still has many outcomes.
const LEAST_UNITS: usize = 8;

/// Images in units of consecutive images, the units in classes.
///
/// Shuffles exchange whole units of one class, a subgroup of all permutations, so a permutation
/// test over them is exact. Images of one class share their drawn positions, so a shuffle never
/// changes which datapoints of a view are used, only how the views are paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Units {
    images: usize,
    size: usize,
    classes: usize,
}

impl Units {
    /// Units of `images` images; one class unless positions are `drawn`.
    pub fn new(images: usize, drawn: bool) -> Self {
        let size = images.div_ceil(MOST_UNITS).max(1);
        let classes = if drawn {
            (images / size / LEAST_UNITS).clamp(1, MOST_CLASSES)
        } else {
            1
        };
        Self {
            images,
            size,
            classes,
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The class of `image`.
    pub fn class(&self, image: usize) -> usize {
        image / self.size % self.classes
    }

    fn count(&self) -> usize {
        self.images.div_ceil(self.size)
    }

    fn images_of(&self, unit: usize) -> Range<usize> {
        unit * self.size..((unit + 1) * self.size).min(self.images)
    }

    /// A shuffle: the image of `b` that meets each image of `a`, `[images]`. A last unit that is
    /// shorter than the others stays where it is.
    pub fn shuffled(&self, seed: u64, permutation: usize) -> Vec<usize> {
        let mut draw = stream(seed, "null permutation", permutation as u64);
        let mut order: Vec<usize> = (0..self.images).collect();
        for class in 0..self.classes {
            let places: Vec<usize> = (class..self.images / self.size)
                .step_by(self.classes)
                .collect();
            let mut units = places.clone();
            units.shuffle(&mut draw);
            for (place, unit) in places.into_iter().zip(units) {
                for (to, from) in self.images_of(place).zip(self.images_of(unit)) {
                    order[to] = from;
                }
            }
        }
        order
    }

    /// `wanted` groups of whole units, drawn, as even as they can be; images of each in order.
    /// Fewer where there are fewer units, none where that leaves fewer than two.
    pub fn groups(&self, wanted: usize, seed: u64) -> Vec<Vec<usize>> {
        let groups = wanted.min(self.count());
        if groups < 2 {
            return Vec::new();
        }
        let mut units: Vec<usize> = (0..self.count()).collect();
        units.shuffle(&mut stream(seed, "jackknife groups", 0));
        let mut members = vec![Vec::new(); groups];
        for (place, unit) in units.into_iter().enumerate() {
            members[place % groups].push(unit);
        }
        members
            .into_iter()
            .map(|mut units| {
                units.sort_unstable();
                units.into_iter().flat_map(|u| self.images_of(u)).collect()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffles_permute_within_classes_and_keep_runs() {
        for (images, drawn) in [(1, false), (100, true), (5_000, true), (2_049, false)] {
            let units = Units::new(images, drawn);
            let order = units.shuffled(7, 3);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..images).collect::<Vec<_>>());
            assert!((0..images).all(|image| units.class(image) == units.class(order[image])));
            assert!(images < 100 || order != sorted);
            let runs = 1 + order.windows(2).filter(|w| w[1] != w[0] + 1).count();
            assert!(runs <= MOST_UNITS + 1);
        }
    }

    #[test]
    fn groups_partition_the_images() {
        let units = Units::new(3_001, false);
        let groups = units.groups(20, 1);
        assert_eq!(groups.len(), 20);
        let mut all: Vec<usize> = groups.concat();
        all.sort_unstable();
        assert_eq!(all, (0..3_001).collect::<Vec<_>>());
        assert!(
            groups
                .iter()
                .all(|group| (145..=156).contains(&group.len()))
        );
        assert_eq!(Units::new(7, false).groups(20, 1).len(), 7);
        assert!(Units::new(1, false).groups(20, 1).is_empty());
    }
}
