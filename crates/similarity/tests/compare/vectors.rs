//! The numbers of independent numpy formulas, in every convention.

use serde_json::Value;
use similarity::{Convention, Measure, Memory, Options, Reason, compare};

use crate::source::{Doubles, single};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");

fn json(path: &str) -> Option<Value> {
    let Ok(text) = std::fs::read_to_string(format!("{FOLDER}/{path}")) else {
        println!("skipped: no {FOLDER}/{path}");
        return None;
    };
    Some(serde_json::from_str(&text).expect("vectors are valid JSON"))
}

fn csv(path: &str) -> Vec<Vec<f64>> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{path}")).expect("readable");
    let row = |line: &str| {
        line.split(',')
            .map(|v| v.trim().parse().expect("number"))
            .collect()
    };
    text.lines().map(row).collect()
}

fn maps(path: &str, extents: [usize; 4]) -> Doubles {
    Doubles::new(extents, csv(path).concat())
}

/// Values alone.
fn values(a: &Doubles, b: &Doubles, convention: Convention, measures: &[Measure]) -> Vec<f64> {
    let options = Options {
        measures: measures.to_vec(),
        convention,
        permutations: 0,
        groups: 0,
        ..Options::default()
    };
    let compared = compare(a, b, &options).expect("compares");
    let value = |measured: &similarity::Measured| {
        measured
            .value
            .clone()
            .unwrap_or_else(|reason| panic!("{}: {reason}", measured.measure))
    };
    compared.measured.iter().map(value).collect()
}

#[track_caller]
fn close(what: impl std::fmt::Debug, found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-9,
        "{what:?}: {found} for {expected}"
    );
}

#[test]
fn basic() {
    let name = "01_basic_4x3_n24";
    let Some(expected) = json(&format!("{name}/expected.json")) else {
        return;
    };
    let a = Doubles::vectors(&csv(&format!("{name}/x.csv")));
    let b = Doubles::vectors(&csv(&format!("{name}/y.csv")));
    let cases = [
        (Measure::RbfCka(0.4), "rbf_cka_sigma_0.4_median"),
        (Measure::RbfCka(0.5), "rbf_cka_sigma_0.5_median"),
        (Measure::RbfCka(1.0), "rbf_cka_sigma_1.0_median"),
        (
            Measure::DebiasedRbfCka(1.0),
            "rbf_cka_debiased_sigma_1.0_median",
        ),
        (Measure::MutualNeighbours(5), "mutual_knn_k5_cosine"),
        (Measure::MinibatchCka(8), "minibatch_cka_bs8"),
        (Measure::Cka, "linear_cka_biased"),
        (Measure::DebiasedCka, "linear_cka_debiased"),
        (Measure::AngularProcrustes, "procrustes_angular_arccos_nuc"),
        (Measure::CkaPrime, "cka_prime_dist"),
        (Measure::MeanCca, "mean_cca"),
    ];
    let measures = cases.map(|(measure, _)| measure);
    // Vectors are the same in every convention.
    for convention in [
        Convention::Spatial,
        Convention::Flattened,
        Convention::Pooled,
    ] {
        let found = values(&a, &b, convention, &measures);
        for ((measure, key), found) in cases.into_iter().zip(found) {
            close(measure, found, expected[key].as_f64().expect("a number"));
        }
    }
    // By the Gram matrices of the same features as two positions of half the channels.
    let halves = |source: &Doubles, positions: usize| {
        let channels = source.shape.channels / positions;
        Doubles::new([24, 1, positions, channels], source.values.clone())
    };
    let by_gram = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|i| cases[i]);
    let found = values(
        &halves(&a, 2),
        &halves(&b, 3),
        Convention::Flattened,
        &by_gram.map(|(measure, _)| measure),
    );
    for ((measure, key), found) in by_gram.into_iter().zip(found) {
        close(measure, found, expected[key].as_f64().expect("a number"));
    }
}

