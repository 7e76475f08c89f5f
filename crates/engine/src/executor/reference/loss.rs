//! Losses in nats and their gradients.

use super::activation::logistic;

/// `−Σ targets · log softmax(logits)`, all `[batch, classes]`, and its gradient times `weight`.
pub(super) fn cross_entropy(
    classes: usize,
    logits: &[f64],
    targets: &[f64],
    weight: f64,
) -> (f64, Vec<f64>) {
    let (mut loss, mut dlogits) = (0.0, Vec::new());
    for (logits, targets) in logits.chunks(classes).zip(targets.chunks(classes)) {
        let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = logits.iter().map(|logit| (logit - top).exp()).sum();
        let share: f64 = targets.iter().sum();
        for (logit, target) in logits.iter().zip(targets) {
            let log = logit - top - total.ln();
            // A class that does not count may be impossible.
            if *target != 0.0 {
                loss -= target * log;
            }
            dlogits.push(weight * (share * log.exp() - target));
        }
    }
    (loss, dlogits)
}

/// `−Σ (present · ln σ(logits) + absent · ln σ(−logits))` and its gradient times `weight`; targets
/// are present, then absent, each as long as the logits.
pub(super) fn binary_cross_entropy(
    logits: &[f64],
    targets: &[f64],
    weight: f64,
) -> (f64, Vec<f64>) {
    let (present, absent) = targets.split_at(logits.len());
    let (mut loss, mut dlogits) = (0.0, Vec::new());
    for (logit, (present, absent)) in logits.iter().zip(present.iter().zip(absent)) {
        // −ln σ(x) = max(−x, 0) + ln(1 + e^−|x|)
        let tail = (-logit.abs()).exp().ln_1p();
        loss += present * ((-logit).max(0.0) + tail) + absent * (logit.max(0.0) + tail);
        dlogits.push(weight * (absent * logistic(*logit) - present * logistic(-logit)));
    }
    (loss, dlogits)
}
