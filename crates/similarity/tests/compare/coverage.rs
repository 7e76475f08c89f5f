//! How often intervals hold the truth. Seconds; run with `--ignored --nocapture`.

use similarity::{Convention, Measure, Options, compare};

use crate::source::{Doubles, Normal};

const DATA_SETS: usize = 300;

/// Canonical correlations of the population, of five and four dimensions.
type Correlations = [f64; 4];

/// Standard deviations of the dimensions of `b`, so that CKA is no function of CCA alone.
const SCALES: [f64; 4] = [2.0, 1.0, 1.0, 0.5];

/// `images` images of `positions` positions that share half of their variance.
fn correlated(
    draw: &mut Normal,
    correlations: Correlations,
    images: usize,
    positions: usize,
) -> [Doubles; 2] {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..images {
        let image = draw.take(10);
        for _ in 0..positions {
            let mut latent = draw.take(10);
            if positions > 1 {
                for (latent, image) in latent.iter_mut().zip(&image) {
                    *latent = (*latent + image) * 0.5f64.sqrt();
                }
            }
            a.extend_from_slice(&latent[..5]);
            b.extend((0..4).map(|axis| {
                let rho = correlations[axis];
                SCALES[axis] * (rho * latent[axis] + (1.0 - rho * rho).sqrt() * latent[5 + axis])
            }));
        }
    }
    [
        Doubles::new([images, positions, 1, 5], a),
        Doubles::new([images, positions, 1, 4], b),
    ]
}

/// Of the population.
fn truth(measure: Measure, correlations: Correlations) -> f64 {
    let shared = |power| {
        let pairs = correlations.iter().zip(SCALES);
        pairs
            .map(|(rho, scale)| (rho * scale).powi(power))
            .sum::<f64>()
    };
    let own = |power| SCALES.iter().map(|scale| scale.powi(power)).sum::<f64>();
    match measure {
        Measure::MeanCca => correlations.iter().sum::<f64>() / 4.0,
        Measure::DebiasedCka => shared(2) / (5.0 * own(4)).sqrt(),
        Measure::RegressionBFromA => shared(2) / own(2),
        Measure::Procrustes => shared(1) / (5.0 * own(2)).sqrt(),
        other => unreachable!("no truth of {other}"),
    }
}

#[test]
#[ignore = "reports the coverage of intervals, in some seconds"]
fn intervals_hold_the_truth() {
    let measures = vec![
        Measure::MeanCca,
        Measure::DebiasedCka,
        Measure::RegressionBFromA,
        Measure::Procrustes,
    ];
    let even = [0.9, 0.7, 0.5, 0.3];
    // A correlation of 0 is at the end of its range, and its estimate above it.
    let with_none = [0.9, 0.6, 0.3, 0.0];
    for (correlations, images, positions) in [
        (even, 200, 1),
        (even, 2_000, 1),
        (even, 200, 10),
        (with_none, 2_000, 1),
    ] {
        let mut draw = Normal::new(13);
        let mut held = vec![0; measures.len()];
        let mut width = vec![0.0; measures.len()];
        for seed in 0..DATA_SETS {
            let [a, b] = correlated(&mut draw, correlations, images, positions);
            let options = Options {
                measures: measures.clone(),
                convention: Convention::Spatial,
                permutations: 0,
                seed: seed as u64,
                ..Options::default()
            };
            for (place, measured) in compare(&a, &b, &options)
                .expect("compares")
                .measured
                .iter()
                .enumerate()
            {
                let interval = measured.interval.expect("was asked for");
                let truth = truth(measured.measure, correlations);
                held[place] += usize::from(interval.low <= truth && truth <= interval.high);
                width[place] += (interval.high - interval.low) / DATA_SETS as f64;
            }
        }
        for ((measure, held), width) in measures.iter().zip(held).zip(width) {
            let share = held as f64 / DATA_SETS as f64;
            println!("{images} images x {positions}: {measure} {share:.3}, mean width {width:.4}");
            assert!((0.85..=0.99).contains(&share), "{measure}: {share}");
        }
    }
}
