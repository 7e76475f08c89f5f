//! Associations against scipy, and what holds for any points.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use serde_json::Value;
use stats::{
    Association, Coefficient, Method, StatsError, kendall_tau_b, pearson, spearman, weighted_tau,
    weighted_tau_ranked_by_first,
};

/// Made by checks/stats/transferability.py.
const GOLDEN: &str = include_str!("golden/transferability.json");
const ALL: [Coefficient; 4] = [
    Coefficient::Pearson,
    Coefficient::Spearman,
    Coefficient::Kendall,
    Coefficient::WeightedTau,
];

fn close(found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap();
    assert!(
        (found - expected).abs() < tolerance,
        "{found} instead of {expected}"
    );
}

#[test]
fn points_with_ties_are_as_scipy_has_them() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let golden = &golden["associations"];
    let steps = |i: usize| (i * 17 + i * i) % 23;
    let x: Vec<f64> = (0..40).map(|i| steps(i) as f64).collect();
    let y: Vec<f64> = (0..40)
        .map(|i| (steps(i) / 4 + (i * 7) % 5) as f64)
        .collect();
    close(spearman(&x, &y).unwrap(), &golden["spearman"], 1e-12);
    close(kendall_tau_b(&x, &y).unwrap(), &golden["kendall"], 1e-12);
    close(
        weighted_tau(&x, &y).unwrap(),
        &golden["weighted_tau"],
        1e-12,
    );
    let by_first = weighted_tau_ranked_by_first(&x, &y).unwrap();
    close(by_first, &golden["ranked_by_first"], 1e-12);
    let found = Association::new(Coefficient::Pearson, &x, &y).unwrap();
    close(found.value, &golden["pearson"], 1e-12);
    let interval = found.interval.unwrap();
    close(interval.lower, &golden["pearson_interval"][0], 1e-9);
    close(interval.upper, &golden["pearson_interval"][1], 1e-9);
}

#[test]
fn reference_vector_of_six_networks() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/21_rank_agreement.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: no reference vector 21");
        return;
    };
    let expected: Value = serde_json::from_str(&text).unwrap();
    let numbers = |name: &str| -> Vec<f64> {
        let all = expected[name].as_array().unwrap();
        all.iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let (accuracy, score) = (numbers("accuracy"), numbers("score"));
    let (x, y) = (&score, &accuracy);
    close(pearson(x, y).unwrap(), &expected["pearson"], 1e-9);
    close(spearman(x, y).unwrap(), &expected["spearman"], 1e-9);
    close(
        kendall_tau_b(x, y).unwrap(),
        &expected["kendall_tau_b"],
        1e-9,
    );
    let name = "weighted_tau_scipy_default_hyperbolic_rank_true";
    close(weighted_tau(x, y).unwrap(), &expected[name], 1e-9);
    let found = [
        weighted_tau_ranked_by_first(x, y).unwrap(),
        weighted_tau_ranked_by_first(y, x).unwrap(),
    ];
    let wanted = expected["weighted_tau_rank_none"].as_f64().unwrap();
    assert!(
        found.iter().any(|f| (f - wanted).abs() < 1e-9),
        "{found:?} instead of {wanted}"
    );
}

#[test]
fn what_cannot_be_told_is_a_reason() {
    let line = [1.0, 2.0, 3.0, 4.0, 5.0];
    let bent = [1.0, 3.0, 2.0, 4.0, 5.0];
    for coefficient in ALL {
        let few = coefficient.of(&[1.0], &[1.0]);
        assert!(matches!(few, Err(StatsError::TooFew { needed: 2, .. })));
        let flat = coefficient.of(&line, &[2.0; 5]);
        assert!(matches!(flat, Err(StatsError::Constant { .. })));
        let open = coefficient.of(&line, &[1.0, f64::NAN, 2.0, 3.0, 4.0]);
        assert!(matches!(open, Err(StatsError::NonFinite { index: 1, .. })));
        assert!(coefficient.of(&line, &line[1..]).is_err());
        let many: Vec<f64> = (0..1001).map(f64::from).collect();
        match coefficient.of(&many, &many) {
            // Those of ranks and values take any number, those of pairs a bounded one.
            Ok(whole) => assert!((whole - 1.0).abs() < 1e-12),
            Err(error) => assert!(matches!(error, StatsError::TooMany { .. })),
        }

        let three = Association::new(coefficient, &line[..3], &bent[..3]).unwrap();
        assert_eq!(three.points, 3);
        assert!(matches!(three.interval, Err(StatsError::TooFew { .. })));
        let exact = Association::new(coefficient, &line, &line).unwrap();
        assert!((exact.value - 1.0).abs() < 1e-12);
        assert_eq!(exact.interval, Err(StatsError::NoExceptions { points: 5 }));
        let usual = Association::new(coefficient, &line, &bent).unwrap();
        let interval = usual.interval.clone().unwrap();
        assert!(interval.contains(usual.value), "{usual:?}");
        assert_eq!(usual, Association::new(coefficient, &line, &bent).unwrap());
        let is_bootstrap = coefficient == Coefficient::WeightedTau;
        assert_eq!(interval.method == Method::Percentile, is_bootstrap);
    }
    let huge = [1e308, -1e308, 1e308, 0.0, 1.0];
    assert!(pearson(&huge, &line).unwrap().is_finite());
}

proptest! {
    #[test]
    fn bounded_symmetric_and_blind_to_order(
        points in prop::collection::vec((0..9i32, 0..9i32), 2..30),
        turn in 0..30usize,
    ) {
        let (x, y): (Vec<f64>, Vec<f64>) =
            points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).unzip();
        let turned = |values: &[f64]| {
            let mut values = values.to_vec();
            let by = turn % values.len();
            values.rotate_left(by);
            values
        };
        let grown: Vec<f64> = x.iter().map(|x| x.exp()).collect();
        let reversed: Vec<f64> = x.iter().map(|x| -x).collect();
        for coefficient in ALL {
            let Ok(value) = coefficient.of(&x, &y) else { continue };
            prop_assert!((-1.0..=1.0).contains(&value));
            let close = |other: f64| (value - other).abs() < 1e-12;
            prop_assert!(close(coefficient.of(&y, &x).unwrap()));
            prop_assert!(close(coefficient.of(&turned(&x), &turned(&y)).unwrap()));
            if coefficient != Coefficient::Pearson {
                prop_assert!(close(coefficient.of(&grown, &y).unwrap()));
            }
            if coefficient != Coefficient::WeightedTau {
                prop_assert!(close(-coefficient.of(&reversed, &y).unwrap()));
            }
        }
    }
}
