//! Feature maps to spectra and back.

use std::ops::Range;

use rayon::prelude::*;

use super::grid::{Grid, Window};
use super::transform::{Line, MAX_LEN, Transform, Wires, run};
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use crate::simd::{Simd, dispatch};

/// How spectra of some channels lie in memory, `[frequency][unit][real,
/// imaginary][channel]`, and the wires of the transforms to and from there. Units
/// `2j` and `2j + 1` hold a complex transform of both (one as its real part, one as
/// its imaginary part): `2j` at a frequency, `2j + 1` at the opposite one with its
/// parts exchanged, the conjugate times `i`. Products with weights keep that
/// factor, and it cancels in the gradients of the weights.
pub(crate) struct Layout {
    /// Floats from one frequency to the next: not a power of two.
    pub stride: usize,
    /// Floats from one unit to the next.
    pub unit: usize,
    /// Channels rounded up to whole vectors.
    pub channels: usize,
    frequencies: usize,
    /// Lines of pixels: position by position.
    pixels: [Wires; 2],
    /// Columns of the plane between the two dimensions.
    columns: [Wires; 2],
    /// Of the transforms down and along.
    middle: [[Wires; 2]; 2],
    /// For each column, the wires from and to the spectra.
    spectra: Vec<[Wires; 2]>,
}

/// Floats between frequencies beyond what they need: with a power of two, a
/// transform would write all its values to a few cache sets.
pub(crate) const SKEW: usize = 112;

impl Layout {
    /// For at most `pairs` pairs of units.
    pub(crate) fn new(isa: Isa, grid: &Grid, pairs: usize, channels: usize) -> Self {
        let lanes = lanes(isa);
        let channels = channels.next_multiple_of(lanes);
        // Products walk along units as well: again no power of two.
        let unit = 2 * channels + if channels > 2 * lanes { lanes } else { 0 };
        let stride = 2 * pairs * unit + SKEW;
        let ([down, along], [_, width]) = (&grid.transforms, grid.lens());
        let wires = |transform: &Transform, step: usize| {
            let place = |index: usize| [index * step * 2 * lanes; 2];
            [transform.inputs(place), transform.outputs(place)]
        };
        // The parts of the first units follow real and imaginary parts. Those of
        // the second ones are exchanged, and once more as inputs: the transform
        // back takes imaginary parts first.
        let spectra = (0..width).map(|column| {
            let place = |row: usize, ahead: usize, behind: usize| {
                let place = grid.frequencies.place(row, column);
                let at = place.index * stride;
                if place.opposite {
                    [at + unit + ahead - behind, at + unit + behind - ahead]
                } else {
                    [at; 2]
                }
            };
            [
                down.inputs(|row| place(row, 0, channels)),
                down.outputs(|row| place(row, channels, 0)),
            ]
        });
        Self {
            stride,
            unit,
            channels,
            frequencies: grid.frequencies.count,
            pixels: wires(along, 1),
            columns: wires(down, width),
            middle: [down, along].map(|transform| transform.middle(lanes)),
            spectra: spectra.collect(),
        }
    }

    /// Floats of spectra that lie so.
    fn floats(&self) -> usize {
        self.frequencies * self.stride
    }

    /// Memory for spectra that lie so.
    pub(crate) fn spectra(&self) -> Scratch {
        Scratch::new(self.floats())
    }

    /// What [`spectra`](Self::spectra) takes.
    pub(crate) fn demand(&self) -> Demand {
        Demand::floats(self.floats())
    }
}

/// Some channels of maps `[batch, channels, height, width]`.
#[derive(Clone, Copy)]
pub(crate) struct Maps {
    pub channels: usize,
    /// The first channel of those that are transformed, and their number.
    pub first: usize,
    pub count: usize,
    pub window: Window,
}

/// Transforms the tiles of some pairs of units.
pub(crate) fn analyse(
    isa: Isa,
    grid: &Grid,
    layout: &Layout,
    maps: &Maps,
    pairs: Range<usize>,
    x: &[f32],
    spectra: &mut [f32],
) {
    let out = Disjoint::new(spectra);
    for_each_job(isa, grid, layout, maps, pairs, |job| {
        analyse_pair(isa, &job, x, &out);
    });
}

/// Transforms back into the pixels of `maps` that some pairs of units yield.
pub(crate) fn synthesise(
    isa: Isa,
    grid: &Grid,
    layout: &Layout,
    maps: &Maps,
    pairs: Range<usize>,
    spectra: &[f32],
    out: &Disjoint<'_, f32>,
) {
    for_each_job(isa, grid, layout, maps, pairs, |job| {
        synthesise_pair(isa, &job, spectra, out);
    });
}

