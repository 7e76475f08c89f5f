//! Tables of means and standard deviations, several p values, and what would settle a comparison.
//! Golden numbers: checks/stats/arms.py.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use stats::{Group, GroupComparison, Method, Outcome, Variances, holm};

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-9,
        "{found} instead of {expected}"
    );
}

fn of_three(mean: f64, standard_deviation: f64) -> Group {
    Group {
        mean,
        standard_deviation,
        count: 3,
    }
}

#[test]
fn agrees_with_scipy() {
    let edema = (of_three(89.57, 0.34), of_three(84.80, 0.77));
    let atelectasis = (of_three(79.76, 0.47), of_three(79.52, 0.31));
    let (welch, pooled) = (Variances::Welch, Variances::Pooled);
    #[rustfmt::skip]
    let goldens = [
        (edema, welch, [2.7513336278665435, 3.14126346307501, 6.398736536924982, 0.0032045735789373165, 0.9969936387295643, 2.1695188817315594]),
        (edema, pooled, [4.0, 3.4207314699422895, 6.1192685300577025, 0.0006040111311399897, 0.9992560350809635, 1.8277614371516484]),
        (atelectasis, welch, [3.4632259914440335, -0.7204596951671424, 1.2004596951671607, 0.5071983230799363, 0.04485473243527379, 1.2928460637108474]),
        (atelectasis, pooled, [4.0, -0.662522618891071, 1.142522618891089, 0.5012963363868858, 0.03977610183136057, 1.2225854247824774]),
    ];
    for ((arm, baseline), variances, expected) in goldens {
        let found = GroupComparison::new(arm, baseline, 1.0, variances).unwrap();
        let [df, lower, upper, p_difference, p_equivalence, detectable] = expected;
        close(found.degrees_of_freedom.unwrap(), df);
        close(found.interval.lower, lower);
        close(found.interval.upper, upper);
        close(found.p_difference.unwrap(), p_difference);
        close(found.p_equivalence.unwrap(), p_equivalence);
        close(found.smallest_detectable.unwrap(), detectable);
    }
}

#[test]
fn few_runs_see_little() {
    // Two groups with a standard deviation of 1; the approximation is too small by up to 3%.
    for (count, exact, digits) in [
        (3, 3.0708922663636877, 3.07),
        (5, 2.0244393393845423, 2.02),
        (10, 1.3249473925792308, 1.32),
        (17, 0.9910046493774318, 0.99),
    ] {
        let group = Group {
            mean: 0.0,
            standard_deviation: 1.0,
            count,
        };
        let found = GroupComparison::new(group, group, 1.0, Variances::Pooled).unwrap();
        close(found.smallest_detectable.unwrap(), exact);
        assert!((exact - digits).abs() < 0.005);
        let approximate = found.smallest_detectable_approximate.unwrap();
        assert!((approximate / exact - 1.0).abs() < 0.03, "{approximate}");
    }
}

#[test]
fn no_spread_decides_nothing_and_bad_groups_are_refused() {
    let (a, b) = (of_three(2.0, 0.0), of_three(1.0, 0.0));
    let found = GroupComparison::new(a, b, 0.5, Variances::Welch).unwrap();
    assert_eq!((found.outcome, found.t), (Outcome::Undecided, None));
    assert_eq!(found.interval.method, Method::Degenerate);
    for bad in [
        of_three(f64::NAN, 1.0),
        of_three(1.0, -1.0),
        Group { count: 1, ..a },
    ] {
        assert!(GroupComparison::new(a, bad, 0.5, Variances::Welch).is_err());
    }
    assert!(GroupComparison::new(a, b, 0.0, Variances::Welch).is_err());
}

#[test]
fn holm_agrees_with_statsmodels() {
    let p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.9, 0.03].map(Some);
    let expected = [0.06, 0.15, 0.15, 0.035, 0.4, 0.9, 0.15];
    for (found, expected) in holm(&p).unwrap().iter().zip(expected) {
        close(found.unwrap(), expected);
    }
    // One value is left as it is, and so is the conclusion from it.
    let (a, b) = (of_three(89.57, 0.34), of_three(84.80, 0.77));
    let found = GroupComparison::new(a, b, 1.0, Variances::Welch).unwrap();
    let after = |m: usize| {
        let adjust = |p: Option<f64>| holm(&vec![p; m]).unwrap()[0];
        found.outcome_after(adjust(found.p_difference), adjust(found.p_equivalence))
    };
    assert_eq!(
        (after(1), found.outcome),
        (Outcome::Better, Outcome::Better)
    );
    assert_eq!(after(25), Outcome::Undecided);
    assert_eq!(found.outcome_after(None, None), Outcome::Undecided);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn exchanging_the_groups_turns_the_sign(
        (m1, m2, s1, s2) in (0.0..1.0f64, 0.0..1.0f64, 0.01..1.0f64, 0.01..1.0f64),
        (n1, n2) in (2usize..30, 2usize..30),
    ) {
        let a = Group { mean: m1, standard_deviation: s1, count: n1 };
        let b = Group { mean: m2, standard_deviation: s2, count: n2 };
        for variances in [Variances::Welch, Variances::Pooled] {
            let one = GroupComparison::new(a, b, 0.1, variances).unwrap();
            let other = GroupComparison::new(b, a, 0.1, variances).unwrap();
            prop_assert_eq!(one.difference, -other.difference);
            let same = |x: Option<f64>, y: Option<f64>| (x.unwrap() - y.unwrap()).abs() < 1e-9;
            prop_assert!(same(one.p_difference, other.p_difference));
            prop_assert!(same(one.p_equivalence, other.p_equivalence));
            prop_assert!((one.interval.lower + other.interval.upper).abs() < 1e-9);
            prop_assert!(one.smallest_detectable.unwrap() > 0.0);
        }
    }
}
