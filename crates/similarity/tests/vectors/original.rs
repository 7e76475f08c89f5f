//! The drop-in against the original code, and what became of its crashes.

use serde_json::Value;
use similarity::{OwnedPair, Reason, sum_threshold};

use crate::read::{borrowed, close, folder, json, numbers, pair};

#[test]
fn the_numbers_of_the_original_code() {
    for (name, tolerance) in [
        ("01_basic_4x3_n24", 1e-9),
        ("02_basic_eps0", 1e-9),
        ("03_swapped_3x4_n24", 1e-9),
        ("04_affine_invariance", 1e-7),
        ("05_orthogonal_scale_invariance", 1e-7),
    ] {
        let Some(expected) = json(&format!("{name}/expected.json")) else {
            return;
        };
        let equal_correlations = name.starts_with("04") || name.starts_with("05");
        check(
            &folder(name),
            &expected["google_svcca"],
            tolerance,
            !equal_correlations,
        );
    }
}

/// Directions are compared where no correlations are equal.
fn check(pair: &OwnedPair, expected: &Value, tolerance: f64, directions: bool) {
    let number = |key: &str| expected[key].as_f64().expect("a number");
    let found = borrowed(pair)
        .original(number("epsilon"), number("threshold"))
        .expect("a value");
    close(
        "coefficients",
        &found.coefficients,
        &numbers(&expected["cca_coef1"]),
        tolerance,
    );
    close(
        "mean",
        &[found.mean.expect("a mean")],
        &[number("mean")],
        tolerance,
    );
    close("sum", &[found.sum], &[number("sum")], tolerance);
    assert_eq!(
        found.leading.map(|i| i as u64),
        expected["idx_from_sum_threshold"].as_u64()
    );
    for (side, root, idxs, means, coef) in [
        (
            &found.a,
            "invsqrt_xx",
            "x_idxs",
            "neuron_means1",
            "abs_coef_x",
        ),
        (
            &found.b,
            "invsqrt_yy",
            "y_idxs",
            "neuron_means2",
            "abs_coef_y",
        ),
    ] {
        close(root, &side.inverse_root, &numbers(&expected[root]), 1e-8);
        close(means, &side.means, &numbers(&expected[means]), 1e-12);
        assert_eq!(serde_json::json!(side.kept), expected[idxs]);
        if directions {
            // The last directions of the wider side are any basis of what is left.
            let kept = side.kept.len();
            let rows = found.coefficients.len() * kept;
            let absolute: Vec<f64> = side.coefficients.iter().map(|c| c.abs()).collect();
            close(
                coef,
                &absolute[..rows],
                &numbers(&expected[coef])[..rows],
                1e-7,
            );
        }
    }
}

#[test]
fn dead_and_dependent_channels() {
    let name = "06_dead_neuron_5x3_n24";
    let Some(expected) = json(&format!("{name}/expected.json")) else {
        return;
    };
    let pair = folder(name);
    let expected = &expected["eps1e-10"];
    let found = borrowed(&pair).original(1e-10, 0.98).expect("a value");
    close(
        "coefficients",
        &found.coefficients,
        &numbers(&expected["cca_coef1"]),
        1e-9,
    );
    assert_eq!(serde_json::json!(found.a.kept), expected["x_idxs"]);
    let full = numbers(&expected["full_invsqrt_xx"]);
    close("full inverse root", &found.a.full_inverse_root, &full, 1e-8);
    let directions: Vec<f64> = found.a.full_coefficients.iter().map(|c| c.abs()).collect();
    assert!(
        directions[10..15]
            .iter()
            .chain(directions[2..].iter().step_by(5))
            .all(|&c| c == 0.0)
    );

    // Where the original code crashes: there is a value.
    let found = borrowed(&pair).original(0.0, 0.98).expect("a value");
    assert_eq!(found.coefficients.len(), 3);

    let name = "07_rank_deficient_5x3_n24";
    let expected = json(&format!("{name}/expected.json")).expect("there is 06, too");
    let pair = folder(name);
    for (epsilon, key) in [
        (0.0, "google_eps0.0"),
        (1e-10, "google_eps1e-10"),
        (1e-6, "google_eps1e-06"),
    ] {
        let found = borrowed(&pair).original(epsilon, 0.98).expect("a value");
        // There, rounding of the inverse of the ridge moves the numbers.
        close(key, &found.coefficients, &numbers(&expected[key]), 4e-7);
    }
}

#[test]
fn the_threshold_rule() {
    let Some(cases) = json("10_sum_threshold.json") else {
        return;
    };
    for case in cases.as_array().expect("a list") {
        let threshold = case["threshold"].as_f64().expect("a number");
        let index = sum_threshold(&numbers(&case["array"]), threshold);
        assert_eq!(index.map(|i| i as u64), case["idx"].as_u64(), "{case}");
    }
}

/// The inputs on which the original code ends in `ValueError`, `AssertionError`, `LinAlgError`.
#[test]
fn its_crashes_are_reasons() {
    let wave = |datapoints: usize, channels: usize| -> Vec<f64> {
        (0..datapoints * channels)
            .map(|i| ((i * i + 3 * i) as f64 * 0.37).sin())
            .collect()
    };
    let dead = pair((&[2.5; 60], 3), (&wave(20, 4), 4), 20);
    assert_eq!(
        borrowed(&dead).original(1e-10, 0.98),
        Err(Reason::Constant {
            side: 'a',
            channels: 3
        })
    );
    let square = pair((&wave(20, 20), 20), (&wave(20, 4), 4), 20);
    let saturated = |dimensions, datapoints| {
        Err(Reason::Saturated {
            dimensions,
            datapoints,
        })
    };
    assert_eq!(borrowed(&square).original(1e-10, 0.98), saturated(20, 20));
    let wide = pair((&wave(20, 4), 4), (&wave(20, 30), 30), 20);
    assert_eq!(borrowed(&wide).original(1e-10, 0.98), saturated(30, 20));
}
