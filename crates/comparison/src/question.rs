//! The yes-or-no questions that a study's predictions answer.

use std::collections::BTreeSet;

use images::{Label, Task};
use stats::{ClassScores, Delong, StatsError};

use record::Predictions;
use record::results::Evidence;
use study::{Headline, PlannedData, class_labels, column};

/// Fewer patients with yes or with no than this and intervals and tests cannot be relied on
/// (simulated in the coverage tests of `stats`); it is flagged wherever it is shown.
const FEW: usize = 10;

/// A question that every picture answers with yes or no, or not at all.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Question {
    /// In words: a class, a finding, or grades from one on.
    pub name: String,
    /// Whether the headline AUC is this question's alone.
    pub is_headline: bool,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    AtLeast(usize),
    Class(usize),
    Finding(usize),
}

/// A question in the pictures whose answer is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// Positions of the pictures, ascending.
    pub cases: Vec<usize>,
    /// Whether the answer is yes, one per picture.
    pub labels: Vec<bool>,
    /// Probability of yes, one per picture, in [0, 1].
    pub scores: Vec<f64>,
}

impl Question {
    /// The questions of a study: the headline's, or one per class or finding behind its mean.
    pub(crate) fn of(data: &PlannedData) -> Vec<Self> {
        Self::behind(&data.headline, data.task, &data.described.classes)
    }

    /// The same of a headline.
    pub(crate) fn behind(headline: &Headline, task: Task, classes: &[String]) -> Vec<Self> {
        let question = |kind, is_headline| Self::new(kind, classes, is_headline);
        match (headline, task) {
            (Headline::AtLeast(grade), _) => vec![question(Kind::AtLeast(*grade), true)],
            (Headline::Class(index), _) => vec![question(Kind::Class(*index), true)],
            (Headline::MacroOneVsRest, _) if classes.len() == 2 => {
                vec![question(Kind::Class(1), true)]
            }
            (Headline::MacroOneVsRest, _) => (0..classes.len())
                .map(|class| question(Kind::Class(class), false))
                .collect(),
            (Headline::MacroFindings | Headline::Finding(_), Task::Multilabel) => (0..classes
                .len())
                .map(|index| {
                    let is_headline = *headline == Headline::Finding(index);
                    question(Kind::Finding(index), is_headline)
                })
                .collect(),
            (Headline::MacroFindings | Headline::Finding(_), _) => Vec::new(),
        }
    }

    /// Those and every other of the task: all grades to begin from, all classes, all findings.
    pub(crate) fn every(data: &PlannedData) -> Vec<Self> {
        let mut every = Self::of(data);
        let classes = &data.described.classes;
        if let [only] = &every[..] {
            let kinds: Vec<Kind> = match only.kind {
                Kind::AtLeast(_) => (1..classes.len()).map(Kind::AtLeast).collect(),
                Kind::Class(_) if classes.len() > 2 => {
                    (0..classes.len()).map(Kind::Class).collect()
                }
                Kind::Class(_) | Kind::Finding(_) => Vec::new(),
            };
            let others: Vec<Kind> = kinds
                .into_iter()
                .filter(|kind| *kind != only.kind)
                .collect();
            every.extend(
                others
                    .into_iter()
                    .map(|kind| Self::new(kind, classes, false)),
            );
        }
        every
    }

    fn new(kind: Kind, classes: &[String], is_headline: bool) -> Self {
        Self {
            name: match kind {
                Kind::AtLeast(grade) => format!("grade ≥ {grade}"),
                Kind::Class(index) | Kind::Finding(index) => classes[index].clone(),
            },
            is_headline,
            kind,
        }
    }

    /// What maps of saliency show evidence for.
    pub(crate) fn evidence(&self) -> Evidence {
        match self.kind {
            Kind::AtLeast(grade) => Evidence::AtLeast(grade),
            Kind::Class(index) => Evidence::Class(index),
            Kind::Finding(index) => Evidence::Finding(index),
        }
    }

