//! A blocked matrix product whose right side is gathered from maps panel by panel
//! and whose result goes to maps.

mod cut;

pub(crate) use cut::{Extents, demand};

use std::ops::Range;

use rayon::prelude::*;

use self::cut::Cut;
use super::gather::{Gather, Piece, Run};
use super::weight_rows::WeightRows;
use crate::disjoint::Disjoint;
use crate::gemm::{Left, Panel, lanes, multiply_panel};
use crate::isa::Isa;
use crate::pairs::pair_rows;
use crate::precision::Precision;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// Words along the depth of one packed block: with 48 columns it fills half of a
/// 1 MiB second-level cache with four panels.
const DEPTH_BLOCK: usize = 512;
/// Rows of columns that are gathered before they are paired: within the first-level
/// cache.
const PAIRED: usize = 16;
/// Panels that share one pass over the weights.
const PANELS: usize = 4;
/// Parts that a product is cut into where it is large enough.
const PARTS: usize = 16;

/// Where the columns of a product go: position `(gy, gx)` of the grid to pixel
/// `(gy · step[0] + first[0], gx · step[1] + first[1])` of each target plane.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub channels: usize,
    pub all_channels: usize,
    pub first_channel: usize,
    pub size: [usize; 2],
    pub step: [usize; 2],
    pub first: [usize; 2],
}

impl Target {
    /// Pixel of channel 0 that a run starts at.
    fn offset(&self, grid: [usize; 2], run: &Run) -> usize {
        // The grid may have been flattened: count its positions.
        let width = self.grid_width();
        let position = run.row * grid[1] + run.column;
        let y = position / width * self.step[0] + self.first[0];
        let x = position % width * self.step[1] + self.first[1];
        let plane = run.image * self.all_channels + self.first_channel;
        (plane * self.size[0] + y) * self.size[1] + x
    }

    fn grid_width(&self) -> usize {
        (self.size[1] - self.first[1]).div_ceil(self.step[1])
    }

    fn plane(&self) -> usize {
        self.size[0] * self.size[1]
    }
}

/// Columns of a panel that go to pixels of one plane, `step` apart.
struct Segment {
    at: usize,
    len: usize,
    /// The first pixel, in channel 0.
    offset: usize,
}

/// `target[m, column] = Σₖ weights[m, k] · gather[k, column]`
pub(crate) struct Job<'a> {
    pub gather: Gather<'a>,
    pub weights: WeightRows<'a>,
    pub target: Target,
}

impl Job<'_> {
    fn extents(&self) -> Extents {
        Extents {
            channels: self.target.channels,
            depth: self.gather.depth(),
            columns: self.gather.columns(),
            is_packed: matches!(self.weights, WeightRows::Packed(_)),
        }
    }
}

/// Computes jobs that write to different pixels of the same maps; what they have
/// in common at one place stays in the cache.
pub(crate) fn multiply(isa: Isa, precision: Precision, jobs: &[Job<'_>], out: &Disjoint<'_, f32>) {
    let products: Vec<Product<'_>> = jobs
        .iter()
        .map(|job| Product::new(isa, precision, job, out))
        .collect();
    let parts = products
        .iter()
        .map(|product| product.cut.parts())
        .max()
        .unwrap_or(0);
    (0..parts).into_par_iter().for_each(|part| {
        for product in products.iter().filter(|product| part < product.cut.parts()) {
            product.part(part);
        }
    });
}

struct Product<'a> {
    isa: Isa,
    precision: Precision,
    cut: Cut,
    gather: &'a Gather<'a>,
    weights: &'a WeightRows<'a>,
    target: &'a Target,
    out: &'a Disjoint<'a, f32>,
    /// The weights as `[row tile][word of depth][row]`.
    left: Option<Scratch>,
    /// The columns as `[panel][word of depth][column]`.
    right: Option<Scratch>,
}

