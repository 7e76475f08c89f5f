//! Tables of an external validation.

use transfusion::external::External;
use transfusion::record::results::{Proportion, QuestionResult};

use super::table::table;

/// Prints every metric with its interval, question by question.
pub fn print(external: &External) {
    output!(
        "{}: {} pictures of {} patients; {}",
        external.model,
        external.images,
        external.patients,
        external.headline
    );
    let auc = external.auc;
    let mut rows = vec![row(
        "AUC of the headline",
        auc.map(|auc| auc.value),
        auc.map(|auc| [auc.low, auc.high]),
    )];
    rows.extend(external.metrics.iter().map(|metric| {
        let ends = metric.low.zip(metric.high).map(<[f64; 2]>::from);
        row(metric.words, metric.value, ends)
    }));
    output!("{}", table(&["metric", "value", "95% interval"], 1, rows));
    let classes = external.per_class.iter();
    let rows = classes.map(|(class, auc)| vec![class.clone(), number(*auc)]);
    output!("{}", table(&["class or grade", "AUC"], 1, rows));
    for question in &external.questions {
        let QuestionResult {
            name,
            positives,
            negatives,
            ..
        } = question;
        output!("{name}: {positives} pictures with yes, {negatives} with no");
        output!(
            "{}",
            table(&["measure", "value", "95% interval"], 1, measures(question))
        );
    }
    if let Some(rule) = &external.rule {
        output!("Thresholds are those that the study's validation pictures chose: {rule}.");
    }
    if let Some(temperature) = &external.temperature {
        output!(
            "Rescaled by temperature {:.3}, fitted on the same pictures.",
            temperature.value
        );
    }
    for note in &external.notes {
        output!("Note: {note}");
    }
}

/// The rows of one question.
fn measures(question: &QuestionResult) -> Vec<Vec<String>> {
    let auc = question.auc;
    let mut rows = vec![
        row(
            "AUC",
            auc.map(|auc| auc.value),
            auc.map(|auc| [auc.low, auc.high]),
        ),
        row("average precision", question.auprc, question.auprc_interval),
        row(
            "partial AUC, specificity 0.9 and more",
            question.partial_auc,
            question.partial_auc_interval,
        ),
    ];
    let share = |name: &str, share: Option<Proportion>| {
        let ends = share.map(|share| [share.low, share.high]);
        row(name, share.map(|share| share.value), ends)
    };
    if let Some(operating) = &question.operating {
        rows.push(row("threshold", Some(operating.threshold), None));
        for (name, value) in [
            ("sensitivity", operating.sensitivity),
            ("specificity", operating.specificity),
            ("positive predictive value", operating.ppv),
            ("negative predictive value", operating.npv),
            ("positive likelihood ratio", operating.lr_positive),
            ("negative likelihood ratio", operating.lr_negative),
        ] {
            rows.push(share(name, value));
        }
    }
    if let Some(calibration) = &question.calibration {
        rows.push(share("calibration slope", calibration.slope));
        rows.push(share("calibration in the large", calibration.intercept));
        rows.push(row("Brier score", Some(calibration.brier), None));
        rows.push(row(
            "expected calibration error",
            Some(calibration.ece),
            None,
        ));
    }
    if let Some(rescaled) = &question.rescaled {
        rows.push(row("rescaled: calibration slope", rescaled.slope, None));
        rows.push(row("rescaled: Brier score", Some(rescaled.brier), None));
        let ece = Some(rescaled.ece);
        rows.push(row("rescaled: expected calibration error", ece, None));
    }
    rows
}

fn row(name: &str, value: Option<f64>, ends: Option<[f64; 2]>) -> Vec<String> {
    let ends = ends.map_or("–".into(), |[low, high]| format!("{low:.3} to {high:.3}"));
    vec![name.into(), number(value), ends]
}

/// Three decimals, or a dash.
fn number(value: Option<f64>) -> String {
    value.map_or("–".into(), |value| format!("{value:.3}"))
}
