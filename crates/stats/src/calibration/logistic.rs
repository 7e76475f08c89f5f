//! Between probabilities and log odds.

/// `ln (p / (1 − p))` of a probability cut to `ε..=1 − ε`, as the log loss is.
pub(super) fn logit(probability: f64) -> f64 {
    let p = probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    (p / (1.0 - p)).ln()
}

/// `1 / (1 + e⁻ˣ)`, in `0..=1`.
pub(super) fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln (1 + eˣ)` without overflow.
pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
