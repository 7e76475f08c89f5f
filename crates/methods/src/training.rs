//! How runs are trained, and what is chosen by what.

use images::Task;
use record::results::{Protocol, Results};
use regimes::Rule;
use regimes::dropping::Share;
use study::{ClassWeights, PrecisionName, TrainPlan};

use crate::library::{ADAM, ADAMW, AVERAGE, COSINE, CURVE, DEPTH, DROPOUT};
use crate::sentence::{Sentence, counted, list, plain};

/// Loss, optimiser, steps, selection and seeds.
pub fn training(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let train = &protocol.train;
    let mut said = vec![loss(protocol.task, train.class_weights), optimiser(train)];
    said.push(
        Sentence::new(
            "/protocol/train/schedule",
            format!(
                "The learning rate is {}{}",
                plain(train.schedule.peak()),
                train.schedule.describe()
            ),
        )
        .citing(train.schedule.is_cosine().then_some(COSINE)),
    );
    said.push(Sentence::new(
        "/protocol/train/batch_size",
        format!(
            "A step takes {}, and a run at most {}",
            counted(train.batch_size, "picture"),
            counted(train.max_steps as usize, "step")
        ),
    ));
    said.extend(selection(train));
    if let Some(decay) = train.ema {
        let text = format!(
            "What is evaluated, tested and kept is the exponential moving average of the weights and running statistics over steps, with a decay of {} and corrected for its start",
            plain(decay)
        );
        said.push(Sentence::new("/protocol/train/ema", text).citing(Some(AVERAGE)));
    }
    said.extend(left_out(train));
    if train.precision == PrecisionName::Bf16 {
        said.push(Sentence::new(
            "/protocol/train/precision",
            "Products inside convolutions are rounded to bfloat16 in training steps where that is faster",
        ));
    }
    said.push(seeds(protocol));
    said.push(Sentence::new(
        "/progress",
        format!(
            "Of {} that this needs, {} are done and {} failed",
            counted(results.progress.planned, "run"),
            numbers::count(results.progress.done as u64),
            numbers::count(results.progress.failed as u64)
        ),
    ));
    said
}

/// What is left out at random in training.
fn left_out(train: &TrainPlan) -> Vec<Sentence> {
    let how_much = |share: Share| match share {
        Share::Original => "the share that the authors of the network had".into(),
        Share::Of(share) => format!("a share of {}", plain(share)),
    };
    let features = train.dropout.map(|share| {
        let text = format!(
            "In training, {} of the features before the classifier is left out at random, and what stays scaled up accordingly",
            how_much(share)
        );
        Sentence::new("/protocol/train/dropout", text).citing(Some(DROPOUT))
    });
    let bodies = train.stochastic_depth.map(|share| {
        let text = format!(
            "In training, the bodies of residual sums are left out at random for single pictures, with a chance that rises with depth to {}, and what stays is scaled up accordingly",
            how_much(share)
        );
        Sentence::new("/protocol/train/stochastic_depth", text).citing(Some(DEPTH))
    });
    features.into_iter().chain(bodies).collect()
}

fn loss(task: Task, weights: ClassWeights) -> Sentence {
    let loss = match task {
        Task::Multilabel => "the mean binary cross-entropy over the findings that are known",
        Task::Multiclass | Task::Ordinal => "cross-entropy",
    };
    let balance = match (weights, task) {
        (ClassWeights::None, _) => ", without weights for classes",
        (ClassWeights::Balanced, Task::Multilabel) => {
            ", a present finding weighted by the odds of its absence among the training pictures of the run"
        }
        (ClassWeights::Balanced, _) => {
            ", classes weighted inversely to their frequency among the training pictures of the run"
        }
    };
    Sentence::new(
        "/protocol/train/class_weights",
        format!("The loss is {loss}{balance}"),
    )
    .and("/protocol/task")
}

