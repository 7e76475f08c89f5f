use rayon::prelude::*;

use super::feature_rows::FeatureRows;
use super::labels::Labels;
use super::regression::{Planes, Regression, Targets};
use super::standardised::Standardised;
use crate::input::{check_positive, same_length};
use crate::{StatsError, expit, softmax};

/// Logistic regression on standardised features, a linear probe.
///
/// The objective is that of scikit-learn's `LogisticRegression(C)`, minimised by L-BFGS: half the
/// squared length of the weights plus C times the sum of the log losses; intercepts are not
/// penalised. Two classes, and each finding by itself, have one weight vector; more classes have one
/// each under a softmax. Features are standardised by the cases it is fitted on, and constant
/// channels left out.
///
/// It says what a linear map can tell from the features, not what the network that made them could
/// learn; with more channels than cases it fits any labels, and only its strength C, chosen on other
/// cases, and those cases say what that is worth. The number of threads changes no bit of it.
///
/// ```
/// use stats::{FeatureRows, Labels, LogisticRegression};
///
/// // Two channels of six cases; the first four are known.
/// let features = [0.1, 5.0, 0.2, 4.0, 0.8, 5.0, 0.9, 4.0, 0.0, 4.5, 1.0, 4.5];
/// let known = FeatureRows::new(&features, 2, &[0, 1, 2, 3])?;
/// let labels = Labels::Classes { of_case: &[0, 0, 1, 1], classes: 2 };
/// let path = LogisticRegression::path(known, labels, &[0.1, 1.0])?;
///
/// let others = FeatureRows::new(&features, 2, &[4, 5])?;
/// let probabilities = path[1].probabilities(others)?; // [cases, classes]
/// assert!(probabilities[0] > 0.8 && probabilities[3] > 0.8);
/// # Ok::<(), stats::StatsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogisticRegression {
    channels: usize,
    classes: usize,
    parts: Vec<Part>,
    /// Steps of all its fits.
    pub iterations: usize,
    /// Whether every fit reached the tolerance: 1e-6 in the largest entry of the gradient of the
    /// objective divided by C times the cases, within 1000 steps.
    pub converged: bool,
}

/// The regression behind some of the classes.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// What the cases leave no choice about.
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

impl LogisticRegression {
    /// One regression for each of `strengths` (C, above 0, best ascending), on the cases of
    /// `features` and their `labels`. Each fit starts where the one before ended.
    ///
    /// Classes without a case get probability 0. A finding that is known of no case gets 0.5, and
    /// one that is always present or always absent 1 or 0.
    pub fn path(
        features: FeatureRows,
        labels: Labels,
        strengths: &[f64],
    ) -> Result<Vec<Self>, StatsError> {
        labels.check(features.cases())?;
        for strength in strengths {
            check_positive("the strength C of a logistic regression", *strength)?;
        }
        let standard = Standardised::new(&features);
        let classes = labels.outputs();
        let mut problems = match labels {
            Labels::Findings { present, .. } => (0..classes)
                .map(|f| Problem::finding(f, present.iter().skip(f).step_by(classes)))
                .collect(),
            Labels::Classes { of_case, .. } => Problem::of_classes(classes, of_case),
        };
        let channels = features.channels();
        let fitted = |strength: &f64| {
            let mut fitted = Self {
                channels,
                classes,
                parts: Vec::with_capacity(problems.len()),
                iterations: 0,
                converged: true,
            };
            for problem in &mut problems {
                if let Some(fit) = &mut problem.fit {
                    let (steps, converged) = fit.go_on(&standard.matrix, *strength);
                    fitted.iterations += steps;
                    fitted.converged &= converged;
                }
                fitted.parts.push(problem.part(&standard, channels));
            }
            fitted
        };
        Ok(strengths.iter().map(fitted).collect())
    }

    /// Probabilities `[cases, classes]` of the cases of `features`, which have the channels it was
    /// fitted on: they sum to 1 for classes, and stand each for itself for findings.
    pub fn probabilities(&self, features: FeatureRows) -> Result<Vec<f64>, StatsError> {
        same_length("channels of features", self.channels, features.channels())?;
        let mut all = vec![0.0; features.cases() * self.classes];
        all.par_chunks_mut(self.classes)
            .enumerate()
            .for_each(|(case, probabilities)| {
                for part in &self.parts {
                    part.predict(features.row(case), probabilities);
                }
            });
        Ok(all)
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
                probabilities[*present] = expit(logit);
                if let Some(absent) = absent {
                    probabilities[*absent] = expit(-logit);
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
    fn of_classes(classes: usize, labels: &[usize]) -> Vec<Self> {
        let present: Vec<usize> = (0..classes)
            .filter(|class| labels.contains(class))
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
            let position = |label| present.iter().position(|c| c == label).unwrap_or(0);
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

    /// A finding, on the cases where it is known.
    fn finding<'a>(finding: usize, present: impl Iterator<Item = &'a Option<bool>>) -> Self {
        let targets: Vec<Option<bool>> = present.copied().collect();
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
