//! Bands of an image in a frame of zeros, so that no tap meets an edge.

use crate::conv::shape::ConvShape;
use crate::scratch::{Demand, Scratch};
use crate::simd::{Simd, dispatch};

/// Output pixels of a band: few enough for its frame to stay in the cache.
const BAND: usize = 8192;
/// Bands of a batch that keep many threads busy.
const BANDS: usize = 32;
/// Floats behind the frame that the last vector may read.
const SLACK: usize = 16;

/// The planes of one band of output rows, with all that the taps reach.
///
/// With a column stride of `s` a row falls into `s` phases, each of which holds
/// every `s`-th pixel: under any tap, neighbours in the output are neighbours in
/// the frame.
pub(super) struct Frame {
    planes: usize,
    /// Height and width of the image.
    inner: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    /// Rows of the whole output.
    output_rows: usize,
    /// Bands per image.
    bands: usize,
    /// Output rows of every band but the last.
    band_rows: usize,
    /// Rows of the frame of a whole band.
    rows: usize,
    /// Pixels of one phase of a row.
    phase: usize,
}

/// Output rows `first_row .. first_row + rows` of one image.
pub(super) struct Band {
    pub image: usize,
    pub first_row: usize,
    pub rows: usize,
}

impl Frame {
    pub(super) fn new(shape: &ConvShape) -> Self {
        let [rows, columns] = shape.output();
        let reach = [0, 1].map(|axis| (shape.kernel[axis] - 1) * shape.dilation[axis]);
        let bands = (rows * columns)
            .div_ceil(BAND)
            .max(BANDS / shape.batch)
            .min(rows);
        let band_rows = rows.div_ceil(bands);
        Self {
            planes: shape.channels_in,
            inner: [shape.height, shape.width],
            stride: shape.stride,
            padding: shape.padding,
            output_rows: rows,
            bands: rows.div_ceil(band_rows),
            band_rows,
            rows: (band_rows - 1) * shape.stride[0] + reach[0] + 1,
            phase: columns + reach[1] / shape.stride[1],
        }
    }

    /// Bands of `batch` images.
    pub(super) fn bands_of(&self, batch: usize) -> usize {
        batch * self.bands
    }

    pub(super) fn band(&self, index: usize) -> Band {
        let first_row = index % self.bands * self.band_rows;
        Band {
            image: index / self.bands,
            first_row,
            rows: self.band_rows.min(self.output_rows - first_row),
        }
    }

    fn row(&self) -> usize {
        self.phase * self.stride[1]
    }

    /// Floats from one output row to the next.
    pub(super) fn row_step(&self) -> usize {
        self.row() * self.stride[0]
    }

    /// Floats of one band.
    fn floats(&self) -> usize {
        self.planes * self.rows * self.row() + SLACK
    }

    /// Memory for one band.
    pub(super) fn scratch(&self) -> Scratch {
        Scratch::new(self.floats())
    }

    /// What [`scratch`](Self::scratch) takes.
    pub(super) fn demand(&self) -> Demand {
        Demand::floats(self.floats())
    }

    /// Output rows of every band but the last.
    pub(super) fn band_rows(&self) -> usize {
        self.band_rows
    }

    /// Where each tap of each plane finds the first pixel of the band.
    pub(super) fn offsets(&self, shape: &ConvShape) -> Vec<usize> {
        let taps = shape.taps();
        (0..self.planes * taps)
            .map(|index| {
                let (plane, tap) = (index / taps, index % taps);
                let row = tap / shape.kernel[1] * shape.dilation[0];
                let column = tap % shape.kernel[1] * shape.dilation[1];
                let (phase, place) = (column % self.stride[1], column / self.stride[1]);
                (plane * self.rows + row) * self.row() + phase * self.phase + place
            })
            .collect()
    }
}

dispatch! {
    /// Copies what `band` needs of the images `x` into the frame.
    pub(super) fn fill(frame: &Frame, x: &[f32], band: &Band, framed: &mut [f32]) => fill_body
}

#[inline(always)]
fn fill_body<S: Simd>(frame: &Frame, x: &[f32], band: &Band, framed: &mut [f32]) {
    let [height, width] = frame.inner;
    let image = &x[band.image * frame.planes * height * width..];
    for (plane, framed) in image
        .chunks(height * width)
        .zip(framed.chunks_mut(frame.rows * frame.row()))
        .take(frame.planes)
    {
        for (row, to) in framed.chunks_mut(frame.row()).enumerate() {
            let row = band.first_row * frame.stride[0] + row;
            match row.checked_sub(frame.padding[0]) {
                Some(row) if row < height => {
                    fill_row::<S>(frame, &plane[row * width..][..width], to);
                }
                _ => to.fill(0.0),
            }
        }
    }
}

#[inline(always)]
fn fill_row<S: Simd>(frame: &Frame, from: &[f32], to: &mut [f32]) {
    let (step, padding) = (frame.stride[1], frame.padding[1]);
    for (phase, to) in to.chunks_mut(frame.phase).enumerate() {
        let place = |column: usize| column.saturating_sub(phase).div_ceil(step).min(to.len());
        let (start, end) = (place(padding), place(padding + from.len()));
        to[..start].fill(0.0);
        to[end..].fill(0.0);
        if start == end {
            continue;
        }
        let from = &from[start * step + phase - padding..];
        let to = &mut to[start..end];
        match step {
            1 => to.copy_from_slice(&from[..to.len()]),
            2 => halve::<S>(from, to),
            _ => {
                for (to, from) in to.iter_mut().zip(from.iter().step_by(step)) {
                    *to = *from;
                }
            }
        }
    }
}

/// Copies every second value.
#[inline(always)]
fn halve<S: Simd>(from: &[f32], to: &mut [f32]) {
    assert!(from.len() + 1 >= 2 * to.len(), "too few values");
    for at in (0..to.len()).step_by(S::LANES) {
        let count = S::LANES.min(to.len() - at);
        // SAFETY: `at + count` is at most the length of `to`, and `from` is twice
        // as long, less one, by the assertion.
        unsafe {
            let values = S::load_even(from.as_ptr().add(2 * at), count);
            S::store_some(to.as_mut_ptr().add(at), values, count);
        }
    }
}
