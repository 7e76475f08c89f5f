//! Every measure against `*_ref` and the other epsilon-free references.

use serde_json::Value;
use similarity::{Criterion, Keep, Measure, OwnedPair, Reason};

use crate::read::{borrowed, close, csv, folder, json, numbers, pair, value};

const REFERENCE: f64 = 1e-9;

#[test]
fn views_of_few_channels() {
    for name in [
        "01_basic_4x3_n24",
        "02_basic_eps0",
        "03_swapped_3x4_n24",
        "04_affine_invariance",
        "05_orthogonal_scale_invariance",
    ] {
        let Some(expected) = json(&format!("{name}/expected.json")) else {
            return;
        };
        let pair = folder(name);
        let canonical = borrowed(&pair).canonical().expect("a value");
        close(
            name,
            &canonical.correlations,
            &numbers(&expected["cca_ref"]),
            REFERENCE,
        );
        for (measure, key) in [
            (Measure::MeanCca, "mean_cca"),
            (Measure::SquaredCca, "mean_cca_sq_R2cca"),
            (Measure::Cka, "linear_cka_biased"),
            (Measure::DebiasedCka, "linear_cka_debiased"),
            (Measure::CkaPrime, "cka_prime_dist"),
            (Measure::RegressionBFromA, "linreg_r2_y_from_x"),
            (Measure::RegressionAFromB, "linreg_r2_x_from_y"),
        ] {
            close(
                key,
                &[value(&pair, measure)],
                &numbers(&expected[key]),
                REFERENCE,
            );
        }
        let distance = 2.0 - 2.0 * value(&pair, Measure::Procrustes);
        close(
            name,
            &[distance],
            &numbers(&expected["procrustes_ding"]),
            REFERENCE,
        );
        // The arccosine of 1 less rounding is the root of the rounding.
        let angle = value(&pair, Measure::AngularProcrustes);
        let angles = numbers(&expected["procrustes_angular_arccos_nuc"]);
        close(
            name,
            &[angle],
            &angles,
            if angles[0] < 1e-6 { 1e-7 } else { REFERENCE },
        );
        pwcca(&pair, &expected);
        svcca(&pair, &expected);
    }
}

/// The paper weights by the view of fewer channels.
fn pwcca(pair: &OwnedPair, expected: &Value) {
    let fewer = if pair.b.channels() < pair.a.channels() {
        Measure::PwccaB
    } else {
        Measure::PwccaA
    };
    let expected = numbers(&expected["pwcca_paper"]["value"]);
    close("pwcca", &[value(pair, fewer)], &expected, REFERENCE);
}

fn svcca(pair: &OwnedPair, expected: &Value) {
    for (criterion, key) in [
        (Criterion::SingularValues, "sum_sigma"),
        (Criterion::Variance, "sum_sigma_sq"),
    ] {
        let expected = &expected["svcca_0.99"][key];
        let found = borrowed(pair)
            .truncated(Keep::usual(criterion))
            .expect("a value");
        assert_eq!(
            found.directions.map(|k| k as f64).to_vec(),
            numbers(&expected["k"])
        );
        close(
            key,
            &found.correlations,
            &numbers(&expected["coef"]),
            REFERENCE,
        );
        let mean = value(pair, Measure::Svcca(criterion));
        close(key, &[mean], &numbers(&expected["mean"]), REFERENCE);
    }
}

#[test]
fn dead_and_dependent_channels_are_left_out_and_counted() {
    for (name, constant, dependent) in [
        ("06_dead_neuron_5x3_n24", 1, 0),
        ("07_rank_deficient_5x3_n24", 0, 1),
    ] {
        let Some(expected) = json(&format!("{name}/expected.json")) else {
            return;
        };
        let pair = folder(name);
        let canonical = borrowed(&pair).canonical().expect("a value");
        let reference = numbers(&expected["cca_ref_rank_revealing"]);
        close(name, &canonical.correlations, &reference, REFERENCE);
        let (a, b) = borrowed(&pair).views(&[Measure::MeanCca]);
        assert_eq!(
            (a.side().constant, a.side().dependent),
            (constant, dependent)
        );
        assert_eq!((b.side().constant, b.side().dependent), (0, 0));
        assert_eq!(canonical.a.rank, 4);
    }
}

