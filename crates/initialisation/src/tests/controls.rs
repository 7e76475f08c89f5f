//! Initialisations that keep some statistic of the pretrained weights.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::moments::moments;

/// Means and variances of drawn tensors are their source's within six standard errors: √(v / n) of
/// a mean, and √(2 / 9k) of the cube root of a variance over k = n − 1, which is nearly normal
/// (Wilson & Hilferty 1931). The networks have hundreds of thousands of tensors and channels between
/// them, of which three errors leave out 0.27% by chance: that share is checked, and that none is
/// beyond six. The seeds are fixed. Norms start afresh.
#[test]
fn drawn_moments_are_the_sources() {
    let (compared, beyond) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let judge = |error: f64| {
        compared.fetch_add(1, Ordering::Relaxed);
        beyond.fetch_add(usize::from(error > 3.0), Ordering::Relaxed);
        error < 6.0
    };
    in_every_network(|name, network, source| {
        for (word, by_channel) in [("mean-var", false), ("mean-var-per-channel", true)] {
            let (weights, report) = made(&network, &named(word), &source);
            for p in network.parameters() {
                let drawn = &weights.tensors[&p.path].values;
                let fresh = match p.kind {
                    Kind::NormScale | Kind::RunningVariance => Some(1.0),
                    Kind::NormShift | Kind::RunningMean => Some(0.0),
                    _ => None,
                };
                if let Some(fresh) = fresh {
                    assert!(drawn.iter().all(|v| *v == fresh), "{name} {}", p.path);
                    continue;
                }
                if p.is_classifier {
                    continue;
                }
                let is_weight = matches!(p.kind, Kind::ConvWeight | Kind::LinearWeight);
                let parts = if by_channel && is_weight {
                    p.shape[0]
                } else {
                    1
                };
                let size = p.len() / parts;
                let from = &source.weights.tensors[&p.path].values;
                for (from, drawn) in from.chunks(size).zip(drawn.chunks(size)) {
                    let ((mean, variance), found) = (moments(from), moments(drawn));
                    let n = size as f64;
                    let error = (found.0 - mean).abs() / (variance / n).sqrt();
                    assert!(judge(error), "{name} {}: mean off by {error}", p.path);
                    let spread = 2.0 / (9.0 * (n - 1.0));
                    let cubic = (found.1 / variance * n / (n - 1.0)).cbrt();
                    let error = (cubic - 1.0 + spread).abs() / spread.sqrt();
                    assert!(
                        size < 30 || judge(error),
                        "{name} {}: variance off by {error}",
                        p.path
                    );
                }
            }
            let weighted = report.tensors.iter().filter(|m| !m.kind.is_norm());
            assert_eq!(report.rescaled, weighted.count() - classifiers(&network));
        }
    });
    let [compared, beyond] = [compared, beyond].map(|n| n.into_inner() as f64);
    assert!(
        compared > 10_000.0 && beyond / compared < 0.004,
        "{beyond} of {compared}"
    );
}

/// `mean-var-norms` draws scale and shift with their pretrained moments; running statistics are
/// 0 and 1 in every initialisation that does not load them, and never negative.
#[test]
fn norms() {
    let network = network("mobilenet-v2", 5);
    let source = source("mobilenet-v2");
    for word in Initialisation::words() {
        let (weights, report) = made(&network, &named(word), &source);
        assert_eq!(
            preview(&network, &named(word), from(&source)).unwrap(),
            report
        );
        let (mut drawn, mut expected) = (Vec::new(), Vec::new());
        for p in network.parameters() {
            let values = &weights.tensors[&p.path].values;
            match p.kind {
                _ if word == "transfer" => {
                    let same = values == &source.weights.tensors[&p.path].values;
                    assert_eq!(same, !p.is_classifier, "{}", p.path);
                }
                Kind::RunningVariance => assert!(values.iter().all(|v| *v == 1.0), "{word}"),
                Kind::RunningMean => assert!(values.iter().all(|v| *v == 0.0), "{word}"),
                Kind::NormScale if word == "mean-var-norms" => {
                    let (mean, variance) = moments(&source.weights.tensors[&p.path].values);
                    let standard = |v: &f32| (f64::from(*v) - mean) / variance.sqrt();
                    drawn.extend(values.iter().map(standard));
                    expected.push(mean);
                }
                Kind::NormScale => assert!(values.iter().all(|v| *v == 1.0), "{word}"),
                Kind::NormShift if word == "mean-var-norms" => {}
                Kind::NormShift => assert!(values.iter().all(|v| *v == 0.0), "{word}"),
                _ => {}
            }
        }
        if word == "mean-var-norms" {
            let n = drawn.len() as f64;
            let mean = drawn.iter().sum::<f64>() / n;
            let variance = drawn.iter().map(|v| v * v).sum::<f64>() / n;
            assert!(mean.abs() < 3.0 / n.sqrt() && (variance - 1.0).abs() < 3.0 * (2.0 / n).sqrt());
            assert!(expected.iter().all(|mean| (mean - 1.5).abs() < 0.1));
        }
    }
}

/// `shuffle` keeps the multiset exactly, `bootstrap` takes source values only and repeats some,
/// `gaussian` has the variance over n − 1.
#[test]
fn resampling() {
    let (network, source) = (network("cbr-tiny", 5), source("cbr-tiny"));
    let sorted = |values: &[f32]| {
        let mut bits: Vec<u32> = values.iter().map(|v| v.to_bits()).collect();
        bits.sort_unstable();
        bits
    };
    let (shuffled, _) = made(&network, &named("shuffle"), &source);
    let (bootstrapped, _) = made(&network, &named("bootstrap"), &source);
    let (_, gaussian) = made(&network, &named("gaussian"), &source);
    for (p, m) in network.parameters().iter().zip(&gaussian.tensors) {
        if p.is_classifier || p.kind.is_norm() {
            continue;
        }
        let from = &source.weights.tensors[&p.path].values;
        let found = &shuffled.tensors[&p.path].values;
        assert!(found != from && sorted(found) == sorted(from), "{}", p.path);
        let known: BTreeSet<u32> = sorted(from).into_iter().collect();
        let found = sorted(&bootstrapped.tensors[&p.path].values);
        assert!(found.iter().all(|bits| known.contains(bits)), "{}", p.path);
        let different = found.into_iter().collect::<BTreeSet<_>>().len() as f64;
        // Each value is missed with probability (1 − 1/n)ⁿ ≈ 1/e.
        assert!(
            (different / known.len() as f64 - 0.632).abs() < 0.02,
            "{different}"
        );
        let (_, variance) = moments(from);
        let n = from.len() as f64;
        let Action::Rescaled { std, .. } = m.action else {
            panic!("{:?}", m.action)
        };
        assert!((std * std / variance - n / (n - 1.0)).abs() < 1e-12);
    }
}
