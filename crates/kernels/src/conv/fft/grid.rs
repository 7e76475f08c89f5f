//! How a convolution is cut into circular convolutions of one length.

use super::transform::{LENGTHS, MAX_LEN, Transform};
use crate::conv::ConvShape;

/// Tiles of `len · len` pixels, or lines of `len` pixels for a kernel of one row or
/// one column. With taps counted from the middle one, position `r` of a tile holds
/// an output that the taps reach from the inputs at positions `r + tap`, so that the
/// same spectra serve the convolution and both gradients.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// Down the columns and along the rows.
    pub transforms: [Transform; 2],
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

/// How the pixels along one axis of a map lie in tiles.
#[derive(Clone, Copy)]
struct Axis {
    step: usize,
    tiles: usize,
    inputs: Span,
    outputs: Span,
}

/// One axis of a [`Window`].
#[derive(Clone, Copy)]
struct Span {
    lead: usize,
    count: [usize; 2],
}

impl Axis {
    /// One tile: the zeros beyond one edge also serve the opposite edge.
    fn whole(kernel: usize, padding: usize, size: [usize; 2], wanted: usize) -> Self {
        let middle = kernel / 2;
        let span = |lead: usize, size: usize| Span {
            lead,
            count: [lead, lead + size],
        };
        Self {
            step: wanted,
            tiles: 1,
            inputs: span(padding.saturating_sub(middle), size[0]),
            outputs: span(middle.saturating_sub(padding), size[1]),
        }
    }

    /// What is needed fills the tile; what is wanted starts after the taps on one
    /// side of the middle.
    fn tiled(kernel: usize, padding: usize, len: usize, wanted: usize, yields: Yield) -> Self {
        let middle = kernel / 2;
        let step = len + 1 - kernel;
        let [edge, lead] = match yields {
            Yield::Outputs => [middle, padding],
            Yield::Inputs => [kernel - 1 - middle, kernel - 1 - padding],
        };
        let tiles = wanted.div_ceil(step);
        let wanted = Span {
            lead: edge,
            count: [edge, edge + step],
        };
        let needed = Span {
            lead,
            count: [0, len],
        };
        let [inputs, outputs] = match yields {
            Yield::Outputs => [needed, wanted],
            Yield::Inputs => [wanted, needed],
        };
        Self {
            step,
            tiles,
            inputs,
            outputs,
        }
    }
}

impl Grid {
    pub(crate) fn new(shape: &ConvShape, yields: Yield) -> Self {
        let input = [shape.height, shape.width];
        let output = shape.output();
        let wanted = match yields {
            Yield::Outputs => output,
            Yield::Inputs => input,
        };
        let whole = [0, 1].map(|axis| (input[axis] + shape.padding[axis]).max(output[axis]));
        let flat = [0, 1].map(|axis| shape.kernel[axis] == 1 && shape.kernel[1 - axis] > 1);
        let longest = shape.kernel[0].max(shape.kernel[1]);
        let mut best = (f64::INFINITY, [MAX_LEN; 2], false);
        for [len, ..] in LENGTHS {
            let is_whole = (0..2).all(|axis| flat[axis] || len >= whole[axis]);
            if len > 1 && (is_whole || len >= 2 * longest) {
                let lens = flat.map(|flat| if flat { 1 } else { len });
                let tiles = [0, 1].map(|axis| {
                    if is_whole && !flat[axis] {
                        1
                    } else {
                        wanted[axis].div_ceil(lens[axis] + 1 - shape.kernel[axis])
                    }
                });
                let cost = cost(shape, lens, shape.batch * tiles[0] * tiles[1]);
                if cost < best.0 {
                    best = (cost, lens, is_whole);
                }
            }
        }
        let (_, lens, is_whole) = best;
        let axes = [0, 1].map(|axis| {
            let (kernel, padding) = (shape.kernel[axis], shape.padding[axis]);
            let size = [input[axis], output[axis]];
            if is_whole && !flat[axis] {
                Axis::whole(kernel, padding, size, wanted[axis])
            } else {
                Axis::tiled(kernel, padding, lens[axis], wanted[axis], yields)
            }
        });
        let window = |size: [usize; 2], spans: [Span; 2]| Window {
            size,
            lead: spans.map(|span| span.lead),
            count: spans.map(|span| span.count),
        };
        Self {
            transforms: lens.map(Transform::new),
            frequencies: Frequencies::new(lens),
            step: axes.map(|axis| axis.step),
            tiles: axes.map(|axis| axis.tiles),
            batch: shape.batch,
            inputs: window(input, axes.map(|axis| axis.inputs)),
            outputs: window(output, axes.map(|axis| axis.outputs)),
        }
    }