    /// What the data answer, where they do.
    pub(crate) fn answer(&self, label: &Label) -> Option<bool> {
        match (self.kind, label) {
            (Kind::AtLeast(grade), Label::Class(class)) => Some(*class >= grade),
            (Kind::Class(index), Label::Class(class)) => Some(*class == index),
            (Kind::Finding(index), _) => label.has(index),
            (Kind::AtLeast(_) | Kind::Class(_), Label::Findings(_)) => None,
        }
    }

    /// Labels and scores of the pictures whose answer is known; `classes` wide probabilities.
    pub(crate) fn ask(&self, labels: &[Label], probabilities: &[f64], classes: usize) -> Asked {
        let everyone = || (0..labels.len()).collect();
        match self.kind {
            Kind::AtLeast(grade) => {
                let scores = ClassScores::new(probabilities, classes)
                    .and_then(|scores| stats::probability_at_least(&scores, grade));
                Asked {
                    cases: everyone(),
                    labels: stats::at_least(&class_labels(labels), grade),
                    scores: scores.unwrap_or_default(),
                }
            }
            Kind::Class(index) => Asked {
                cases: everyone(),
                labels: class_labels(labels).iter().map(|l| *l == index).collect(),
                scores: column(probabilities, classes, index),
            },
            Kind::Finding(index) => {
                let known = |case: &usize| labels[*case].has(index).is_some();
                let cases: Vec<usize> = (0..labels.len()).filter(known).collect();
                Asked {
                    labels: cases
                        .iter()
                        .map(|case| labels[*case].has(index) == Some(true))
                        .collect(),
                    scores: cases
                        .iter()
                        .map(|case| probabilities[case * classes + index])
                        .collect(),
                    cases,
                }
            }
        }
    }

    /// The same of a set of predictions.
    pub(crate) fn ask_of(&self, predictions: &Predictions, classes: usize) -> Asked {
        self.ask(&predictions.labels, &predictions.probabilities, classes)
    }
}

impl Asked {
    /// Pictures with yes and with no.
    pub(crate) fn counts(&self) -> [usize; 2] {
        let yes = self.labels.iter().filter(|label| **label).count();
        [yes, self.labels.len() - yes]
    }

    /// Patients with a picture with yes, and with one with no.
    pub(crate) fn patients(&self, predictions: &Predictions) -> [usize; 2] {
        let Some(clusters) = predictions.clusters() else {
            return [0, 0];
        };
        [true, false].map(|answer| {
            let cases = self.cases.iter().zip(&self.labels);
            let such = cases.filter(|(_, label)| **label == answer);
            let of: BTreeSet<usize> = such.map(|(case, _)| clusters.of_case()[*case]).collect();
            of.len()
        })
    }

    /// Whether too few patients have one of the answers.
    pub(crate) fn is_rare(&self, predictions: &Predictions) -> bool {
        self.patients(predictions)
            .into_iter()
            .any(|count| count < FEW)
    }

    /// The AUC with what each patient contributes to its error; an error where fewer than two
    /// patients answer one way, as pictures of one patient say nothing of others.
    pub(crate) fn by_patient(
        &self,
        predictions: &Predictions,
    ) -> Result<stats::Estimate, StatsError> {
        let [positives, negatives] = self.patients(predictions);
        if positives.min(negatives) < 2 {
            return Err(StatsError::OneClass {
                positives,
                negatives,
            });
        }
        let auc = self.estimate(predictions.images.len())?;
        let absent = StatsError::Empty { what: "patients" };
        auc.by_cluster(&predictions.clusters().ok_or(absent)?)
    }

    /// The AUC with what each of all `pictures` contributes to its error.
    fn estimate(&self, pictures: usize) -> Result<stats::Estimate, StatsError> {
        let curve = Delong::new(&self.labels, &self.scores)?;
        curve.estimate()?.spread(&self.cases, pictures)
    }
}