fn for_each_job(
    isa: Isa,
    grid: &Grid,
    layout: &Layout,
    maps: &Maps,
    pairs: Range<usize>,
    work: impl Fn(Job<'_>) + Sync,
) {
    let groups = maps.count.div_ceil(lanes(isa));
    (0..pairs.len() * groups).into_par_iter().for_each(|task| {
        let (pair, group) = (task / groups, task % groups);
        work(Job {
            isa,
            grid,
            layout,
            maps,
            pair: pairs.start + pair,
            first_channel: maps.first + group * lanes(isa),
            at: 2 * pair * layout.unit + group * lanes(isa),
        });
    });
}

/// One vector of channels of two units.
struct Job<'a> {
    isa: Isa,
    grid: &'a Grid,
    layout: &'a Layout,
    maps: &'a Maps,
    pair: usize,
    first_channel: usize,
    at: usize,
}

impl Job<'_> {
    /// The units of the pair that exist.
    fn units(&self) -> impl Iterator<Item = (usize, usize, [usize; 2])> {
        let last = self.grid.units();
        (0..2).filter_map(move |part| {
            let unit = 2 * self.pair + part;
            let (image, first) = self.grid.unit(unit);
            (unit < last).then_some((part, image, first))
        })
    }

    /// Positions of the rows that hold pixels of any unit.
    fn rows(&self) -> [usize; 2] {
        let (mut low, mut high) = (self.grid.lens()[0], 0);
        for (_, _, first) in self.units() {
            let [from, to] = self.maps.window.inside(0, first[0]);
            (low, high) = (low.min(from), high.max(to));
        }
        [low.min(high), high]
    }

    fn lanes<S: Simd>(&self) -> usize {
        S::LANES.min((self.maps.first + self.maps.count).saturating_sub(self.first_channel))
    }

    /// Index of a pixel of the first channel.
    fn pixel(&self, image: usize, row: usize, column: usize) -> usize {
        let [height, width] = self.maps.window.size;
        ((image * self.maps.channels + self.first_channel) * height + row) * width + column
    }

    /// The real and imaginary parts of the spectra of this job.
    fn parts(&self, spectra: *const f32) -> [*const f32; 2] {
        let start = spectra.wrapping_add(self.at);
        [start, start.wrapping_add(self.layout.channels)]
    }

    /// Asks for the pixels at one position of the channels from `ahead` after the
    /// first on: the rows of so many channels are too many streams for the
    /// hardware. With `FAR` into the second-level cache.
    #[inline(always)]
    fn prefetch_row<S: Simd, const FAR: bool>(&self, x: *const f32, position: usize, ahead: usize) {
        const LINE: usize = 16;
        let window = &self.maps.window;
        let channel = window.size[0] * window.size[1];
        for (_, image, first) in self.units() {
            let [from, to] = window.inside(0, first[0]);
            let [left, right] = window.inside(1, first[1]);
            if position < from || position >= to || left == right {
                continue;
            }
            let row = window.pixel(0, first[0], position);
            let start = self.pixel(image, row, window.pixel(1, first[1], left)) + ahead * channel;
            for lane in 0..self.lanes::<S>() {
                for at in (0..right - left + LINE - 1).step_by(LINE) {
                    let pixels = x.wrapping_add(start + lane * channel + at);
                    if FAR {
                        S::prefetch_far(pixels);
                    } else {
                        S::prefetch(pixels);
                    }
                }
            }
        }
    }

    /// Asks for the spectra of a column.
    #[inline(always)]
    fn prefetch<S: Simd>(&self, spectra: *const f32, column: usize) {
        let [re, im] = self.parts(spectra);
        for at in self.layout.spectra[column % self.grid.lens()[1]][0].places() {
            S::prefetch(im.wrapping_add(at[0]));
            S::prefetch(re.wrapping_add(at[1]));
        }
    }
}

/// Rows of pixels that are asked for so many rows before they are needed.
const AHEAD: usize = 3;

dispatch! {
    fn analyse_pair(job: &Job<'_>, x: &[f32], out: &Disjoint<'_, f32>) => analyse_body
}