fn optimiser(train: &TrainPlan) -> Sentence {
    let (name, work) = match train.rule {
        Rule::Sgd { momentum, nesterov } => {
            let variant = match nesterov {
                true => "Nesterov momentum",
                false => "momentum",
            };
            (
                format!(
                    "stochastic gradient descent with {variant} {}",
                    plain(momentum)
                ),
                None,
            )
        }
        Rule::Adam {
            beta1,
            beta2,
            epsilon,
            decoupled,
        } => {
            let (word, work) = match decoupled {
                true => ("AdamW", ADAMW),
                false => ("Adam", ADAM),
            };
            let name = format!(
                "{word} (β {} and {}, ε {})",
                plain(beta1),
                plain(beta2),
                plain(epsilon)
            );
            (name, Some(work))
        }
    };
    let decay = match train.weight_decay {
        0.0 => "without weight decay".to_owned(),
        decay => format!("with a weight decay of {}", plain(decay)),
    };
    Sentence::new(
        "/protocol/train/rule",
        format!("The optimiser is {name}, {decay}"),
    )
    .and("/protocol/train/weight_decay")
    .citing(work)
}

fn selection(train: &TrainPlan) -> Vec<Sentence> {
    let early = match train.early_evaluations {
        true => {
            "; the learning curve is also looked at after 1, 2, 3, 5, 8 … steps, which chooses nothing"
        }
        false => "",
    };
    let stop = match train.patience {
        0 => "Runs use all of their steps".to_owned(),
        patience => format!(
            "A run stops after {} without a higher validation AUC",
            counted(patience as usize, "evaluation")
        ),
    };
    vec![
        Sentence::new(
            "/protocol/train/eval_every",
            format!(
                "The validation AUC is measured before the first step, every {} and after the last{early}",
                counted(train.eval_every as usize, "step")
            ),
        ),
        Sentence::new("/protocol/train/patience", stop),
        Sentence::new(
            "/protocol/train/eval_every",
            "The network of the highest validation AUC, the earliest of equal ones, is the one that is tested",
        ),
    ]
}

fn seeds(protocol: &Protocol) -> Sentence {
    let count = counted(protocol.seeds, "seed");
    let changes = match protocol.augment == Default::default() {
        true => "",
        false => ", their random changes",
    };
    let decides = format!(
        "which decide the drawn weights, the order of pictures{changes} and, where a training set is smaller, which pictures it has, alike in every arm"
    );
    match protocol.compare.looks.is_empty() {
        true => Sentence::new(
            "/protocol/seeds",
            format!("Every arm is trained with {count}, {decides}"),
        ),
        false => {
            let looks = protocol.compare.looks.iter().map(usize::to_string);
            Sentence::new(
                "/protocol/compare/looks",
                format!(
                    "Arms are trained with as many seeds as it takes, at most {count}, looked at after {}, {decides}",
                    list(&looks.collect::<Vec<_>>(), 20)
                ),
            )
        }
    }
}

/// What every arm chose before its runs; nothing where the study does not ask.
pub fn tuning(results: &Results) -> Vec<Sentence> {
    let Some(tuned) = &results.tuned else {
        return Vec::new();
    };
    let keys = tuned.keys.iter().map(|key| {
        let mut values: Vec<String> = Vec::new();
        for tried in results
            .tuning
            .first()
            .map_or(&[][..], |arm| &arm.candidates)
        {
            let value = tried.candidate.value(*key);
            if !values.contains(&value) {
                values.push(value);
            }
        }
        format!("{key} ({})", values.join(", "))
    });
    let mut said = vec![
        Sentence::new(
            "/tuned",
            format!(
                "Before its runs every arm tries the same values of {} with {} that no run has",
                list(&keys.collect::<Vec<_>>(), 3),
                counted(tuned.seeds.len(), "seed")
            ),
        ),
        Sentence::new(
            "/tuned",
            "It is trained with those of the highest mean validation AUC; test pictures have no part in the choice",
        ),
    ];
    if results.specification_curve.is_some() {
        said.push(
            Sentence::new(
                "/specification_curve",
                "Every comparison is also made at each of the values that were tried",
            )
            .citing([CURVE]),
        );
    }
    said
}
