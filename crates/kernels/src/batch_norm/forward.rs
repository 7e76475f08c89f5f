//! The forward passes over one strip: statistics, then the straight line.

use std::ops::Range;

use super::line::Line;
use super::stats::ChannelStats;
use super::strip::{Spread, Strip, Visit};
use crate::disjoint::Disjoint;
use crate::simd::{Simd, dispatch, put, take};

dispatch! {
    /// Statistics of the channels of `strip`, into `stats`; `x` has the whole maps.
    ///
    /// One pass: deviations from the mean of the first image, which is close enough
    /// to the mean that their squares can be corrected afterwards.
    pub(super) fn statistics(strip: &Strip, x: &[f32], eps: f32, stats: &mut [ChannelStats])
        => statistics_body
}

struct Deviations {
    x: *const f32,
}

impl<S: Simd> Visit<S, 1> for Deviations {
    #[inline(always)]
    unsafe fn visit(
        &self,
        [pilot]: &[S::V; 1],
        at: usize,
        count: usize,
        [sum, squares]: [S::V; 2],
    ) -> [S::V; 2] {
        // SAFETY: by the contract.
        let x = unsafe { take::<S>(self.x.add(at), count, *pilot) };
        let deviation = S::sub(x, *pilot);
        [
            S::add(sum, deviation),
            S::fma(deviation, deviation, squares),
        ]
    }
}

#[inline(always)]
fn statistics_body<S: Simd>(strip: &Strip, x: &[f32], eps: f32, stats: &mut [ChannelStats]) {
    assert_eq!(x.len(), strip.map_len(), "maps of another shape");
    let pilots = strip.pilots::<S>(x);
    let spread = strip.spread(|channel| pilots[channel]);
    let visitor = Deviations { x: x.as_ptr() };
    let mut totals = vec![[0.0; 2]; strip.channels];
    // SAFETY: `x` has the whole maps.
    unsafe { strip.pass::<S, 1>(strip.images(), [&spread], &visitor, &mut totals) };
    let count = strip.count_per_channel();
    for ((stats, [sum, squares]), pilot) in stats.iter_mut().zip(totals).zip(pilots) {
        let squares = squares - sum * sum / count;
        // Rounding may leave a little less than nothing; a NaN must stay visible.
        let squares = if squares < 0.0 { 0.0 } else { squares };
        let var = squares / count;
        *stats = ChannelStats {
            mean: (f64::from(pilot) + sum / count) as f32,
            inv_std: (1.0 / (var + f64::from(eps)).sqrt()) as f32,
            var_biased: var as f32,
            var_unbiased: (squares / (count - 1.0)) as f32,
        };
    }
}

dispatch! {
    /// `y = line(x) + residual`, then ReLU if `relu`, over the `images` of `strip`; the
    /// maps are whole, `lines` are the centres, scales and shifts of the strip.
    pub(super) fn normalise(
        strip: &Strip,
        images: Range<usize>,
        x: &[f32],
        lines: &[Spread; 3],
        relu: bool,
        residual: Option<&[f32]>,
        y: &Disjoint<'_, f32>,
    ) => normalise_body
}

struct Normalise<const RELU: bool, const ADD: bool> {
    x: *const f32,
    residual: *const f32,
    y: *mut f32,
}

impl<S: Simd, const RELU: bool, const ADD: bool> Visit<S, 3> for Normalise<RELU, ADD> {
    #[inline(always)]
    unsafe fn visit(
        &self,
        [centre, scale, shift]: &[S::V; 3],
        at: usize,
        count: usize,
        sums: [S::V; 2],
    ) -> [S::V; 2] {
        // SAFETY: by the contract.
        unsafe {
            let x = take::<S>(self.x.add(at), count, *centre);
            let mut value = Line::at::<S>(S::sub(x, *centre), *scale, *shift);
            if ADD {
                value = S::add(value, take::<S>(self.residual.add(at), count, value));
            }
            if RELU {
                value = S::relu(value);
            }
            put::<S>(self.y.add(at), value, count);
        }
        sums
    }
}

#[inline(always)]
fn normalise_body<S: Simd>(
    strip: &Strip,
    images: Range<usize>,
    x: &[f32],
    [centre, scale, shift]: &[Spread; 3],
    relu: bool,
    residual: Option<&[f32]>,
    y: &Disjoint<'_, f32>,
) {
    assert_eq!(x.len(), strip.map_len(), "maps of another shape");
    assert!(
        residual.is_none_or(|r| r.len() == x.len()),
        "residual of another shape"
    );
    let y = y.pointer(0, x.len());
    let constants = [centre, scale, shift];
    let (x, residual) = (x.as_ptr(), residual.map(<[f32]>::as_ptr));
    // SAFETY: all maps are whole, and only this task writes the strip of `y`.
    unsafe {
        match (relu, residual) {
            (true, Some(residual)) => {
                let visitor = Normalise::<true, true> { x, residual, y };
                strip.pass::<S, 3>(images, constants, &visitor, &mut []);
            }
            (false, Some(residual)) => {
                let visitor = Normalise::<false, true> { x, residual, y };
                strip.pass::<S, 3>(images, constants, &visitor, &mut []);
            }
            (true, None) => {
                let visitor = Normalise::<true, false> { x, residual: x, y };
                strip.pass::<S, 3>(images, constants, &visitor, &mut []);
            }
            (false, None) => {
                let visitor = Normalise::<false, false> { x, residual: x, y };
                strip.pass::<S, 3>(images, constants, &visitor, &mut []);
            }
        }
    }
}