#[inline(always)]
fn analyse_body<S: Simd>(job: &Job<'_>, x: &[f32], out: &Disjoint<'_, f32>) {
    let (grid, layout, window) = (job.grid, job.layout, &job.maps.window);
    let width = grid.lens()[1];
    let zero = [S::splat(0.0); 2];
    let row_floats = width * 2 * S::LANES;
    let mut plane = Scratch::new(grid.between(S::LANES));
    let mut pixels = [zero; MAX_LEN];
    let [low, high] = job.rows();
    plane[..low * row_floats].fill(0.0);
    plane[high * row_floats..].fill(0.0);
    for position in low..high {
        let line = &mut pixels[..width];
        for (part, image, first) in job.units() {
            let [from, to] = window.inside(0, first[0]);
            let [left, right] = window.inside(1, first[1]);
            if position < from || position >= to || left == right {
                for value in &mut line[left..right] {
                    value[part] = S::splat(0.0);
                }
                continue;
            }
            let row = window.pixel(0, first[0], position);
            let start = job.pixel(image, row, window.pixel(1, first[1], left));
            let channel = window.size[0] * window.size[1];
            let used = job.lanes::<S>();
            let source = &x[start..start + (used - 1) * channel + right - left];
            gather::<S>(source, channel, used, &mut line[left..right], part);
        }
        job.prefetch_row::<S, false>(x.as_ptr(), position + AHEAD, 0);
        let from = line.as_ptr().cast::<f32>();
        let to = plane[position * row_floats..].as_mut_ptr();
        let line = Line {
            transform: &grid.transforms[1],
            from: [from, from.wrapping_add(S::LANES)],
            inputs: &layout.pixels[0],
            to: [to, to.wrapping_add(S::LANES)],
            outputs: &layout.pixels[1],
            middle: &layout.middle[1],
        };
        // From a line of pixels to a row of the plane.
        run(job.isa, &line);
    }
    let last = (layout.frequencies - 1) * layout.stride + layout.unit + layout.channels;
    let start = out.pointer(job.at, last + S::LANES);
    let to = [start, start.wrapping_add(layout.channels)];
    job.prefetch::<S>(out.start(), 0);
    for column in 0..width {
        if column < AHEAD {
            // The next task is likely to have the next channels.
            job.prefetch_row::<S, false>(x.as_ptr(), low + column, S::LANES);
        }
        // The lines that the results go to lie on as many pages: fetch them while
        // the transform runs.
        job.prefetch::<S>(out.start(), column + 1);
        let from = plane[column * 2 * S::LANES..].as_ptr();
        let line = Line {
            transform: &grid.transforms[0],
            from: [from, from.wrapping_add(S::LANES)],
            inputs: &layout.columns[0],
            to,
            outputs: &layout.spectra[column][1],
            middle: &layout.middle[0],
        };
        // From a column of the plane to the spectra of this task's units and
        // channels, which `pointer` has checked.
        run(job.isa, &line);
    }
    for frequency in grid.frequencies.own_opposites() {
        let at = frequency * layout.stride;
        // SAFETY: the two units of one frequency, as above.
        unsafe {
            let re = S::load(to[0].add(at));
            let im = S::load(to[1].add(at));
            S::store(to[0].add(at + layout.unit), im);
            S::store(to[1].add(at + layout.unit), re);
        }
    }
}

dispatch! {
    fn synthesise_pair(job: &Job<'_>, spectra: &[f32], out: &Disjoint<'_, f32>) => synthesise_body
}

