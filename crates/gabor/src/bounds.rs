//! Which Gabor functions count as such on a kernel.

use crate::wave::GaborWave;

/// Highest frequency, in cycles per pixel: two taps a cycle.
const NYQUIST: f64 = 0.5;
/// Least part of a cycle over the kernel.
const LEAST_CYCLE: f64 = 0.25;
/// Pixels over which the least part of a cycle is counted on smaller kernels.
const WINDOW: usize = 7;
/// Narrowest envelope, in pixels: below it a single tap would count as a Gabor filter.
const NARROWEST: f64 = 1.0;
/// Widest envelope, as a multiple of the kernel: beyond it nothing changes any more.
const WIDEST: f64 = 2.0;

/// Where frequency, the two standard deviations, column and row lie between their bounds, in
/// [0, 1]; for the standard deviations by their logarithms.
pub(super) type Shares = [f64; 5];

/// Ranges of the numbers of a wave, from and to, in the order of [`Shares`].
pub(super) struct Bounds([[f64; 2]; 5]);

impl Bounds {
    /// For a kernel of `size` `[rows, columns]`.
    pub(super) fn new([rows, columns]: [usize; 2]) -> Self {
        let side = rows.max(columns);
        let lowest = LEAST_CYCLE / side.max(WINDOW) as f64;
        let deviation = [NARROWEST.ln(), (WIDEST * side as f64).ln()];
        let place = |count: usize| [-1.0, 1.0].map(|sign| sign * (count as f64 - 1.0) / 2.0);
        Self([
            [lowest, NYQUIST],
            deviation,
            deviation,
            place(columns),
            place(rows),
        ])
    }

    /// How far apart the bounds of each number are.
    pub(super) fn ranges(&self) -> [f64; 5] {
        self.0.map(|[from, to]| to - from)
    }

    /// The wave in direction `angle`, in radians, whose numbers lie where `shares` say.
    pub(super) fn wave(&self, angle: f64, shares: Shares) -> GaborWave {
        let at = |i: usize| {
            let [from, to] = self.0[i];
            from + shares[i] * (to - from)
        };
        GaborWave {
            angle,
            frequency: at(0),
            across: at(1).exp(),
            along: at(2).exp(),
            column: at(3),
            row: at(4),
        }
    }
}
