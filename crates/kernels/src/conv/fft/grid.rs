//! How a convolution is cut into circular convolutions of one length.

use super::transform::{LENGTHS, Transform};
use crate::conv::ConvShape;

/// A correlation `out[p] = Σₜ source[p + t − padding] · weights[t]` per axis,
/// cut into tiles of `len · len` circular correlations.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub transform: Transform,
    pub frequencies: Frequencies,
    /// Output pixels from one tile to the next; the tile's own outputs.
    pub step: [usize; 2],
    /// Tiles per image.
    pub tiles: [usize; 2],
    /// Tap `t` sits at position `t − shift` of its circle.
    pub shift: [usize; 2],
    /// A tile's first source pixel lies so far before its first output pixel.
    pub lead: [usize; 2],
    pub batch: usize,
}

impl Grid {
    /// For the forward correlation of `shape` and its weight gradient.
    pub(crate) fn forward(shape: &ConvShape) -> Self {
        Self::new(
            shape,
            [shape.height, shape.width],
            shape.output(),
            shape.padding,
            [shape.channels_in, shape.channels_out],
        )
    }

    /// For the input gradient, a correlation of `dy` with the flipped weights.
    pub(crate) fn backward(shape: &ConvShape) -> Self {
        Self::new(
            shape,
            shape.output(),
            [shape.height, shape.width],
            [0, 1].map(|axis| shape.kernel[axis] - 1 - shape.padding[axis]),
            [shape.channels_out, shape.channels_in],
        )
    }

    fn new(
        shape: &ConvShape,
        source: [usize; 2],
        output: [usize; 2],
        padding: [usize; 2],
        channels: [usize; 2],
    ) -> Self {
        let whole = [0, 1].map(|axis| (source[axis] + padding[axis]).max(output[axis]));
        let tiles =
            |len: usize| [0, 1].map(|axis| output[axis].div_ceil(len + 1 - shape.kernel[axis]));
        // Cycles on a 16-lane machine: products, map and weight transforms.
        let cost = |len: usize, tiles: [usize; 2]| {
            let units = (shape.batch * tiles[0] * tiles[1]) as f64;
            let [from, to] = channels.map(|c| c.next_multiple_of(16) as f64);
            let per_point = units * (0.125 * from * to + 1.5 * (from + to)) + 1.5 * from * to;
            (len * len) as f64 * per_point
        };
        let longest = LENGTHS[LENGTHS.len() - 1];
        let mut best = (cost(longest, tiles(longest)), longest, false);
        for len in LENGTHS {
            if len >= 2 * shape.kernel[0].max(shape.kernel[1]) {
                let cost = cost(len, tiles(len));
                best = if cost < best.0 {
                    (cost, len, false)
                } else {
                    best
                };
            }
            if len >= whole[0].max(whole[1]) {
                let cost = cost(len, [1, 1]);
                best = if cost <= best.0 {
                    (cost, len, true)
                } else {
                    best
                };
            }
        }
        let (_, len, is_whole) = best;
        // The zeros beyond one edge of a whole map also serve the opposite edge;
        // a tile brings its neighbours' pixels along instead.
        Self {
            transform: Transform::new(len),
            frequencies: Frequencies::new(len),
            step: if is_whole {
                output
            } else {
                shape.kernel.map(|kernel| len + 1 - kernel)
            },
            tiles: if is_whole { [1, 1] } else { tiles(len) },
            shift: if is_whole { padding } else { [0, 0] },
            lead: if is_whole { [0, 0] } else { padding },
            batch: shape.batch,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.transform.len
    }

    /// Tiles of the whole batch.
    pub(crate) fn units(&self) -> usize {
        self.batch * self.tiles[0] * self.tiles[1]
    }

    /// Two units share a complex transform.
    pub(crate) fn pairs(&self) -> usize {
        self.units().div_ceil(2)
    }

    /// Image, and first output pixel, of a unit.
    pub(crate) fn unit(&self, unit: usize) -> (usize, [usize; 2]) {
        let (line, column) = (unit / self.tiles[1], unit % self.tiles[1]);
        let (image, row) = (line / self.tiles[0], line % self.tiles[0]);
        (image, [row * self.step[0], column * self.step[1]])
    }

    /// Position of a tap on its circle.
    pub(crate) fn tap(&self, axis: usize, tap: usize) -> usize {
        (tap + self.len() - self.shift[axis]) % self.len()
    }
}

/// One frequency of each conjugate pair of an even `len · len` transform.
#[derive(Clone, Debug)]
pub(crate) struct Frequencies {
    pub count: usize,
    /// By `[column][row]` of the full transform.
    pub places: Vec<Place>,
}

/// Where the value at one point of a transform is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub index: usize,
    /// Kept at the opposite frequency, as a conjugate.
    pub opposite: bool,
    /// Its own opposite.
    pub own_opposite: bool,
}

impl Frequencies {
    fn new(len: usize) -> Self {
        let half = len / 2;
        let kept = |row: usize, column: usize| {
            column < half && (column > 0 || row <= half) || column == half && row <= half
        };
        let mut count = 0;
        let mut indices = vec![usize::MAX; len * len];
        for column in 0..len {
            for row in 0..len {
                if kept(row, column) {
                    indices[column * len + row] = count;
                    count += 1;
                }
            }
        }
        let places = (0..len * len)
            .map(|at| {
                let (column, row) = (at / len, at % len);
                let opposite_at = (len - column) % len * len + (len - row) % len;
                let opposite = !kept(row, column);
                Place {
                    index: indices[if opposite { opposite_at } else { at }],
                    opposite,
                    own_opposite: opposite_at == at,
                }
            })
            .collect();
        Self { count, places }
    }

    /// The places of one column, by row.
    pub(crate) fn column(&self, column: usize, len: usize) -> &[Place] {
        &self.places[column * len..][..len]
    }
}