/// Real and imaginary parts are swapped throughout: the forward transform is
/// then the inverse one.
#[inline(always)]
fn synthesise_body<S: Simd>(job: &Job<'_>, spectra: &[f32], out: &Disjoint<'_, f32>) {
    let (grid, layout, window) = (job.grid, job.layout, &job.maps.window);
    let width = grid.lens()[1];
    let row_floats = width * 2 * S::LANES;
    let mut plane = Scratch::new(grid.between(S::LANES));
    let mut pixels = [[S::splat(0.0); 2]; MAX_LEN];
    let [re, im] = job.parts(spectra.as_ptr());
    let last = (layout.frequencies - 1) * layout.stride + layout.unit + layout.channels;
    assert!(
        job.at + last + S::LANES <= spectra.len(),
        "spectra are too short"
    );
    let [low, high] = job.rows();
    job.prefetch::<S>(spectra.as_ptr(), 0);
    for column in 0..width {
        job.prefetch::<S>(spectra.as_ptr(), column + 1);
        if column < AHEAD {
            job.prefetch_row::<S, true>(out.start(), low + column, 0);
        }
        let to = plane[column * 2 * S::LANES..].as_mut_ptr();
        let line = Line {
            transform: &grid.transforms[0],
            from: [im, re],
            inputs: &layout.spectra[column][0],
            to: [to, to.wrapping_add(S::LANES)],
            outputs: &layout.columns[1],
            middle: &layout.middle[0],
        };
        // From spectra inside the slice to a column of the plane.
        run(job.isa, &line);
    }
    for position in low..high {
        job.prefetch_row::<S, true>(out.start(), position + AHEAD, 0);
        let from = plane[position * row_floats..].as_ptr();
        let to = pixels.as_mut_ptr().cast::<f32>();
        let line = Line {
            transform: &grid.transforms[1],
            from: [from, from.wrapping_add(S::LANES)],
            inputs: &layout.pixels[0],
            to: [to, to.wrapping_add(S::LANES)],
            outputs: &layout.pixels[1],
            middle: &layout.middle[1],
        };
        // From a row of the plane to a line of pixels.
        run(job.isa, &line);
        for (part, image, first) in job.units() {
            let [from, to] = window.inside(0, first[0]);
            let [left, right] = window.inside(1, first[1]);
            if position < from || position >= to || left == right {
                continue;
            }
            let row = window.pixel(0, first[0], position);
            let start = job.pixel(image, row, window.pixel(1, first[1], left));
            // Parts are swapped here too.
            scatter::<S>(job, &pixels[left..right], 1 - part, out, start);
        }
    }
}

/// Part `part` of `line[p]` gets pixel `p` of `channels` rows, `stride` apart.
#[inline(always)]
fn gather<S: Simd>(
    rows: &[f32],
    stride: usize,
    channels: usize,
    line: &mut [[S::V; 2]],
    part: usize,
) {
    let len = line.len();
    if let [value] = line {
        let mut lanes = [0.0_f32; 16];
        for (lane, pixel) in lanes[..channels]
            .iter_mut()
            .zip(rows.iter().step_by(stride))
        {
            *lane = *pixel;
        }
        // SAFETY: no vector has more than 16 lanes.
        value[part] = unsafe { S::load(lanes.as_ptr()) };
        return;
    }
    let mut square = [S::splat(0.0); 16];
    for start in (0..len).step_by(S::LANES) {
        let pixels = S::LANES.min(len - start);
        for (lane, vector) in square[..channels].iter_mut().enumerate() {
            let from = &rows[lane * stride + start..][..pixels];
            // SAFETY: the slice has `pixels` floats.
            *vector = unsafe {
                if pixels == S::LANES {
                    S::load(from.as_ptr())
                } else {
                    S::load_part(from.as_ptr(), pixels)
                }
            };
        }
        square[channels..].fill(S::splat(0.0));
        S::transpose(&mut square);
        for pixel in 0..pixels {
            line[start + pixel][part] = square[pixel];
        }
    }
}

/// The opposite of [`gather`]: writes the rows that start at `start`.
#[inline(always)]
fn scatter<S: Simd>(
    job: &Job<'_>,
    line: &[[S::V; 2]],
    part: usize,
    out: &Disjoint<'_, f32>,
    start: usize,
) {
    let stride = job.maps.window.size[0] * job.maps.window.size[1];
    let len = line.len();
    if let [value] = line {
        let mut lanes = [0.0_f32; 16];
        // SAFETY: no vector has more than 16 lanes.
        unsafe { S::store(lanes.as_mut_ptr(), value[part]) };
        let channels = job.lanes::<S>();
        let to = out.pointer(start, (channels - 1) * stride + 1);
        for (lane, value) in lanes[..channels].iter().enumerate() {
            // SAFETY: every task has its own channels and tiles, and `pointer` has
            // checked the length.
            unsafe { *to.add(lane * stride) = *value };
        }
        return;
    }
    let mut square = [S::splat(0.0); 16];
    for first in (0..len).step_by(S::LANES) {
        let pixels = S::LANES.min(len - first);
        for pixel in 0..pixels {
            square[pixel] = line[first + pixel][part];
        }
        S::transpose(&mut square);
        for lane in 0..job.lanes::<S>() {
            let to = out.pointer(start + lane * stride + first, pixels);
            // SAFETY: every task has its own channels and tiles, and `pointer`
            // has checked the length.
            unsafe {
                if pixels == S::LANES {
                    S::store(to, square[lane]);
                } else {
                    S::store_part(to, square[lane], pixels);
                }
            }
        }
    }
}
