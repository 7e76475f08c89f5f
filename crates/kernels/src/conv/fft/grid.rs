//! How a convolution is cut into circular convolutions of one length.

use super::transform::{LENGTHS, MAX_LEN, Transform};
use crate::conv::ConvShape;

/// Tiles of `len · len` pixels. With taps counted from the middle one, position
/// `r` of a tile holds an output that the taps reach from the inputs at positions
/// `r + tap`, so that the same spectra serve the convolution and both gradients.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub transform: Transform,
    pub frequencies: Frequencies,
    /// Pixels from one tile to the next.
    step: [usize; 2],
    /// Tiles per image.
    tiles: [usize; 2],
    batch: usize,
    /// Where the inputs of the convolution lie in a tile.
    pub inputs: Window,
    /// Where the outputs lie in a tile.
    pub outputs: Window,
}

/// The pixels of a map that a tile holds, per axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Height and width of the map.
    pub size: [usize; 2],
    /// The tile's first pixel lies so far before the first that it yields.
    lead: [usize; 2],
    /// Positions that count: from the first to before the second.
    count: [[usize; 2]; 2],
}

impl Window {
    /// Positions, along one axis, of a tile that starts at `first` whose pixels
    /// lie in the map.
    pub(crate) fn inside(&self, axis: usize, first: usize) -> [usize; 2] {
        let [from, to] = self.count[axis];
        let lead = self.lead[axis];
        let low = lead.saturating_sub(first).max(from);
        let high = (self.size[axis] + lead).saturating_sub(first).min(to);
        [low, high.max(low)]
    }

    /// The pixel at a position that is inside.
    pub(crate) fn pixel(&self, axis: usize, first: usize, position: usize) -> usize {
        first + position - self.lead[axis]
    }
}

/// What tiles yield: their pixels tile the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Yield {
    /// Outputs; a tile holds all the inputs that they need.
    Outputs,
    /// Inputs; a tile holds all the outputs that they reach.
    Inputs,
}

