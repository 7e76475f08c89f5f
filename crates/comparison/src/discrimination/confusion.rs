//! Predicted against true classes over the seeds of an arm.

use std::collections::BTreeMap;

use images::Task;
use record::results::{ConfusionResult, RangeResult, SeedConfusion};
use stats::{ClassScores, ConfusionMatrix};
use study::{StudyPlan, class_labels};

use crate::finished::{ArmRuns, Finished};

/// Classes that a matrix is told of; beyond them sensitivity and precision are.
const MOST_CLASSES: usize = 40;

/// None where classes do not exclude one another, or where there are only two: a threshold then
/// says more.
pub(super) fn confusion(plan: &StudyPlan, arm: &ArmRuns) -> Option<ConfusionResult> {
    let classes = plan.data.described.classes.len();
    if plan.data.task == Task::Multilabel || classes < 3 {
        return None;
    }
    // Folds of a repeat test every picture once, by several networks.
    let mut seeds: BTreeMap<(u64, Option<usize>), Option<ConfusionMatrix>> = BTreeMap::new();
    for run in &arm.runs {
        let own = of_run(run, classes)?;
        let all = seeds
            .entry((run.seed, run.fold.map(|fold| fold.repeat)))
            .or_default();
        match all {
            Some(sum) => sum.add(&own).ok()?,
            None => *all = Some(own),
        }
    }
    let matrices: Vec<&ConfusionMatrix> = seeds.values().flatten().collect();
    let over = |of: &dyn Fn(&ConfusionMatrix) -> Option<f64>| {
        RangeResult::of(matrices.iter().filter_map(|matrix| of(matrix)))
    };
    let every = || 0..classes;
    let cell = |matrix: &ConfusionMatrix, truth: usize, predicted: usize| {
        let row = matrix.rows().nth(truth)?;
        let cases: u64 = row.iter().sum();
        Some((row[predicted] as f64, cases as f64))
    };
    let count = |truth, predicted| {
        let mean = over(&|matrix| Some(cell(matrix, truth, predicted)?.0));
        mean.map_or(0.0, |mean| mean.mean)
    };
    let share = |truth, predicted| {
        over(&|matrix| {
            let (count, cases) = cell(matrix, truth, predicted)?;
            (cases > 0.0).then(|| count / cases)
        })
    };
    let is_told = classes <= MOST_CLASSES;
    let told = || every().filter(move |_| is_told);
    let seed = |((seed, repeat), matrix): (&(u64, Option<usize>), &Option<ConfusionMatrix>)| {
        Some(SeedConfusion {
            seed: *seed,
            repeat: *repeat,
            counts: matrix.as_ref()?.rows().map(<[u64]>::to_vec).collect(),
        })
    };
    Some(ConfusionResult {
        seeds: seeds.iter().filter(|_| is_told).filter_map(seed).collect(),
        counts: told()
            .map(|truth| every().map(|p| count(truth, p)).collect())
            .collect(),
        shares: told()
            .map(|truth| every().map(|p| share(truth, p)).collect())
            .collect(),
        recall: every()
            .map(|class| over(&|matrix| matrix.recall(class)))
            .collect(),
        precision: every()
            .map(|class| over(&|matrix| matrix.precision(class)))
            .collect(),
    })
}

fn of_run(run: &Finished, classes: usize) -> Option<ConfusionMatrix> {
    let scores = ClassScores::new(&run.test.probabilities, classes).ok()?;
    ConfusionMatrix::new(
        &class_labels(&run.test.labels),
        &scores.predictions(),
        classes,
    )
    .ok()
}
