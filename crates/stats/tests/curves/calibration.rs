use proptest::prelude::*;
use stats::{
    Binning, BrierDecomposition, ClassScores, Clusters, DecisionCurve, Findings, Recalibration,
    Reliability, StatsError, Temperature, binary_log_loss, brier,
};

use crate::{Cases, all_close, close, ends_close};

#[test]
fn reliability_and_its_error() {
    let cases = Cases::new();
    for (binning, expected) in [
        (Binning::EqualWidth(10), &UNIFORM),
        (Binning::EqualMass(7), &QUANTILE),
    ] {
        let found = Reliability::new(&cases.labels, &cases.probabilities, binning).unwrap();
        assert_eq!(found.binning(), binning);
        assert_eq!(found.bins().len(), expected.bins.len());
        for (bin, &(count, observed, predicted)) in found.bins().iter().zip(expected.bins) {
            assert_eq!(bin.cases(), count);
            all_close(
                [bin.observed.share, bin.mean_predicted],
                [observed, predicted],
            );
            assert!(bin.lower <= bin.mean_predicted && bin.mean_predicted <= bin.upper);
            assert!(bin.interval(0.95).unwrap().contains(observed));
        }
        let error = found.calibration_error();
        all_close(
            [
                error.ece,
                error.largest,
                error.by_chance,
                error.squared_debiased,
            ],
            expected.error,
        );
        close(error.root_debiased(), expected.error[3].sqrt());
        close(found.ece_weighted(&[1; 120]).unwrap(), error.ece);
        // Patients widen the intervals and change nothing else.
        let by_patient = found.by_cluster(&cases.patients).unwrap();
        assert_eq!(by_patient.calibration_error(), error);
        let wider = |(a, b): (&stats::ReliabilityBin, &stats::ReliabilityBin)| {
            a.observed.design_effect >= b.observed.design_effect
                && a.observed.clusters < b.observed.clusters
        };
        assert!(by_patient.bins().iter().zip(found.bins()).any(wider));
        let single = Clusters::new([None; 120]).unwrap();
        assert_eq!(found.by_cluster(&single).unwrap(), found);
    }
}

struct Expected {
    /// Cases, observed share, mean prediction.
    bins: &'static [(u64, f64, f64)],
    /// ECE, largest gap, ECE by chance, debiased squared error.
    error: [f64; 4],
}

#[rustfmt::skip]
const UNIFORM: Expected = Expected {
    bins: &[
        (3, 0.0, 0.09333333333333334), (15, 0.0, 0.15133333333333335), (15, 0.0, 0.2573333333333333),
        (18, 0.2777777777777778, 0.3577777777777777), (23, 0.2608695652173913, 0.4534782608695653),
        (20, 0.35, 0.5529999999999999), (13, 0.6923076923076923, 0.6469230769230769),
        (4, 1.0, 0.7549999999999999), (9, 1.0, 0.8444444444444444),
    ],
    error: [0.16091666666666665, 0.2573333333333333, 0.09279864243955371, 0.02296679704965968],
};
#[rustfmt::skip]
const QUANTILE: Expected = Expected {
    bins: &[
        (18, 0.0, 0.1416666666666667), (19, 0.0, 0.26842105263157895),
        (17, 0.29411764705882354, 0.37823529411764706), (16, 0.3125, 0.45125000000000004),
        (19, 0.3684210526315789, 0.5305263157894737), (15, 0.4666666666666667, 0.6193333333333334),
        (16, 1.0, 0.7937500000000001),
    ],
    error: [0.16641666666666663, 0.26842105263157895, 0.08727826054391877, 0.022716590643274855],
};

#[test]
fn brier_score_and_its_parts() {
    let cases = Cases::new();
    let parts = BrierDecomposition::new(&cases.labels, &cases.probabilities).unwrap();
    close(parts.brier, 0.15576416666666668);
    all_close(
        [
            parts.miscalibration,
            parts.discrimination,
            parts.skill().unwrap(),
        ],
        [
            0.05485507575757577,
            0.12131313131313133,
            0.29906125000000006,
        ],
    );
    let alike = BrierDecomposition::new(&[true; 3], &[0.5; 3]).unwrap();
    assert_eq!((alike.skill(), alike.miscalibration), (None, 0.25));
}

#[test]
fn intercept_and_slope() {
    let cases = Cases::new();
    let (labels, probabilities) = (&cases.labels, &cases.probabilities);
    let found = Recalibration::new(labels, probabilities).unwrap();
    all_close(
        [
            found.intercept.value,
            found.slope.value,
            found.in_the_large.value,
        ],
        [-0.596658846907308, 2.4153968086860433, -0.5648492184147313],
    );
    all_close(
        [
            found.intercept.standard_error,
            found.slope.standard_error,
            found.in_the_large.standard_error,
        ],
        [
            0.25714389865431975,
            0.48314595460316134,
            0.21139911605896175,
        ],
    );
    let slope = found.slope.interval(0.95).unwrap();
    let reach = 1.959963984540054 * found.slope.standard_error;
    ends_close(
        slope,
        [found.slope.value - reach, found.slope.value + reach],
    );

    let robust = Recalibration::by_cluster(labels, probabilities, &cases.patients).unwrap();
    assert_eq!(robust.slope.value, found.slope.value);
    all_close(
        [
            robust.intercept.standard_error,
            robust.slope.standard_error,
            robust.in_the_large.standard_error,
        ],
        [0.4104751152163402, 0.2946758274744384, 0.3356701066923569],
    );
}

