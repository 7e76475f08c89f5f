//! Named test sets: every arm on each, and the arms compared there.

use record::results::{TestSetArm, TestSetResult};
use study::StudyPlan;

use super::arm::over_seeds;
use super::finished::{ArmRuns, headline_auc};
use super::pairs::{compare, corrected, pairs, result};

/// The results of every named test set. Nothing is chosen by them: checkpoints come from the
/// validation partition, and the verdict speaks of the test partition. p values are corrected over
/// the comparisons of one set.
pub(crate) fn test_sets(plan: &StudyPlan, arms: &[ArmRuns]) -> Vec<TestSetResult> {
    let sets = plan.data.split.test_sets.iter().enumerate();
    sets.map(|(place, set)| {
        let seeds: Vec<Vec<(u64, stats::Estimate)>> = arms
            .iter()
            .map(|arm| arm.on_same_pictures(|run| headline_auc(plan, run.test_sets.get(place)?)))
            .collect();
        let of_arm = |(arm, seeds): (&ArmRuns, &Vec<(u64, stats::Estimate)>)| TestSetArm {
            label: arm.arm.label.clone(),
            auc: over_seeds(seeds.iter().map(|(_, auc)| auc.clone()).collect()),
            seeds: seeds
                .iter()
                .map(|(seed, auc)| (*seed, auc.value()))
                .collect(),
        };
        let compared = pairs(plan).into_iter().filter_map(|[ours, theirs]| {
            let comparison = compare(&seeds[ours], &seeds[theirs], plan.compare.margin)?;
            let result = result(&comparison, [&arms[ours], &arms[theirs]], None);
            Some((comparison, result))
        });
        let described = plan
            .data
            .described
            .partitions
            .iter()
            .find(|part| part.name == set.name);
        TestSetResult {
            name: set.name.clone(),
            images: set.examples.len(),
            patients: described.and_then(|part| part.patients),
            arms: arms.iter().zip(&seeds).map(of_arm).collect(),
            comparisons: corrected(compared.collect()),
        }
    })
    .collect()
}
