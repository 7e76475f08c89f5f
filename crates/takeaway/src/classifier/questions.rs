//! The study's own questions, asked of new pictures.

use comparison::{Asks, Choices};
use images::Task;
use study::{ComparePlan, Headline};

use crate::export::metadata::Decision;

/// The study's own questions, and what its validation pictures chose for answering them.
#[derive(Clone, Debug)]
pub struct Questions {
    /// What the headline AUC tells apart.
    pub headline: Headline,
    /// Thresholds and temperature; none of a model that was exported before they were.
    pub choices: Option<Choices>,
    compare: ComparePlan,
}

/// The answer of one picture to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The question in ASCII where it is ours: `grade >= 2`, or a class or finding.
    pub question: String,
    /// Probability of yes as the network gives it, in [0, 1].
    pub probability: f64,
    /// From which probability on it is called yes; none where nothing chose it.
    pub threshold: Option<f64>,
    /// Whether it is called yes.
    pub is_positive: Option<bool>,
    /// Probability of yes after temperature scaling.
    pub rescaled: Option<f64>,
}

impl Questions {
    /// Those behind a headline; none where the headline is not one of these classes.
    pub fn new(
        headline: Headline,
        task: Task,
        classes: &[String],
        decision: Option<Decision>,
    ) -> Option<Self> {
        let count = classes.len();
        let fits = match (&headline, task) {
            (Headline::AtLeast(grade), Task::Ordinal) => (1..count).contains(grade),
            (Headline::Class(index), Task::Multiclass | Task::Ordinal) => *index < count,
            (Headline::MacroOneVsRest, Task::Multiclass | Task::Ordinal) => count > 1,
            (Headline::Finding(index), Task::Multilabel) => *index < count,
            (Headline::MacroFindings, Task::Multilabel) => count > 0,
            _ => false,
        };
        if !fits {
            return None;
        }
        let (choices, compare) = match decision {
            None => (None, ComparePlan::default()),
            Some(decision) => {
                let compare = decision.compare();
                (Some(decision.choices), compare)
            }
        };
        Some(Self {
            headline,
            choices,
            compare,
        })
    }

    /// What is asked, of a model of these classes.
    pub fn asks<'a>(&'a self, task: Task, classes: &'a [String]) -> Asks<'a> {
        Asks {
            task,
            headline: &self.headline,
            classes,
            compare: &self.compare,
        }
    }

    /// The names of the questions, as of [`Answer::question`].
    pub fn names(&self, task: Task, classes: &[String]) -> Vec<String> {
        let names = self.asks(task, classes).names().into_iter();
        names.map(|name| name.replace('≥', ">=")).collect()
    }

    /// The answers of one picture with these `probabilities` `[classes]`.
    pub fn answers(&self, task: Task, classes: &[String], probabilities: &[f64]) -> Vec<Answer> {
        let asks = self.asks(task, classes);
        let choices = self.choices.as_ref();
        let temperature = choices.and_then(|choices| choices.temperature);
        let rescaled = temperature
            .and_then(|temperature| asks.rescaled(&temperature.into(), probabilities))
            .map(|probabilities| asks.scores(&probabilities));
        let first = |scores: &Vec<Vec<f64>>, place: usize| scores.get(place)?.first().copied();
        let scores = asks.scores(probabilities);
        let names = self.names(task, classes).into_iter().enumerate();
        names
            .filter_map(|(place, question)| {
                let probability = first(&scores, place)?;
                let threshold = choices.and_then(|c| c.thresholds.get(place)?.value);
                Some(Answer {
                    question,
                    probability,
                    threshold,
                    is_positive: threshold.map(|threshold| probability >= threshold),
                    rescaled: rescaled.as_ref().and_then(|scores| first(scores, place)),
                })
            })
            .collect()
    }
}
