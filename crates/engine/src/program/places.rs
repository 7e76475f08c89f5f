//! Places in an arena.

use std::ops::Range;

/// The start of each item, and the size of the arena: one after the other gets the lowest place that
/// those before it leave free all its life. An item is its size, in whatever unit, and its lifetime,
/// in numbers of instructions.
pub fn lowest_places<'a>(
    items: impl Iterator<Item = (usize, &'a Range<usize>)>,
) -> (Vec<usize>, usize) {
    let mut laid: Vec<(Range<usize>, &Range<usize>)> = Vec::new();
    let mut end = 0;
    for (size, lifetime) in items {
        let meets = |other: &Range<usize>| other.start < lifetime.end && lifetime.start < other.end;
        let mut taken: Vec<&Range<usize>> = laid
            .iter()
            .filter(|(_, lifetime)| meets(lifetime))
            .map(|(place, _)| place)
            .collect();
        taken.sort_by_key(|place| place.start);
        let mut start = 0;
        for place in taken {
            if place.start >= start + size {
                break;
            }
            start = start.max(place.end);
        }
        laid.push((start..start + size, lifetime));
        end = end.max(start + size);
    }
    let starts = laid.into_iter().map(|(place, _)| place.start).collect();
    (starts, end)
}
