//! Register tiles whose columns belong to several runs of pixels.

use super::target::Segment;
use crate::disjoint::Disjoint;
use crate::simd::{Simd, dispatch};

/// Where the values of one register tile go.
pub(super) struct Targets<'a> {
    pub segments: &'a [Segment],
    pub step: usize,
    /// Offset of the first channel from channel 0.
    pub first: usize,
    pub plane: usize,
    /// Channels.
    pub rows: usize,
}

dispatch! {
    /// Asks for the cache lines of a tile before it is computed.
    pub(super) fn ask_for(targets: &Targets<'_>, out: &Disjoint<'_, f32>) => ask_for_body
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
    pub(super) fn write_back(
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
    for segment in targets.segments {
        let at = targets.first + segment.offset;
        // With few values in a plane, the rows of a segment are one loop.
        let short = segment.len < S::LANES && step <= 2;
        let rows = Rows {
            count: targets.rows,
            plane: targets.plane,
            width,
            len: segment.len,
        };
        let values = &values[segment.at..];
        match (step, accumulate) {
            (1, false) if short => put_short::<S, 1, false>(rows, values, at, out),
            (1, true) if short => put_short::<S, 1, true>(rows, values, at, out),
            (2, false) if short => put_short::<S, 2, false>(rows, values, at, out),
            (2, true) if short => put_short::<S, 2, true>(rows, values, at, out),
            _ => {}
        }
        if short {
            continue;
        }
        for row in 0..targets.rows {
            let values = &values[row * width..][..segment.len];
            // SAFETY: the pixels of this tile belong to this part only; those
            // between two steps are skipped by every task of this phase.
            let to = unsafe { out.part(at + row * targets.plane, (segment.len - 1) * step + 1) };
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

/// Rows of one segment, `width` floats apart, that go to planes.
#[derive(Clone, Copy)]
struct Rows {
    count: usize,
    plane: usize,
    width: usize,
    len: usize,
}

/// [`put`] of rows of fewer than `LANES` values.
#[inline(always)]
fn put_short<S: Simd, const STEP: usize, const ACCUMULATE: bool>(
    rows: Rows,
    values: &[f32],
    at: usize,
    out: &Disjoint<'_, f32>,
) {
    let Rows {
        count,
        plane,
        width,
        len,
    } = rows;
    let last = count - 1;
    assert!(len < S::LANES && last * width + len <= values.len());
    let to = out.pointer(at, last * plane + (len - 1) * STEP + 1);
    for row in 0..count {
        // SAFETY: inside both slices by the assertions; the pixels of this tile belong to this
        // part only, and those between two steps are not written.
        unsafe {
            let mut value = S::load_part(values.as_ptr().add(row * width), len);
            let to = to.add(row * plane);
            if ACCUMULATE {
                let before = match STEP {
                    1 => S::load_part(to, len),
                    _ => S::load_even(to, len),
                };
                value = S::add(value, before);
            }
            match STEP {
                1 => S::store_part(to, value, len),
                _ => S::store_even(to, value, len),
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