#[test]
fn what_has_no_slope_says_why() {
    let labels = [false, false, true, true];
    for separating in [
        [0.1, 0.2, 0.8, 0.9],
        [0.1, 0.5, 0.5, 0.9],
        [0.9, 0.5, 0.5, 0.1],
    ] {
        let error = Recalibration::new(&labels, &separating).unwrap_err();
        assert!(matches!(error, StatsError::Separated { .. }), "{error}");
    }
    let error = Recalibration::new(&labels, &[0.3; 4]).unwrap_err();
    assert!(matches!(error, StatsError::Uninformative { .. }), "{error}");
    let error = Recalibration::new(&[true; 4], &[0.3; 4]).unwrap_err();
    assert!(matches!(error, StatsError::OneClass { .. }), "{error}");
    // Exact zeros and ones pull, but have a finite answer.
    let extreme = Recalibration::new(&labels, &[0.0, 1.0, 0.0, 1.0]).unwrap();
    assert_eq!(extreme.cut, 4);
    close(extreme.slope.value, 0.0);
}

#[test]
fn temperatures() {
    let cases = Cases::new();
    let (labels, probabilities) = (&cases.labels, &cases.probabilities);
    let found = Temperature::of_binary(labels, probabilities).unwrap();
    all_close(
        [found.value, found.loss_before, found.loss_after],
        [0.4078760402108039, 0.48085453532907807, 0.4161220549540397],
    );
    let scaled: Vec<f64> = probabilities
        .iter()
        .map(|&p| found.apply(p).unwrap())
        .collect();
    close(binary_log_loss(labels, &scaled).unwrap(), found.loss_after);

    let grades: Vec<usize> = (0..120).map(|i| i * 11 % 4).collect();
    let mut softmax = Vec::new();
    for (i, &grade) in grades.iter().enumerate() {
        let logit = |c: usize| {
            let base = (i * (c + 3) * 613 + 17 * c) % 97;
            base as f64 / 30.0 + if c == grade { 1.5 } else { 0.0 }
        };
        let powers = [0, 1, 2, 3].map(|c| logit(c).exp());
        softmax.extend(powers.map(|power| power / powers.iter().sum::<f64>()));
    }
    let softmax = ClassScores::new(&softmax, 4).unwrap();
    let found = Temperature::of_classes(&softmax, &grades).unwrap();
    all_close(
        [found.value, found.loss_before, found.loss_after],
        [0.6355117852688897, 0.8025316516434543, 0.7518996417042842],
    );
    let scaled = found.apply_to_classes(&softmax).unwrap();
    let first = [
        0.3162855992543374,
        0.07282162721696131,
        0.17762645691017034,
        0.433266316618531,
    ];
    all_close([scaled[0], scaled[1], scaled[2], scaled[3]], first);

    // Two findings; the second runs backwards and is known for even cases only.
    let scores: Vec<f64> = (0..120)
        .flat_map(|i| [probabilities[i], probabilities[119 - i]])
        .collect();
    let known = |i: usize| [Some(labels[i]), i.is_multiple_of(2).then_some(labels[i])];
    let known: Vec<Option<bool>> = (0..120).flat_map(known).collect();
    let found = Temperature::of_findings(&Findings::new(&scores, &known, 2).unwrap()).unwrap();
    all_close(
        [found.value, found.loss_before, found.loss_after],
        [1.1492200137613005, 0.6146070941164945, 0.6132418805471077],
    );
}

#[test]
fn what_has_no_temperature_says_why() {
    let labels = [false, true, true];
    let error = Temperature::of_binary(&labels, &[0.2, 0.6, 0.9]).unwrap_err();
    assert!(matches!(error, StatsError::Separated { .. }), "{error}");
    for useless in [[0.5; 3], [0.9, 0.1, 0.2]] {
        let error = Temperature::of_binary(&labels, &useless).unwrap_err();
        assert!(matches!(error, StatsError::Uninformative { .. }), "{error}");
    }
    let unknown = Findings::new(&[0.5], &[None], 1).unwrap();
    let error = Temperature::of_findings(&unknown).unwrap_err();
    assert!(matches!(error, StatsError::Empty { .. }), "{error}");
}

