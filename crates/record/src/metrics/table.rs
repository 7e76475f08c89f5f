//! Every metric of a run: a new one is a row here and its function.

use images::Task;
use stats::MacroAuc;

use super::judged::Judged;
use super::metric::{Direction, Metric};

const EVERY: &[Task] = &[Task::Multiclass, Task::Multilabel, Task::Ordinal];

/// Every metric beside the headline AUC, which has an interval of its own; in the order of tables.
pub const METRICS: [Metric; 5] = [
    Metric {
        id: "auprc",
        title: "AUPRC",
        words: "average precision",
        about: "Area under the precision-recall curve of the headline, Σ (Rₙ − Rₙ₋₁) Pₙ, as \
                scikit-learn's average_precision_score; where the headline is a mean, the mean over \
                its curves. Not the trapezoidal area, and chance is the share of positives.",
        range: [0.0, 1.0],
        direction: Direction::Higher,
        tasks: EVERY,
        is_of_arms: true,
        compute: |judged| {
            let predictions = judged.predictions;
            let headline = &judged.data.headline;
            let (probabilities, labels) = (&predictions.probabilities, &predictions.labels);
            headline
                .average_precision(probabilities, labels, judged.classes())
                .ok()
        },
    },
    Metric {
        id: "macro_auc",
        title: "Macro AUC",
        words: "macro AUC",
        about: "Mean over classes of the AUC of one against the rest, or over findings of the AUC of \
                each where it is known. Every class weighs alike, however rare.",
        range: [0.0, 1.0],
        direction: Direction::Higher,
        tasks: EVERY,
        is_of_arms: false,
        compute: macro_auc,
    },
    Metric {
        id: "accuracy",
        title: "Accuracy",
        words: "accuracy",
        about: "Share of pictures whose most probable class is right. It depends on how common the \
                classes are, and says nothing of how sure the network was.",
        range: [0.0, 1.0],
        direction: Direction::Higher,
        tasks: &[Task::Multiclass, Task::Ordinal],
        is_of_arms: true,
        compute: |judged| stats::accuracy(&judged.scores().ok()?, &judged.labels()).ok(),
    },
    Metric {
        id: "kappa",
        title: "Kappa",
        words: "quadratic weighted kappa",
        about: "Agreement of the most probable grade with the true one beyond chance, errors weighed \
                by their square, as scikit-learn's cohen_kappa_score with quadratic weights. 0 is \
                chance; it depends on the shares of the grades.",
        range: [-1.0, 1.0],
        direction: Direction::Higher,
        tasks: &[Task::Ordinal],
        is_of_arms: true,
        compute: |judged| {
            let predicted = judged.scores().ok()?.predictions();
            stats::quadratic_kappa(&judged.labels(), &predicted, judged.classes()).ok()
        },
    },
    Metric {
        id: "log_loss",
        title: "Log loss",
        words: "log loss, nats",
        about: "Mean negative logarithm of the probability of the truth, as scikit-learn's log_loss; \
                for findings the mean of theirs where the label is known. Probabilities are cut to \
                [2.2e-16, 1 − 2.2e-16]. Not calibration alone: it mixes that with discrimination.",
        // −ln 2.2e-16, rounded up.
        range: [0.0, 36.05],
        direction: Direction::Lower,
        tasks: EVERY,
        is_of_arms: true,
        compute: log_loss,
    },
];

fn macro_auc(judged: &Judged) -> Option<f64> {
    match judged.data.task {
        Task::Multilabel => {
            let known = judged.known();
            let findings = judged.findings(&known).ok()?;
            Some(MacroAuc::over_findings(&findings).ok()?.auc)
        }
        Task::Multiclass | Task::Ordinal => {
            let scores = judged.scores().ok()?;
            Some(MacroAuc::one_vs_rest(&scores, &judged.labels()).ok()?.auc)
        }
    }
}

/// The row `log_loss`, which training asks for alone.
pub fn log_loss(judged: &Judged) -> Option<f64> {
    match judged.data.task {
        Task::Multilabel => {
            let known = judged.known();
            let findings = judged.findings(&known).ok()?;
            let losses = findings.iter();
            let losses = losses.filter_map(|f| stats::binary_log_loss(&f.labels, &f.scores).ok());
            let losses: Vec<f64> = losses.collect();
            (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
        }
        Task::Multiclass | Task::Ordinal => {
            stats::log_loss(&judged.scores().ok()?, &judged.labels()).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_says_what_it_is() {
        for (place, metric) in METRICS.iter().enumerate() {
            let id = metric.id;
            assert!(
                METRICS[..place].iter().all(|other| other.id != id),
                "{id} twice"
            );
            assert!(metric.about.len() > 60 && !metric.title.is_empty(), "{id}");
            assert!(
                !metric.tasks.is_empty() && metric.range[0] < metric.range[1],
                "{id}"
            );
        }
    }
}