#[test]
fn conventions() {
    let name = "08_conv_nhwc_6x4x4";
    let Some(expected) = json(&format!("{name}/expected.json")) else {
        return;
    };
    let a = maps(&format!("{name}/a.csv"), [6, 4, 4, 3]);
    let b = maps(&format!("{name}/b.csv"), [6, 4, 4, 5]);
    let small = maps(&format!("{name}/b_2x2.csv"), [6, 2, 2, 5]);
    let upsampled = maps(&format!("{name}/b_2x2_upsampled.csv"), [6, 4, 4, 5]);

    let number = |value: &Value| value.as_f64().expect("a number");
    let spatial = &expected["flatten_spatial_into_datapoints"];
    let measures = [
        Measure::MeanCca,
        Measure::PwccaA,
        Measure::Cka,
        Measure::DebiasedCka,
        Measure::Procrustes,
    ];
    let found = values(&a, &b, Convention::Spatial, &measures);
    close("cca", found[0], number(&spatial["mean_cca"]));
    close("pwcca", found[1], number(&spatial["pwcca_paper"]["value"]));
    close("cka", found[2], number(&spatial["linear_cka_biased"]));
    close(
        "debiased",
        found[3],
        number(&spatial["linear_cka_debiased"]),
    );
    close(
        "procrustes",
        2.0 - 2.0 * found[4],
        number(&spatial["procrustes_ding"]),
    );

    let both = [Measure::Cka, Measure::DebiasedCka];
    let found = values(&a, &b, Convention::Flattened, &both);
    close(
        "flattened",
        found[0],
        number(&expected["flatten_hwc_into_features_linear_cka_biased"]),
    );
    close(
        "flattened",
        found[1],
        number(&expected["flatten_hwc_into_features_linear_cka_debiased"]),
    );

    let found = values(&a, &b, Convention::Pooled, &[Measure::Cka]);
    close(
        "pooled",
        found[0],
        number(&expected["avgpool_linear_cka_biased"]),
    );

    let correlations = expected["upsampled_2x2_to_4x4_cca"]
        .as_array()
        .expect("a list");
    let mean = correlations.iter().map(number).sum::<f64>() / correlations.len() as f64;
    for b in [&small, &upsampled] {
        close(
            "upsampled",
            values(&a, b, Convention::Spatial, &[Measure::MeanCca])[0],
            mean,
        );
    }
    // Either side may be the smaller.
    close(
        "upsampled a",
        values(&small, &a, Convention::Spatial, &[Measure::MeanCca])[0],
        mean,
    );
}

#[test]
fn single_precision_and_constant_channels() {
    let name = "06_dead_neuron_5x3_n24";
    let Some(expected) = json(&format!("{name}/expected.json")) else {
        return;
    };
    let a = single(&Doubles::vectors(&csv(&format!("{name}/x.csv"))));
    let b: Memory = single(&Doubles::vectors(&csv(&format!("{name}/y.csv"))));
    let options = Options {
        measures: vec![Measure::MeanCca],
        ..Options::default()
    };
    let compared = compare(&a, &b, &options).expect("compares");
    assert_eq!((compared.a.dimensions, compared.a.constant), (5, 1));
    assert!(
        compared
            .warnings
            .iter()
            .any(|warning| warning.contains("1 of the 5 dimensions"))
    );
    let correlations = expected["cca_ref_rank_revealing"]
        .as_array()
        .expect("a list");
    let sum: f64 = correlations.iter().filter_map(Value::as_f64).sum();
    let found = compared.measured[0].value.clone().expect("a value");
    assert!((found - sum / correlations.len() as f64).abs() < 1e-6);
}

#[test]
fn linear_maps_have_no_meaning_between_flattened_maps() {
    let mut draw = crate::source::Normal::new(1);
    let (a, b) = (draw.maps([9, 2, 2, 3]), draw.maps([9, 1, 1, 3]));
    let options = Options {
        measures: vec![Measure::MeanCca, Measure::RegressionAFromB],
        convention: Convention::Flattened,
        ..Options::default()
    };
    for measured in compare(&a, &b, &options).expect("compares").measured {
        assert!(matches!(measured.value, Err(Reason::Convention { .. })));
        assert!(measured.null.is_none() && measured.interval.is_none());
    }
}

/// The vectors hold one draw each; ours are others, as far from the formula as theirs.
#[test]
fn biased_and_debiased_cka_of_noise() {
    let Some(cases) = json("12_cka_bias_random.json") else {
        return;
    };
    let mut draw = crate::source::Normal::new(14);
    for case in cases.as_array().expect("a list") {
        let number = |key: &str| case[key].as_f64().expect("a number");
        let (n, p) = (number("n") as usize, number("p") as usize);
        if n * p > 100_000 {
            continue;
        }
        let (a, b) = (draw.maps([n, 2, 1, p / 2]), draw.maps([n, 2, 1, p / 2]));
        let both = [Measure::Cka, Measure::DebiasedCka];
        let found = values(&a, &b, Convention::Flattened, &both);
        assert!(
            (found[0] - number("biased")).abs() < 0.03,
            "{} for {case}",
            found[0]
        );
        assert!(
            (found[1] - number("debiased")).abs() < 0.06,
            "{} for {case}",
            found[1]
        );
    }
}
