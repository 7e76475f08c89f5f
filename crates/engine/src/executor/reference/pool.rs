//! Maximum and mean over windows and over whole maps.

use std::ops::Range;

use kernels::{MapShape, PoolShape};

use super::arrange::{at, each_of};

/// One window: of which number of the output, over which part of the input.
struct Window {
    output: usize,
    image: usize,
    channel: usize,
    /// Rows and columns within the input.
    inside: [Range<usize>; 2],
    /// Rows and columns that the near padding takes off the window.
    cut: [usize; 2],
    /// Pixels, zeros of the border included.
    pixels: usize,
}

/// Every window, in the order of the output.
fn windows(pool: &PoolShape) -> Vec<Window> {
    let output = pool.output_map();
    let mut all = Vec::new();
    each_of(&output, |image, channel, row, column| {
        let input = [pool.map.height, pool.map.width];
        // Along an axis, counted from the edge of the border: no window reaches past it.
        let [rows, columns] = [0, 1].map(|axis| {
            let start = [row, column][axis] * pool.stride[axis];
            let end = start + pool.kernel[axis];
            start..end.min(input[axis] + 2 * pool.padding[axis])
        });
        let inside = [&rows, &columns];
        let inside = [0, 1].map(|axis| {
            let place = |edge: usize| edge.saturating_sub(pool.padding[axis]).min(input[axis]);
            place(inside[axis].start)..place(inside[axis].end)
        });
        all.push(Window {
            output: at(&output, image, channel, row, column),
            image,
            channel,
            inside,
            cut: [
                pool.padding[0].saturating_sub(rows.start),
                pool.padding[1].saturating_sub(columns.start),
            ],
            pixels: rows.len() * columns.len(),
        });
        0.0
    });
    all
}

impl Window {
    /// Places in the input, row by row, and within the window.
    fn places(&self, pool: &PoolShape) -> Vec<(usize, u8)> {
        let [rows, columns] = self.inside.clone();
        let mut all = Vec::new();
        for row in rows.clone() {
            for column in columns.clone() {
                let place = at(&pool.map, self.image, self.channel, row, column);
                let down = row - rows.start + self.cut[0];
                let right = column - columns.start + self.cut[1];
                all.push((place, (down * pool.kernel[1] + right) as u8));
            }
        }
        all
    }
}

/// The largest of every window, and its place within; the first of equals, and a NaN before all.
pub(super) fn maximum(pool: &PoolShape, x: &[f64]) -> (Vec<f64>, Vec<u8>) {
    let best = |window: Window| {
        let mut best = (f64::NEG_INFINITY, None);
        for (place, within) in window.places(pool) {
            let value = x[place];
            let is_first = best.1.is_none();
            if is_first || value > best.0 || value.is_nan() && !best.0.is_nan() {
                best = (value, Some(within));
            }
        }
        (best.0, best.1.unwrap_or(u8::MAX))
    };
    windows(pool).into_iter().map(best).unzip()
}

pub(super) fn maximum_gradient(pool: &PoolShape, places: &[u8], dy: &[f64]) -> Vec<f64> {
    let map = &pool.map;
    let mut dx = vec![0.0; map.values_per_channel() * map.channels];
    for window in windows(pool) {
        for (place, within) in window.places(pool) {
            if within == places[window.output] {
                dx[place] += dy[window.output];
            }
        }
    }
    dx
}

/// Means; zeros of the border count, what a window has beyond the border does not.
pub(super) fn average(pool: &PoolShape, x: &[f64]) -> Vec<f64> {
    let mean = |window: Window| {
        let values = window.places(pool).into_iter().map(|(place, _)| x[place]);
        values.sum::<f64>() / window.pixels as f64
    };
    windows(pool).into_iter().map(mean).collect()
}

pub(super) fn average_gradient(pool: &PoolShape, dy: &[f64]) -> Vec<f64> {
    let map = &pool.map;
    let mut dx = vec![0.0; map.values_per_channel() * map.channels];
    for window in windows(pool) {
        for (place, _) in window.places(pool) {
            dx[place] += dy[window.output] / window.pixels as f64;
        }
    }
    dx
}

/// The mean of each map, `[batch, channels]`.
pub(super) fn global_average(map: &MapShape, x: &[f64]) -> Vec<f64> {
    let planes = x.chunks(map.plane());
    planes
        .map(|plane| plane.iter().sum::<f64>() / map.plane() as f64)
        .collect()
}

pub(super) fn global_average_gradient(map: &MapShape, dy: &[f64]) -> Vec<f64> {
    each_of(map, |n, c, _, _| {
        dy[n * map.channels + c] / map.plane() as f64
    })
}