impl<'a> Product<'a> {
    fn new(isa: Isa, precision: Precision, job: &'a Job<'_>, out: &'a Disjoint<'_, f32>) -> Self {
        let mut product = Self {
            isa,
            precision,
            cut: Cut::new(isa, precision, job.extents()),
            gather: &job.gather,
            weights: &job.weights,
            target: &job.target,
            out,
            left: None,
            right: None,
        };
        // What several parts need is packed once for all of them.
        product.left = product.cut.left().map(|words| product.pack_left(words));
        product.right = product.cut.right().map(|words| product.pack_right(words));
        product
    }

    fn pack_left(&self, words: usize) -> Scratch {
        let (depth, height) = (self.gather.depth(), self.cut.tile.rows);
        let channels = self.target.channels;
        let mut packed = Scratch::new(words);
        // Eight tiles at a time: where rows lie side by side, longer reads.
        const TILES: usize = 8;
        packed
            .par_chunks_mut(TILES * self.precision.words(depth) * height)
            .enumerate()
            .for_each(|(block, packed)| {
                let first = block * TILES * height;
                let rows = first..(first + TILES * height).min(channels);
                self.weights
                    .pack(self.isa, self.precision, rows, 0..depth, packed, height);
            });
        packed
    }

    fn pack_right(&self, words: usize) -> Scratch {
        let (depth, width) = (self.gather.depth(), self.cut.width);
        let mut packed = Scratch::new(words);
        packed
            .par_chunks_mut(self.precision.words(depth) * width)
            .enumerate()
            .for_each(|(panel, packed)| {
                let pieces = self.pieces(panel..panel + 1, DEPTH_BLOCK);
                packed
                    .par_chunks_mut(DEPTH_BLOCK * width)
                    .enumerate()
                    .for_each(|(block, packed)| {
                        let first = block * self.block();
                        let rows = first..(first + self.block()).min(depth);
                        self.pack_columns(&pieces, rows, DEPTH_BLOCK, 1, packed);
                    });
            });
        packed
    }

    /// Operands along the depth of one block.
    fn block(&self) -> usize {
        DEPTH_BLOCK * self.precision.per_word()
    }

    /// What [`pack_columns`](Self::pack_columns) copies for `panels`, each with
    /// `words` words along the depth.
    fn pieces(&self, panels: Range<usize>, words: usize) -> Vec<Piece> {
        let rows = match self.precision {
            Precision::Single => words,
            Precision::Bf16 => PAIRED,
        };
        let (mut runs, mut pieces) = (Vec::new(), Vec::new());
        for (index, panel) in panels.enumerate() {
            let at = index * rows * self.cut.width;
            self.gather.runs(self.panel(panel), at, &mut runs);
        }
        self.gather.pieces(&runs, &mut pieces);
        pieces
    }

    /// Writes the rows `depth` of some panels, `words · width` words apart.
    fn pack_columns(
        &self,
        pieces: &[Piece],
        depth: Range<usize>,
        words: usize,
        panels: usize,
        to: &mut [f32],
    ) {
        let (isa, width) = (self.isa, self.cut.width);
        match self.precision {
            Precision::Single => {
                self.gather.pack(isa, pieces, depth, to, width);
                return;
            }
            Precision::Bf16 => {}
        }
        let mut lines = Scratch::new(self.cut.lines(panels));
        for start in depth.clone().step_by(PAIRED) {
            let rows = start..(start + PAIRED).min(depth.end);
            let count = rows.len();
            self.gather.pack(isa, pieces, rows, &mut lines, width);
            for (panel, lines) in lines.chunks(PAIRED * width).enumerate() {
                let at = panel * words + (start - depth.start) / 2;
                let to = &mut to[at * width..][..count.div_ceil(2) * width];
                pair_rows(isa, lines, count, width, to);
            }
        }
    }

    /// The columns of a panel.
    fn panel(&self, panel: usize) -> Range<usize> {
        let first = panel * self.cut.width;
        first..(first + self.cut.width).min(self.gather.columns())
    }

