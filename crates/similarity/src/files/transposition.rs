//! Bringing values from the order of a file into the order of a map.

/// Edge of the square tiles, in values: a tile of either side stays in the cache.
const TILE: usize = 32;

/// Copies `source`, whose axes have `extents` and lie densely with the last one fastest, so that
/// the value at index `(i₀, i₁, …)` lands at `Σ iₖ · strides[k]` of `into`.
///
/// The strides name every place of `into` once; an empty source leaves it alone.
pub(super) fn transpose<T: Copy>(
    source: &[T],
    extents: &[usize],
    strides: &[usize],
    into: &mut [T],
) {
    if source.is_empty() {
        return;
    }
    let axes = merged(extents, strides);
    let Some((&(columns, column_stride), outer)) = axes.split_last() else {
        into[..source.len()].copy_from_slice(source);
        return;
    };
    if column_stride == 1 {
        each(outer, columns, &mut |from, to| {
            into[to..to + columns].copy_from_slice(&source[from..from + columns]);
        });
        return;
    }
    // The axis whose neighbours end up beside each other is tiled with the one that is read.
    let row_axis = outer.iter().position(|&(_, stride)| stride == 1);
    let Some(row_axis) = row_axis else {
        each(outer, columns, &mut |from, to| {
            for column in 0..columns {
                into[to + column * column_stride] = source[from + column];
            }
        });
        return;
    };
    let rows = outer[row_axis].0;
    let row_pitch = outer[row_axis + 1..]
        .iter()
        .fold(columns, |pitch, (extent, _)| pitch * extent);
    let mut rest = outer.to_vec();
    rest[row_axis].0 = 1;
    let pitches = pitches(outer, columns);
    visit(&rest, &pitches, &mut |from, to| {
        for row_start in (0..rows).step_by(TILE) {
            let row_end = (row_start + TILE).min(rows);
            for column_start in (0..columns).step_by(TILE) {
                let column_end = (column_start + TILE).min(columns);
                for column in column_start..column_end {
                    let to = to + column * column_stride;
                    for row in row_start..row_end {
                        into[to + row] = source[from + row * row_pitch + column];
                    }
                }
            }
        }
    });
}

/// `(extent, stride)` of the axes that matter, neighbours that stay neighbours taken together.
fn merged(extents: &[usize], strides: &[usize]) -> Vec<(usize, usize)> {
    let mut axes: Vec<(usize, usize)> = Vec::with_capacity(extents.len());
    for (&extent, &stride) in extents.iter().zip(strides) {
        match axes.last_mut() {
            _ if extent == 1 => {}
            Some((before, slower)) if *slower == extent * stride => {
                *before *= extent;
                *slower = stride;
            }
            _ => axes.push((extent, stride)),
        }
    }
    axes
}

/// Values between neighbours of each of the `outer` axes in the source.
fn pitches(outer: &[(usize, usize)], columns: usize) -> Vec<usize> {
    let mut pitches = vec![columns; outer.len()];
    for axis in (1..outer.len()).rev() {
        pitches[axis - 1] = pitches[axis] * outer[axis].0;
    }
    pitches
}

fn each(outer: &[(usize, usize)], columns: usize, row: &mut impl FnMut(usize, usize)) {
    visit(outer, &pitches(outer, columns), row);
}

/// Calls `row` with the places in source and target of every index of the `outer` axes.
fn visit(outer: &[(usize, usize)], pitches: &[usize], row: &mut impl FnMut(usize, usize)) {
    let mut index = vec![0; outer.len()];
    let (mut from, mut to) = (0, 0);
    loop {
        row(from, to);
        let mut axis = outer.len();
        loop {
            let Some(next) = axis.checked_sub(1) else {
                return;
            };
            axis = next;
            let (extent, stride) = outer[axis];
            index[axis] += 1;
            from += pitches[axis];
            to += stride;
            if index[axis] < extent {
                break;
            }
            from -= extent * pitches[axis];
            to -= extent * stride;
            index[axis] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Any order of up to four axes, against the definition.
        #[test]
        fn every_value_lands_where_its_strides_say(
            extents in prop::collection::vec(prop_oneof![1usize..6, 30usize..40], 1..=4)
                .prop_filter("small", |e| e.iter().product::<usize>() < 50_000),
            order in Just(vec![0usize, 1, 2, 3]).prop_shuffle(),
        ) {
            let axes = extents.len();
            let mut strides = vec![0; axes];
            let mut next = 1;
            for axis in order.into_iter().filter(|&axis| axis < axes) {
                strides[axis] = next;
                next *= extents[axis];
            }
            let source: Vec<usize> = (0..next).collect();
            let mut into = vec![usize::MAX; next];
            transpose(&source, &extents, &strides, &mut into);
            for &value in &source {
                let (mut rest, mut to) = (value, 0);
                for axis in (0..axes).rev() {
                    to += rest % extents[axis] * strides[axis];
                    rest /= extents[axis];
                }
                prop_assert_eq!(into[to], value);
            }
        }
    }
}
