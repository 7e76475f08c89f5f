//! Floors against simulations of independent Gaussian data.

use similarity::{Measure, wachter_edges, wachter_mean};

use crate::read::{borrowed, json, pair, value};

#[test]
fn canonical_correlations_of_noise() {
    let Some(cases) = json("09_noise_floor.json") else {
        return;
    };
    for case in cases.as_array().expect("a list") {
        let number = |key: &str| case[key].as_f64().expect("a number");
        let (p, q, n) = (
            number("p") as usize,
            number("q") as usize,
            number("n") as u64,
        );
        let mean = wachter_mean(p, q, n);
        // Four standard errors of the mean of at least five draws, and the finite-size shift.
        let tolerance = 2.0 * number("sd") + 5e-4;
        assert!(
            (mean - number("mean")).abs() <= tolerance,
            "{mean} for {case}"
        );
        let (low, high) = wachter_edges(p, q, n);
        assert!(
            (low - number("wachter_min")).abs() < 1e-9,
            "{low} for {case}"
        );
        assert!(
            (high - number("wachter_max")).abs() < 1e-9,
            "{high} for {case}"
        );
        let square = (p.max(q) as f64) / (n - 1) as f64;
        assert!((square - number("expected_mean_sq")).abs() < 1e-12);
    }
}

/// With as many channels as datapoints less one, correlations are 1, and can be had.
#[test]
fn saturated_correlations_are_one() {
    let pair = noise(100, 100, 101);
    let canonical = borrowed(&pair).canonical().expect("a value");
    assert!(
        canonical
            .correlations
            .iter()
            .all(|rho| (rho - 1.0).abs() < 1e-9)
    );
    assert!(borrowed(&pair).measure_all(&[Measure::MeanCca])[0].is_err());
    assert_eq!(borrowed(&pair).floor(Measure::MeanCca), Some(1.0));
}

#[test]
fn linear_cka_of_noise() {
    let Some(cases) = json("12_cka_bias_random.json") else {
        return;
    };
    for case in cases.as_array().expect("a list") {
        let number = |key: &str| case[key].as_f64().expect("a number");
        let (p, n) = (number("p") as usize, number("n") as usize);
        if p > 600 {
            continue;
        }
        let pair = noise(p, p, n);
        let floor = borrowed(&pair).floor(Measure::Cka).expect("a floor");
        let own = value(&pair, Measure::Cka);
        assert!(
            (floor - number("biased")).abs() < 0.02,
            "{floor} for {case}"
        );
        assert!((floor - own).abs() < 0.02, "{floor} where {own} was found");
        assert!(value(&pair, Measure::DebiasedCka).abs() < 0.03, "{case}");
        assert_eq!(borrowed(&pair).floor(Measure::DebiasedCka), Some(0.0));
    }
}

/// Means over draws lie at the floors, also of few dimensions.
#[test]
fn floors_are_means() {
    use Measure::{
        CkaPrime, MeanCca, PwccaA, PwccaB, RegressionAFromB, RegressionBFromA, SquaredCca,
    };
    for (p, q, n) in [(1, 3, 30), (2, 2, 40), (6, 4, 60), (20, 12, 26)] {
        let measures = [
            MeanCca,
            SquaredCca,
            PwccaA,
            PwccaB,
            RegressionAFromB,
            RegressionBFromA,
            CkaPrime,
        ];
        let draws = 1000;
        let mut means = [0.0; 7];
        for draw in 0..draws {
            let pair = noise_of(1 + draw, p, q, n);
            let values = borrowed(&pair).measure_all(&measures);
            for i in 0..7 {
                means[i] += values[i].clone().expect("a value") / draws as f64;
            }
        }
        let pair = noise(p, q, n);
        let floors = measures.map(|m| borrowed(&pair).floor(m).expect("a floor"));
        for i in 0..7 {
            let relative = means[i] / floors[i] - 1.0;
            assert!(
                relative.abs() < 0.05,
                "{} {} for {}",
                measures[i],
                means[i],
                floors[i]
            );
        }
    }
}

fn noise(p: usize, q: usize, n: usize) -> similarity::OwnedPair {
    noise_of(0, p, q, n)
}

fn noise_of(seed: u64, p: usize, q: usize, n: usize) -> similarity::OwnedPair {
    let values = noise_values(seed, n * (p + q));
    pair((&values[..n * p], p), (&values[n * p..], q), n)
}

/// Sums of twelve uniform numbers, which is Gaussian enough.
fn noise_values(seed: u64, count: usize) -> Vec<f64> {
    use rand::{RngExt as _, SeedableRng as _};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut one = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    (0..count).map(|_| one()).collect()
}

/// Many channels take a shorter way to sums of singular values; dependent ones that of eigenvalues.
#[test]
fn many_channels() {
    for dependent in [false, true] {
        let mut values = noise_of(1, 520, 530, 1400);
        if dependent {
            let (a, b) = (noise_values(2, 1400 * 520), noise_values(3, 1400 * 530));
            let doubled = |values: Vec<f64>, channels: usize| -> Vec<f64> {
                let copied = |i: usize| values[if i % channels == 7 { i - 1 } else { i }];
                (0..values.len()).map(copied).collect()
            };
            values = pair((&doubled(a, 520), 520), (&doubled(b, 530), 530), 700);
        }
        let canonical = borrowed(&values).canonical().expect("a value");
        assert_eq!(canonical.correlations.len(), 520 - usize::from(dependent));
        let mean = canonical.correlations.iter().sum::<f64>() / canonical.correlations.len() as f64;
        let found = value(&values, Measure::MeanCca);
        assert!((found - mean).abs() < 1e-10, "{found} for {mean}");
        let owned = values.clone().measure_all(&[Measure::MeanCca]);
        assert_eq!(owned, [Ok(found)]);
        let floor = borrowed(&values).floor(Measure::MeanCca).expect("a floor");
        assert!((found - floor).abs() < 2e-3, "{found} at the floor {floor}");
    }
}
