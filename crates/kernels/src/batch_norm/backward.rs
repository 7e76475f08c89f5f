//! The backward passes over one strip: two sums, then the gradient of the input.

use super::line::Line;
use super::stats::BatchStats;
use super::strip::{Strip, Visit};
use crate::disjoint::Disjoint;
use crate::simd::{Simd, dispatch, put, take};

/// `dx = dy · factor + (x − centre) · slope + shift`
#[derive(Clone, Copy, Default)]
pub(super) struct Slope {
    pub factor: f32,
    pub slope: f32,
    pub shift: f32,
    pub dgamma: f32,
    pub dbeta: f32,
}

impl Slope {
    /// `sums` are `Σ dy` and `Σ dy · (x − mean)` over the `count` values of the
    /// channel, ReLU applied.
    #[inline(always)]
    pub(super) fn new(count: f64, inv_std: f32, gamma: f32, sums: [f64; 2]) -> Self {
        let inv_std = f64::from(inv_std);
        let factor = f64::from(gamma) * inv_std;
        let dgamma = sums[1] * inv_std;
        Self {
            factor: factor as f32,
            slope: (-factor * inv_std * dgamma / count) as f32,
            shift: (-factor * sums[0] / count) as f32,
            dgamma: dgamma as f32,
            dbeta: sums[0] as f32,
        }
    }
}