#[test]
fn conventions_of_maps() {
    let name = "08_conv_nhwc_6x4x4";
    let Some(expected) = json(&format!("{name}/expected.json")) else {
        return;
    };
    let maps = |file: &str| {
        let (columns, images) = csv(&format!("{name}/{file}"));
        // Images are rows here.
        let features = columns.len() / images;
        let by_image = (0..images).flat_map(|i| (0..features).map(move |f| f * images + i));
        by_image.map(|index| columns[index]).collect::<Vec<f64>>()
    };
    let (a, b) = (maps("a.csv"), maps("b.csv"));
    let flat = &expected["flatten_spatial_into_datapoints"];
    let spatial = pair((&a, 3), (&b, 5), 17);
    for (measure, key) in [
        (Measure::MeanCca, "mean_cca"),
        (Measure::Cka, "linear_cka_biased"),
        (Measure::DebiasedCka, "linear_cka_debiased"),
    ] {
        close(
            key,
            &[value(&spatial, measure)],
            &numbers(&flat[key]),
            REFERENCE,
        );
    }
    pwcca(&spatial, flat);
    svcca(&spatial, flat);
    let distance = 2.0 - 2.0 * value(&spatial, Measure::Procrustes);
    close(
        "procrustes",
        &[distance],
        &numbers(&flat["procrustes_ding"]),
        REFERENCE,
    );

    let every_second = |values: &[f64], channels: usize| -> Vec<f64> {
        values
            .chunks(channels)
            .step_by(2)
            .flatten()
            .copied()
            .collect()
    };
    let half = pair((&every_second(&a, 3), 3), (&every_second(&b, 5), 5), 9);
    let coefficients = borrowed(&half).canonical().expect("a value").correlations;
    close(
        "half",
        &coefficients,
        &numbers(&expected["every_2nd_datapoint"]["cca"]),
        REFERENCE,
    );

    let flattened = pair((&a, 48), (&b, 80), 2);
    let biased = numbers(&expected["flatten_hwc_into_features_linear_cka_biased"]);
    close(
        "flattened",
        &[value(&flattened, Measure::Cka)],
        &biased,
        REFERENCE,
    );
    let debiased = numbers(&expected["flatten_hwc_into_features_linear_cka_debiased"]);
    close(
        "flattened",
        &[value(&flattened, Measure::DebiasedCka)],
        &debiased,
        REFERENCE,
    );
    assert_eq!(
        borrowed(&flattened).measure_all(&[Measure::MeanCca]),
        [Err(Reason::Saturated {
            dimensions: 5,
            datapoints: 6
        })]
    );

    let pooled = |values: &[f64], channels: usize| -> Vec<f64> {
        let mean = |image: &[f64], c| image.iter().skip(c).step_by(channels).sum::<f64>() / 16.0;
        let images = values.chunks(16 * channels);
        images
            .flat_map(|image| (0..channels).map(move |c| mean(image, c)))
            .collect()
    };
    let pooled = pair((&pooled(&a, 3), 3), (&pooled(&b, 5), 5), 6);
    let biased = numbers(&expected["avgpool_linear_cka_biased"]);
    close(
        "pooled",
        &[value(&pooled, Measure::Cka)],
        &biased,
        REFERENCE,
    );

    let upsampled = pair((&a, 3), (&maps("b_2x2_upsampled.csv"), 5), 96);
    let coefficients = borrowed(&upsampled)
        .canonical()
        .expect("a value")
        .correlations;
    close(
        "upsampled",
        &coefficients,
        &numbers(&expected["upsampled_2x2_to_4x4_cca"]),
        REFERENCE,
    );
}
