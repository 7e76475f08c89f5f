use stats::{ClusteredCounts, Counts, Rate, ThresholdRule};

use crate::{Cases, all_close, close, ends_close};

#[test]
fn rates_with_wilson_intervals() {
    let cases = Cases::new();
    let counts =
        ClusteredCounts::at(&cases.labels, &cases.probabilities, 0.45, &cases.patients).unwrap();
    let expected = Counts {
        true_positives: 33,
        false_positives: 26,
        true_negatives: 54,
        false_negatives: 7,
    };
    assert_eq!(counts.total, expected);
    for (rate, [share, low, high], [effect, clustered_low, clustered_high]) in RATES {
        let independent = counts.total.rate(rate).unwrap();
        close(independent.share, share);
        ends_close(independent.wilson(0.95).unwrap(), [low, high]);
        let clustered = counts.rate(rate).unwrap();
        all_close([clustered.share, clustered.design_effect], [share, effect]);
        let interval = clustered.wilson(0.95).unwrap();
        ends_close(interval, [clustered_low, clustered_high]);
    }
}

/// Share and interval; design effect and interval for patients.
#[rustfmt::skip]
const RATES: [(Rate, [f64; 3], [f64; 3]); 5] = [
    (Rate::Sensitivity, [0.825, 0.6805000966821227, 0.9125458625396409],
        [1.0, 0.663722830868798, 0.9184346275147924]),
    (Rate::Specificity, [0.675, 0.5664052731061472, 0.7675583815564183],
        [1.0, 0.5591275565663345, 0.7727935695833883]),
    (Rate::Ppv, [0.559322033898305, 0.43289354829158677, 0.6784978823238792],
        [2.4626301794084795, 0.3585310009099296, 0.7424167499076579]),
    (Rate::Npv, [0.8852459016393442, 0.7815569152759891, 0.943287973392678],
        [1.3594798007590263, 0.752647312750329, 0.9513562957464612]),
    (Rate::Accuracy, [0.725, 0.6390703417242319, 0.7969710333873515],
        [1.0134506922675024, 0.633573895098927, 0.8007871536033974]),
];

#[test]
fn likelihood_ratios_and_predictive_values() {
    let cases = Cases::new();
    let counts = Counts::at(&cases.labels, &cases.probabilities, 0.45).unwrap();
    let positive = counts.positive_likelihood_ratio().unwrap();
    assert!(!positive.corrected);
    close(positive.ratio, 2.5384615384615383);
    ends_close(
        positive.interval(0.95).unwrap(),
        [1.79499366682391, 3.58986613788463],
    );
    let negative = counts.negative_likelihood_ratio().unwrap();
    close(negative.ratio, 0.25925925925925924);
    ends_close(
        negative.interval(0.95).unwrap(),
        [0.1300605537189254, 0.5168005332110097],
    );
    let elsewhere = counts.predictive_values_at(0.05, 0.95).unwrap();
    close(elsewhere.positive, 0.11785714285714287);
    ends_close(
        elsewhere.positive_interval,
        [0.08631854837674811, 0.1589148920127596],
    );
    close(elsewhere.negative, 0.9865384615384615);
    ends_close(
        elsewhere.negative_interval,
        [0.973520222624011, 0.9932012471495475],
    );
    assert!(counts.predictive_values_at(1.0, 0.95).is_err());
}

#[test]
fn an_empty_cell_is_corrected() {
    let counts = Counts {
        true_positives: 12,
        false_positives: 0,
        true_negatives: 30,
        false_negatives: 8,
    };
    let ratio = counts.positive_likelihood_ratio().unwrap();
    assert!(ratio.corrected && counts.predictive_values_at(0.2, 0.9).unwrap().corrected);
    close(ratio.ratio, 36.904761904761905);
    let interval = ratio.interval(0.95).unwrap();
    close(interval.lower, 2.308153349103128);
    assert!((interval.upper / 590.0654095519169 - 1.0).abs() < 1e-12);
    assert!(Counts::default().positive_likelihood_ratio().is_err());
    assert!(Counts::default().rate(Rate::Accuracy).is_err());
}

#[test]
fn thresholds_are_chosen_by_rule() {
    let cases = Cases::new();
    let choose = |rule: ThresholdRule| {
        let chosen = rule.choose(&cases.labels, &cases.probabilities).unwrap();
        [chosen.threshold, chosen.sensitivity, chosen.specificity]
    };
    all_close(choose(ThresholdRule::Youden), [0.63, 0.55, 1.0]);
    let sensitive = ThresholdRule::SensitivityAtLeast(0.8);
    all_close(choose(sensitive), [0.45, 0.825, 0.675]);
    let specific = ThresholdRule::SpecificityAtLeast(0.9);
    all_close(choose(specific), [0.58, 0.575, 0.9]);
}
