use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use stats::{
    Binning, Bootstrap, Clusters, Delong, Method, Obuchowski, Reliability, SortedScores,
    StatsError, auc, squared_errors, weighted_mean,
};

use crate::{Cases, close};

#[test]
fn scipy_agrees_on_a_mean() {
    // scipy.stats.bootstrap with 200,000 resamples and other random numbers: see "scipy's bca of
    // a mean" of the script. The tolerance is that of 20,000 of ours.
    let values: Vec<f64> = (0..40)
        .map(|i| ((i * 17 % 41) as f64 / 41.0).powi(3))
        .collect();
    let single = Clusters::new([None; 40]).unwrap();
    let bootstrap = Bootstrap::new(&single, 3, "mean")
        .resamples(20_000)
        .unwrap();
    let found = bootstrap
        .run(|weights| weighted_mean(&values, weights))
        .unwrap();
    let interval = found.bca(0.95).unwrap();
    assert!((interval.lower - 0.1630537289984617).abs() < 3e-3);
    assert!((interval.upper - 0.3358685229030165).abs() < 3e-3);
    assert!((found.standard_error() - 0.043559264363925855).abs() < 1e-3);
    assert!(found.bias().abs() < 1e-3);
    // Its interval is narrower than that which allows for 40 clusters.
    let (plain, expanded) = (
        found.percentile(0.95).unwrap(),
        found.expanded_percentile(0.95).unwrap(),
    );
    assert!(expanded.lower < plain.lower && plain.upper < expanded.upper);
    assert_eq!(found.interval(0.95).unwrap(), interval);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let cases = Cases::new();
    let sorted = SortedScores::new(&cases.labels, &cases.probabilities).unwrap();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let bootstrap = Bootstrap::new(&cases.patients, 5, "AUC")
            .resamples(300)
            .unwrap();
        pool.install(|| {
            bootstrap
                .run(|weights| sorted.auc_weighted(weights))
                .unwrap()
        })
    };
    let one = on(1);
    assert_eq!(one, on(3));
    close(
        one.estimate(),
        auc(&cases.labels, &cases.probabilities).unwrap(),
    );
    assert_eq!((one.clusters(), one.values().len()), (21, 300));
    let other = Bootstrap::new(&cases.patients, 5, "another")
        .resamples(300)
        .unwrap();
    assert_ne!(
        one,
        other.run(|weights| sorted.auc_weighted(weights)).unwrap()
    );
}

#[test]
fn every_statistic_of_one_score_can_be_resampled() {
    let cases = Cases::new();
    let (labels, probabilities) = (&cases.labels, &cases.probabilities);
    let sorted = SortedScores::new(labels, probabilities).unwrap();
    let errors = squared_errors(labels, probabilities).unwrap();
    let bins = Reliability::new(labels, probabilities, Binning::EqualWidth(10)).unwrap();
    let range = stats::SpecificityRange::at_least(0.8).unwrap();
    let statistics: [&(dyn Fn(&[u32]) -> Option<f64> + Sync); 6] = [
        &|weights| sorted.auc_weighted(weights),
        &|weights| sorted.average_precision_weighted(weights),
        &|weights| sorted.sensitivity_at_weighted(0.9, weights),
        &|weights| Some(sorted.partial_auc_weighted(range, weights)?.standardised),
        &|weights| weighted_mean(&errors, weights),
        &|weights| bins.ece_weighted(weights),
    ];
    for statistic in statistics {
        let bootstrap = Bootstrap::new(&cases.patients, 1, "any")
            .resamples(400)
            .unwrap();
        let found = bootstrap.run(statistic).unwrap();
        let interval = found.interval(0.9).unwrap();
        assert!(0.0 <= interval.lower && interval.lower < interval.upper && interval.upper <= 1.0);
        assert!(found.percentile(0.999).unwrap().contains(found.estimate()));
    }
}

