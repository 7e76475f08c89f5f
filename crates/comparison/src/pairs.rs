//! Which arms are compared with which, and what comes of it.

use stats::{Comparison, Settling, holm};

use super::convergence::{learning_curve_difference, speed_up};
use super::cross_validation::question_auc;
use super::finished::ArmRuns;
use super::question::Question;
use super::resampling::Paired;
use record::results::{ComparisonResult, Estimate, Outcome, PValues, SettlingResult};
use study::{PlannedArm, StudyPlan};

/// Seed and test AUC of the finished runs of an arm.
pub(crate) type Seeds = [(u64, stats::Estimate)];

/// Every comparison of the headline, and of each question behind it.
pub(crate) struct Compared {
    pub(crate) headline: Vec<ComparisonResult>,
    pub(crate) questions: Vec<ComparisonResult>,
}

/// Compares every arm with those that differ from it in one thing: the initialisation, the regime,
/// or the network being whole. p values are corrected over all comparisons of the headline, and
/// those of the questions over all of theirs.
pub(crate) fn comparisons(plan: &StudyPlan, arms: &[ArmRuns]) -> Compared {
    let pairs: Vec<[usize; 2]> = pairs(plan);
    let mut headline = Vec::new();
    for [ours, theirs] in &pairs {
        let pair = [&arms[*ours], &arms[*theirs]];
        let seeds = pair.map(ArmRuns::aucs);
        if let Some(comparison) = compare(&seeds[0], &seeds[1], plan.compare.margin) {
            let mut result = result(&comparison, pair, None);
            result.speed_up = plan
                .compare
                .thresholds
                .iter()
                .map(|tau| speed_up(pair, *tau, plan.compare.sustained))
                .collect();
            result.learning_curve = learning_curve_difference(pair);
            if let Some(paired) = Paired::new(plan, pair) {
                let draws = plan.compare.resamples;
                result.bootstrap = paired.bootstrap(draws);
                result.permutation = paired.permutation(&comparison.difference, draws);
            }
            headline.push((comparison, result));
        }
    }
    let questions = Question::of(&plan.data);
    let mut of_questions = Vec::new();
    if questions.len() > 1 {
        for question in &questions {
            for [ours, theirs] in &pairs {
                let pair = [&arms[*ours], &arms[*theirs]];
                let seeds = pair.map(|arm| seeds_of(plan, arm, question));
                if let Some(comparison) = compare(&seeds[0], &seeds[1], plan.compare.margin) {
                    let name = Some(question.name.clone());
                    of_questions.push((comparison.clone(), result(&comparison, pair, name)));
                }
            }
        }
    }
    Compared {
        headline: corrected(headline),
        questions: corrected(of_questions),
    }
}

/// Seed and AUC of one question in the finished runs of an arm, its error over patients.
pub(crate) fn seeds_of(
    plan: &StudyPlan,
    arm: &ArmRuns,
    question: &Question,
) -> Vec<(u64, stats::Estimate)> {
    let classes = plan.data.described.classes.len();
    arm.over_patients(|run| match run.fold {
        Some(fold) => question_auc(plan, fold, &run.test, question).ok(),
        None => {
            let asked = question.ask_of(&run.test, classes);
            let auc = asked.estimate(run.test.images.len()).ok()?;
            auc.by_cluster(&run.test.clusters()?).ok()
        }
    })
}

/// Two arms over the seeds that both have finished.
pub(crate) fn compare(arm: &Seeds, baseline: &Seeds, margin: f64) -> Option<Comparison> {
    let (ours, theirs): (Vec<_>, Vec<_>) = arm
        .iter()
        .filter_map(|(seed, estimate)| {
            let (_, other) = baseline.iter().find(|(s, _)| s == seed)?;
            Some((estimate.clone(), other.clone()))
        })
        .unzip();
    Comparison::new(&ours, &theirs, margin).ok()
}

