//! Curves and confusion matrices of every arm over its seeds.

mod asks;
mod confusion;
mod drawn;
mod mean_curves;
mod operating;

use curves::CurveGrid;
use record::Predictions;
use record::results::{
    ArmDiscrimination, CurveQuestion, Discrimination, Estimate, QuestionCases,
    QuestionDiscrimination, Results,
};
use study::StudyPlan;

use super::arm::over_seeds;
use super::finished::ArmRuns;
use super::pairs::seeds_of;
use super::question::Question;
use asks::Asks;
use drawn::Drawn;

/// Pairs of an arm and a question whose curves are told, so that results stay small.
const MOST_CURVES: usize = 600;

/// What can be told of the finished runs; none before there is one. `results` say which arm is
/// recommended.
pub(crate) fn discrimination(
    plan: &StudyPlan,
    arms: &[ArmRuns],
    results: &Results,
) -> Option<Discrimination> {
    let finished: Vec<&ArmRuns> = arms.iter().filter(|arm| !arm.runs.is_empty()).collect();
    let every = Question::every(&plan.data);
    let asked = asked(&every);
    let grid = CurveGrid::standard();
    let drawn = Drawn::new(plan, &finished)?;
    let tested = finished.first()?.pictures()?;
    let told = told(results, &finished, MOST_CURVES / asked.len().max(1));
    let of_arm = |arm: &&ArmRuns| {
        let is_told = told.contains(&arm.arm.label.as_str());
        let questions = asked.iter().map(|asks| {
            let auc = auc(plan, results, arm, *asks);
            let has_curves = is_told && auc.is_some();
            let curves = has_curves.then(|| mean_curves::curves(plan, arm, *asks, &drawn, &grid));
            QuestionDiscrimination {
                auc,
                ..curves.flatten().unwrap_or_default()
            }
        });
        ArmDiscrimination {
            label: arm.arm.label.clone(),
            questions: questions.collect(),
            confusion: confusion::confusion(plan, arm),
        }
    };
    let without = finished.iter().map(|arm| arm.arm.label.as_str());
    let without = without.filter(|label| !told.contains(label));
    Some(Discrimination {
        questions: asked
            .iter()
            .map(|asks| question(plan, &tested, *asks))
            .collect(),
        arms: finished.iter().map(of_arm).collect(),
        without_curves: without.map(String::from).collect(),
        resamples: drawn.resamples(),
        false_positive_rates: grid.false_positive_rates,
        recalls: grid.recalls,
    })
}

/// The headline first: its mean, or its one question.
fn asked(every: &[Question]) -> Vec<Asks<'_>> {
    let is_mean = every.len() > 1 && !every.iter().any(|question| question.is_headline);
    let mean = is_mean.then_some(Asks::Mean);
    let mut places: Vec<usize> = (0..every.len()).collect();
    places.sort_by_key(|place| !every[*place].is_headline);
    let ones = places
        .into_iter()
        .map(|place| Asks::One(place, &every[place]));
    mean.into_iter().chain(ones).collect()
}

fn question(plan: &StudyPlan, tested: &Predictions, asks: Asks) -> CurveQuestion {
    let classes = &plan.data.described.classes;
    match asks {
        Asks::Mean => CurveQuestion {
            name: plan.data.headline.describe(classes),
            is_headline: true,
            cases: None,
        },
        Asks::One(_, question) => {
            let asked = question.ask_of(tested, classes.len());
            let [positives, negatives] = asked.counts();
            CurveQuestion {
                name: question.name.clone(),
                is_headline: question.is_headline,
                cases: Some(QuestionCases {
                    positives,
                    negatives,
                    patients: asked.patients(tested),
                    is_rare: asked.is_rare(tested),
                }),
            }
        }
    }
}

/// The AUC of an arm, which `results` have of the questions behind the headline.
fn auc(plan: &StudyPlan, results: &Results, arm: &ArmRuns, asks: Asks) -> Option<Estimate> {
    let known = results.arms.iter().find(|one| one.label == arm.arm.label);
    match asks {
        Asks::Mean => known?.auc,
        Asks::One(place, question) => match known?.questions.get(place) {
            Some(own) => own.auc,
            None => {
                let seeds = seeds_of(plan, arm, question).into_iter();
                over_seeds(seeds.map(|(_, auc)| auc).collect())
            }
        },
    }
}

/// At most `most` arms: the recommended one, what it is compared with, and those of the highest
/// mean AUC.
fn told<'a>(results: &Results, finished: &[&'a ArmRuns], most: usize) -> Vec<&'a str> {
    let recommended = results.verdict.recommended.as_deref();
    let arm = results
        .arms
        .iter()
        .find(|arm| Some(arm.label.as_str()) == recommended);
    let reference = arm.and_then(|arm| results.baseline_of(arm));
    let reference = reference.map(|arm| arm.label.as_str());
    let auc = |label: &str| {
        let arm = results.arms.iter().find(|arm| arm.label == label);
        arm.and_then(|arm| arm.auc)
            .map_or(f64::NEG_INFINITY, |auc| auc.value)
    };
    let mut labels: Vec<&str> = finished.iter().map(|arm| arm.arm.label.as_str()).collect();
    let rank = |label: &str| match () {
        () if Some(label) == recommended => 0,
        () if Some(label) == reference => 1,
        () => 2,
    };
    labels.sort_by(|a, b| rank(a).cmp(&rank(b)).then(auc(b).total_cmp(&auc(a))));
    labels.truncate(most.max(2));
    labels
}
