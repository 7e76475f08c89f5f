//! From rows of channels to panels.

use rayon::prelude::*;

use super::panels::{Line, Panels, SLAB, WIDTH};
use crate::error::ShapeError;
use crate::isa::Isa;
use crate::simd::{Double, dispatch};

/// Panels that one task packs: it reads 256 bytes of an `f32` row at a time.
const GROUP: usize = 4;

/// Packs the panels `lines`, the first of which starts at channel `first`, of at most one
/// slab of rows; returns how many of their values are not finite.
type PackGroup<T> =
    fn(isa: Isa, rows: &[T], shift: &[f64], first: usize, lines: &mut [Line]) -> u64;

impl Panels {
    /// Packs `rows`, `[datapoints, channels]` row-major, minus `shift`, `[channels]`, in place
    /// of what was there. The subtraction is done in `f64`.
    pub fn pack_single(&mut self, rows: &[f32], shift: &[f64]) -> Result<(), ShapeError> {
        self.pack(rows, shift, pack_singles)
    }

    /// [`pack_single`](Self::pack_single) of `f64`.
    pub fn pack_double(&mut self, rows: &[f64], shift: &[f64]) -> Result<(), ShapeError> {
        self.pack(rows, shift, pack_doubles)
    }

    fn pack<T: Sync>(
        &mut self,
        rows: &[T],
        shift: &[f64],
        pack_group: PackGroup<T>,
    ) -> Result<(), ShapeError> {
        let channels = shift.len();
        if channels == 0 {
            return Err(ShapeError::Zero { size: "channels" });
        }
        let datapoints = rows.len() / channels;
        if datapoints * channels != rows.len() {
            return Err(ShapeError::Length {
                operand: "the last row",
                expected: channels,
                found: rows.len() % channels,
            });
        }
        (self.datapoints, self.channels) = (datapoints, channels);
        let slab = self.panels() * SLAB;
        self.lines.resize(self.slabs() * slab, Line([0.0; WIDTH]));
        let isa = Isa::current();
        self.not_finite = (self.lines.par_chunks_mut(slab))
            .zip(rows.par_chunks(SLAB * channels))
            .flat_map(|(slab, rows)| {
                slab.par_chunks_mut(GROUP * SLAB)
                    .enumerate()
                    .map(move |(group, lines)| {
                        pack_group(isa, rows, shift, group * GROUP * WIDTH, lines)
                    })
            })
            .sum();
        Ok(())
    }
}

dispatch! {
    fn pack_singles(rows: &[f32], shift: &[f64], first: usize, lines: &mut [Line]) -> u64
        => singles_body
}

dispatch! {
    fn pack_doubles(rows: &[f64], shift: &[f64], first: usize, lines: &mut [Line]) -> u64
        => doubles_body
}

#[inline(always)]
fn singles_body<S: Double>(rows: &[f32], shift: &[f64], first: usize, lines: &mut [Line]) -> u64 {
    group_of(rows, shift, first, lines, |value| {
        (f64::from(value), value.is_finite())
    })
}

#[inline(always)]
fn doubles_body<S: Double>(rows: &[f64], shift: &[f64], first: usize, lines: &mut [Line]) -> u64 {
    group_of(rows, shift, first, lines, |value| {
        (value, value.is_finite())
    })
}

/// `widen` yields a value as `f64` and whether it is finite.
#[inline(always)]
fn group_of<T: Copy>(
    rows: &[T],
    shift: &[f64],
    first: usize,
    lines: &mut [Line],
    widen: impl Fn(T) -> (f64, bool),
) -> u64 {
    let mut not_finite = 0;
    for (datapoint, row) in rows.chunks_exact(shift.len()).enumerate() {
        let mut values = row[first..].chunks(WIDTH);
        let mut shifts = shift[first..].chunks(WIDTH);
        for panel in lines.chunks_exact_mut(SLAB) {
            let (Some(values), Some(shifts)) = (values.next(), shifts.next()) else {
                break;
            };
            let line = &mut panel[datapoint].0;
            let whole: Result<(&[T; WIDTH], &[f64; WIDTH]), _> = (|| {
                Ok::<_, std::array::TryFromSliceError>((values.try_into()?, shifts.try_into()?))
            })();
            match whole {
                // Of known length: made of vectors.
                Ok((values, shifts)) => {
                    let mut found = 0_u32;
                    for channel in 0..WIDTH {
                        let (value, finite) = widen(values[channel]);
                        line[channel] = value - shifts[channel];
                        found += u32::from(!finite);
                    }
                    not_finite += u64::from(found);
                }
                Err(_) => {
                    line.fill(0.0);
                    for ((to, value), shift) in line.iter_mut().zip(values).zip(shifts) {
                        let (value, finite) = widen(*value);
                        *to = value - shift;
                        not_finite += u64::from(!finite);
                    }
                }
            }
        }
    }
    not_finite
}
