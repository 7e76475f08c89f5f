//! How far a network leans towards an answer, from its logits.

use images::Task;
use record::results::Evidence;

/// Log odds of an answer as a function of one picture's logits: log p / (1 − p) of its probability
/// p. Of a finding it is its logit; of classes that exclude each other, the log of the summed
/// exponentials of those that say yes less the same of those that say no.
///
/// Unlike the probability it does not level off where a network is sure, and unlike the logit of a
/// class it says what speaks for the class rather than for all of them.
#[derive(Clone, Copy, Debug)]
pub struct LogOdds {
    evidence: Evidence,
    task: Task,
}

impl LogOdds {
    /// Of `evidence` in a study of `task`.
    pub fn new(evidence: Evidence, task: Task) -> Self {
        Self { evidence, task }
    }

    /// Of the `logits` `[classes]` of a picture.
    pub fn of(&self, logits: &[f32]) -> f64 {
        if let Some(finding) = self.finding() {
            return logits.get(finding).copied().map_or(f64::NAN, f64::from);
        }
        let [yes, no] = [true, false].map(|side| self.log_sum(logits, side));
        yes - no
    }

    /// Its gradient by the `logits` `[classes]` of a picture.
    pub fn gradient(&self, logits: &[f32]) -> Vec<f32> {
        if let Some(finding) = self.finding() {
            let one = |class| if class == finding { 1.0 } else { 0.0 };
            return (0..logits.len()).map(one).collect();
        }
        let [yes, no] = [true, false].map(|side| self.log_sum(logits, side));
        let each = logits.iter().enumerate().map(|(class, logit)| {
            let logit = f64::from(*logit);
            match self.is_yes(class) {
                true => f64::exp(logit - yes),
                false => -f64::exp(logit - no),
            }
        });
        each.map(|share| share as f32).collect()
    }

    /// The finding, where every one has odds of its own.
    fn finding(&self) -> Option<usize> {
        match (self.task, self.evidence) {
            (Task::Multilabel, Evidence::Class(index) | Evidence::Finding(index)) => Some(index),
            (_, Evidence::Finding(index)) => Some(index),
            (_, Evidence::Class(_) | Evidence::AtLeast(_)) => None,
        }
    }

    fn is_yes(&self, class: usize) -> bool {
        match self.evidence {
            Evidence::Class(index) | Evidence::Finding(index) => class == index,
            Evidence::AtLeast(grade) => class >= grade,
        }
    }

    /// log Σ exp over the classes of one side.
    fn log_sum(&self, logits: &[f32], side: bool) -> f64 {
        let classes = logits.iter().enumerate();
        let of_side = classes.filter(|(class, _)| self.is_yes(*class) == side);
        let mut of_side: Vec<f64> = of_side.map(|(_, logit)| f64::from(*logit)).collect();
        stats::softmax(&mut of_side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 4] = [0.5, -1.0, 2.0, 1.5];

    /// The log odds of the probability that the study reports.
    #[test]
    fn they_are_those_of_the_probability() {
        let mut shares = LOGITS.map(f64::from);
        stats::softmax(&mut shares);
        for (evidence, p) in [
            (Evidence::Class(2), shares[2]),
            (Evidence::AtLeast(1), shares[1] + shares[2] + shares[3]),
        ] {
            let found = LogOdds::new(evidence, Task::Ordinal).of(&LOGITS);
            assert!((found - (p / (1.0 - p)).ln()).abs() < 1e-12, "{evidence:?}");
        }
        let finding = LogOdds::new(Evidence::Finding(3), Task::Multilabel);
        assert_eq!(finding.of(&LOGITS), 1.5);
        assert_eq!(finding.gradient(&LOGITS), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn gradients_are_what_small_changes_do() {
        for evidence in [Evidence::Class(0), Evidence::AtLeast(2)] {
            let odds = LogOdds::new(evidence, Task::Ordinal);
            for (class, found) in odds.gradient(&LOGITS).into_iter().enumerate() {
                let moved = |step: f32| {
                    let mut logits = LOGITS;
                    logits[class] += step;
                    odds.of(&logits)
                };
                let step = 2.0_f32.powi(-8);
                let expected = (moved(step) - moved(-step)) / f64::from(2.0 * step);
                assert!(
                    (f64::from(found) - expected).abs() < 1e-4,
                    "{evidence:?}, {class}"
                );
            }
        }
    }
}
