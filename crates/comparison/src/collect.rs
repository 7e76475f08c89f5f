//! Reads the records of a study and compares its arms.

use sha2::{Digest as _, Sha256};

use super::arm::arm_result;
use super::attribution::attribute;
use super::convergence::common_range;
use super::cost::costs;
use super::finished::{self, ArmRuns};
use super::label_efficiency::label_efficiency;
use super::pairs::comparisons;
use super::test_sets::test_sets;
use super::{probes, reuse, source_accuracy, specification, transferability, tuning, verdict};
use durable::{FileError, canonical_json};
use networks::initialisation::InitKind;
use record::names::PLAN;
use record::results::{
    AttributionResult, FORMAT, Progress, Reproduction, Results, Timing, Verdict, tuning_warnings,
};
use record::{RecordError, StudyDirectory};
use study::{PlannedArm, StudyPlan};

/// Results with what goes beside them.
pub struct Collected {
    /// `results.json`.
    pub results: Results,
    /// Times per arm, in the order of the arms.
    pub timing: Vec<Timing>,
}

/// Compares what is finished in the study at `directory`.
pub fn collect(directory: &StudyDirectory) -> Result<Collected, RecordError> {
    let plan = directory.plan()?;
    let (arms, mut failures) = finished::read(directory, &plan)?;
    let done = arms.iter().map(|a| a.runs.len()).sum();
    let progress = Progress {
        planned: plan.runs.len(),
        done,
        failed: failures.len(),
    };
    let range = common_range(&arms);
    let arm_results: Vec<_> = arms
        .iter()
        .map(|arm| arm_result(&plan, arm, range))
        .collect();
    let compared = comparisons(&plan, &arms);
    let candidates: Vec<_> = arms.iter().map(ArmRuns::aucs).collect();
    let mut costs = costs(&plan, &arm_results).map_err(|reason| FileError::Damaged {
        path: PLAN.path(directory.path()),
        reason,
    })?;
    let attributions = attributions(&plan, &arms);
    let tuned = tuning::collect(directory, &plan)?;
    tuning::charge(&mut costs, &tuned.arms);
    failures.extend(tuned.failures);
    let specification_curve = specification::collect(directory, &plan, &tuned.arms, &arm_results)?;
    let mut warnings = plan.warnings.clone();
    warnings.extend(tuning_warnings(&tuned.arms));
    let probed = probes::collect(directory, &plan)?;
    failures.extend(probed.failures);
    let promised = transferability::collect(directory, &plan, &arm_results, &probed.results)?;
    let reused = reuse::collect(directory, &plan)?;
    failures.extend(reused.failures);
    let study = directory.study()?;
    let sources: Vec<_> = plan
        .models
        .iter()
        .filter_map(|m| m.source.clone())
        .collect();
    let mut results = Results {
        format: FORMAT,
        title: plan.title.clone(),
        version: plan.version.clone(),
        headline: plan.data.headline.describe(&plan.data.described.classes),
        baseline: plan.compare.baseline.clone(),
        margin: plan.compare.margin,
        thresholds: plan.compare.thresholds.clone(),
        progress,
        warnings,
        data: plan.data.described.clone(),
        source_accuracy: source_accuracy::collect(&sources, &arm_results),
        sources,
        models: plan.models.iter().map(|m| m.described.clone()).collect(),
        arms: arm_results,
        comparisons: compared.headline,
        question_comparisons: compared.questions,
        test_sets: test_sets(&plan, &arms),
        costs,
        label_efficiency: label_efficiency(&plan, &arms),
        specificities: plan.compare.specificities.clone(),
        attributions,
        tuned: tuned.tuned,
        tuning: tuned.arms,
        specification_curve,
        probe: probed.probes,
        probes: probed.results,
        transferability: promised,
        analysis: reused.analysis,
        verdict: Verdict::default(),
        failures,
        reproduction: Reproduction {
            command: "transfusion run study.toml".into(),
            study,
            plan_sha256: format!("{:x}", Sha256::digest(canonical_json(&plan))),
        },
    };
    results.verdict = verdict::verdict(&results, &candidates);
    Ok(Collected {
        results,
        timing: arms.iter().map(timing).collect(),
    })
}

/// The gain of every `transfer` arm, where `random` and `mean-var` arms beside it tell its parts.
fn attributions(plan: &StudyPlan, arms: &[ArmRuns]) -> Vec<AttributionResult> {
    let is_beside = |other: &PlannedArm, arm: &PlannedArm| {
        other.regime.name == arm.regime.name
            && (other.model, other.train_size) == (arm.model, arm.train_size)
    };
    let beside = |arm: &PlannedArm, kind: InitKind| {
        let found = arms.iter().find(|other| {
            let other = other.arm;
            other.init.kind() == kind && is_beside(other, arm)
        });
        found.map(ArmRuns::aucs)
    };
    let transfers = arms
        .iter()
        .filter(|a| a.arm.init.kind() == InitKind::Transfer);
    let found = transfers.filter_map(|transfer| {
        let arm = transfer.arm;
        // The same rules under another name tell nothing new.
        let first = arms
            .iter()
            .map(|other| other.arm)
            .find(|other| other.init.kind() == InitKind::Transfer && is_beside(other, arm));
        if first != Some(arm) {
            return None;
        }
        let (random, mean_var) = (
            beside(arm, InitKind::Random)?,
            beside(arm, InitKind::MeanVar)?,
        );
        let transfer = transfer.aucs();
        let (helps, [gain, scale, features]) =
            attribute(&random, &mean_var, &transfer, plan.compare.margin)?;
        Some(AttributionResult {
            model: plan.models[arm.model].described.label.clone(),
            train_size: arm.train_size,
            is_all: arm.is_all,
            regime: arm.regime.name.as_str().into(),
            helps,
            gain,
            scale,
            features,
        })
    });
    found.collect()
}

fn timing(arm: &ArmRuns) -> Timing {
    let timed: Vec<_> = arm.runs.iter().filter_map(|r| r.timing.as_ref()).collect();
    Timing {
        arm: arm.arm.label.clone(),
        seconds: timed.iter().map(|t| t.seconds).collect(),
        images_per_second: timed
            .iter()
            .map(|t| t.images as f64 / t.seconds.max(1e-9))
            .collect(),
        inference_ms: timed
            .iter()
            .filter_map(|t| t.inference)
            .map(|i| 1e3 * i.seconds / (i.images as f64).max(1.0))
            .collect(),
        peak_mib: timed.iter().filter_map(|t| t.peak_mib).collect(),
    }
}
