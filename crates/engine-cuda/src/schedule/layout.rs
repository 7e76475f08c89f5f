//! Where regions of the arena lie.

use std::cmp::Reverse;
use std::ops::Range;

use engine::lowest_places;

/// Every region starts at a multiple of this many bytes.
const ALIGNMENT: usize = 256;

/// Bytes that are needed from one instruction to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// How many.
    pub bytes: usize,
    /// Instructions during which nothing else may lie there.
    pub lifetime: Range<usize>,
}

/// The place of each region, and the bytes of the arena: each at the lowest place that is free all
/// its life, largest first.
pub fn lay_out(regions: &[Region]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..regions.len()).collect();
    order.sort_by_key(|at| (Reverse(regions[*at].bytes), regions[*at].lifetime.start));
    let sizes = order.iter().map(|at| {
        let region = &regions[*at];
        let size = region.bytes.max(1).next_multiple_of(ALIGNMENT);
        (size, &region.lifetime)
    });
    let (starts, end) = lowest_places(sizes);
    let mut places = vec![0; regions.len()];
    for (at, start) in order.into_iter().zip(starts) {
        places[at] = start;
    }
    (places, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_share_a_place_only_where_their_lives_do_not_meet() {
        let region = |bytes, lifetime| Region { bytes, lifetime };
        let regions = [
            region(1000, 0..2),
            region(1000, 2..4),
            region(300, 1..3),
            region(0, 0..4),
        ];
        let (places, end) = lay_out(&regions);
        assert_eq!(places[0], places[1]);
        assert_eq!(end, 1024 + 512 + 256);
        assert!(places.iter().all(|place| place.is_multiple_of(256)));
    }
}
