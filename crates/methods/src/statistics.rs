//! Measures, intervals, tests and their correction.

use record::results::{Protocol, Results};
use study::{OperatingRule, ProbeMethod};

use crate::library::*;
use crate::sentence::{Sentence, counted, list, plain};

/// How uncertain an AUC is.
pub fn intervals(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let unit = results.data.unit_of_sampling();
    let mut said = vec![
        Sentence::new(
            "/data/partitions",
            format!("The unit of sampling is {unit}; an AUC has DeLong's standard error over them"),
        )
        .citing([DELONG, FAST_DELONG])
        .citing(results.data.knows_patients().then_some(OBUCHOWSKI)),
        Sentence::new(
            "/protocol/seeds",
            "The 95% interval of an arm combines the error over the unit of sampling, averaged over the networks of its seeds, with the spread between seeds, counts once what both hold, is taken on the scale of the logit, and uses Student's t; with fewer than three seeds there is none",
        ),
        Sentence::new(
            "/comparisons",
            "Differences between arms are taken between runs of one seed on the same pictures, on the scale of artanh, their spread between seeds strengthened by that of arms that are trained alike",
        )
        .citing([SMYTH]),
        Sentence::new(
            "/protocol/compare/resamples",
            format!(
                "The same by {} resamples of patients, and permutations, stands beside them",
                numbers::count(protocol.compare.resamples as u64)
            ),
        ),
    ];
    if let Some(folds) = &results.data.folds {
        said.push(
            Sentence::new(
                "/data/folds",
                format!(
                    "With {} the AUC of a seed is the mean over its folds; intervals are for the way of training on another training set of this size, with half of the correction for resampling on the error over patients, or that of the spread of the folds alone where that is wider",
                    folds.describe()
                ),
            )
            .citing([FOLD_AUC, RESAMPLED]),
        );
    }
    said
}

/// What is asked of differences, and how errors are kept.
pub fn tests(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let margin = plain(results.margin);
    let mut said = vec![
        Sentence::new(
            "/baseline",
            format!(
                "Every arm is compared with the initialisation “{}” of the same network, training and training size; arms trained in another way, and slimmed or truncated networks, also with full training and the whole network",
                results.baseline
            ),
        ),
        Sentence::new(
            "/margin",
            format!(
                "A difference is equivalent where two one-sided tests show it within ±{margin}, the margin that would not matter; better or worse where it is not equivalent and a two-sided test shows it; and undecided otherwise"
            ),
        )
        .citing([TOST]),
        Sentence::new(
            "/comparisons",
            format!(
                "All conclusions of the study ({} and what follows from them) are one family with an error of 5%: tests of no difference are corrected step down by the joint distribution of their errors, tests of equivalence by Holm's method",
                counted(results.comparisons.len(), "comparison")
            ),
        )
        .citing([WESTFALL, HOLM]),
        Sentence::new(
            "/protocol/compare/reference",
            format!(
                "An arm is recommended only where it is shown to exceed an AUC of {}, and the best arm by multiple comparisons with the best",
                plain(protocol.compare.reference)
            ),
        )
        .citing([HSU]),
        Sentence::new(
            "/comparisons",
            "The power of a comparison is its chance to find a true difference of one, two or five margins after correction, by the noncentral t; it does not use the difference that was seen",
        ),
    ];
    if results.sequential.is_some() {
        said.push(
            Sentence::new(
                "/sequential",
                "Looks at growing numbers of seeds share the error by the square of the share of seeds, and intervals of differences hold over all looks",
            )
            .citing([SPENDING, REPEATED]),
        );
    }
    said
}

/// What else is measured.
pub fn measures(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let compare = &protocol.compare;
    let shares = |values: &[f64]| {
        let values = values.iter().map(|value| plain(*value));
        list(&values.collect::<Vec<_>>(), 16)
    };
    let mut said = Vec::new();
    if !results.thresholds.is_empty() {
        let stays = match compare.sustained {
            1 => String::new(),
            count => format!(" for {}", counted(count, "evaluation")),
        };
        said.push(
            Sentence::new(
                "/thresholds",
                format!(
                    "Convergence is the step at which the isotonic fit of the validation curve reaches an AUC of {}{stays}",
                    shares(&results.thresholds)
                ),
            )
            .and("/protocol/compare/sustained"),
        );
    }
    let youden = (compare.operating == OperatingRule::Youden).then_some(YOUDEN);
    said.push(
        Sentence::new(
            "/protocol/compare/operating",
            format!(
                "The threshold on probabilities is chosen on the validation pictures ({}); sensitivity, specificity and predictive values are counted on the test pictures, with Wilson's intervals",
                compare.operating.describe()
            ),
        )
        .citing(youden)
        .citing([WILSON]),
    );
    if !compare.specificities.is_empty() {
        said.push(Sentence::new(
            "/specificities",
            format!(
                "Sensitivity is also told at a specificity of {}",
                shares(&compare.specificities)
            ),
        ));
    }
    if !compare.prevalences.is_empty() {
        said.push(Sentence::new(
            "/protocol/compare/prevalences",
            format!(
                "Predictive values are also told for a prevalence of {}",
                shares(&compare.prevalences)
            ),
        ));
    }
    said.push(
        Sentence::new(
            "/arms",
            "Calibration is told by slope, intercept, Brier score and expected calibration error of the probabilities as they are, and after one temperature that is fitted on the validation pictures; net benefit by decision curves",
        )
        .citing([DECISION]),
    );
    said.extend(probes(results));
    if let Some(analysis) = &results.analysis {
        let names = analysis.how.measures.iter().map(ToString::to_string);
        said.push(
            Sentence::new(
                "/analysis",
                format!(
                    "Representations of networks are compared block by block by {}",
                    list(&names.collect::<Vec<_>>(), 6)
                ),
            )
            .citing([SVCCA, CKA]),
        );
    }
    said
}

/// How features are read out before training; nothing where the study does not ask.
fn probes(results: &Results) -> Option<Sentence> {
    let probe = results.probe.as_ref()?;
    let way = |method: &ProbeMethod| match method {
        ProbeMethod::Linear => "logistic regression".to_owned(),
        ProbeMethod::Knn => counted(probe.settings.k, "nearest neighbour"),
    };
    let ways: Vec<String> = probe.settings.methods.iter().map(way).collect();
    (!ways.is_empty()).then(|| {
        Sentence::new(
            "/probe",
            format!(
                "Features of networks before training are probed by {}",
                list(&ways, 2)
            ),
        )
    })
}
