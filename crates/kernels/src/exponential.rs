//! `eˣ`, the logistic function and the normal distribution, branch-free so that loops over them
//! become vectors.

use crate::simd::Simd;

/// `1.5 · 2²³`: added to a small number, it rounds it to an integer in the lowest bits.
const ROUNDING: f32 = 12_582_912.0;

/// `eˣ` with a relative error below 2e-7 for `x` from -87.3 to 88.3; held at either end beyond
/// them. A NaN stays one.
///
/// The polynomial is `expf` of S. L. Moshier's Cephes library.
#[inline(always)]
pub(crate) fn exp<S: Simd>(x: f32) -> f32 {
    let x = if x < -87.3 { -87.3 } else { x };
    let x = if x > 88.3 { 88.3 } else { x };
    let shifted = S::fma_one(x, std::f32::consts::LOG2_E, ROUNDING);
    let whole = shifted - ROUNDING;
    // ln 2 in two parts, the first of which has few enough bits that its multiple is exact.
    let rest = S::fma_one(whole, -355.0 / 512.0, x);
    let rest = S::fma_one(whole, 2.121_944_4e-4, rest);
    let mut tail = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_66,
        0.5,
    ] {
        tail = S::fma_one(tail, rest, coefficient);
    }
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    (S::fma_one(tail * rest, rest, rest) + 1.0) * power
}

/// `1 / (1 + e⁻ˣ)`
#[inline(always)]
pub(crate) fn logistic<S: Simd>(x: f32) -> f32 {
    1.0 / (1.0 + exp::<S>(-x))
}

/// The standard normal distribution up to `x`, to within 3e-7, and `e^(-x²/2)`.
///
/// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
#[inline(always)]
pub(crate) fn normal<S: Simd>(x: f32) -> [f32; 2] {
    const SLOPE: f32 = 0.327_591_1 * std::f32::consts::FRAC_1_SQRT_2;
    let bell = exp::<S>(-0.5 * x * x);
    let t = 1.0 / S::fma_one(SLOPE, x.abs(), 1.0);
    let mut sum = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
        sum = S::fma_one(sum, t, coefficient);
    }
    let tail = 0.5 * sum * t * bell;
    [if x < 0.0 { tail } else { 1.0 - tail }, bell]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Portable;

    /// The error function by its Taylor series, in `f64`.
    fn erf(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            let n = f64::from(n);
            term *= -x * x / n;
            sum += term / (2.0 * n + 1.0);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    }

    #[test]
    fn close_to_double_precision() {
        check_errors::<Portable>();
        #[cfg(target_arch = "x86_64")]
        check_errors::<crate::simd::Avx2>();
    }

    fn check_errors<S: Simd>() {
        for step in -88_000_i32..88_000 {
            let x = step as f32 / 1000.0;
            let wide = f64::from(x);
            let held = x.max(-87.3);
            let error = f64::from(exp::<S>(held)) / f64::from(held).exp() - 1.0;
            assert!(error.abs() < 2e-7, "e^{x}: off by {error:e}");
            let error = f64::from(logistic::<S>(x)) - 1.0 / (1.0 + (-wide).exp());
            assert!(error.abs() < 2e-7, "logistic of {x}: off by {error:e}");
            if x.abs() < 5.0 {
                let expected = 0.5 + 0.5 * erf(wide * std::f64::consts::FRAC_1_SQRT_2);
                let error = f64::from(normal::<S>(x)[0]) - expected;
                assert!(error.abs() < 3e-7, "normal of {x}: off by {error:e}");
            }
        }
    }

    #[test]
    fn ends_and_nan() {
        assert_eq!(exp::<Portable>(0.0), 1.0);
        assert!(
            exp::<Portable>(f32::NEG_INFINITY) < 1e-37 && exp::<Portable>(f32::INFINITY) > 1e38
        );
        assert!(exp::<Portable>(f32::NAN).is_nan() && logistic::<Portable>(f32::NAN).is_nan());
        assert!(normal::<Portable>(f32::NAN)[0].is_nan());
        assert_eq!(normal::<Portable>(40.0)[0], 1.0);
        assert!(normal::<Portable>(-40.0)[0] < 1e-37);
    }
}