    /// Rows and columns of a tile.
    pub(crate) fn lens(&self) -> [usize; 2] {
        [0, 1].map(|axis| self.transforms[axis].len)
    }

    /// Floats of a pair of units between the transforms of its two dimensions.
    pub(crate) fn between(&self, lanes: usize) -> usize {
        let [height, width] = self.lens();
        height * width * 2 * lanes
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
fn cost(shape: &ConvShape, lens: [usize; 2], units: usize) -> f64 {
    let [from, to] = [shape.channels_in, shape.channels_out].map(|c| c.next_multiple_of(16) as f64);
    // Loads and stores count as well.
    let transforms = lens.map(|len| Transform::new(len).cost());
    let maps = 2.0 * (transforms[0] + transforms[1]) + 30.0;
    let per_unit = PRODUCT * from * to + maps * (from + to);
    (lens[0] * lens[1]) as f64 * (units as f64 * per_unit + WEIGHTS * from * to)
}

/// Units for which the transforms of the weights cost about a tenth of the rest.
pub(crate) fn units_that_pay(shape: &ConvShape) -> usize {
    const MAPS: f64 = 100.0;
    let [from, to] = [shape.channels_in, shape.channels_out].map(|c| c as f64);
    let per_unit = PRODUCT + MAPS * (1.0 / from + 1.0 / to);
    (10.0 * WEIGHTS / per_unit).ceil() as usize
}

/// One frequency of each conjugate pair of a transform of a plane.
#[derive(Clone, Debug)]
pub(crate) struct Frequencies {
    pub count: usize,
    /// The first one of each column from 0 to half their number; those of a column follow
    /// each other: all rows, or in a column that is its own opposite the rows
    /// from 0 to half.
    pub columns: Vec<usize>,
    /// Rows and columns of the transform.
    lens: [usize; 2],
}

/// Where the value at one point of a transform is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub index: usize,
    /// Kept at the opposite frequency, as a conjugate.
    pub opposite: bool,
}

impl Frequencies {
    fn new(lens: [usize; 2]) -> Self {
        let [down, across] = lens;
        let mut count = 0;
        let mut columns = Vec::new();
        for column in 0..=across / 2 {
            columns.push(count);
            count += if opposite(column, across) == column {
                down / 2 + 1
            } else {
                down
            };
        }
        Self {
            count,
            columns,
            lens,
        }
    }

    /// Whether the column is its own opposite, so that half its rows are kept.
    pub(crate) fn is_own_opposite(&self, column: usize) -> bool {
        opposite(column, self.lens[1]) == column
    }

    /// Frequencies of a column, up to the middle one, that are kept.
    pub(crate) fn rows(&self, column: usize) -> usize {
        if self.is_own_opposite(column) {
            self.lens[0] / 2 + 1
        } else {
            self.lens[0]
        }
    }

    /// Where a point of the full transform is kept.
    pub(crate) fn place(&self, row: usize, column: usize) -> Place {
        let (there_row, there) = (opposite(row, self.lens[0]), opposite(column, self.lens[1]));
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
        let own = move |len: usize| (0..=len / 2).filter(move |at| opposite(*at, len) == *at);
        let [down, across] = self.lens;
        own(across).flat_map(move |column| own(down).map(move |row| self.columns[column] + row))
    }
}

fn opposite(index: usize, len: usize) -> usize {
    (len - index) % len
}