    fn part(&self, part: usize) {
        let first = part % self.cut.row_parts * self.cut.rows_per_part;
        let rows = first..(first + self.cut.rows_per_part).min(self.target.channels);
        let first = part / self.cut.row_parts * self.cut.panels_per_part;
        let panels = first..(first + self.cut.panels_per_part).min(self.cut.panels);
        let (width, height) = (self.cut.width, self.cut.tile.rows);
        let columns: Vec<Columns> = panels
            .clone()
            .map(|panel| self.columns(self.panel(panel)))
            .collect();
        let depth = self.gather.depth();
        let all_words = self.precision.words(depth);
        let words = self.cut.words;
        let mut pieces: Vec<Piece> = Vec::new();
        let mut packed = None;
        if self.right.is_none() {
            pieces = self.pieces(panels.clone(), words);
            packed = Some(Scratch::new(self.cut.own_right(columns.len())));
        }
        let (left, mut own_left) = match (&self.left, self.weights) {
            (Some(left), _) => (&left[..], None),
            (None, WeightRows::Packed(left)) => (*left, None),
            (None, _) => (&[][..], Some(Scratch::new(self.cut.own_left(rows.len())))),
        };
        let mut corner = [0.0_f32; 512];
        for (start, first) in (0..depth).step_by(self.block()).zip((0..).step_by(words)) {
            let range = start..(start + self.block()).min(depth);
            let used = self.precision.words(range.len());
            if let Some(packed) = &mut packed {
                self.pack_columns(&pieces, range.clone(), words, columns.len(), packed);
            }
            if let Some(own) = &mut own_left {
                self.weights
                    .pack(self.isa, self.precision, rows.clone(), range, own, height);
            }
            for row in rows.clone().step_by(height) {
                let count = height.min(rows.end - row);
                let a = match &own_left {
                    Some(own) => &own[(row - rows.start) * used..],
                    None => &left[row * all_words + first * height..],
                };
                let a = &a[..used * height];
                for (index, columns) in columns.iter().enumerate() {
                    let b = match (&packed, &self.right) {
                        (Some(packed), _) => &packed[index * words * width..],
                        (_, Some(right)) => {
                            let panel = panels.start + index;
                            &right[(panel * all_words + first) * width..]
                        }
                        _ => unreachable!("the columns are packed for the part or for all"),
                    };
                    let b = &b[..used * width];
                    self.tile(a, b, row..row + count, columns, start > 0, &mut corner);
                }
            }
        }
    }

    fn columns(&self, columns: Range<usize>) -> Columns {
        let vectors = columns.len().div_ceil(lanes(self.isa));
        let mut runs = Vec::new();
        self.gather.runs(columns, 0, &mut runs);
        let mut segments: Vec<Segment> = Vec::with_capacity(runs.len());
        for run in &runs {
            let offset = self.target.offset(self.gather.grid, run);
            match segments.last_mut() {
                // Rows that follow each other in memory.
                Some(last) if self.target.step[1] == 1 && last.offset + last.len == offset => {
                    last.len += run.len;
                }
                _ => segments.push(Segment {
                    at: run.at,
                    len: run.len,
                    offset,
                }),
            }
        }
        Columns { vectors, segments }
    }

    /// One register tile: the channels `rows` of one panel.
    fn tile(
        &self,
        a: &[f32],
        b: &[f32],
        rows: Range<usize>,
        columns: &Columns,
        accumulate: bool,
        corner: &mut [f32; 512],
    ) {
        let plane = self.target.plane();
        let (channel, rows) = (rows.start, rows.len());
        let mut panel = Panel {
            precision: self.precision,
            rows,
            depth: b.len() / self.cut.width,
            vectors: columns.vectors,
            tile_rows: self.cut.tile.rows,
            a: a.as_ptr(),
            left: Left::Tile {
                stride: self.cut.tile.rows,
            },
            b: b.as_ptr(),
            b_stride: self.cut.width,
            c: corner.as_mut_ptr(),
            c_stride: self.cut.width,
            accumulate: false,
        };
        if let [segment] = &columns.segments[..]
            && segment.len == columns.vectors * lanes(self.isa)
            && self.target.step[1] == 1
        {
            let len = (rows - 1) * plane + segment.len;
            // The pixels of this tile belong to this part only.
            panel.c = self.out.pointer(segment.offset + channel * plane, len);
            panel.c_stride = plane;
            panel.accumulate = accumulate;
            multiply_panel(self.isa, &panel);
            return;
        }
        let targets = Targets {
            segments: &columns.segments,
            step: self.target.step[1],
            first: channel * plane,
            plane,
            rows,
        };
        ask_for(self.isa, &targets, self.out);
        multiply_panel(self.isa, &panel);
        write_back(
            self.isa,
            corner,
            self.cut.width,
            &targets,
            accumulate,
            self.out,
        );
    }
}