/// Holm's correction over all of one family, tests of difference and of equivalence apart.
pub(crate) fn corrected(mut family: Vec<(Comparison, ComparisonResult)>) -> Vec<ComparisonResult> {
    let of = |p: fn(&PValues) -> Option<f64>| {
        let values: Vec<_> = family.iter().map(|(_, result)| p(&result.p)).collect();
        // Without p values nothing is concluded.
        holm(&values).unwrap_or_else(|_| vec![None; values.len()])
    };
    let (difference, equivalence) = (of(|p| p.difference), of(|p| p.equivalence));
    for (place, (comparison, result)) in family.iter_mut().enumerate() {
        result.p.difference_holm = difference[place];
        result.p.equivalence_holm = equivalence[place];
        let outcome = comparison.outcome_after(difference[place], equivalence[place]);
        result.outcome = outcome.into();
        if result.outcome != Outcome::Undecided {
            result.settling = None;
        }
    }
    family.into_iter().map(|(_, result)| result).collect()
}

pub(crate) fn result(
    comparison: &Comparison,
    [arm, other]: [&ArmRuns; 2],
    question: Option<String>,
) -> ComparisonResult {
    let settling = Settling::new(&comparison.difference, comparison.margin);
    ComparisonResult {
        arm: arm.arm.label.clone(),
        baseline: other.arm.label.clone(),
        question,
        difference: estimate(
            &comparison.difference,
            comparison.interval.lower,
            comparison.interval.upper,
        ),
        outcome: comparison.outcome.into(),
        uncorrected: comparison.outcome.into(),
        p: PValues {
            difference: comparison.p_difference,
            equivalence: comparison.p_equivalence,
            difference_holm: None,
            equivalence_holm: None,
        },
        smallest_detectable: comparison.smallest_detectable,
        settling: settling.ok().flatten().map(|needed| SettlingResult {
            equivalence_seeds: needed.equivalence.seeds,
            equivalence_patients: needed.equivalence.patients,
            difference_seeds: needed.difference.seeds,
            difference_patients: needed.difference.patients,
        }),
        bootstrap: None,
        permutation: None,
        speed_up: Vec::new(),
        learning_curve: None,
    }
}

/// Mean, interval and the two sources of error.
pub(crate) fn estimate(mean: &stats::SeedMean, low: f64, high: f64) -> Estimate {
    Estimate {
        value: mean.mean,
        low,
        high,
        seed_sd: mean.seeds.as_ref().map(|s| s.standard_deviation),
        sampling_se: mean.sampling_standard_error,
    }
}

/// Positions of the arms that are compared, in the order of the plan.
pub(crate) fn pairs(plan: &StudyPlan) -> Vec<[usize; 2]> {
    let mut all = Vec::new();
    for (place, arm) in plan.arms.iter().enumerate() {
        let others = [
            with_baseline(plan, arm),
            with_full_regime(plan, arm),
            with_whole_network(plan, arm),
        ];
        let others = others.into_iter().flatten().filter(|other| *other != place);
        all.extend(others.map(|other| [place, other]));
    }
    all
}

/// Position of the arm with the baseline initialisation and all else alike.
fn with_baseline(plan: &StudyPlan, arm: &PlannedArm) -> Option<usize> {
    plan.arms.iter().position(|other| {
        other.init.name == plan.compare.baseline
            && other.model == arm.model
            && other.regime.name == arm.regime.name
            && other.train_size == arm.train_size
    })
}

/// Position of the arm that is trained fully, with all else alike.
fn with_full_regime(plan: &StudyPlan, arm: &PlannedArm) -> Option<usize> {
    plan.arms.iter().position(|other| {
        other.regime.is_full()
            && other.init.name == arm.init.name
            && other.model == arm.model
            && other.train_size == arm.train_size
    })
}

/// Position of the arm of the network that is neither slimmed nor truncated, with all else alike.
fn with_whole_network(plan: &StudyPlan, arm: &PlannedArm) -> Option<usize> {
    let label = |model: usize| plan.models[model].described.label.as_str();
    let whole = plan.models[arm.model].described.choice.base().label();
    plan.arms.iter().position(|other| {
        label(other.model) == whole
            && other.init.name == arm.init.name
            && other.regime.name == arm.regime.name
            && other.train_size == arm.train_size
    })
}
