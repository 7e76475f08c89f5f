//! Several classes and findings, against scikit-learn.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use stats::{
    ClassScores, Delong, Estimate, Findings, MacroAuc, Method, StatsError, accuracy,
    binary_log_loss, log_loss, quadratic_kappa,
};

/* scikit-learn 1.9.1, numpy:
y = np.array([0, 1, 2, 3, 0, 1, 2, 3, 1, 1, 2, 0])       # p below, shape [12, 4]
roc_auc_score(y, p, multi_class="ovr", average="macro")
log_loss(y, p); accuracy_score(y, p.argmax(1))
cohen_kappa_score(y, p.argmax(1), weights="quadratic", labels=range(4))
log_loss(y >= 2, p[:, 2] + p[:, 3])
cohen_kappa_score([0,1,3,3,4,1], [0,3,3,1,4,0], weights="quadratic", labels=range(5))
I = np.zeros(12)                                          # standard error of the macro AUC
for c in range(4):
    P, N = np.flatnonzero(y == c), np.flatnonzero(y != c)
    d = p[P, c][:, None] - p[N, c][None]; h = (d > 0) + .5 * (d == 0)
    m, k = h.shape; A = h.mean()
    I[P] += (h.mean(1) - A) / np.sqrt(m * (m - 1)); I[N] += (h.mean(0) - A) / np.sqrt(k * (k - 1))
np.sqrt(((I / 4) ** 2).sum()) */
const LABELS: [usize; 12] = [0, 1, 2, 3, 0, 1, 2, 3, 1, 1, 2, 0];
#[rustfmt::skip]
const PROBABILITIES: [f64; 48] = [
    0.22, 0.32, 0.18, 0.28,  0.03, 0.53, 0.0, 0.44,   0.33, 0.17, 0.31, 0.19,
    0.22, 0.26, 0.46, 0.06,  0.62, 0.14, 0.07, 0.17,  1.0, 0.0, 0.0, 0.0,
    0.5, 0.11, 0.12, 0.27,   0.28, 0.01, 0.16, 0.55,  0.22, 0.47, 0.0, 0.31,
    0.05, 0.07, 0.6, 0.28,   0.48, 0.22, 0.28, 0.02,  0.1, 0.08, 0.39, 0.43,
];

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-12,
        "{found} instead of {expected}"
    );
}

fn scores() -> ClassScores<'static> {
    ClassScores::new(&PROBABILITIES, 4).unwrap()
}

#[test]
fn macro_auc_agrees_with_scikit_learn() {
    let found = MacroAuc::one_vs_rest(&scores(), &LABELS).unwrap();
    close(found.auc, 0.5513310185185185);
    close(found.standard_error().unwrap(), 0.16352457035997145);
    let each = [0.48148148148148145, 0.53125, 0.5925925925925926, 0.6];
    for (class, expected) in found.classes.iter().zip(each) {
        close(class.auc, expected);
    }
    assert!(found.skipped.is_empty());
    let interval = found.logit_interval(0.95).unwrap();
    assert!(interval.method == Method::Logit && interval.contains(found.auc));
    assert_eq!(found.estimate().unwrap().value(), found.auc);
}

#[test]
fn a_class_that_never_occurs_is_skipped_and_one_case_has_no_variance() {
    let labels = LABELS.map(|label| if label == 3 { 2 } else { label });
    let found = MacroAuc::one_vs_rest(&scores(), &labels).unwrap();
    assert_eq!(found.skipped, [3]);
    assert!(found.standard_error().is_ok());

    let mut labels = labels;
    labels[3] = 3;
    let found = MacroAuc::one_vs_rest(&scores(), &labels).unwrap();
    assert!(found.skipped.is_empty() && found.classes[3].standard_error.is_none());
    let reason = StatsError::TooFewForVariance {
        positives: 1,
        negatives: 11,
    };
    assert_eq!(found.estimate().unwrap_err(), reason);

    let reason = MacroAuc::one_vs_rest(&scores(), &[1; 12]).unwrap_err();
    assert_eq!(reason, StatsError::NoUsableClass { classes: 4 });
}

#[test]
fn findings_as_classes_agree_and_missing_labels_are_left_out() {
    // One-hot findings are the classes again.
    let labels: Vec<Option<bool>> = LABELS
        .iter()
        .flat_map(|&label| (0..4).map(move |class| Some(class == label)))
        .collect();
    let findings = Findings::new(&PROBABILITIES, &labels, 4).unwrap();
    let found = MacroAuc::over_findings(&findings).unwrap();
    assert_eq!(found, MacroAuc::one_vs_rest(&scores(), &LABELS).unwrap());

    // Two findings of which each case has only one label share no patients: the variances of
    // their AUCs simply add.
    let scores: Vec<f64> = PROBABILITIES[..24].to_vec();
    let truth = [
        true, false, false, true, true, false, true, true, false, true, false, false,
    ];
    let labels: Vec<Option<bool>> = (0..24)
        .map(|at| (at % 2 == (at / 12)).then(|| truth[at / 2]))
        .collect();
    let findings = Findings::new(&scores, &labels, 2).unwrap();
    let found = MacroAuc::over_findings(&findings).unwrap();
    let each: Vec<f64> = found
        .classes
        .iter()
        .map(|c| c.standard_error.unwrap())
        .collect();
    close(
        found.standard_error().unwrap(),
        (each[0].powi(2) + each[1].powi(2)).sqrt() / 2.0,
    );
    let first = findings.iter().next().unwrap();
    assert_eq!(first.cases, [0, 1, 2, 3, 4, 5]);
    assert_eq!(
        found.classes[0].auc,
        Delong::new(&first.labels, &first.scores).unwrap().auc()
    );
}

#[test]
fn the_same_curve_twice_is_no_more_certain_than_once() {
    let labels = LABELS.map(|label| label >= 2);
    let scores: Vec<f64> = PROBABILITIES.chunks(4).map(|row| row[2] + row[3]).collect();
    let one = Delong::new(&labels, &scores).unwrap().estimate().unwrap();
    let mean = Estimate::mean(&[one.clone(), one.clone(), one.clone()]).unwrap();
    close(mean.influence().variance(), one.influence().variance());
    close(one.difference(&mean).unwrap().influence().variance(), 0.0);
}

#[test]
fn classification_metrics_agree_with_scikit_learn() {
    let scores = scores();
    close(accuracy(&scores, &LABELS).unwrap(), 1.0 / 3.0);
    close(log_loss(&scores, &LABELS).unwrap(), 4.36360190169686);
    let kappa = quadratic_kappa(&LABELS, &scores.predictions(), 4).unwrap();
    close(kappa, 0.11764705882352922);
    let gap = quadratic_kappa(&[0, 1, 3, 3, 4, 1], &[0, 3, 3, 1, 4, 0], 5).unwrap();
    close(gap, 2.0 / 3.0);
    let labels = LABELS.map(|label| label >= 2);
    let worse: Vec<f64> = PROBABILITIES.chunks(4).map(|row| row[2] + row[3]).collect();
    close(
        binary_log_loss(&labels, &worse).unwrap(),
        0.7926427022632613,
    );
}
