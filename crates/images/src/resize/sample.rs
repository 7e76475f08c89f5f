//! Weighted sums at each depth.

/// Bits of a weight behind the point, for 8-bit samples: 32 bits less 8 of the sample and 2 for
/// sign and overshoot.
const POINT: u32 = 22;

/// A sample with the arithmetic of its depth.
pub(super) trait Sample: Copy + Default {
    /// A weight, ready to multiply by.
    type Weight: Copy + Default;
    /// A sum of weighted samples.
    type Sum: Copy;
    /// The empty sum.
    const EMPTY: Self::Sum;

    /// `weight` in this arithmetic.
    fn weight(weight: f64) -> Self::Weight;
    /// `sum` and one more sample.
    fn plus(sum: Self::Sum, weight: Self::Weight, sample: Self) -> Self::Sum;
    /// The sample that a sum stands for.
    fn of(sum: Self::Sum) -> Self;
}

impl Sample for u8 {
    type Weight = i32;
    type Sum = i32;
    /// One half, for rounding.
    const EMPTY: i32 = 1 << (POINT - 1);

    fn weight(weight: f64) -> i32 {
        // Half away from zero before the conversion cuts off.
        let scaled = weight * f64::from(1 << POINT);
        (scaled + 0.5_f64.copysign(scaled)) as i32
    }

    #[inline(always)]
    fn plus(sum: i32, weight: i32, sample: Self) -> i32 {
        sum.wrapping_add(weight.wrapping_mul(i32::from(sample)))
    }

    #[inline(always)]
    fn of(sum: i32) -> Self {
        (sum >> POINT).clamp(0, 255) as Self
    }
}

impl Sample for u16 {
    type Weight = f64;
    type Sum = f64;
    const EMPTY: f64 = 0.0;

    fn weight(weight: f64) -> f64 {
        weight
    }

    #[inline(always)]
    fn plus(sum: f64, weight: f64, sample: Self) -> f64 {
        sum + weight * f64::from(sample)
    }

    #[inline(always)]
    fn of(sum: f64) -> Self {
        // Saturates: below 0 and above the largest sample.
        (sum + 0.5) as Self
    }
}

impl Sample for f32 {
    type Weight = f64;
    type Sum = f64;
    const EMPTY: f64 = 0.0;

    fn weight(weight: f64) -> f64 {
        weight
    }

    #[inline(always)]
    fn plus(sum: f64, weight: f64, sample: Self) -> f64 {
        sum + weight * f64::from(sample)
    }

    #[inline(always)]
    fn of(sum: f64) -> Self {
        sum as Self
    }
}