#[test]
fn resamples_without_a_value_are_drawn_again_and_counted() {
    let labels = [true, false, false, false, false, false];
    let scores = [0.7, 0.1, 0.4, 0.9, 0.2, 0.3];
    let sorted = SortedScores::new(&labels, &scores).unwrap();
    let single = Clusters::new([None; 6]).unwrap();
    let bootstrap = Bootstrap::new(&single, 11, "AUC")
        .resamples(20_000)
        .unwrap();
    let found = bootstrap
        .run(|weights| sorted.auc_weighted(weights))
        .unwrap();
    // (5/6)⁶ = 0.335 of all resamples lack the positive case: 0.5035 per resample that has it.
    let rate = found.redrawn() as f64 / 20_000.0;
    assert!((rate - 0.5035).abs() < 0.025, "{rate}");
    // Without it there is nothing to jackknife, and the expanded percentile steps in.
    assert!(matches!(found.bca(0.95), Err(StatsError::NoBca { .. })));
    assert_eq!(
        found.interval(0.95).unwrap().method,
        Method::ExpandedPercentile
    );

    assert_eq!(
        bootstrap.run(|_| None).unwrap_err(),
        StatsError::NoResample { drawn: 0 }
    );
    assert!(bootstrap.run(|_| Some(f64::NAN)).is_err());
    // Defined for the cases themselves only, which hardly any resample is.
    let many = Clusters::new([None; 30]).unwrap();
    let whole = Bootstrap::new(&many, 11, "whole").resamples(2).unwrap();
    assert_eq!(
        whole
            .run(|weights| weights.iter().all(|w| *w == 1).then_some(1.0))
            .unwrap_err(),
        StatsError::NoResample { drawn: 1000 }
    );
    let one = Clusters::new([Some("a"); 6]).unwrap();
    assert!(Bootstrap::new(&one, 1, "x").run(|_| Some(1.0)).is_err());
    assert!(bootstrap.resamples(1).is_err());
}

#[test]
fn no_variation_is_flagged() {
    let labels = [true, false, true, false, true, false];
    let sorted = SortedScores::new(&labels, &[0.9, 0.1, 0.8, 0.2, 0.7, 0.3]).unwrap();
    let single = Clusters::new([None; 6]).unwrap();
    let bootstrap = Bootstrap::new(&single, 11, "AUC").resamples(50).unwrap();
    let found = bootstrap
        .run(|weights| sorted.auc_weighted(weights))
        .unwrap();
    assert_eq!(found.interval(0.95).unwrap().method, Method::Degenerate);
    assert_eq!(found.percentile(0.95).unwrap().method, Method::Degenerate);
}

/// Test sets of 50 patients with 1 to 4 correlated pictures, AUC 0.86. Of 95% intervals about 95%
/// should hold it; those that ignore patients hold it less often.
#[test]
fn intervals_that_know_of_patients_cover() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let truth = {
        let (labels, scores, _) = test_set(&mut random, 100_000);
        auc(&labels, &scores).unwrap()
    };
    let (mut bca, mut obuchowski, mut delong) = (0, 0, 0);
    for seed in 0..300 {
        let (labels, scores, patients) = test_set(&mut random, 50);
        let curve = Delong::new(&labels, &scores).unwrap();
        let clustered = Obuchowski::new(&curve, &patients).unwrap();
        let sorted = SortedScores::new(&labels, &scores).unwrap();
        let found = Bootstrap::new(&patients, seed, "AUC")
            .resamples(500)
            .unwrap()
            .run(|weights| sorted.auc_weighted(weights))
            .unwrap();
        bca += i32::from(found.interval(0.95).unwrap().contains(truth));
        obuchowski += i32::from(clustered.logit_interval(0.95).unwrap().contains(truth));
        delong += i32::from(curve.logit_interval(0.95).unwrap().contains(truth));
    }
    // Two standard errors of a coverage of 95% are 2.5%.
    for hits in [bca, obuchowski] {
        assert!((277..=293).contains(&hits), "{bca} {obuchowski} {delong}");
    }
    assert!(delong < 277, "{delong}");
}

fn test_set(random: &mut ChaCha8Rng, patients: usize) -> (Vec<bool>, Vec<f64>, Clusters) {
    let mut uniform = || random.random_range(0.0..1.0);
    let normal = |uniform: &mut dyn FnMut() -> f64| (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
    let (mut labels, mut scores, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for patient in 0..patients {
        let shared = 0.7 * normal(&mut uniform);
        let prevalence = if uniform() < 0.3 { 0.8 } else { 0.15 };
        for _ in 0..1 + (4.0 * uniform()) as usize {
            let positive = uniform() < prevalence;
            let signal = if positive { 1.5 } else { 0.0 };
            labels.push(positive);
            scores.push(shared + 0.7 * normal(&mut uniform) + signal);
            names.push(patient.to_string());
        }
    }
    let clusters = Clusters::new(names.iter().map(|name| Some(name.as_str()))).expect("cases");
    (labels, scores, clusters)
}
