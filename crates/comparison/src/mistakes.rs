//! The worst mistakes of an arm, by a rule: what more than half of its networks have wrong, those
//! first whose mean error of the probability is largest, at most one a patient.

use std::collections::{BTreeMap, BTreeSet};

use images::{Label, Task};
use record::Predictions;
use record::results::{Mistake, MistakeKind, MistakeList, Mistakes};
use study::{PlannedData, StudyPlan};

use super::finished::{ArmRuns, Finished};
use super::question::Question;

/// Mistakes of a kind that are shown at most.
const SHOWN: usize = 6;

/// What all networks say about one question in one picture.
struct Answer {
    image: String,
    /// Known or not; a picture of an unknown patient stands for itself.
    patient: Option<String>,
    question: String,
    truth: String,
    /// One a network, in [0, 1].
    probabilities: Vec<f64>,
    /// Networks that have it wrong.
    wrong: usize,
}

impl Answer {
    /// Mean probability over networks.
    fn mean(&self) -> f64 {
        self.probabilities.iter().sum::<f64>() / self.probabilities.len() as f64
    }

    /// Whether more than half of the networks have it wrong.
    fn is_wrong(&self) -> bool {
        2 * self.wrong > self.probabilities.len()
    }

    fn mistake(&self) -> Mistake {
        let ends = |of: fn(f64, f64) -> f64| self.probabilities.iter().copied().reduce(of);
        Mistake {
            image: self.image.clone(),
            question: self.question.clone(),
            truth: self.truth.clone(),
            probability: self.mean(),
            low: ends(f64::min).unwrap_or_default(),
            high: ends(f64::max).unwrap_or_default(),
            wrong: self.wrong,
            networks: self.probabilities.len(),
        }
    }
}

/// The mistakes of `arm`; none without a finished run.
pub(crate) fn mistakes(
    plan: &StudyPlan,
    arm: &ArmRuns,
    label: &str,
    is_recommended: bool,
) -> Option<Mistakes> {
    if arm.runs.is_empty() {
        return None;
    }
    let questions = asked(&plan.data);
    let lists = match questions.is_empty() {
        true => vec![list(
            MistakeKind::WrongClass,
            of_classes(&plan.data, &arm.runs),
        )],
        false => {
            let answers = questions.iter();
            let answers = answers.flat_map(|question| of_question(&plan.data, question, &arm.runs));
            let (yes, no): (Vec<_>, Vec<_>) = answers.partition(|(is_yes, _)| *is_yes);
            let answers = |all: Vec<(bool, Answer)>| all.into_iter().map(|(_, answer)| answer);
            vec![
                list(MistakeKind::FalseNegative, answers(yes).collect()),
                list(MistakeKind::FalsePositive, answers(no).collect()),
            ]
        }
    };
    Some(Mistakes {
        arm: label.into(),
        is_recommended,
        networks: arm.runs.len(),
        thresholds: match &questions[..] {
            [question] => thresholds(&arm.runs, question),
            _ => None,
        },
        lists,
    })
}

/// The yes-or-no questions whose mistakes are looked for: the headline's, or those of all findings
/// where it is their mean; none where it is a mean over classes that exclude each other.
pub(crate) fn asked(data: &PlannedData) -> Vec<Question> {
    let all = Question::of(data);
    match all.iter().any(|question| question.is_headline) {
        true => all.into_iter().filter(|q| q.is_headline).collect(),
        false if data.task == Task::Multilabel => all,
        false => Vec::new(),
    }
}

/// What the data say of a picture, in a word; of a finding, whether it is there.
pub(crate) fn truth(data: &PlannedData, question: Option<&Question>, label: &Label) -> String {
    match (label, question) {
        (Label::Class(class), _) => data.described.classes.get(*class).cloned(),
        (Label::Findings(_), Some(question)) => question.answer(label).map(|is_there| {
            match is_there {
                true => "present",
                false => "absent",
            }
            .into()
        }),
        (Label::Findings(_), None) => None,
    }
    .unwrap_or_default()
}

