//! What the headline AUC tells apart.

use images::{Label, Task};
use serde::{Deserialize, Serialize};
use stats::{
    ClassScores, Clusters, Delong, Estimate, Findings, Interval, MacroAuc, Method, StatsError,
};

use super::error::StudyError;

/// The question behind the headline AUC, by which checkpoints are chosen and arms compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Headline {
    /// Mean one-vs-rest AUC over classes.
    MacroOneVsRest,
    /// One class against all others, scored by its probability.
    Class(usize),
    /// Grades of at least this index against lower ones, scored by the sum of their probabilities.
    AtLeast(usize),
    /// Mean AUC over findings, each where its label is known; see [`measurable_findings`].
    MacroFindings,
    /// One finding, where its label is known.
    Finding(usize),
}

impl Headline {
    /// Reads `positive` as the task and classes allow it. Without it: the macro mean, or the upper
    /// half of the grades.
    pub fn parse(
        positive: Option<&str>,
        task: Task,
        classes: &[String],
    ) -> Result<Self, StudyError> {
        let by_name = |name: &str| {
            classes.iter().position(|c| c == name).ok_or_else(|| {
                let nearest = networks::zoo::nearest(name, classes);
                StudyError::Value {
                    field: "data.positive",
                    expected: format!("one of {}", classes.join(", ")),
                    found: match nearest {
                        Some(nearest) => format!("`{name}` (did you mean `{nearest}`?)"),
                        None => format!("`{name}`"),
                    },
                }
            })
        };
        match (task, positive) {
            (Task::Multiclass, None) => Ok(Headline::MacroOneVsRest),
            (Task::Multiclass, Some(name)) => by_name(name).map(Headline::Class),
            (Task::Multilabel, None) => Ok(Headline::MacroFindings),
            (Task::Multilabel, Some(name)) => by_name(name).map(Headline::Finding),
            (Task::Ordinal, None) => Ok(Headline::AtLeast(classes.len() / 2)),
            (Task::Ordinal, Some(text)) => {
                let grade = text
                    .trim()
                    .strip_prefix(">=")
                    .and_then(|k| k.trim().parse::<usize>().ok());
                match grade {
                    Some(k) if k >= 1 && k < classes.len() => Ok(Headline::AtLeast(k)),
                    _ => Err(StudyError::Value {
                        field: "data.positive",
                        expected: format!("\">=k\" with a grade k from 1 to {}", classes.len() - 1),
                        found: format!("`{text}`"),
                    }),
                }
            }
        }
    }

    /// In words, for tables.
    pub fn describe(&self, classes: &[String]) -> String {
        match self {
            Headline::MacroOneVsRest if classes.len() == 2 => {
                format!("{} against {}", classes[1], classes[0])
            }
            Headline::MacroOneVsRest => "mean over classes, one against the rest".into(),
            Headline::Class(index) => format!("{} against the rest", classes[*index]),
            Headline::AtLeast(k) => format!("grade ≥ {k} ({} or more)", classes[*k]),
            Headline::MacroFindings => "mean over findings".into(),
            Headline::Finding(index) => classes[*index].clone(),
        }
    }

    /// The AUC of `probabilities` `[cases, classes]`. One positive and one negative case are enough.
    pub fn auc(
        &self,
        probabilities: &[f64],
        labels: &[Label],
        classes: usize,
    ) -> Result<f64, StatsError> {
        Ok(match self.measure(probabilities, labels, classes)? {
            Measure::Curve(curve) => curve.auc(),
            Measure::Mean(mean) => mean.auc,
        })
    }

    /// The AUC of `probabilities` `[cases, classes]` with what each case contributes to its error.
    pub fn estimate(
        &self,
        probabilities: &[f64],
        labels: &[Label],
        classes: usize,
    ) -> Result<Estimate, StatsError> {
        match self.measure(probabilities, labels, classes)? {
            Measure::Curve(curve) => curve.estimate(),
            Measure::Mean(mean) => mean.estimate().cloned(),
        }
    }

    /// The AUC of `probabilities` `[cases, classes]` and its 95% interval over samples of `patients`,
    /// one a case.
    pub fn interval(
        &self,
        probabilities: &[f64],
        labels: &[Label],
        classes: usize,
        patients: &Clusters,
    ) -> Result<(f64, Interval), StatsError> {
        let estimate = self.estimate(probabilities, labels, classes)?;
        let interval = estimate.by_cluster(patients)?.logit_interval(0.95)?;
        if interval.method != Method::Degenerate {
            return Ok((estimate.value(), interval));
        }
        // Nothing varied; of a single curve the cases still tell something.
        match self.measure(probabilities, labels, classes)? {
            Measure::Curve(curve) => Ok((curve.auc(), curve.logit_interval(0.95)?)),
            Measure::Mean(mean) => Ok((mean.auc, interval)),
        }
    }