/// What follows the normalisation.
#[derive(Clone, Copy)]
pub(super) enum Gate<'a> {
    /// Nothing.
    Open,
    /// ReLU with these shifts, `[channels]`: open where the line is positive.
    Relu(&'a [f32]),
    /// A sum with ReLU: open where this output is positive. The gradient that
    /// passes is written to the second.
    Output(&'a [f32], &'a Disjoint<'a, f32>),
}

const OPEN: u8 = 0;
const RELU: u8 = 1;
const OUTPUT: u8 = 2;

/// The maps of a backward pass.
#[derive(Clone, Copy)]
struct Maps {
    x: *const f32,
    y: *const f32,
    dy: *const f32,
    passed: *mut f32,
    dx: *mut f32,
}

struct Sums<const GATE: u8>(Maps);

/// What of `dy` passes the gate.
#[inline(always)]
fn passed<S: Simd, const GATE: u8>(
    deviation: S::V,
    [scale, shift]: [S::V; 2],
    y: S::V,
    dy: S::V,
) -> S::V {
    match GATE {
        RELU => S::where_positive(Line::at::<S>(deviation, scale, shift), dy),
        OUTPUT => S::where_positive(y, dy),
        _ => dy,
    }
}

impl<S: Simd, const GATE: u8> Visit<S, 3> for Sums<GATE> {
    #[inline(always)]
    unsafe fn visit(
        &self,
        [centre, scale, shift]: &[S::V; 3],
        at: usize,
        count: usize,
        [sum, products]: [S::V; 2],
    ) -> [S::V; 2] {
        let zero = S::splat(0.0);
        // SAFETY: by the contract.
        unsafe {
            let x = take::<S>(self.0.x.add(at), count, *centre);
            let dy = take::<S>(self.0.dy.add(at), count, zero);
            let y = if GATE == OUTPUT {
                take::<S>(self.0.y.add(at), count, zero)
            } else {
                zero
            };
            let deviation = S::sub(x, *centre);
            let gradient = passed::<S, GATE>(deviation, [*scale, *shift], y, dy);
            if GATE == OUTPUT {
                put::<S>(self.0.passed.add(at), gradient, count);
            }
            [S::add(sum, gradient), S::fma(gradient, deviation, products)]
        }
    }
}

struct Input<const GATE: u8>(Maps);

impl<S: Simd, const GATE: u8> Visit<S, 6> for Input<GATE> {
    #[inline(always)]
    unsafe fn visit(
        &self,
        [centre, scale, shift, factor, slope, offset]: &[S::V; 6],
        at: usize,
        count: usize,
        sums: [S::V; 2],
    ) -> [S::V; 2] {
        let zero = S::splat(0.0);
        // SAFETY: by the contract.
        unsafe {
            let x = take::<S>(self.0.x.add(at), count, *centre);
            let dy = take::<S>(self.0.dy.add(at), count, zero);
            let deviation = S::sub(x, *centre);
            let gradient = passed::<S, GATE>(deviation, [*scale, *shift], zero, dy);
            let dx = S::fma(gradient, *factor, S::fma(deviation, *slope, *offset));
            put::<S>(self.0.dx.add(at), dx, count);
        }
        sums
    }
}

dispatch! {
    /// Both passes over `strip`; `dx` gets the gradient of its values, `slopes`
    /// those of its channels. The maps are whole, `gamma`, `beta` and the
    /// statistics of all channels.
    pub(super) fn gradients(
        strip: &Strip,
        x: &[f32],
        dy: &[f32],
        gate: Gate<'_>,
        gamma: &[f32],
        stats: &BatchStats,
        dx: &Disjoint<'_, f32>,
        slopes: &mut [Slope],
    ) => gradients_body
}

#[inline(always)]
fn gradients_body<S: Simd>(
    strip: &Strip,
    x: &[f32],
    dy: &[f32],
    gate: Gate<'_>,
    gamma: &[f32],
    stats: &BatchStats,
    dx: &Disjoint<'_, f32>,
    slopes: &mut [Slope],
) {
    let len = strip.map_len();
    assert!(x.len() == len && dy.len() == len, "maps of another shape");
    let mut maps = Maps {
        x: x.as_ptr(),
        y: x.as_ptr(),
        dy: dy.as_ptr(),
        passed: std::ptr::null_mut(),
        dx: dx.pointer(0, len),
    };
    // Only a ReLU that is worked out again looks at the shifts.
    let shifts = match gate {
        Gate::Open => gamma,
        Gate::Relu(beta) => beta,
        Gate::Output(y, passed) => {
            assert_eq!(y.len(), len, "output of another shape");
            (maps.y, maps.passed) = (y.as_ptr(), passed.pointer(0, len));
            gamma
        }
    };
    let first = strip.first;
    let lines: Vec<Line> = strip
        .range()
        .map(|channel| stats.line(channel, gamma, shifts))
        .collect();
    let [centre, scale, shift] = &Line::spread(strip, &lines);
    let mut totals = vec![[0.0; 2]; strip.channels];
    // SAFETY: all maps are whole, and only this task writes the strip.
    unsafe {
        let constants = [centre, scale, shift];
        match gate {
            Gate::Open => {
                strip.pass::<S, 3>(strip.images(), constants, &Sums::<OPEN>(maps), &mut totals)
            }
            Gate::Relu(_) => {
                strip.pass::<S, 3>(strip.images(), constants, &Sums::<RELU>(maps), &mut totals)
            }
            Gate::Output(..) => strip.pass::<S, 3>(
                strip.images(),
                constants,
                &Sums::<OUTPUT>(maps),
                &mut totals,
            ),
        }
    }
    for (channel, slope) in slopes.iter_mut().enumerate() {
        let (inv_std, gamma) = (stats.inv_std[first + channel], gamma[first + channel]);
        *slope = Slope::new(strip.count_per_channel(), inv_std, gamma, totals[channel]);
    }
    let factor = strip.spread(|channel| slopes[channel].factor);
    let slope = strip.spread(|channel| slopes[channel].slope);
    let offset = strip.spread(|channel| slopes[channel].shift);
    let constants = [centre, scale, shift, &factor, &slope, &offset];
    // SAFETY: as above; what passed the gate of an output has been written.
    unsafe {
        match gate {
            Gate::Open => {
                strip.pass::<S, 6>(strip.images(), constants, &Input::<OPEN>(maps), &mut [])
            }
            Gate::Relu(_) => {
                strip.pass::<S, 6>(strip.images(), constants, &Input::<RELU>(maps), &mut [])
            }
            Gate::Output(..) => {
                maps.dy = maps.passed;
                strip.pass::<S, 6>(strip.images(), constants, &Input::<OPEN>(maps), &mut [])
            }
        };
    }
}
