//! What training minimises.

use engine::{Objective, Targets};
use images::{Label, Task};

use study::ClassWeights;

/// Which loss answers a question of this kind.
pub fn objective(task: Task) -> Objective {
    match task {
        Task::Multiclass | Task::Ordinal => Objective::CrossEntropy,
        Task::Multilabel => Objective::BinaryCrossEntropy,
    }
}

/// Cross-entropy over classes, or the mean binary cross-entropy over known findings.
#[derive(Clone, Debug)]
pub struct Loss {
    task: Task,
    /// One weight a class (or a finding's present label), mean 1 over the training pictures.
    weights: Vec<f32>,
}

impl Loss {
    /// The loss for training pictures with `labels`. Balanced weights are `n / (classes · n_c)`,
    /// as scikit-learn's; for findings they weigh present labels by the odds of absence.
    pub fn new(task: Task, classes: usize, mode: ClassWeights, labels: &[&Label]) -> Self {
        let weight = |class: usize| {
            let present = labels.iter().filter(|l| l.has(class) == Some(true)).count();
            let known = labels.iter().filter(|l| l.has(class).is_some()).count();
            match (mode, task) {
                (ClassWeights::None, _) => 1.0,
                (_, _) if present == 0 => 1.0,
                (ClassWeights::Balanced, Task::Multilabel) => {
                    (known - present) as f32 / present as f32
                }
                (ClassWeights::Balanced, _) => known as f32 / (classes * present) as f32,
            }
        };
        Self {
            task,
            weights: (0..classes).map(weight).collect(),
        }
    }

    /// What the logits of pictures with `labels` are held against: the loss is the weighted mean
    /// over the batch as PyTorch's `cross_entropy`, or over its known findings as
    /// `binary_cross_entropy_with_logits`, in nats.
    pub fn targets(&self, labels: &[Label]) -> Targets {
        match self.task {
            Task::Multiclass | Task::Ordinal => Targets::Classes(self.classes(labels)),
            Task::Multilabel => Targets::Findings(self.findings(labels)),
        }
    }

    /// `[labels, classes]`
    fn classes(&self, labels: &[Label]) -> Vec<f32> {
        let classes = self.weights.len();
        let weight = |l: &Label| l.class().map_or(0.0, |c| self.weights[c]);
        let total: f32 = labels.iter().map(weight).sum();
        let row = |l: &Label| {
            let (share, class) = (weight(l) / total, l.class());
            (0..classes).map(move |c| if class == Some(c) { share } else { 0.0 })
        };
        labels.iter().flat_map(row).collect()
    }

    /// `[2, labels, findings]`: present, then absent.
    fn findings(&self, labels: &[Label]) -> Vec<f32> {
        let findings = self.weights.len();
        let cells = || {
            let cells = labels.iter();
            cells.flat_map(|l| (0..findings).map(move |finding| (finding, l.has(finding))))
        };
        let known = cells().filter(|(_, label)| label.is_some()).count();
        let share = 1.0 / known.max(1) as f32;
        let present = cells().map(|(finding, label)| match label {
            Some(true) => share * self.weights[finding],
            _ => 0.0,
        });
        let absent = cells().map(|(_, label)| match label {
            Some(false) => share,
            _ => 0.0,
        });
        present.chain(absent).collect()
    }
}
