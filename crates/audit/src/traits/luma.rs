//! One pass over the pixels: brightness, its spread, a small grey copy.

use formats::image::{Image, Samples};
use images::Stored;

/// Cells of the small copy along each side.
pub(crate) const SIDE: usize = 24;
/// Cells of the small copy.
pub(crate) const CELLS: usize = SIDE * SIDE;

/// What one pass over a picture finds. All are of luma (ITU-R 601), 0 to 1.
pub(crate) struct Scan {
    /// Mean over the pixels.
    pub(crate) mean: f32,
    /// Standard deviation over the pixels.
    pub(crate) spread: f32,
    /// Mean luma of each cell, `[SIDE, SIDE]`, rows from the top. Cells are equal shares of the
    /// picture, whatever its size; a pixel on a border counts in both, by its area.
    pub(crate) thumbnail: [f32; CELLS],
}

impl Scan {
    pub(crate) fn of(image: &Image) -> Self {
        match &image.samples {
            Samples::U8(samples) => scan(image, samples, |s| f32::from(s) / 255.0),
            Samples::U16(samples) => scan(image, samples, |s| f32::from(s) / 65_535.0),
            // Their values have no common black and white: each picture's own extremes serve.
            Samples::F32(samples) => {
                let [low, high] = Stored::of(image).extremes;
                let extent = if high > low { high - low } else { 1.0 };
                let unit = |s: f32| {
                    if s.is_finite() {
                        (s - low) / extent
                    } else {
                        0.0
                    }
                };
                scan(image, samples, unit)
            }
        }
    }
}

fn scan<S: Copy>(image: &Image, samples: &[S], unit: impl Fn(S) -> f32) -> Scan {
    let (width, height) = (image.width, image.height);
    let channels = image.channels.max(1);
    let mut thumbnail = [0.0; CELLS];
    let (mut sum, mut squares) = (0.0f64, 0.0f64);
    let mut row: Vec<f32> = Vec::with_capacity(width);
    // Sums are taken from the first pixel, so that one shade has a spread of exactly 0.
    let mut origin = None;
    for (y, pixels) in samples.chunks_exact((width * channels).max(1)).enumerate() {
        row.clear();
        row.extend(pixels.chunks_exact(channels).map(|pixel| match pixel {
            [r, g, b] => 0.299 * unit(*r) + 0.587 * unit(*g) + 0.114 * unit(*b),
            other => unit(other[0]),
        }));
        let origin = *origin.get_or_insert(row.first().copied().unwrap_or(0.0));
        for &luma in &row {
            let value = f64::from(luma - origin);
            sum += value;
            squares += value * value;
        }
        let line: [f32; SIDE] = std::array::from_fn(|cell| mean_of_cell(&row, cell));
        for (cell, share) in shares_of_row(y, height) {
            for (x, value) in line.iter().enumerate() {
                thumbnail[cell * SIDE + x] += share * value;
            }
        }
    }
    let count = (width * height).max(1) as f64;
    let mean = sum / count;
    Scan {
        mean: (f64::from(origin.unwrap_or(0.0)) + mean) as f32,
        spread: (squares / count - mean * mean).max(0.0).sqrt() as f32,
        thumbnail,
    }
}

/// Mean of `row` over cell number `cell` of [`SIDE`].
fn mean_of_cell(row: &[f32], cell: usize) -> f32 {
    let extent = row.len() as f32 / SIDE as f32;
    let (from, to) = (cell as f32 * extent, (cell + 1) as f32 * extent);
    let (first, last) = (from as usize, (to.ceil() as usize).min(row.len()));
    let covered = |x: usize| to.min((x + 1) as f32) - from.max(x as f32);
    let sum: f32 = (first..last).map(|x| covered(x) * row[x]).sum();
    sum / extent
}

/// The rows of cells that row `y` of `height` lies in, and the share that it makes of each.
fn shares_of_row(y: usize, height: usize) -> impl Iterator<Item = (usize, f32)> {
    let extent = height as f32 / SIDE as f32;
    let first = ((y as f32 / extent) as usize).min(SIDE - 1);
    let last = ((((y + 1) as f32 / extent).ceil()) as usize).clamp(first + 1, SIDE);
    (first..last).map(move |cell| {
        let (from, to) = (cell as f32 * extent, (cell + 1) as f32 * extent);
        let covered = to.min((y + 1) as f32) - from.max(y as f32);
        (cell, covered.max(0.0) / extent)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_average_to_the_mean_at_any_size(width in 1usize..70, height in 1usize..70, seed in any::<u32>()) {
            let samples: Vec<u8> = (0..width * height)
                .map(|at| (at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed).to_le_bytes()[3])
                .collect();
            let scan = Scan::of(&Image::from_u8(width, height, 1, samples));
            let mean = scan.thumbnail.iter().sum::<f32>() / CELLS as f32;
            prop_assert!((mean - scan.mean).abs() < 1e-4, "{mean} {}", scan.mean);
            prop_assert!((0.0..=0.501).contains(&scan.spread));
        }
    }
}
