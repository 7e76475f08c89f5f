//! Metrics of one set of predictions.

use images::Task;
use stats::{ClassScores, Findings, MacroAuc};

use study::{RunData, class_labels, finding_labels};

use crate::predictions::Predictions;
use crate::results::{AucResult, SeedResult};

/// Every metric that the predictions define; what is undefined (a class without examples) is none.
/// The run's number, seed and steps are left at 0 for the caller.
pub fn test_metrics(data: &RunData, predictions: &Predictions) -> SeedResult {
    let classes = &data.classes;
    let probabilities = &predictions.probabilities;
    let headline = predictions.clusters().and_then(|patients| {
        let labels = &predictions.labels;
        let interval = data
            .headline
            .interval(probabilities, labels, classes.len(), &patients);
        interval.ok()
    });
    let mut result = SeedResult {
        run: 0,
        seed: 0,
        best_step: 0,
        steps: 0,
        auc: headline.map(|(value, i)| AucResult {
            value,
            low: i.lower,
            high: i.upper,
        }),
        auprc: data
            .headline
            .average_precision(probabilities, &predictions.labels, classes.len())
            .ok(),
        macro_auc: None,
        per_class: Vec::new(),
        accuracy: None,
        kappa: None,
        log_loss: None,
        questions: Vec::new(),
    };
    match data.task {
        Task::Multilabel => findings(&mut result, data, predictions),
        Task::Multiclass | Task::Ordinal => exclusive(&mut result, data, predictions),
    }
    result
}

fn exclusive(result: &mut SeedResult, data: &RunData, predictions: &Predictions) {
    let classes = &data.classes;
    let labels = class_labels(&predictions.labels);
    let Ok(scores) = ClassScores::new(&predictions.probabilities, classes.len()) else {
        return;
    };
    let of_class = MacroAuc::one_vs_rest(&scores, &labels).ok();
    result.macro_auc = of_class.as_ref().map(|m| m.auc);
    if data.task == Task::Ordinal {
        for k in 1..classes.len() {
            let positive = stats::at_least(&labels, k);
            let score = stats::probability_at_least(&scores, k).ok();
            let auc = score.and_then(|s| stats::auc(&positive, &s).ok());
            result.per_class.push((format!("≥ {k}"), auc));
        }
        result.kappa = stats::quadratic_kappa(&labels, &scores.predictions(), classes.len()).ok();
    } else {
        for (index, name) in classes.iter().enumerate() {
            let found = of_class
                .as_ref()
                .and_then(|m| m.classes.iter().find(|c| c.class == index));
            result.per_class.push((name.clone(), found.map(|c| c.auc)));
        }
    }
    result.accuracy = stats::accuracy(&scores, &labels).ok();
    result.log_loss = stats::log_loss(&scores, &labels).ok();
}

fn findings(result: &mut SeedResult, data: &RunData, predictions: &Predictions) {
    let classes = &data.classes;
    let known = finding_labels(&predictions.labels, classes.len());
    let Ok(all) = Findings::new(&predictions.probabilities, &known, classes.len()) else {
        return;
    };
    result.macro_auc = MacroAuc::over_findings(&all).ok().map(|m| m.auc);
    let mut losses = Vec::new();
    for (name, finding) in classes.iter().zip(all.iter()) {
        result.per_class.push((
            name.clone(),
            stats::auc(&finding.labels, &finding.scores).ok(),
        ));
        losses.extend(stats::binary_log_loss(&finding.labels, &finding.scores).ok());
    }
    result.log_loss =
        (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64);
}