/// Every picture whose answer is known: whether it is yes, and what networks say. A network has it
/// wrong at its own threshold; one without a threshold is not asked.
fn of_question(data: &PlannedData, question: &Question, runs: &[Finished]) -> Vec<(bool, Answer)> {
    let classes = data.described.classes.len();
    let mut answers: BTreeMap<String, (bool, Answer)> = BTreeMap::new();
    for run in runs {
        let Some(threshold) = threshold(run, question) else {
            continue;
        };
        let asked = question.ask_of(&run.test, classes);
        let cases = asked.cases.iter().zip(&asked.labels).zip(&asked.scores);
        for ((case, is_yes), score) in cases {
            let image = &run.test.images[*case];
            let (_, answer) = answers.entry(image.clone()).or_insert_with(|| {
                let truth = truth(data, Some(question), &run.test.labels[*case]);
                (*is_yes, new_answer(&run.test, *case, &question.name, truth))
            });
            answer.probabilities.push(*score);
            answer.wrong += usize::from((*score >= threshold) != *is_yes);
        }
    }
    answers.into_values().collect()
}

/// The lowest and the highest threshold of any run.
fn thresholds(runs: &[Finished], question: &Question) -> Option<[f64; 2]> {
    let all = || runs.iter().filter_map(|run| threshold(run, question));
    Some([all().reduce(f64::min)?, all().reduce(f64::max)?])
}

/// The threshold of a run on a question, chosen on its validation pictures.
pub(crate) fn threshold(run: &Finished, question: &Question) -> Option<f64> {
    let mut all = run.metrics.questions.iter();
    let found = all.find(|q| q.name == question.name)?;
    Some(found.operating.as_ref()?.threshold)
}

fn new_answer(test: &Predictions, case: usize, question: &str, truth: String) -> Answer {
    Answer {
        image: test.images[case].clone(),
        patient: test.patients[case].clone(),
        question: question.into(),
        truth,
        probabilities: Vec::new(),
        wrong: 0,
    }
}

/// Every picture of classes that exclude each other: what networks say of the wrong class with the
/// largest mean probability.
fn of_classes(data: &PlannedData, runs: &[Finished]) -> Vec<Answer> {
    let names = &data.described.classes;
    struct Seen<'a> {
        test: &'a Predictions,
        case: usize,
        label: usize,
        rows: Vec<&'a [f64]>,
    }
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    for run in runs {
        let rows = run.test.probabilities.chunks_exact(names.len());
        for (case, row) in rows.enumerate() {
            let Label::Class(label) = run.test.labels[case] else {
                continue;
            };
            let one = seen.entry(&run.test.images[case]).or_insert_with(|| Seen {
                test: &run.test,
                case,
                label,
                rows: Vec::new(),
            });
            one.rows.push(row);
        }
    }
    let answers = seen.into_values().filter_map(|seen| {
        let mean = |class: &usize| -> f64 { seen.rows.iter().map(|row| row[*class]).sum() };
        let others = (0..names.len()).filter(|class| *class != seen.label);
        let class = others.reduce(|a, b| if mean(&b) > mean(&a) { b } else { a })?;
        let truth = names.get(seen.label).cloned().unwrap_or_default();
        let mut answer = new_answer(seen.test, seen.case, &names[class], truth);
        for row in seen.rows {
            answer.probabilities.push(row[class]);
            answer.wrong += usize::from(called(row) != seen.label);
        }
        Some(answer)
    });
    answers.collect()
}

/// The most probable class, the first of equal ones.
pub(crate) fn called(row: &[f64]) -> usize {
    let best = row.iter().enumerate();
    let best = best.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map_or(0, |(class, _)| class)
}

/// The worst of `answers`.
fn list(kind: MistakeKind, answers: Vec<Answer>) -> MistakeList {
    let of = answers.len();
    let mut wrong: Vec<Answer> = answers.into_iter().filter(Answer::is_wrong).collect();
    let error = |answer: &Answer| match kind {
        MistakeKind::FalseNegative => 1.0 - answer.mean(),
        MistakeKind::FalsePositive | MistakeKind::WrongClass => answer.mean(),
    };
    wrong.sort_by(|a, b| {
        let by_error = error(b).total_cmp(&error(a));
        by_error.then_with(|| (&a.image, &a.question).cmp(&(&b.image, &b.question)))
    });
    let mut patients = BTreeSet::new();
    let is_new = |answer: &&Answer| {
        let patient = match &answer.patient {
            Some(patient) => (true, patient.clone()),
            None => (false, answer.image.clone()),
        };
        patients.insert(patient)
    };
    MistakeList {
        kind,
        wrong: wrong.len(),
        of,
        cases: wrong
            .iter()
            .filter(is_new)
            .take(SHOWN)
            .map(Answer::mistake)
            .collect(),
    }
}