impl Grid {
    pub(crate) fn new(shape: &ConvShape, yields: Yield) -> Self {
        let input = [shape.height, shape.width];
        let output = shape.output();
        let [wanted, needed] = match yields {
            Yield::Outputs => [output, input],
            Yield::Inputs => [input, output],
        };
        let whole = [0, 1].map(|axis| (input[axis] + shape.padding[axis]).max(output[axis]));
        let tiles =
            |len: usize| [0, 1].map(|axis| wanted[axis].div_ceil(len + 1 - shape.kernel[axis]));
        let mut best = (f64::INFINITY, MAX_LEN, false);
        for [len, ..] in LENGTHS {
            let is_whole = len >= whole[0].max(whole[1]);
            if is_whole || len >= 2 * shape.kernel[0].max(shape.kernel[1]) {
                let tiles = if is_whole { [1, 1] } else { tiles(len) };
                let cost = cost(shape, len, shape.batch * tiles[0] * tiles[1]);
                if cost < best.0 {
                    best = (cost, len, is_whole);
                }
            }
        }
        let (_, len, is_whole) = best;
        let middle = shape.kernel.map(|kernel| kernel / 2);
        if is_whole {
            // The zeros beyond one edge also serve the opposite edge.
            let window = |size: [usize; 2], lead: [usize; 2]| Window {
                size,
                lead,
                count: [0, 1].map(|axis| [lead[axis], lead[axis] + size[axis]]),
            };
            let [inputs, outputs] = [
                [0, 1].map(|axis| shape.padding[axis].saturating_sub(middle[axis])),
                [0, 1].map(|axis| middle[axis].saturating_sub(shape.padding[axis])),
            ];
            return Self {
                transform: Transform::new(len),
                frequencies: Frequencies::new(len),
                step: wanted,
                tiles: [1, 1],
                batch: shape.batch,
                inputs: window(input, inputs),
                outputs: window(output, outputs),
            };
        }
        let step = shape.kernel.map(|kernel| len + 1 - kernel);
        // What is needed fills the tile; what is wanted starts after the taps on
        // one side of the middle.
        let rest = [0, 1].map(|axis| shape.kernel[axis] - 1 - middle[axis]);
        let [edge, lead] = match yields {
            Yield::Outputs => [middle, shape.padding],
            Yield::Inputs => {
                let lead = [0, 1].map(|axis| shape.kernel[axis] - 1 - shape.padding[axis]);
                [rest, lead]
            }
        };
        let wanted = Window {
            size: wanted,
            lead: edge,
            count: [0, 1].map(|axis| [edge[axis], edge[axis] + step[axis]]),
        };
        let needed = Window {
            size: needed,
            lead,
            count: [[0, len]; 2],
        };
        let [inputs, outputs] = match yields {
            Yield::Outputs => [needed, wanted],
            Yield::Inputs => [wanted, needed],
        };
        Self {
            transform: Transform::new(len),
            frequencies: Frequencies::new(len),
            step,
            tiles: tiles(len),
            batch: shape.batch,
            inputs,
            outputs,
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

    /// Image, and first pixel that it yields, of a unit.
    pub(crate) fn unit(&self, unit: usize) -> (usize, [usize; 2]) {
        let (line, column) = (unit / self.tiles[1], unit % self.tiles[1]);
        let (image, row) = (line / self.tiles[0], line % self.tiles[0]);
        (image, [row * self.step[0], column * self.step[1]])
    }
}

/// Cycles per frequency and 16 · 16 lanes, about: of a product for every unit, and
/// of the weights' transforms.
const PRODUCT: f64 = 3.0;
const WEIGHTS: f64 = 16.0;

/// Cycles on a 16-lane machine: products, map and weight transforms.
fn cost(shape: &ConvShape, len: usize, units: usize) -> f64 {
    let [from, to] = [shape.channels_in, shape.channels_out].map(|c| c.next_multiple_of(16) as f64);
    // Loads and stores count as well.
    let maps = 4.0 * Transform::new(len).cost() + 30.0;
    let per_unit = PRODUCT * from * to + maps * (from + to);
    (len * len) as f64 * (units as f64 * per_unit + WEIGHTS * from * to)
}

/// Units for which the transforms of the weights cost about a tenth of the rest.
pub(crate) fn units_that_pay(shape: &ConvShape) -> usize {
    const MAPS: f64 = 100.0;
    let [from, to] = [shape.channels_in, shape.channels_out].map(|c| c as f64);
    let per_unit = PRODUCT + MAPS * (1.0 / from + 1.0 / to);
    (10.0 * WEIGHTS / per_unit).ceil() as usize
}

/// One frequency of each conjugate pair of a `len · len` transform.
#[derive(Clone, Debug)]
pub(crate) struct Frequencies {
    pub count: usize,
    /// The first one of each column from 0 to `len / 2`; those of a column follow
    /// each other: all rows, or in a column that is its own opposite the rows
    /// from 0 to `len / 2`.
    pub columns: Vec<usize>,
    len: usize,
}

/// Where the value at one point of a transform is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub index: usize,
    /// Kept at the opposite frequency, as a conjugate.
    pub opposite: bool,
}

impl Frequencies {
    fn new(len: usize) -> Self {
        let mut count = 0;
        let mut columns = Vec::new();
        for column in 0..=len / 2 {
            columns.push(count);
            count += if opposite(column, len) == column {
                len / 2 + 1
            } else {
                len
            };
        }
        Self {
            count,
            columns,
            len,
        }
    }

    /// Whether the column is its own opposite, so that half its rows are kept.
    pub(crate) fn is_own_opposite(&self, column: usize) -> bool {
        opposite(column, self.len) == column
    }

    /// Frequencies of a column from 0 to `len / 2` that are kept.
    pub(crate) fn rows(&self, column: usize) -> usize {
        if self.is_own_opposite(column) {
            self.len / 2 + 1
        } else {
            self.len
        }
    }

    /// Where a point of the full transform is kept.
    pub(crate) fn place(&self, row: usize, column: usize) -> Place {
        let (there_row, there) = (opposite(row, self.len), opposite(column, self.len));
        if column < there || column == there && row <= there_row {
            Place {
                index: self.columns[column] + row,
                opposite: false,
            }
        } else {
            Place {
                index: self.columns[there] + there_row,
                opposite: true,
            }
        }
    }

    /// The kept frequencies that are their own opposites.
    pub(crate) fn own_opposites(&self) -> impl Iterator<Item = usize> {
        let own = move |index: &usize| opposite(*index, self.len) == *index;
        (0..=self.len / 2).filter(own).flat_map(move |column| {
            let rows = (0..=self.len / 2).filter(own);
            rows.map(move |row| self.columns[column] + row)
        })
    }
}

fn opposite(index: usize, len: usize) -> usize {
    (len - index) % len
}
