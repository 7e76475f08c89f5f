//! Steps to a threshold with censoring. Golden numbers of lifelines, scipy and numpy:
//! checks/stats/arms.py.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use stats::{Bound, Crossing, KaplanMeier, LogRank, SpeedUp};

const STEPS: [f64; 10] = [
    150.0, 220.5, 220.5, 310.0, 400.0, 400.0, 475.0, 600.0, 600.0, 720.0,
];
const ARRIVED: [u8; 10] = [1, 1, 1, 0, 1, 0, 1, 1, 0, 0];
const OTHER_STEPS: [f64; 10] = [
    90.0, 120.0, 150.0, 180.0, 260.25, 300.0, 330.0, 600.0, 410.0, 720.0,
];
const OTHER_ARRIVED: [u8; 10] = [1, 1, 1, 1, 1, 0, 1, 0, 1, 1];

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-9,
        "{found} instead of {expected}"
    );
}

fn runs(steps: [f64; 10], arrived: [u8; 10]) -> Vec<Crossing> {
    let run = |(at, arrived): (f64, u8)| match arrived {
        1 => Crossing::Reached { at },
        _ => Crossing::Censored { at: at as u64 },
    };
    steps.into_iter().zip(arrived).map(run).collect()
}

fn reached(steps: &[f64]) -> Vec<Crossing> {
    steps.iter().map(|&at| Crossing::Reached { at }).collect()
}

#[test]
fn agrees_with_lifelines() {
    let (first, second) = (runs(STEPS, ARRIVED), runs(OTHER_STEPS, OTHER_ARRIVED));
    let curve = KaplanMeier::new(&first).unwrap();
    for (step, survival) in [
        (100.0, 1.0),
        (150.0, 0.9),
        (310.0, 0.7),
        (400.0, 0.5833333333333331),
        (475.0, 0.4375),
        (1000.0, 0.2916666666666665),
    ] {
        close(curve.survival(step), survival);
    }
    assert_eq!(
        (curve.runs, curve.censored, curve.known_until()),
        (10, 4, 720.0)
    );
    let median = curve.median(0.95).unwrap();
    assert_eq!((median.median, median.lower), (Some(475.0), Some(150.0)));
    assert_eq!(median.upper, None);
    let mean = curve.restricted_mean(700.0).unwrap();
    close(mean.mean, 466.7041666666666);
    close(mean.variance, 4421.081327835646);

    let curve = KaplanMeier::new(&second).unwrap();
    let median = curve.median(0.95).unwrap();
    // lifelines takes the last run, where nothing is left and no variance is known, as the bound.
    assert_eq!((median.median, median.lower), (Some(260.25), Some(90.0)));
    assert_eq!(median.upper, None);
    let mean = curve.restricted_mean(700.0).unwrap();
    close(mean.mean, 347.525);
    close(mean.variance, 5436.750562499999);

    let test = LogRank::new(&first, &second).unwrap().unwrap();
    close(test.statistic, 1.2559471588445934);
    close(test.p, 0.2624196345765783);
    assert!(test.excess < 0.0);
}

#[test]
fn speed_up_without_censoring_is_the_ratio_of_means() {
    let baseline = reached(&[800.0, 950.0, 700.0, 1200.0, 1010.0]);
    let arm = reached(&[400.0, 520.0, 300.0, 610.0, 480.0]);
    let found = SpeedUp::new(&arm, &baseline).unwrap();
    close(found.ratio, 2.017316017316017);
    let interval = found.interval.unwrap();
    close(interval.lower, 1.832284010101831);
    close(interval.upper, 2.2210333612492676);
    assert_eq!(found.bound, Bound::Exact);
    // From the first step on: floored at 1.
    let at_once = SpeedUp::new(&reached(&[0.0, 0.0]), &reached(&[100.0, 300.0])).unwrap();
    close(at_once.ratio, 200.0);
    assert_eq!(at_once.interval, None);
}

#[test]
fn censoring_makes_a_bound() {
    let never = vec![Crossing::Censored { at: 1000 }; 3];
    let soon = reached(&[200.0, 300.0, 250.0]);
    let found = SpeedUp::new(&soon, &never).unwrap();
    close(found.ratio, 4.0);
    assert_eq!((found.bound, found.baseline_censored), (Bound::AtLeast, 3));
    let turned = SpeedUp::new(&never, &soon).unwrap();
    assert_eq!(turned.bound, Bound::AtMost);
    close(turned.ratio * found.ratio, 1.0);
    let mixed = vec![soon[0], soon[1], never[0]];
    assert_eq!(
        SpeedUp::new(&mixed, &mixed).unwrap().bound,
        Bound::WithinHorizon
    );
    assert_eq!(SpeedUp::new(&mixed, &mixed).unwrap().interval, None);
    let nothing = SpeedUp::new(&never, &never).unwrap_err();
    assert!(
        nothing.to_string().contains("take a lower one"),
        "{nothing}"
    );
    assert!(SpeedUp::new(&soon, &never[..2]).is_err());
    assert!(SpeedUp::new(&[], &[]).is_err());
}

proptest! {
    #[test]
    fn without_censoring_it_is_the_plain_share(
        steps in prop::collection::vec(1.0..1000.0f64, 1..20), at in 0.0..1000.0f64
    ) {
        let curve = KaplanMeier::new(&reached(&steps)).unwrap();
        let longer = steps.iter().filter(|step| **step > at).count();
        prop_assert!((curve.survival(at) - longer as f64 / steps.len() as f64).abs() < 1e-12);
        let count = steps.len() as f64;
        let mean = steps.iter().sum::<f64>() / count;
        let variance = steps.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / count / count;
        let restricted = curve.restricted_mean(2000.0).unwrap();
        prop_assert!((restricted.mean - mean).abs() < 1e-8);
        prop_assert!((restricted.variance - variance).abs() < 1e-6);
    }

    #[test]
    fn the_order_of_seeds_does_not_matter(
        pairs in prop::collection::vec((1.0..900.0f64, 1.0..900.0f64, any::<bool>()), 3..9)
    ) {
        let arm: Vec<_> = pairs.iter().map(|p| Crossing::Reached { at: p.0 }).collect();
        let baseline: Vec<_> = pairs
            .iter()
            .map(|p| match p.2 {
                true => Crossing::Reached { at: p.1 },
                false => Crossing::Censored { at: 900 },
            })
            .collect();
        let turn = |runs: &[Crossing]| runs.iter().rev().copied().collect::<Vec<_>>();
        let one = SpeedUp::new(&arm, &baseline).unwrap();
        let other = SpeedUp::new(&turn(&arm), &turn(&baseline)).unwrap();
        prop_assert!((one.ratio / other.ratio - 1.0).abs() < 1e-12);
        // Turning the arms over turns the ratio over.
        let turned = SpeedUp::new(&baseline, &arm).unwrap();
        prop_assert!((one.ratio * turned.ratio - 1.0).abs() < 1e-9);
    }
}