/// Where the columns of one panel go.
struct Columns {
    /// Vectors that hold columns.
    vectors: usize,
    segments: Vec<Segment>,
}

/// Where the values of one register tile go.
struct Targets<'a> {
    segments: &'a [Segment],
    step: usize,
    /// Offset of the first channel from channel 0.
    first: usize,
    plane: usize,
    /// Channels.
    rows: usize,
}

dispatch! {
    /// Asks for the cache lines of a tile before it is computed.
    fn ask_for(targets: &Targets<'_>, out: &Disjoint<'_, f32>) => ask_for_body
}

#[inline(always)]
fn ask_for_body<S: Simd>(targets: &Targets<'_>, out: &Disjoint<'_, f32>) {
    for row in 0..targets.rows {
        let channel = targets.first + row * targets.plane;
        for segment in targets.segments {
            for at in (0..segment.len * targets.step).step_by(16) {
                S::prefetch(out.start().wrapping_add(channel + segment.offset + at));
            }
        }
    }
}

dispatch! {
    /// Puts the rows of a tile, `width` floats apart, to where they belong.
    fn write_back(
        values: &[f32],
        width: usize,
        targets: &Targets<'_>,
        accumulate: bool,
        out: &Disjoint<'_, f32>,
    ) => write_back_body
}

#[inline(always)]
fn write_back_body<S: Simd>(
    values: &[f32],
    width: usize,
    targets: &Targets<'_>,
    accumulate: bool,
    out: &Disjoint<'_, f32>,
) {
    let step = targets.step;
    for (row, values) in values.chunks(width).take(targets.rows).enumerate() {
        let channel = targets.first + row * targets.plane;
        for segment in targets.segments {
            let values = &values[segment.at..][..segment.len];
            let at = channel + segment.offset;
            // SAFETY: the pixels of this tile belong to this part only; those
            // between two steps are skipped by every task of this phase.
            let to = unsafe { out.part(at, (segment.len - 1) * step + 1) };
            match (step, accumulate) {
                (1, false) => put::<S, 1, false>(values, to),
                (1, true) => put::<S, 1, true>(values, to),
                (2, false) => put::<S, 2, false>(values, to),
                (2, true) => put::<S, 2, true>(values, to),
                _ => {
                    for (to, value) in to.iter_mut().step_by(step).zip(values) {
                        *to = if accumulate { *to + value } else { *value };
                    }
                }
            }
        }
    }
}

/// Puts `values` to every (`STEP` 1) or every second (`STEP` 2) place of `to`.
#[inline(always)]
fn put<S: Simd, const STEP: usize, const ACCUMULATE: bool>(values: &[f32], to: &mut [f32]) {
    assert!(
        to.len() > (values.len() - 1) * STEP,
        "more values than places"
    );
    for at in (0..values.len()).step_by(S::LANES) {
        let count = S::LANES.min(values.len() - at);
        // SAFETY: `at + count` is at most the length of `values`, and the places
        // of these values lie inside `to` by the assertion.
        unsafe {
            let mut value = S::load_some(values.as_ptr().add(at), count);
            let to = to.as_mut_ptr().add(at * STEP);
            if ACCUMULATE {
                let before = match STEP {
                    1 => S::load_some(to, count),
                    _ => S::load_even(to, count),
                };
                value = S::add(value, before);
            }
            match STEP {
                1 => S::store_some(to, value, count),
                _ => S::store_even(to, value, count),
            }
        }
    }
}
