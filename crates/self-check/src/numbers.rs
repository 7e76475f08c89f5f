//! Made-up numbers, and how far apart numbers are.

use rand::Rng as _;
use streams::stream;

/// What every draw of a self-check is seeded with.
const SEED: u64 = 1;

/// `count` numbers within [-1, 1) that depend on `name` alone, multiples of 1/4096: sums with
/// powers of two down to 2⁻²² are exact in single precision.
pub fn coarse(name: &str, count: usize) -> impl Iterator<Item = f32> + use<> {
    let mut stream = stream(SEED, name, 0);
    (0..count).map(move |_| (stream.next_u32() >> 19) as f32 / 4096.0 - 1.0)
}

/// `‖found − expected‖ / ‖expected‖`, infinite where a number is none.
pub fn apart(found: &[f32], expected: &[f64]) -> f64 {
    let square = |v: f64| v * v;
    let pairs = found.iter().zip(expected);
    let off: f64 = pairs.map(|(f, e)| square(f64::from(*f) - e)).sum();
    let share = (off / length(expected).max(f64::MIN_POSITIVE).powi(2)).sqrt();
    match share.is_finite() && found.len() == expected.len() {
        true => share,
        false => f64::INFINITY,
    }
}

/// Euclidean length.
pub fn length(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// The same numbers in double precision.
pub fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_far_from_everything() {
        assert_eq!(apart(&[f32::NAN, 1.0], &[1.0, 1.0]), f64::INFINITY);
        assert_eq!(apart(&[1.0], &[1.0, 1.0]), f64::INFINITY);
        assert_eq!(apart(&[3.0, 4.0], &[3.0, 4.0]), 0.0);
        assert!((apart(&[3.0, 4.5], &[3.0, 4.0]) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn small_steps_are_exact() {
        let step = 2.0_f32.powi(-22);
        assert!(coarse("a", 1000).all(|v| (v + step) - v == step && (-1.0..1.0).contains(&v)));
    }
}
