//! A linear probe: logistic regression on standardised features.
//!
//! The objective is that of scikit-learn's `LogisticRegression(C)`: half the squared length of the
//! weights plus C times the sum of the log losses; intercepts are not penalised. Two classes, and
//! each finding by itself, have one weight vector; more classes have one each under a softmax.

use images::{Label, Task};
use rayon::prelude::*;

use super::features::{Features, Standardised};
use super::regression::{Planes, Regression, Targets, softmax};
use crate::training::logistic;

/// A fitted linear probe.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearProbe {
    classes: usize,
    parts: Vec<Part>,
    /// Steps of all its fits.
    pub iterations: usize,
    /// Whether every fit reached the tolerance.
    pub converged: bool,
}

/// The regression behind some of the classes.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// What the training pictures leave no choice about.
    Constant { class: usize, probability: f64 },
    /// Two classes, or one finding and its absence.
    Binary {
        absent: Option<usize>,
        present: usize,
        plane: Planes,
    },
    /// Three classes or more.
    Softmax { classes: Vec<usize>, planes: Planes },
}

impl LinearProbe {
    /// One probe for each of `strengths` (C, ascending), on the pictures `rows` of `features` and
    /// their `labels`. Each fit starts where the one before ended.
    ///
    /// Classes without a training picture get probability 0. A finding that is known of no
    /// training picture gets 0.5, and one that is always present or always absent 1 or 0.
    pub fn path(
        features: &Features,
        rows: &[usize],
        labels: &[&Label],
        task: Task,
        classes: usize,
        strengths: &[f64],
    ) -> Vec<Self> {
        let standard = Standardised::new(features, rows);
        let mut problems = match task {
            Task::Multilabel => (0..classes).map(|f| Problem::finding(f, labels)).collect(),
            _ => Problem::of_classes(classes, labels),
        };
        let channels = features.channels();
        let probe = |strength: &f64| {
            let mut probe = Self {
                classes,
                parts: Vec::with_capacity(problems.len()),
                iterations: 0,
                converged: true,
            };
            for problem in &mut problems {
                if let Some(fit) = &mut problem.fit {
                    let (steps, converged) = fit.go_on(&standard.matrix, *strength);
                    probe.iterations += steps;
                    probe.converged &= converged;
                }
                probe.parts.push(problem.part(&standard, channels));
            }
            probe
        };
        strengths.iter().map(probe).collect()
    }

    /// Probabilities `[rows, classes]` of the pictures `rows` of `features`: they sum to 1 for
    /// classes, and stand each for itself for findings.
    pub fn probabilities(&self, features: &Features, rows: &[usize]) -> Vec<f64> {
        let mut all = vec![0.0; rows.len() * self.classes];
        all.par_chunks_mut(self.classes)
            .zip(rows)
            .for_each(|(probabilities, row)| {
                for part in &self.parts {
                    part.predict(features.row(*row), probabilities);
                }
            });
        all
    }
}

impl Part {
    fn predict(&self, row: &[f32], probabilities: &mut [f64]) {
        match self {
            Part::Constant { class, probability } => probabilities[*class] = *probability,
            Part::Binary {
                absent,
                present,
                plane,
            } => {
                let logit = plane.logits(row)[0];
                probabilities[*present] = logistic(logit);
                if let Some(absent) = absent {
                    probabilities[*absent] = logistic(-logit);
                }
            }
            Part::Softmax { classes, planes } => {
                let mut logits = planes.logits(row);
                softmax(&mut logits);
                for (class, probability) in classes.iter().zip(logits) {
                    probabilities[*class] = probability;
                }
            }
        }
    }
}

/// What is fitted for some of the classes, and how far that is.
struct Problem {
    /// The classes that the outputs speak of; of two, the second is the positive one.
    classes: Vec<usize>,
    /// Where there is nothing to fit: the probability of the class.
    constant: f64,
    fit: Option<Regression>,
}

impl Problem {
    /// Classes exclude each other: one problem, and constants for classes that do not occur.
    fn of_classes(classes: usize, labels: &[&Label]) -> Vec<Self> {
        let of = |label: &&Label| label.class().unwrap_or(0);
        let present: Vec<usize> = (0..classes)
            .filter(|class| labels.iter().any(|label| of(label) == *class))
            .collect();
        let constant = |class| Self {
            classes: vec![class],
            constant: f64::from(u8::from(present == [class])),
            fit: None,
        };
        let mut problems: Vec<_> = (0..classes)
            .filter(|class| present.len() < 2 || !present.contains(class))
            .map(constant)
            .collect();
        if present.len() >= 2 {
            let position = |label| present.iter().position(|c| *c == of(label)).unwrap_or(0);
            let targets = match present.len() {
                2 => Targets::Binary(labels.iter().map(|l| Some(position(l) == 1)).collect()),
                _ => Targets::Classes(labels.iter().map(position).collect()),
            };
            problems.push(Self {
                fit: Some(Regression::new(targets, present.len())),
                classes: present,
                constant: 0.0,
            });
        }
        problems
    }

    /// A finding, on the pictures where it is known.
    fn finding(finding: usize, labels: &[&Label]) -> Self {
        let targets: Vec<Option<bool>> = labels.iter().map(|l| l.has(finding)).collect();
        let occurs = |is_present| targets.contains(&Some(is_present));
        let (constant, is_open) = match (occurs(false), occurs(true)) {
            (true, true) => (0.5, true),
            (false, false) => (0.5, false),
            (false, true) => (1.0, false),
            (true, false) => (0.0, false),
        };
        Self {
            classes: vec![finding],
            constant,
            fit: is_open.then(|| Regression::new(Targets::Binary(targets), 2)),
        }
    }

    fn part(&self, standard: &Standardised, channels: usize) -> Part {
        let planes = |fit: &Regression| fit.planes(standard, channels);
        match (&self.fit, self.classes.as_slice()) {
            (None, classes) => Part::Constant {
                class: classes[0],
                probability: self.constant,
            },
            (Some(fit), [finding]) => Part::Binary {
                absent: None,
                present: *finding,
                plane: planes(fit),
            },
            (Some(fit), [absent, present]) => Part::Binary {
                absent: Some(*absent),
                present: *present,
                plane: planes(fit),
            },
            (Some(fit), classes) => Part::Softmax {
                classes: classes.to_vec(),
                planes: planes(fit),
            },
        }
    }
}
