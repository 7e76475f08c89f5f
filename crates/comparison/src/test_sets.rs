//! Named test sets: every arm on each, and the arms compared there.

use record::results::{TestSetArm, TestSetResult};
use study::StudyPlan;

use super::allowed::Allowed;
use super::arm::over_seeds;
use super::family::Family;
use super::finished::{ArmRuns, Finished, headline_auc};
use super::pairs::pairs;

/// The results of every named test set. Nothing is chosen by them: checkpoints come from the
/// validation partition, and the verdict speaks of the test partition. All sets together have
/// `share` of the error of the study.
pub(crate) fn test_sets(
    plan: &StudyPlan,
    arms: &[ArmRuns],
    share: f64,
    allowed: Allowed,
) -> Vec<TestSetResult> {
    let share = share / plan.data.split.test_sets.len().max(1) as f64;
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
        let pairs = pairs(plan);
        let auc = |run: &Finished| Some(headline_auc(plan, run.test_sets.get(place)?)?.value());
        let family = Family::new(
            plan,
            seeds.iter().map(Vec::as_slice),
            ArmRuns::of_folds(arms, auc),
            &pairs,
            share,
            allowed,
        );
        let compared = pairs.into_iter().filter_map(|pair| {
            let told = family.told(pair)?;
            Some(told.result(pair.map(|place| &arms[place]), None))
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
            comparisons: compared.collect(),
        }
    })
    .collect()
}
