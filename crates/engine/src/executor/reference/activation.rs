//! Functions of single numbers.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

use kernels::Activation;

/// Of [`Activation::QuickGelu`].
const STEEPNESS: f64 = 1.702;

/// A function of every number.
pub(super) fn activate(function: Activation, x: &[f64]) -> Vec<f64> {
    let of = |x: &f64| match function {
        Activation::Relu => positive(*x),
        Activation::Relu6 if *x >= 6.0 => 6.0,
        Activation::Relu6 => positive(*x),
        Activation::Silu => x * logistic(*x),
        Activation::Gelu => x * below(*x),
        Activation::Sigmoid => logistic(*x),
        Activation::HardSwish => x * hard_sigmoid(*x),
        Activation::HardSigmoid => hard_sigmoid(*x),
        Activation::QuickGelu => x * logistic(STEEPNESS * x),
    };
    x.iter().map(of).collect()
}

/// `dy` times the derivative, from the output where the function keeps it, else from the input.
pub(super) fn gradient(function: Activation, kept: &[f64], dy: &[f64]) -> Vec<f64> {
    let slope = |kept: f64| match function {
        Activation::Relu => f64::from(kept > 0.0),
        Activation::Relu6 => f64::from(kept > 0.0 && kept < 6.0),
        Activation::Silu => {
            let s = logistic(kept);
            s + kept * s * (1.0 - s)
        }
        Activation::Gelu => {
            let density = (-kept * kept / 2.0).exp() / (2.0 * PI).sqrt();
            below(kept) + kept * density
        }
        Activation::Sigmoid => kept * (1.0 - kept),
        Activation::HardSwish if kept <= -3.0 => 0.0,
        Activation::HardSwish if kept >= 3.0 => 1.0,
        Activation::HardSwish => kept / 3.0 + 0.5,
        Activation::HardSigmoid => f64::from(kept > 0.0 && kept < 1.0) / 6.0,
        Activation::QuickGelu => {
            let s = logistic(STEEPNESS * kept);
            s + STEEPNESS * kept * s * (1.0 - s)
        }
    };
    kept.iter()
        .zip(dy)
        .map(|(kept, dy)| dy * slope(*kept))
        .collect()
}

/// `max(x, 0)` of every number, if `relu`.
pub(super) fn relu_if(relu: bool, values: Vec<f64>) -> Vec<f64> {
    match relu {
        true => activate(Activation::Relu, &values),
        false => values,
    }
}

/// `min(max(x + 3, 0), 6) / 6`
fn hard_sigmoid(x: f64) -> f64 {
    if x >= 3.0 {
        1.0
    } else {
        positive(x + 3.0) / 6.0
    }
}

/// Not `max`: a NaN stays one.
fn positive(x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { x }
}

/// `1 / (1 + e⁻ˣ)`
pub(super) fn logistic(x: f64) -> f64 {
    match x >= 0.0 {
        true => 1.0 / (1.0 + (-x).exp()),
        false => x.exp() / (1.0 + x.exp()),
    }
}

/// How likely a standard normal variable is below `x`.
fn below(x: f64) -> f64 {
    (1.0 + erf(x * FRAC_1_SQRT_2)) / 2.0
}

/// `2/√π ∫₀ˣ e^(−t²) dt`, to 1e-15: the series `2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 ⋯ (2n + 1))`
/// (Abramowitz & Stegun 7.1.6), whose terms are all of one sign.
fn erf(x: f64) -> f64 {
    // Nearer to 1 than a double can say.
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    let mut odd = 1.0;
    while term.abs() > 1e-18 * sum.abs() {
        odd += 2.0;
        term *= 2.0 * x * x / odd;
        sum += term;
    }
    FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Python's `math.erf` and `math.erfc`.
    #[test]
    fn erf_is_that_of_the_tables() {
        for (x, expected) in [
            (0.0, 0.0),
            (1e-3, 0.001_128_378_790_969_236_4),
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (2.0, 0.995_322_265_018_952_7),
            (3.0, 0.999_977_909_503_001_4),
            (5.0, 0.999_999_999_998_462_6),
            (7.0, 1.0),
        ] {
            assert!((erf(x) - expected).abs() < 1e-15, "{x}: {}", erf(x));
            assert_eq!(erf(-x), -erf(x));
        }
        assert!(erf(f64::NAN).is_nan());
    }
}
