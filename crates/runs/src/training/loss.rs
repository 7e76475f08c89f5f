//! What training minimises.

use engine::tensor::activation::log_softmax;
use engine::tensor::{Device, Tensor, TensorData};
use images::{Label, Task};

use study::ClassWeights;

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

    /// The loss of `logits` `[batch, classes]`, a scalar in nats: the weighted mean over the batch
    /// as PyTorch's `cross_entropy`, or over its known findings as `binary_cross_entropy_with_logits`.
    pub fn of(&self, logits: Tensor<2>, labels: &[Label], device: &Device) -> Tensor<1> {
        let classes = self.weights.len();
        let matrix = |values: Vec<f32>| {
            Tensor::<2>::from_data(TensorData::new(values, [labels.len(), classes]), device)
        };
        match self.task {
            Task::Multiclass | Task::Ordinal => {
                let weight = |l: &Label| l.class().map_or(0.0, |c| self.weights[c]);
                let total: f32 = labels.iter().map(weight).sum();
                let target = labels.iter().flat_map(|l| {
                    let share = weight(l) / total;
                    (0..classes).map(move |c| if l.class() == Some(c) { share } else { 0.0 })
                });
                let target = matrix(target.collect());
                (log_softmax(logits, 1) * target).sum().neg()
            }
            Task::Multilabel => {
                let known = labels
                    .iter()
                    .map(|l| (0..classes).filter(|c| l.has(*c).is_some()).count())
                    .sum::<usize>();
                let share = 1.0 / known.max(1) as f32;
                let cells = || {
                    labels
                        .iter()
                        .flat_map(|l| (0..classes).map(move |c| (c, l.has(c))))
                };
                let present = matrix(
                    cells()
                        .map(|(c, l)| {
                            if l == Some(true) {
                                share * self.weights[c]
                            } else {
                                0.0
                            }
                        })
                        .collect(),
                );
                let absent = matrix(
                    cells()
                        .map(|(_, l)| if l == Some(false) { share } else { 0.0 })
                        .collect(),
                );
                // −ln σ(x) = relu(−x) + ln(1 + e^−|x|), which never overflows.
                let tail = (logits.clone().abs().neg().exp() + 1.0).log();
                let of_present = logits.clone().neg().clamp_min(0.0) + tail.clone();
                let of_absent = logits.clamp_min(0.0) + tail;
                (of_present * present + of_absent * absent).sum()
            }
        }
    }
}
