//! What is to be told: yes or no, once or several times over.

use images::{Label, Task};

use crate::subject::Subject;

/// One question with two answers.
pub(crate) struct Question {
    /// The class, finding or part that it asks for.
    pub(crate) name: String,
    /// Of each picture; `None` = unknown.
    pub(crate) answers: Vec<Option<bool>>,
}

/// Questions of which the mean AUC is told, or the one finding at a time.
pub(crate) struct Target {
    /// The questions; one stands for both of two classes.
    pub(crate) questions: Vec<Question>,
}

/// Most classes, findings or parts that are asked for, the most frequent first.
const MOST_QUESTIONS: usize = 50;

impl Target {
    /// The classes (one against the rest) as one target, or each finding as one.
    pub(crate) fn labels(subject: &Subject) -> Vec<Self> {
        let class = |label: &Label| label.class();
        if subject.task == Task::Multilabel {
            let targets = (0..subject.classes.len()).map(|finding| {
                let answers = subject
                    .pictures
                    .iter()
                    .map(|picture| picture.label.has(finding));
                Self {
                    questions: vec![Question {
                        name: subject.classes[finding].clone(),
                        answers: answers.collect(),
                    }],
                }
            });
            return targets.collect();
        }
        let classes: Vec<_> = subject.pictures.iter().map(|p| class(&p.label)).collect();
        vec![Self::one_against_rest(&subject.classes, &classes)]
    }

    /// The parts.
    pub(crate) fn parts(subject: &Subject) -> Self {
        let parts: Vec<_> = subject.pictures.iter().map(|p| Some(p.part)).collect();
        Self::one_against_rest(&subject.parts, &parts)
    }

    fn one_against_rest(names: &[String], found: &[Option<usize>]) -> Self {
        let mut counts = vec![0usize; names.len()];
        for index in found.iter().flatten() {
            counts[*index] += 1;
        }
        let mut present: Vec<usize> = (0..names.len()).filter(|&c| counts[c] > 0).collect();
        if present.len() == 2 {
            // One against the other is the other against the one.
            present.remove(0);
        } else {
            present.sort_by_key(|&index| (std::cmp::Reverse(counts[index]), index));
            present.truncate(MOST_QUESTIONS);
        }
        let question = |index: usize| Question {
            name: names[index].clone(),
            answers: found
                .iter()
                .map(|f| f.map(|found| found == index))
                .collect(),
        };
        Self {
            questions: present.into_iter().map(question).collect(),
        }
    }
}
