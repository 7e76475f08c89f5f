//! Which arms are compared with which, and what comes of it.

use super::allowed::Allowed;
use super::convergence::{learning_curve_difference, speed_up};
use super::cross_validation::question_auc;
use super::family::Family;
use super::finished::{ArmRuns, Finished};
use super::question::Question;
use super::resampling::Paired;
use decisions::ERROR;
use initialisation::InitKind;
use record::results::{ComparisonResult, Outcome};
use study::{PlannedArm, StudyPlan};

/// Compares every arm with those that differ from it in one thing: the initialisation, the regime,
/// or the network being whole.
pub(crate) fn comparisons(
    plan: &StudyPlan,
    arms: &[ArmRuns],
    family: &Family,
) -> Vec<ComparisonResult> {
    let compared = pairs(plan).into_iter().filter_map(|pair| {
        let told = family.told(pair)?;
        let pair = pair.map(|place| &arms[place]);
        let mut result = told.result(pair, None);
        result.speed_up = plan
            .compare
            .thresholds
            .iter()
            .map(|tau| speed_up(pair, *tau, plan.compare.sustained))
            .collect();
        result.learning_curve = learning_curve_difference(pair);
        let concludes = result.p.difference.is_some();
        if let Some(paired) = Paired::new(plan, pair).filter(|_| concludes) {
            let draws = plan.compare.resamples;
            result.bootstrap = paired.bootstrap(draws);
            result.permutation = paired.permutation(&told.contrast.difference, draws);
        }
        Some(result)
    });
    compared.collect()
}

/// The same for every question behind the headline, where there are several; `headline` holds the
/// comparisons of the headline. They are a family of their own, and open only to arms whose
/// headline is decided: a study in which nothing differs says nothing false here either.
pub(crate) fn of_questions(
    plan: &StudyPlan,
    arms: &[ArmRuns],
    headline: &[ComparisonResult],
    allowed: Allowed,
) -> Vec<ComparisonResult> {
    let questions = Question::of(&plan.data);
    if questions.len() < 2 {
        return Vec::new();
    }
    let pairs = pairs(plan);
    let share = ERROR / questions.len() as f64;
    let compared = questions.iter().flat_map(|question| {
        let seeds: Vec<_> = arms
            .iter()
            .map(|arm| seeds_of(plan, arm, question))
            .collect();
        let family = Family::new(
            plan,
            seeds.iter().map(Vec::as_slice),
            ArmRuns::of_folds(arms, |run| Some(auc_of(plan, run, question)?.value())),
            &pairs,
            share,
            allowed,
        );
        let told = pairs.iter().filter_map(|pair| {
            let result = family.told(*pair)?;
            let mut result =
                result.result(pair.map(|place| &arms[place]), Some(question.name.clone()));
            let decided = headline.iter().any(|of_headline| {
                (&of_headline.arm, &of_headline.baseline) == (&result.arm, &result.baseline)
                    && of_headline.outcome != Outcome::Undecided
            });
            if !decided {
                result.outcome = Outcome::Undecided;
            }
            Some(result)
        });
        told.collect::<Vec<_>>()
    });
    compared.collect()
}

/// Seed and AUC of one question in the finished runs of an arm, its error over patients.
pub(crate) fn seeds_of(
    plan: &StudyPlan,
    arm: &ArmRuns,
    question: &Question,
) -> Vec<(u64, stats::Estimate)> {
    arm.over_patients(|run| auc_of(plan, run, question))
}

/// The AUC of one question in a run; none where it is undefined.
fn auc_of(plan: &StudyPlan, run: &Finished, question: &Question) -> Option<stats::Estimate> {
    match run.fold {
        Some(fold) => question_auc(plan, fold, &run.test, question).ok(),
        None => {
            let asked = question.ask_of(&run.test, plan.data.described.classes.len());
            asked.by_patient(&run.test).ok()
        }
    }
}

/// Every pair of arms whose difference is concluded of: what is compared, and the parts of what
/// helps.
pub(crate) fn concluded(plan: &StudyPlan) -> Vec<[usize; 2]> {
    let parts = parts(plan).into_iter();
    let of_parts = parts.flat_map(|[random, mean_var, transfer]| {
        [[transfer, random], [mean_var, random], [transfer, mean_var]]
    });
    pairs(plan).into_iter().chain(of_parts).collect()
}

/// The same, each difference once, whichever way it is named first.
pub(crate) fn differences(plan: &StudyPlan) -> Vec<[usize; 2]> {
    let mut once: Vec<[usize; 2]> = Vec::new();
    for [arm, other] in concluded(plan) {
        if !once.contains(&[arm, other]) && !once.contains(&[other, arm]) {
            once.push([arm, other]);
        }
    }
    once
}

/// Positions of `random`, `mean-var` and `transfer` arms with all else alike.
pub(crate) fn parts(plan: &StudyPlan) -> Vec<[usize; 3]> {
    let is_beside = |other: &PlannedArm, arm: &PlannedArm| {
        other.regime.name == arm.regime.name
            && (other.model, other.train_size) == (arm.model, arm.train_size)
    };
    let beside = |arm: &PlannedArm, kind: InitKind| {
        plan.arms
            .iter()
            .position(|other| other.init.kind() == kind && is_beside(other, arm))
    };
    let transfers = plan.arms.iter().enumerate();
    transfers
        .filter_map(|(place, arm)| {
            // The same rules under another name tell nothing new.
            let is_first = beside(arm, InitKind::Transfer) == Some(place);
            let is_transfer = arm.init.kind() == InitKind::Transfer && is_first;
            let random = beside(arm, InitKind::Random)?;
            let mean_var = beside(arm, InitKind::MeanVar)?;
            is_transfer.then_some([random, mean_var, place])
        })
        .collect()
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
