//! How soon noisy curves arrive, and how many times sooner than others.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use stats::{ArrivalRatio, Bound, Delong, Estimate, PatientDraws, RedrawnCurve, Speed, StatsError};

/// A curve that is at 0.8 after `step` steps, looked at when it is known to be below and above.
fn arriving(step: f64) -> RedrawnCurve {
    let (before, after) = ((step * 0.5) as u64, (step * 2.0) as u64);
    let rise = |at: u64| 0.8 + 0.1 * ((at as f64).ln_1p() - step.ln_1p());
    RedrawnCurve {
        points: vec![(0, 0.5), (before, rise(before)), (after, rise(after))],
        draws: None,
    }
}

fn never() -> RedrawnCurve {
    RedrawnCurve {
        points: vec![(0, 0.5), (400, 0.6), (900, 0.7)],
        draws: None,
    }
}

fn runs(steps: &[f64]) -> Vec<RedrawnCurve> {
    steps.iter().map(|step| arriving(*step)).collect()
}

fn estimate(patients: usize, shift: f64) -> Estimate {
    let labels: Vec<bool> = (0..patients).map(|case| case % 2 == 0).collect();
    let score = |case: usize| (case * 37 % 101) as f64 / 101.0;
    let scores: Vec<f64> = (0..patients)
        .map(|case| score(case) + if labels[case] { shift } else { 0.0 })
        .collect();
    Delong::new(&labels, &scores).unwrap().estimate().unwrap()
}

#[test]
fn the_ratio_is_of_geometric_means_with_students_interval() {
    /* numpy 2.4.6, scipy 1.17.1:
    b, a = np.log([800.0, 950, 700, 1200, 1010]), np.log([400.0, 520, 300, 610, 480])
    d = b - a; m, se = d.mean(), d.std(ddof=1) / 5**.5; r = stats.t.ppf(.975, 4) * se
    print(np.exp([m, m - r, m + r, b.mean(), a.mean()])) */
    let baseline = runs(&[800.0, 950.0, 700.0, 1200.0, 1010.0]);
    let arm = runs(&[400.0, 520.0, 300.0, 610.0, 480.0]);
    let found = ArrivalRatio::new(&arm, &baseline, 0.8, 1).unwrap();
    let interval = found.interval.unwrap();
    let all = [
        found.ratio,
        interval.lower,
        interval.upper,
        found.baseline_steps,
        found.arm_steps,
    ];
    for (found, expected) in all.into_iter().zip(RATIO) {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }
    // Without the error of the patients nothing is tested.
    assert_eq!((found.has_patients, found.p_difference), (false, None));
    assert_eq!(found.bound, Bound::Exact);
    let two = ArrivalRatio::new(&arm[..2], &baseline[..2], 0.8, 1).unwrap();
    assert_eq!(two.interval, None);
}

#[rustfmt::skip]
const RATIO: [f64; 5] = [2.0395376085762273, 1.8223578883338623, 2.282599748065931, 915.9733758478808, 449.10835279341035];

#[test]
fn seeds_that_do_not_arrive_make_a_bound() {
    let soon = runs(&[100.0, 120.0, 90.0]);
    let some = [arriving(300.0), never(), arriving(200.0)];
    let found = ArrivalRatio::new(&soon, &some, 0.8, 1).unwrap();
    assert_eq!((found.bound, found.baseline_censored), (Bound::AtLeast, 1));
    let found = ArrivalRatio::new(&some, &soon, 0.8, 1).unwrap();
    assert_eq!((found.bound, found.arm_censored), (Bound::AtMost, 1));
    let nobody = [never(), never(), never()];
    assert!(matches!(
        ArrivalRatio::new(&nobody, &nobody, 0.8, 1),
        Err(StatsError::NeverReached { runs: 3 })
    ));
    // A bound says no more than what lies beyond it.
    let sure = Some(0.001);
    assert_eq!(
        Speed::from_p(2.0, Bound::AtLeast, sure, None),
        Speed::Sooner
    );
    assert_eq!(
        Speed::from_p(0.5, Bound::AtLeast, sure, None),
        Speed::Undecided
    );
    assert_eq!(
        Speed::from_p(2.0, Bound::AtMost, sure, None),
        Speed::Undecided
    );
    assert_eq!(Speed::from_p(1.1, Bound::Exact, sure, sure), Speed::AsSoon);
    assert_eq!(
        Speed::from_p(1.1, Bound::AtLeast, None, sure),
        Speed::Undecided
    );
}

