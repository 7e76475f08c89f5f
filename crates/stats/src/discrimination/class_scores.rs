use crate::StatsError;
use crate::input::{CLASS_LIMIT, all_finite, check_classes, check_probabilities, same_length};

/// How far the probabilities of a case may be from summing to one: the rounding of a softmax in
/// half precision, not more.
const SUM_TOLERANCE: f64 = 1e-3;

/// Scores of exclusive classes, shape `[cases, classes]`, row by row.
///
/// Most uses ask for softmax probabilities; what needs only an order (accuracy, AUC) also takes
/// logits.
#[derive(Debug, Clone, Copy)]
pub struct ClassScores<'a> {
    values: &'a [f64],
    classes: usize,
}

impl<'a> ClassScores<'a> {
    /// `values`: finite, `cases · classes` of them; `classes`: 2 to 65,536.
    pub fn new(values: &'a [f64], classes: usize) -> Result<Self, StatsError> {
        if !(2..=CLASS_LIMIT).contains(&classes) {
            return Err(StatsError::ClassCount {
                found: classes,
                limit: CLASS_LIMIT,
            });
        }
        if values.is_empty() {
            return Err(StatsError::Empty {
                what: "class scores",
            });
        }
        if !values.len().is_multiple_of(classes) {
            return Err(StatsError::LengthMismatch {
                what: "class scores, a whole number of rows",
                expected: values.len().div_ceil(classes) * classes,
                found: values.len(),
            });
        }
        all_finite("class scores", values)?;
        Ok(Self { values, classes })
    }

    /// Number of cases, at least 1.
    pub fn cases(&self) -> usize {
        self.values.len() / self.classes
    }

    /// Number of classes, at least 2.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The scores of each case, `classes` long.
    pub fn rows(&self) -> impl Iterator<Item = &'a [f64]> + use<'a> {
        self.values.chunks_exact(self.classes)
    }

    /// The predicted class of each case: the highest score, the lowest class among equals, as
    /// numpy's `argmax`.
    pub fn predictions(&self) -> Vec<usize> {
        self.rows()
            .map(|row| {
                let best = (0..row.len()).reduce(
                    |best, class| {
                        if row[class] > row[best] { class } else { best }
                    },
                );
                best.unwrap_or_default()
            })
            .collect()
    }

    /// The scores of one class, one per case. `class` is below `classes`.
    pub(crate) fn column(&self, class: usize) -> Vec<f64> {
        self.rows().map(|row| row[class]).collect()
    }

    /// Refuses labels that do not fit the cases or the classes.
    pub(crate) fn check_labels(&self, labels: &[usize]) -> Result<(), StatsError> {
        same_length("labels", self.cases(), labels.len())?;
        check_classes("labels", labels, self.classes)
    }

    /// Refuses anything but probabilities that sum to one in each case.
    pub(crate) fn check_probabilities(&self) -> Result<(), StatsError> {
        check_probabilities("class probabilities", self.values)?;
        for (case, row) in self.rows().enumerate() {
            let sum: f64 = row.iter().sum();
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(StatsError::ProbabilitySum { case, sum });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_matrices_have_a_reason() {
        assert!(matches!(
            ClassScores::new(&[0.5], 1),
            Err(StatsError::ClassCount { .. })
        ));
        assert!(matches!(
            ClassScores::new(&[], 3),
            Err(StatsError::Empty { .. })
        ));
        let error = ClassScores::new(&[0.1; 5], 3).unwrap_err();
        assert!(
            error.to_string().contains("expected 6 values, found 5"),
            "{error}"
        );
        let scores = ClassScores::new(&[0.1; 6], 3).unwrap();
        let error = scores.check_labels(&[0, 3]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "labels: label 1 is 3; the classes are 0 to 2"
        );
        let logits = ClassScores::new(&[0.2, 0.3, 0.9, 0.9], 2).unwrap();
        let error = logits.check_probabilities().unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("case 0: the class probabilities sum to 0.5")
        );
    }
}
