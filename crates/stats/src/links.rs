//! Between scores and probabilities: the links of logistic models.

/// `ln (p / (1 − p))` of a probability cut to `ε..=1 − ε`, as the log loss is.
pub(crate) fn logit(probability: f64) -> f64 {
    let p = probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    (p / (1.0 - p)).ln()
}

/// The logistic function `1 / (1 + e⁻ˣ)`, in `0..=1`: the probability of log odds `x`.
pub fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln (1 + eˣ)` without overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Turns the logits of one case, one a class, into probabilities `eˣ / Σ eˣ` that sum to 1, without
/// overflow; returns `ln Σ eˣ`. NaN, and infinities above, make every one of them NaN.
pub fn softmax(logits: &mut [f64]) -> f64 {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logits.iter_mut().for_each(|x| *x = (*x - largest).exp());
    let sum: f64 = logits.iter().sum();
    logits.iter_mut().for_each(|x| *x /= sum);
    largest + sum.ln()
}
