//! Losses of logits, with their gradients.

use crate::error::{ShapeError, check_len};

/// `−Σ targets · log softmax(logits)` in nats, summed in `f64`, and into `dlogits` its gradient
/// times `weight`. All are `[batch, classes]`; every value of `dlogits` is overwritten.
///
/// With targets `wᵢ / Σ w` at the class of each example this is PyTorch's `cross_entropy`, the
/// weighted mean over the batch.
pub fn cross_entropy(
    classes: usize,
    logits: &[f32],
    targets: &[f32],
    weight: f32,
    dlogits: &mut [f32],
) -> Result<f32, ShapeError> {
    if classes == 0 {
        return Err(ShapeError::Zero { size: "classes" });
    }
    check_len("targets", targets, logits.len())?;
    check_len("dlogits", dlogits, logits.len())?;
    let mut loss = 0.0;
    let rows = logits.chunks(classes).zip(targets.chunks(classes));
    for ((logits, targets), dlogits) in rows.zip(dlogits.chunks_mut(classes)) {
        let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let relative = |logit: &f32| f64::from(*logit) - f64::from(top);
        let total: f64 = logits.iter().map(|logit| relative(logit).exp()).sum();
        let share: f64 = targets.iter().map(|target| f64::from(*target)).sum();
        for ((logit, target), gradient) in logits.iter().zip(targets).zip(dlogits) {
            let log = relative(logit) - total.ln();
            let target = f64::from(*target);
            // A class that does not count may be impossible.
            if target != 0.0 {
                loss -= target * log;
            }
            *gradient = (f64::from(weight) * (log.exp() * share - target)) as f32;
        }
    }
    Ok(finite_or_nan(loss, logits))
}

/// `−Σ (present · ln σ(logits) + absent · ln σ(−logits))` in nats, summed in `f64`, and into
/// `dlogits` its gradient times `weight`. `logits` and `dlogits` are of one length, `targets` are
/// `present`, then `absent`, each as long; every value of `dlogits` is overwritten.
///
/// With a share `1 / n` at each of `n` known findings this is PyTorch's
/// `binary_cross_entropy_with_logits`.
pub fn binary_cross_entropy(
    logits: &[f32],
    targets: &[f32],
    weight: f32,
    dlogits: &mut [f32],
) -> Result<f32, ShapeError> {
    check_len("targets", targets, 2 * logits.len())?;
    check_len("dlogits", dlogits, logits.len())?;
    let (present, absent) = targets.split_at(logits.len());
    let mut loss = 0.0;
    let cells = logits.iter().zip(present.iter().zip(absent));
    for ((logit, (present, absent)), gradient) in cells.zip(dlogits) {
        let [logit, present, absent] = [*logit, *present, *absent].map(f64::from);
        // −ln σ(x) = max(−x, 0) + ln(1 + e^−|x|), which never overflows.
        let tail = (-logit.abs()).exp().ln_1p();
        loss += present * ((-logit).max(0.0) + tail) + absent * (logit.max(0.0) + tail);
        let probability = match logit >= 0.0 {
            true => 1.0 / (1.0 + (-logit).exp()),
            false => logit.exp() / (1.0 + logit.exp()),
        };
        let slope = absent * probability - present * (1.0 - probability);
        *gradient = (f64::from(weight) * slope) as f32;
    }
    Ok(finite_or_nan(loss, logits))
}

/// The loss; a NaN where a logit is one, also where no target counts it.
fn finite_or_nan(loss: f64, logits: &[f32]) -> f32 {
    match logits.iter().any(|logit| logit.is_nan()) {
        true => f32::NAN,
        false => loss as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gradients agree with differences of the loss itself.
    #[test]
    fn gradients_are_slopes() {
        let logits = [0.3, -1.2, 2.0, 4.0, -30.0, 0.1];
        let shares = [0.0, 0.6, 0.0, 0.0, 0.0, 0.4];
        let findings = [
            0.2, 0.0, 0.0, 0.1, 0.3, 0.0, 0.0, 0.1, 0.0, 0.2, 0.0, 0.1_f32,
        ];
        type Loss = fn(&[f32], &[f32], &mut [f32]) -> f32;
        let softmax: Loss = |x, t, d| cross_entropy(3, x, t, 0.5, d).unwrap();
        let logistic: Loss = |x, t, d| binary_cross_entropy(x, t, 0.5, d).unwrap();
        for (loss, targets) in [(softmax, &shares[..]), (logistic, &findings[..])] {
            let (mut gradient, mut unused) = ([0.0; 6], [0.0; 6]);
            loss(&logits, targets, &mut gradient);
            for at in 0..6 {
                let moved = |by: f32| {
                    let mut moved = logits;
                    moved[at] += by;
                    moved
                };
                let step = 1.0 / 64.0;
                let up = loss(&moved(step), targets, &mut unused);
                let down = loss(&moved(-step), targets, &mut unused);
                let slope = 0.5 * (up - down) / (2.0 * step);
                assert!(
                    (slope - gradient[at]).abs() < 1e-4,
                    "{at}: {slope} {gradient:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_overflows_and_nan_is_seen() {
        let mut d = [0.0; 2];
        let loss = cross_entropy(2, &[1e30, -1e30], &[1.0, 0.0], 1.0, &mut d).unwrap();
        assert_eq!((loss, d), (0.0, [0.0, 0.0]));
        let targets = [1.0, 0.0, 0.0, 1.0];
        let loss = binary_cross_entropy(&[1e30, -1e30], &targets, 1.0, &mut d).unwrap();
        assert_eq!((loss, d), (0.0, [0.0, 0.0]));
        let nan = cross_entropy(2, &[f32::NAN, 0.0], &[0.0, 1.0], 1.0, &mut d).unwrap();
        assert!(nan.is_nan());
        assert!(cross_entropy(2, &[0.0; 2], &[0.0; 3], 1.0, &mut d).is_err());
    }
}
