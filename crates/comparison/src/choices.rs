//! What validation predictions choose, to be used as it is on other pictures.

use images::{Label, Task};
use serde::{Deserialize, Serialize};
use stats::{ChosenThreshold, ClassScores, Findings, StatsError, Temperature, ThresholdRule};

use record::Predictions;
use study::{ComparePlan, Headline, OperatingRule, StudyPlan, class_labels, finding_labels};

use super::question::{Asked, Question};

/// What a model is asked, and how it is measured.
#[derive(Clone, Copy, Debug)]
pub struct Asks<'a> {
    /// The kind of question.
    pub task: Task,
    /// What the headline AUC tells apart.
    pub headline: &'a Headline,
    /// Classes, grades or findings, by index.
    pub classes: &'a [String],
    /// How thresholds are chosen, and at what is measured.
    pub compare: &'a ComparePlan,
}

/// What validation predictions choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// How thresholds were chosen, in words.
    pub rule: String,
    /// One a question behind the headline.
    pub thresholds: Vec<QuestionThreshold>,
    /// One for all probabilities; none where it is undefined.
    pub temperature: Option<FittedTemperature>,
    /// Validation pictures that chose.
    pub images: usize,
}

/// From which probability on the answer to a question is called yes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionThreshold {
    /// A class, a finding, or grades from one on.
    pub question: String,
    /// Whether the headline AUC is this question's alone.
    pub is_headline: bool,
    /// The threshold, in [0, 1], on the probability as the network gives it; none where the
    /// validation pictures lack one of the answers.
    pub value: Option<f64>,
}

/// A temperature fitted by the log loss of validation pictures ([`stats::Temperature`]).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedTemperature {
    /// By what logits are divided, in [0.001, 1000]; above 1 the network was too sure.
    pub value: f64,
    /// Log loss of the validation pictures before, in nats.
    pub loss_before: f64,
    /// Log loss of the validation pictures after.
    pub loss_after: f64,
}

impl From<Temperature> for FittedTemperature {
    fn from(fitted: Temperature) -> Self {
        let Temperature {
            value,
            loss_before,
            loss_after,
        } = fitted;
        Self {
            value,
            loss_before,
            loss_after,
        }
    }
}

impl From<FittedTemperature> for Temperature {
    fn from(fitted: FittedTemperature) -> Self {
        let FittedTemperature {
            value,
            loss_before,
            loss_after,
        } = fitted;
        Self {
            value,
            loss_before,
            loss_after,
        }
    }
}

impl<'a> Asks<'a> {
    /// Those of a study.
    pub fn of(plan: &'a StudyPlan) -> Self {
        Self {
            task: plan.data.task,
            headline: &plan.data.headline,
            classes: &plan.data.described.classes,
            compare: &plan.compare,
        }
    }

    pub(crate) fn questions(&self) -> Vec<Question> {
        Question::behind(self.headline, self.task, self.classes)
    }

    /// The names of the questions: classes, findings, or grades from one on.
    pub fn names(&self) -> Vec<String> {
        let questions = self.questions().into_iter();
        questions.map(|question| question.name).collect()
    }

    /// What validation predictions choose.
    pub fn choose(&self, validation: &Predictions) -> Choices {
        let classes = self.classes.len();
        let threshold = |question: Question| {
            let asked = question.ask_of(validation, classes);
            QuestionThreshold {
                value: chosen(self.compare, &asked).ok().map(|c| c.threshold),
                question: question.name,
                is_headline: question.is_headline,
            }
        };
        Choices {
            rule: self.compare.operating.describe(),
            thresholds: self.questions().into_iter().map(threshold).collect(),
            temperature: self.temperature(validation).map(FittedTemperature::from),
            images: validation.images.len(),
        }
    }

    /// Probability of yes of every question, `[questions][images]`, in probabilities
    /// `[images, classes]`.
    pub fn scores(&self, probabilities: &[f64]) -> Vec<Vec<f64>> {
        let classes = self.classes.len();
        let images = probabilities.len() / classes.max(1);
        // Every picture is asked, whatever is known of it.
        let label = match self.task {
            Task::Multilabel => Label::Findings(vec![Some(false); classes]),
            Task::Multiclass | Task::Ordinal => Label::Class(0),
        };
        let labels = vec![label; images];
        let questions = self.questions().into_iter();
        questions
            .map(|question| question.ask(&labels, probabilities, classes).scores)
            .collect()
    }

    /// Probabilities `[images, classes]` after scaling; none where they are none.
    pub fn rescaled(&self, temperature: &Temperature, probabilities: &[f64]) -> Option<Vec<f64>> {
        if self.task != Task::Multilabel {
            let scores = ClassScores::new(probabilities, self.classes.len()).ok()?;
            return temperature.apply_to_classes(&scores).ok();
        }
        let all = probabilities.iter();
        all.map(|p| temperature.apply(*p).ok()).collect()
    }

    /// Fitted on validation predictions; none where that is undefined.
    fn temperature(&self, validation: &Predictions) -> Option<Temperature> {
        let classes = self.classes.len();
        if self.task != Task::Multilabel {
            let scores = ClassScores::new(&validation.probabilities, classes).ok()?;
            return Temperature::of_classes(&scores, &class_labels(&validation.labels)).ok();
        }
        let known = finding_labels(&validation.labels, classes);
        let findings = Findings::new(&validation.probabilities, &known, classes).ok()?;
        Temperature::of_findings(&findings).ok()
    }
}

/// The threshold that the study's rule chooses.
pub(crate) fn chosen(
    compare: &ComparePlan,
    validation: &Asked,
) -> Result<ChosenThreshold, StatsError> {
    let rule = match compare.operating {
        OperatingRule::Youden => ThresholdRule::Youden,
        OperatingRule::Sensitivity(least) => ThresholdRule::SensitivityAtLeast(least),
        OperatingRule::Specificity(least) => ThresholdRule::SpecificityAtLeast(least),
    };
    rule.choose(&validation.labels, &validation.scores)
}
