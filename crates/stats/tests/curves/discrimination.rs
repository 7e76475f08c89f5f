use stats::{
    Delong, Obuchowski, RocCurve, SortedScores, SpecificityRange, auc, average_precision,
    partial_auc,
};

use crate::{Cases, all_close, close, ends_close};

#[test]
fn operating_points_of_the_curve() {
    let cases = Cases::new();
    let curve = RocCurve::new(&cases.labels, &cases.probabilities).unwrap();
    let at = curve.sensitivity_at(0.9).unwrap();
    let found = [at.sensitivity, at.specificity, at.threshold.unwrap()];
    all_close(found, [0.575, 0.9, 0.58]);
    close(curve.interpolated_sensitivity_at(0.9).unwrap(), 0.575);
    close(
        curve.interpolated_sensitivity_at(0.63).unwrap(),
        0.8716666666666667,
    );
}

#[test]
fn partial_areas() {
    let cases = Cases::new();
    let of = |low, high| {
        let range = SpecificityRange::new(low, high).unwrap();
        partial_auc(&cases.labels, &cases.probabilities, range).unwrap()
    };
    close(of(0.9, 1.0).standardised, 0.7631578947368421);
    close(of(0.6, 1.0).standardised, 0.806640625);
    let middle = of(0.5, 0.8);
    all_close(
        [middle.area, middle.standardised],
        [0.2515625, 0.8758012820512822],
    );
}

#[test]
fn weights_agree_with_scikit_learn() {
    let cases = Cases::new();
    let (labels, scores) = (&cases.labels, &cases.probabilities);
    close(auc(labels, scores).unwrap(), 0.870625);
    close(
        average_precision(labels, scores).unwrap(),
        0.8192367034786084,
    );
    let sorted = SortedScores::new(labels, scores).unwrap();
    let weights = Cases::weights();
    close(sorted.auc_weighted(&weights).unwrap(), 0.8838846364133406);
    close(
        sorted.average_precision_weighted(&weights).unwrap(),
        0.8427406484278273,
    );
}

#[test]
fn clustered_variance_of_the_auc() {
    let cases = Cases::new();
    let curve = Delong::new(&cases.labels, &cases.probabilities).unwrap();
    let found = Obuchowski::new(&curve, &cases.patients).unwrap();
    assert_eq!(
        (found.clusters, found.with_positives, found.with_negatives),
        (21, 11, 17)
    );
    close(found.auc, 0.870625);
    assert!((found.variance - 0.000750989736938477).abs() < 1e-15);
    let interval = found.logit_interval(0.95).unwrap();
    ends_close(interval, [0.8068458711487809, 0.9155486725801034]);
}
