//! Reads the records of a study and compares its arms.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::allowed::Allowed;
use super::arm::arm_result;
use super::attribution::attributions;
use super::convergence::{common_range, correct_speeds};
use super::cost::costs;
use super::discrimination::discrimination;
use super::family::{Family, shares};
use super::finished::{self, ArmRuns};
use super::fold_results::cross_validation;
use super::label_efficiency::label_efficiency;
use super::looks;
use super::pairs::{comparisons, concluded, of_questions};
use super::test_sets::test_sets;
use super::{
    devices, probes, reuse, shown, source_accuracy, specification, transferability, tuning, verdict,
};
use decisions::Sequential;
use durable::{FileError, canonical_json};
use record::names::PLAN;
use record::results::{
    FORMAT, Failure, Progress, Protocol, Reproduction, Results, Timing, Verdict, tuning_warnings,
};
use record::{RecordError, RunTiming, StudyDirectory};
use study::StudyPlan;

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
    let (mut arms, mut failures) = finished::read(directory, &plan)?;
    let aucs: Vec<_> = arms.iter().map(ArmRuns::aucs).collect();
    let looks = looks::take(directory, &plan, &aucs);
    let wanted = looks
        .as_ref()
        .map_or(u64::MAX, |looks| looks::aim(looks) as u64);
    let progress = progress(&plan, &arms, &mut failures, wanted);
    if let Some(seeds) = looks.as_ref().and_then(Sequential::seeds) {
        for arm in &mut arms {
            arm.runs.retain(|run| run.seed < seeds as u64);
        }
    }
    let allowed = Allowed::after(looks.as_ref());
    let range = common_range(&arms);
    let mut arm_results: Vec<_> = arms
        .iter()
        .map(|arm| arm_result(&plan, arm, range))
        .collect();
    devices::tell(&arms, &mut arm_results);
    let aucs: Vec<_> = arms.iter().map(ArmRuns::aucs).collect();
    let shares = shares(&plan, &arms);
    let seeds = aucs.iter().map(Vec::as_slice);
    let mut family = Family::new(
        &plan,
        seeds,
        ArmRuns::of_folds(&arms, |run| Some(run.auc.as_ref()?.value())),
        &concluded(&plan),
        shares.differences,
        allowed,
    );
    if let Some(looks) = &looks {
        family = family.decided_by(looks);
    }
    let mut compared = comparisons(&plan, &arms, &family);
    correct_speeds(&mut compared, shares.speed * allowed.spend);
    let questions = of_questions(&plan, &arms, &compared, allowed);
    let mut costs = costs(&plan, &arm_results).map_err(|reason| FileError::Damaged {
        path: PLAN.path(directory.path()),
        reason,
    })?;
    let attributions = attributions(&plan, &family);
    let tuned = tuning::collect(directory, &plan)?;
    tuning::charge(&mut costs, &tuned.arms);
    failures.extend(tuned.failures);
    let specification_curve = specification::collect(directory, &plan, &tuned.arms, &arm_results)?;
    let mut warnings = plan.warnings.clone();
    warnings.extend(tuning_warnings(&tuned.arms));
    let probed = probes::collect(directory, &plan, wanted)?;
    failures.extend(probed.failures);
    let promised = transferability::collect(directory, &plan, &arm_results, &probed.results)?;
    let reused = reuse::collect(directory, &plan, wanted)?;
    failures.extend(reused.failures);
    let study = directory.planned_study()?;
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
        comparisons: compared,
        question_comparisons: questions,
        test_sets: test_sets(&plan, &arms, shares.test_sets, allowed),
        cross_validation: cross_validation(&plan, &arms),
        discrimination: None,
        costs,
        label_efficiency: label_efficiency(&plan, &arms),
        specificities: plan.compare.specificities.clone(),
        attributions,
        sequential: looks.as_ref().map(|looks| looks::result(&plan, looks)),
        tuned: tuned.tuned,
        tuning: tuned.arms,
        specification_curve,
        probe: probed.probes,
        probes: probed.results,
        transferability: promised,
        analysis: reused.analysis,
        protocol: Some(Protocol::of(&plan)),
        reporting: plan.reporting.clone(),
        mistakes: None,
        saliency: None,
        report: plan.report,
        verdict: Verdict::default(),
        failures,
        reproduction: Reproduction {
            command: "transfusion run study.toml".into(),
            study,
            plan_sha256: format!("{:x}", Sha256::digest(canonical_json(&plan))),
        },
    };
    results.verdict = verdict::verdict(
        &results,
        &family.arms,
        shares.best * allowed.spend,
        plan.compare.reference,
    );
    results.discrimination = discrimination(&plan, &arms, &results);
    shown::look(&plan, &arms, &mut results, directory)?;
    Ok(Collected {
        results,
        timing: arms.iter().map(timing).collect(),
    })
}

/// Of runs with seeds below `wanted`, which are all that are needed; of failures theirs stay.
fn progress(
    plan: &StudyPlan,
    arms: &[ArmRuns],
    failures: &mut Vec<Failure>,
    wanted: u64,
) -> Progress {
    failures.retain(|failure| failure.seed < wanted);
    let done = arms.iter().flat_map(|arm| &arm.runs);
    Progress {
        planned: plan.runs.iter().filter(|run| run.seed < wanted).count(),
        done: done.filter(|run| run.seed < wanted).count(),
        failed: failures.len(),
    }
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
        machines: each_once(timed.iter().filter_map(|t| machine(t))),
        programs: each_once(timed.iter().filter_map(|t| t.program.clone())),
    }
}

/// What a run was trained on, where the record says.
fn machine(timing: &RunTiming) -> Option<String> {
    let device = Some(&timing.device).filter(|device| !device.is_empty())?;
    Some(match timing.threads {
        Some(1) => format!("{device}, 1 thread"),
        Some(threads) => format!("{device}, {threads} threads"),
        None => device.to_string(),
    })
}

fn each_once(words: impl Iterator<Item = String>) -> Vec<String> {
    words.collect::<BTreeSet<_>>().into_iter().collect()
}
