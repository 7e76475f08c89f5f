//! Curves and confusion matrices that nobody measured.

use record::results::*;

use super::invented::results;
use crate::*;

/// Curves of every arm for a mean and each of `names`, and matrices of the study's classes.
pub fn discriminated(results: &mut Results, names: &[String]) {
    let rates: Vec<f64> = (0..=40).map(|i| f64::from(i * i) / 1600.0).collect();
    let recalls: Vec<f64> = (1..=40).map(|i| f64::from(i) / 40.0).collect();
    let curve = |values: Vec<f64>| CurveResult {
        low: values.iter().map(|v| (v - 0.1).max(0.0)).collect(),
        high: values.iter().map(|v| (v + 0.1).min(1.0)).collect(),
        values,
    };
    let mean = |value| MeanResult {
        value,
        low: Some(value - 0.1),
        high: Some(value + 0.1),
    };
    let range = |mean: f64| RangeResult {
        mean,
        smallest: 0.5 * mean,
        largest: 1.5 * mean,
    };
    let of_question = |arm: &ArmResult, is_mean: bool| QuestionDiscrimination {
        auc: arm.auc,
        average_precision: Some(mean(0.4)),
        roc: Some(curve(rates.iter().map(|rate| rate.powf(0.3)).collect())),
        precision_recall: Some(curve(recalls.iter().map(|r| 1.0 - 0.7 * r).collect())),
        operating: (!is_mean).then(|| OperatingMean {
            rule: "the highest sensitivity + specificity − 1".into(),
            threshold: range(0.25),
            sensitivity: mean(0.75),
            specificity: mean(0.7),
            counts: [30.0, 10.0, 18.0, 42.0].map(range),
            ppv: Some(range(0.6)),
            npv: None,
        }),
    };
    let classes = results.data.classes.len();
    let matrix = |count: f64| vec![vec![count; classes]; classes];
    let confusion = ConfusionResult {
        seeds: vec![SeedConfusion {
            seed: 0,
            repeat: None,
            counts: vec![vec![7; classes]; classes],
        }],
        counts: matrix(7.5),
        shares: vec![vec![Some(range(0.5)); classes]; classes],
        recall: vec![Some(range(0.5)); classes],
        precision: vec![None; classes],
    };
    let question = |name: &String| CurveQuestion {
        name: name.clone(),
        is_headline: false,
        cases: Some(QuestionCases {
            positives: 40,
            negatives: 60,
            patients: [5, 50],
            is_rare: true,
        }),
    };
    let headline = CurveQuestion {
        name: results.headline.clone(),
        is_headline: true,
        cases: None,
    };
    let arms = results.arms.iter().map(|arm| ArmDiscrimination {
        label: arm.label.clone(),
        questions: (0..=names.len())
            .map(|place| of_question(arm, place == 0))
            .collect(),
        confusion: Some(confusion.clone()),
    });
    results.discrimination = Some(Discrimination {
        resamples: 1000,
        questions: std::iter::once(headline)
            .chain(names.iter().map(question))
            .collect(),
        arms: arms.collect(),
        without_curves: Vec::new(),
        false_positive_rates: rates,
        recalls,
    });
}

fn page(results: &Results) -> String {
    html(results, &[], &Illustrations::default(), &[]).expect("a page")
}

#[test]
fn curves_confusion_and_classes_have_sections() {
    let mut results = results("a study");
    discriminated(&mut results, &["oedema".into(), "mass".into()]);
    let page = page(&results);
    for text in [
        "<section id=\"discrimination\"",
        "<section id=\"confusion\"",
        "<section id=\"per-class\"",
        "id=\"figure-roc-0\"",
        "id=\"figure-precision-recall-2\"",
        "id=\"figure-auc-per-class\"",
        "mean AUC 0.840 (95% interval 0.800 to 0.880)",
        "mean average precision 0.400 (95% interval 0.300 to 0.500)",
        "by resampling patients 1,000 times",
        "⚠ oedema",
        "prevalence 0.400",
        "7.5 · 25 … 75%",
        "0.650 to 0.850",
    ] {
        assert!(page.contains(text), "no {text:?}");
    }
    assert!(!page.contains("NaN"));
}

#[test]
fn names_in_curves_stay_words() {
    let mut results = results(super::HOSTILE);
    discriminated(&mut results, &[super::HOSTILE.into(), "x".repeat(10_000)]);
    let page = super::without_code(&page(&results));
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
    assert!(!page.contains(" onerror='alert"));
}

#[test]
fn many_arms_and_findings_stay_small() {
    for (arms, findings) in [(20, 14), (100, 100)] {
        let mut results = results("a study");
        let first = results.arms[0].clone();
        results.arms = (0..arms)
            .map(|number| ArmResult {
                label: format!("cbr-small, initialisation {number}"),
                init: format!("initialisation {number}"),
                ..first.clone()
            })
            .collect();
        let without = page(&results).len();
        let names: Vec<String> = (0..findings)
            .map(|number| format!("finding {number}"))
            .collect();
        discriminated(&mut results, &names);
        let added = page(&results).len() - without;
        assert!(
            added < 700_000,
            "{arms} arms, {findings} findings: {added} bytes"
        );
    }
}