#[test]
fn net_benefit() {
    let cases = Cases::new();
    let thresholds = [0.1, 0.3, 0.6];
    let curve = DecisionCurve::new(&cases.labels, &cases.probabilities, &thresholds).unwrap();
    let expected = [
        [0.2601851851851852, 0.25925925925925924],
        [0.1583333333333333, 0.04761904761904756],
        [0.10833333333333332, -0.6666666666666667],
    ];
    for (point, expected) in curve.points.iter().zip(expected) {
        all_close([point.of_model, point.of_all], expected);
    }
    assert!(DecisionCurve::new(&cases.labels, &cases.probabilities, &[1.0]).is_err());
    assert!(DecisionCurve::new(&cases.labels, &cases.probabilities, &[f64::NAN]).is_err());
}

fn predictions() -> impl Strategy<Value = (Vec<bool>, Vec<f64>)> {
    let probability =
        prop_oneof![4 => 0.0f64..=1.0, 1 => Just(0.0), 1 => Just(1.0), 1 => Just(0.5)];
    prop::collection::vec((any::<bool>(), probability), 1..80)
        .prop_map(|cases| cases.into_iter().unzip())
}

proptest! {
    #[test]
    fn calibration_numbers_stay_in_range((labels, probabilities) in predictions(), bins in 1usize..20) {
        for binning in [Binning::EqualWidth(bins), Binning::EqualMass(bins)] {
            let found = Reliability::new(&labels, &probabilities, binning).unwrap();
            let total: u64 = found.bins().iter().map(|bin| bin.cases()).sum();
            prop_assert_eq!(total as usize, labels.len());
            let error = found.calibration_error();
            for share in [error.ece, error.largest, error.by_chance, error.root_debiased()] {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&share), "{share}");
            }
            prop_assert!(error.ece <= error.largest + 1e-12);
            let repeated: Vec<u32> = vec![3; labels.len()];
            prop_assert!((found.ece_weighted(&repeated).unwrap() - error.ece).abs() < 1e-12);
            prop_assert_eq!(found.ece_weighted(&vec![0; labels.len()]), None);
        }
        let parts = BrierDecomposition::new(&labels, &probabilities).unwrap();
        let sum = parts.miscalibration - parts.discrimination + parts.uncertainty;
        prop_assert!((sum - parts.brier).abs() < 1e-12);
        prop_assert!((brier(&labels, &probabilities).unwrap() - parts.brier).abs() < 1e-15);
    }

    #[test]
    fn decision_curves_begin_together_and_end_at_nothing((labels, probabilities) in predictions()) {
        // Leaves room for a threshold beyond all predictions.
        let probabilities: Vec<f64> = probabilities.iter().map(|p| p * 0.9).collect();
        let beyond = 0.95;
        let curve = DecisionCurve::new(&labels, &probabilities, &[0.0, beyond]).unwrap();
        prop_assert_eq!(curve.points[0].of_model, curve.prevalence);
        prop_assert_eq!(curve.points[0].of_all, curve.prevalence);
        prop_assert_eq!(curve.points[1].of_model, 0.0);
    }

    /// Fitting again what was fitted leaves nothing to do.
    #[test]
    fn a_fit_is_a_fixed_point((labels, probabilities) in predictions()) {
        if let Ok(found) = Temperature::of_binary(&labels, &probabilities) {
            prop_assert!(found.loss_after <= found.loss_before + 1e-12);
            // Beyond, a scaled prediction may be cut.
            let extreme = probabilities.iter().any(|p| !(1e-6..=1.0 - 1e-6).contains(p));
            if !extreme && (0.5..20.0).contains(&found.value) {
                let scaled: Vec<f64> =
                    probabilities.iter().map(|&p| found.apply(p).unwrap()).collect();
                let again = Temperature::of_binary(&labels, &scaled).unwrap();
                prop_assert!((again.value - 1.0).abs() < 1e-6, "{}", again.value);
            }
        }
        match Recalibration::new(&labels, &probabilities) {
            Ok(found) => {
                for c in [found.intercept, found.slope, found.in_the_large] {
                    prop_assert!(c.value.is_finite() && c.standard_error.is_finite());
                }
                let bend = |p: &f64| {
                    let p = p.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
                    let logit = found.intercept.value + found.slope.value * (p / (1.0 - p)).ln();
                    1.0 / (1.0 + (-logit).exp())
                };
                let bent: Vec<f64> = probabilities.iter().map(bend).collect();
                if found.slope.value.abs() > 0.05 && bent.iter().all(|p| (1e-6..=1.0 - 1e-6).contains(p)) {
                    let again = Recalibration::new(&labels, &bent).unwrap();
                    prop_assert!((again.slope.value - 1.0).abs() < 1e-6);
                    prop_assert!(again.intercept.value.abs() < 1e-6);
                    prop_assert!(again.in_the_large.value.abs() < 1e-6);
                }
            }
            Err(reason) => prop_assert!(
                !matches!(reason, StatsError::NotConverged { .. }), "{reason}"
            ),
        }
    }
}