    /// Average precision of the headline: of its one curve, or the mean over classes with positives
    /// and negatives, or over measurable findings; `probabilities` is `[cases, classes]`.
    pub fn average_precision(
        &self,
        probabilities: &[f64],
        labels: &[Label],
        classes: usize,
    ) -> Result<f64, StatsError> {
        let of = |index: usize| {
            let (positive, scores): (Vec<bool>, Vec<f64>) = labels
                .iter()
                .zip(column(probabilities, classes, index))
                .filter_map(|(l, s)| l.has(index).map(|present| (present, s)))
                .unzip();
            stats::average_precision(&positive, &scores)
        };
        match *self {
            Headline::Class(index) | Headline::Finding(index) => of(index),
            Headline::AtLeast(k) => {
                let scores =
                    stats::probability_at_least(&ClassScores::new(probabilities, classes)?, k)?;
                stats::average_precision(&stats::at_least(&class_labels(labels), k), &scores)
            }
            Headline::MacroOneVsRest | Headline::MacroFindings => {
                let curves = match self {
                    Headline::MacroFindings => measurable_findings(labels, classes),
                    _ => (0..classes).collect(),
                };
                let defined: Vec<f64> = curves.into_iter().filter_map(|i| of(i).ok()).collect();
                if defined.is_empty() {
                    return of(0);
                }
                Ok(defined.iter().sum::<f64>() / defined.len() as f64)
            }
        }
    }

    /// The yes-or-no questions behind the headline, each a headline itself.
    pub(crate) fn questions(&self, classes: usize) -> Vec<Self> {
        match self {
            Self::MacroOneVsRest if classes == 2 => vec![Self::Class(1)],
            Self::MacroOneVsRest => (0..classes).map(Self::Class).collect(),
            Self::MacroFindings => (0..classes).map(Self::Finding).collect(),
            one => vec![one.clone()],
        }
    }

    /// Whether a label answers the question with yes; none where it is not known.
    pub(crate) fn answer(&self, label: &Label) -> Option<bool> {
        match self {
            Self::Class(index) | Self::Finding(index) => label.has(*index),
            Self::AtLeast(grade) => label.class().map(|class| class >= *grade),
            Self::MacroOneVsRest | Self::MacroFindings => None,
        }
    }

    fn measure(
        &self,
        probabilities: &[f64],
        labels: &[Label],
        classes: usize,
    ) -> Result<Measure, StatsError> {
        let one_curve = |positive: Vec<bool>, scores: &[f64]| {
            Delong::new(&positive, scores).map(Measure::Curve)
        };
        match *self {
            Headline::MacroOneVsRest => {
                let scores = ClassScores::new(probabilities, classes)?;
                MacroAuc::one_vs_rest(&scores, &class_labels(labels)).map(Measure::Mean)
            }
            Headline::Class(index) => {
                let positive = class_labels(labels).iter().map(|l| *l == index).collect();
                one_curve(positive, &column(probabilities, classes, index))
            }
            Headline::AtLeast(k) => {
                let scores =
                    stats::probability_at_least(&ClassScores::new(probabilities, classes)?, k)?;
                one_curve(stats::at_least(&class_labels(labels), k), &scores)
            }
            Headline::MacroFindings => {
                let used = measurable_findings(labels, classes);
                let cells =
                    || (0..labels.len()).flat_map(|case| used.iter().map(move |f| (case, *f)));
                let known: Vec<_> = cells().map(|(case, f)| labels[case].has(f)).collect();
                let scores: Vec<_> = cells()
                    .map(|(case, f)| probabilities[case * classes + f])
                    .collect();
                MacroAuc::over_findings(&Findings::new(&scores, &known, used.len())?)
                    .map(Measure::Mean)
            }
            Headline::Finding(index) => {
                let known: Vec<_> = labels.iter().map(|l| l.has(index)).collect();
                let scores = column(probabilities, classes, index);
                MacroAuc::over_findings(&Findings::new(&scores, &known, 1)?).map(Measure::Mean)
            }
        }
    }
}

enum Measure {
    Curve(Delong),
    Mean(MacroAuc),
}

/// Findings that are known to be present in at least two cases and absent in two: below that an
/// AUC has no standard error, and one rare finding would leave the whole mean without an interval.
pub fn measurable_findings(labels: &[Label], findings: usize) -> Vec<usize> {
    let cases = |finding: usize, is_present: bool| {
        let is_such = |l: &&Label| l.has(finding) == Some(is_present);
        labels.iter().filter(is_such).count()
    };
    (0..findings)
        .filter(|f| cases(*f, true) >= 2 && cases(*f, false) >= 2)
        .collect()
}

/// The class of every case; cases without one do not occur in class tasks.
pub fn class_labels(labels: &[Label]) -> Vec<usize> {
    labels.iter().filter_map(Label::class).collect()
}

/// Presence of every finding in every case, `[cases, findings]`, none where unknown.
pub fn finding_labels(labels: &[Label], findings: usize) -> Vec<Option<bool>> {
    labels
        .iter()
        .flat_map(|l| (0..findings).map(|f| l.has(f)))
        .collect()
}

/// One column of a row-major matrix with `columns` columns.
pub fn column(values: &[f64], columns: usize, index: usize) -> Vec<f64> {
    values
        .iter()
        .skip(index)
        .step_by(columns)
        .copied()
        .collect()
}
