//! Every number of one set of predictions.

use images::Task;
use stats::MacroAuc;

use super::judged::Judged;
use super::table::METRICS;
use super::values::MetricValues;
use crate::results::{AucResult, SeedResult};

/// The headline AUC with its interval, every metric, and the AUC of every class; what is undefined
/// (a class without examples) is none. The run's number, seed and steps are left at 0 for the
/// caller.
pub fn measure(judged: &Judged) -> SeedResult {
    SeedResult {
        fold: None,
        run: 0,
        seed: 0,
        best_step: 0,
        steps: 0,
        auc: headline(judged),
        metrics: MetricValues::of(&METRICS, judged),
        per_class: per_class(judged),
        questions: Vec::new(),
    }
}

fn headline(judged: &Judged) -> Option<AucResult> {
    let predictions = judged.predictions;
    let patients = predictions.clusters()?;
    let interval = judged.data.headline.interval(
        &predictions.probabilities,
        &predictions.labels,
        judged.classes(),
        &patients,
    );
    let (value, interval) = interval.ok()?;
    Some(AucResult {
        value,
        low: interval.lower,
        high: interval.upper,
    })
}

/// AUC of every class (one against the rest), grade threshold or finding: name and value.
fn per_class(judged: &Judged) -> Vec<(String, Option<f64>)> {
    let classes = &judged.data.classes;
    match judged.data.task {
        Task::Multilabel => {
            let known = judged.known();
            let Ok(findings) = judged.findings(&known) else {
                return Vec::new();
            };
            let of = |(name, finding): (&String, stats::Finding)| {
                let auc = stats::auc(&finding.labels, &finding.scores).ok();
                (name.clone(), auc)
            };
            classes.iter().zip(findings.iter()).map(of).collect()
        }
        Task::Ordinal => {
            let (Ok(scores), labels) = (judged.scores(), judged.labels()) else {
                return Vec::new();
            };
            let of = |k: usize| {
                let score = stats::probability_at_least(&scores, k).ok();
                let auc = score.and_then(|s| stats::auc(&stats::at_least(&labels, k), &s).ok());
                (format!("≥ {k}"), auc)
            };
            (1..classes.len()).map(of).collect()
        }
        Task::Multiclass => {
            let (Ok(scores), labels) = (judged.scores(), judged.labels()) else {
                return Vec::new();
            };
            let all = MacroAuc::one_vs_rest(&scores, &labels).ok();
            let of = |(index, name): (usize, &String)| {
                let found = all.as_ref()?.classes.iter().find(|c| c.class == index)?;
                Some((name.clone(), Some(found.auc)))
            };
            let named = classes.iter().enumerate();
            named
                .map(|class| of(class).unwrap_or((class.1.clone(), None)))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use images::Label;
    use study::Headline;

    use super::*;
    use crate::metrics::{Direction, Metric};
    use crate::predictions::Predictions;

    /// Another metric is a row and its function, and nothing else.
    #[test]
    fn a_new_row_is_measured() {
        let data = study::RunData {
            sha256: String::new(),
            split: String::new(),
            test_sets: vec!["test".into()],
            task: Task::Multiclass,
            headline: Headline::MacroOneVsRest,
            classes: vec!["a".into(), "b".into()],
            size: 8.into(),
            fit: Default::default(),
            resize: None,
            range: Default::default(),
            depth: None,
            channels: 1,
        };
        let predictions = Predictions {
            images: ["1", "2", "3", "4"].map(String::from).into(),
            patients: vec![None; 4],
            labels: [0, 0, 1, 1].map(Label::Class).into(),
            probabilities: vec![0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0.1, 0.9],
            attributes: vec![Vec::new(); 4],
        };
        let judged = Judged {
            data: &data,
            predictions: &predictions,
        };
        let balanced = Metric {
            id: "balanced_accuracy",
            title: "Balanced accuracy",
            words: "balanced accuracy",
            about: "Mean over classes of the share of its pictures that are called so.",
            range: [0.0, 1.0],
            direction: Direction::Higher,
            tasks: &[Task::Multiclass],
            is_of_arms: true,
            compute: |judged| {
                let predicted = judged.scores().ok()?.predictions();
                let labels = judged.labels();
                let share = |class: usize| {
                    let of_class = labels.iter().zip(&predicted).filter(|(l, _)| **l == class);
                    let right = of_class.clone().filter(|(l, p)| l == p).count();
                    right as f64 / of_class.count() as f64
                };
                Some((share(0) + share(1)) / 2.0)
            },
        };
        let table = [METRICS.as_slice(), &[balanced]].concat();
        let values = MetricValues::of(&table, &judged);
        assert_eq!(values.get(&balanced), Some(0.75));
        assert_eq!(values.get(&METRICS[2]), Some(0.75), "accuracy");
        assert_eq!(values.get(&METRICS[3]), None, "no grades, no kappa");
        let mut older = MetricValues::from([("accuracy", 0.5)]);
        older.complete(&table, &judged);
        assert_eq!(older.get(&METRICS[2]), Some(0.5), "measured once");
        assert_eq!(older.get(&balanced), Some(0.75), "newer than the record");
        let written = serde_json::to_string(&values).expect("JSON");
        assert!(
            written.contains("\"balanced_accuracy\":0.75") && written.contains("\"kappa\":null")
        );
        assert_eq!(
            serde_json::from_str::<MetricValues>(&written).expect("JSON"),
            values
        );
    }
}
