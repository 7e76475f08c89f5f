//! How often intervals hold the truth. Minutes; run with `--ignored --nocapture`.

use similarity::{Convention, Measure, Options, compare};

use crate::source::{Doubles, Normal};

const DATA_SETS: usize = 300;

/// Canonical correlations of the population, on three of five and four dimensions.
const CORRELATIONS: [f64; 3] = [0.9, 0.6, 0.3];

/// `images` images of `positions` positions that share half of their variance. Axes of `b` scale
/// differently, so that CKA is no function of CCA alone.
fn correlated(draw: &mut Normal, images: usize, positions: usize) -> [Doubles; 2] {
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
                let scale = [2.0, 1.0, 1.0, 0.5][axis];
                scale
                    * match CORRELATIONS.get(axis) {
                        Some(rho) => {
                            rho * latent[axis] + (1.0 - rho * rho).sqrt() * latent[5 + axis]
                        }
                        None => latent[5 + axis],
                    }
            }));
        }
    }
    [
        Doubles::new([images, positions, 1, 5], a),
        Doubles::new([images, positions, 1, 4], b),
    ]
}

/// Of the population.
fn truth(measure: Measure) -> f64 {
    let scales = [2.0f64, 1.0, 1.0, 0.5];
    match measure {
        Measure::MeanCca => CORRELATIONS.iter().sum::<f64>() / 4.0,
        Measure::DebiasedCka => {
            let both: f64 = CORRELATIONS
                .iter()
                .zip(scales)
                .map(|(r, s)| (r * s).powi(2))
                .sum();
            let own: f64 = scales.iter().map(|s| s.powi(4)).sum();
            both / (5f64.sqrt() * own.sqrt())
        }
        Measure::RegressionBFromA => {
            let both: f64 = CORRELATIONS
                .iter()
                .zip(scales)
                .map(|(r, s)| (r * s).powi(2))
                .sum();
            both / scales.iter().map(|s| s * s).sum::<f64>()
        }
        Measure::Procrustes => {
            let both: f64 = CORRELATIONS.iter().zip(scales).map(|(r, s)| r * s).sum();
            both / (5.0 * scales.iter().map(|s| s * s).sum::<f64>()).sqrt()
        }
        other => unreachable!("no truth of {other}"),
    }
}

#[test]
#[ignore = "half a minute; reports the coverage of intervals"]
fn intervals_hold_the_truth() {
    let measures = vec![
        Measure::MeanCca,
        Measure::DebiasedCka,
        Measure::RegressionBFromA,
        Measure::Procrustes,
    ];
    for (images, positions) in [(200, 1), (2_000, 1), (200, 10)] {
        let mut draw = Normal::new(13);
        let mut held = vec![0; measures.len()];
        let mut width = vec![0.0; measures.len()];
        for seed in 0..DATA_SETS {
            let [a, b] = correlated(&mut draw, images, positions);
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
                let truth = truth(measured.measure);
                held[place] += usize::from(interval.low <= truth && truth <= interval.high);
                width[place] += (interval.high - interval.low) / DATA_SETS as f64;
            }
        }
        for ((measure, held), width) in measures.iter().zip(held).zip(width) {
            let share = held as f64 / DATA_SETS as f64;
            println!("{images} images x {positions}: {measure} {share:.3}, mean width {width:.4}");
            // At 200 images the bias of the fourth correlation, which is 0, is as large as its error.
            if *measure != Measure::MeanCca || images == 2_000 {
                assert!((0.85..=0.99).contains(&share), "{measure}: {share}");
            }
        }
    }
}