#[test]
fn steps_before_the_second_evaluation_are_not_told() {
    let early = RedrawnCurve {
        points: vec![(0, 0.5), (20, 0.9), (40, 0.92)],
        draws: None,
    };
    let found = ArrivalRatio::new(&[early], &runs(&[100.0]), 0.8, 1);
    assert!(matches!(found, Err(StatsError::ReachedEarly { step: 20 })));
}

#[test]
fn patients_move_all_curves_alike() {
    let names: Vec<String> = (0..120).map(|patient| format!("p{patient}")).collect();
    let draws = PatientDraws::new(names.iter().map(String::as_str), 4000, 0).unwrap();
    let auc = estimate(120, 0.3);
    let moved = draws.of(&auc).unwrap();
    let variance = moved.iter().map(|m| m * m).sum::<f64>() / moved.len() as f64;
    let expected = auc.influence().variance();
    assert!(
        (variance / expected - 1.0).abs() < 0.1,
        "{variance} {expected}"
    );
    // The same patients in another order are moved alike.
    let turned = PatientDraws::new(names.iter().rev().map(String::as_str), 10, 0).unwrap();
    let few = PatientDraws::new(names.iter().map(String::as_str), 10, 0).unwrap();
    let half = auc
        .clone()
        .spread(&(0..120).rev().collect::<Vec<_>>(), 120)
        .unwrap();
    for (a, b) in few.of(&auc).unwrap().iter().zip(turned.of(&half).unwrap()) {
        assert!((a - b).abs() < 1e-12);
    }

    // What moves both arms alike is in the ratio only as far as their curves differ.
    let with = |steps: &[f64]| -> Vec<RedrawnCurve> {
        runs(steps)
            .into_iter()
            .map(|curve| RedrawnCurve {
                draws: Some(vec![moved.clone(); curve.points.len()]),
                ..curve
            })
            .collect()
    };
    let (arm, baseline) = ([100.0, 110.0, 95.0], [400.0, 420.0, 390.0]);
    let found = ArrivalRatio::new(&with(&arm), &with(&baseline), 0.8, 1).unwrap();
    let alone = ArrivalRatio::new(&runs(&arm), &runs(&baseline), 0.8, 1).unwrap();
    assert!(found.has_patients && found.p_difference.unwrap() < 0.01);
    assert!(found.interval.unwrap().upper >= alone.interval.unwrap().upper);
    assert!(PatientDraws::new(["a"], 1, 0).is_err());
}

proptest! {
    #[test]
    fn turning_the_arms_over_turns_the_ratio_over(
        pairs in prop::collection::vec((20.0..900.0f64, 20.0..900.0f64), 3..9)
    ) {
        let (arm, baseline): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let one = ArrivalRatio::new(&runs(&arm), &runs(&baseline), 0.8, 1).unwrap();
        let other = ArrivalRatio::new(&runs(&baseline), &runs(&arm), 0.8, 1).unwrap();
        prop_assert!((one.ratio * other.ratio - 1.0).abs() < 1e-9);
        prop_assert!((one.ratio - one.baseline_steps / one.arm_steps).abs() < 1e-9 * one.ratio);
        let turn = |steps: &[f64]| runs(&steps.iter().rev().copied().collect::<Vec<_>>());
        let turned = ArrivalRatio::new(&turn(&arm), &turn(&baseline), 0.8, 1).unwrap();
        prop_assert!((one.ratio / turned.ratio - 1.0).abs() < 1e-9);
    }
}
