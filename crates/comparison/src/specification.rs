//! The specification curve: every comparison at every candidate that both arms tried.
//!
//! The trials' predictions of the test pictures are read here and nowhere else, after all choices
//! were made: no run is trained as it is because of them.

use decisions::{Arms, FEWEST_SEEDS};
use images::Partition;
use record::results::{
    ArmResult, Clause, Results, SpecificationCurve, SpecificationPoint, SpecificationReading,
    SpecificationResult, TuningResult,
};
use record::{FinishedRun, RecordError, StudyDirectory};
use study::{Candidate, StudyPlan, TuneKey, TuningPlan};

use super::family::kin;
use super::finished::headline_auc;
use super::pairs::pairs;

/// Most sentences in the verdict; of more, those of the recommended arm.
const SENTENCES: usize = 2;

/// Differences nearer to 0 are the rounding of sums.
const ROUNDING: f64 = 1e-12;

/// Seeds and test AUCs of the trials of one arm, by candidate.
type OfArm = Vec<Vec<(u64, stats::Estimate)>>;

/// The curve, where the study tunes and any candidate tells of a comparison.
pub(crate) fn collect(
    directory: &StudyDirectory,
    plan: &StudyPlan,
    tuning: &[TuningResult],
    arms: &[ArmResult],
) -> Result<Option<SpecificationCurve>, RecordError> {
    let Some(planned) = &plan.tuning else {
        return Ok(None);
    };
    let aucs = read(directory, plan, planned)?;
    let (kin, mut comparisons) = (kin(plan), Vec::new());
    for [ours, theirs] in pairs(plan) {
        let labels = [ours, theirs].map(|place| plan.arms[place].label.as_str());
        let chosen = labels.map(|label| {
            let found = tuning.iter().find(|found| found.arm == label);
            found.and_then(|found| found.chosen)
        });
        let points = points(&aucs, &kin, [ours, theirs], chosen);
        if !points.is_empty() {
            comparisons.push(SpecificationResult {
                arm: labels[0].into(),
                baseline: labels[1].into(),
                ahead: points.iter().filter(|p| p.difference > ROUNDING).count(),
                behind: points.iter().filter(|p| p.difference < -ROUNDING).count(),
                points,
            });
        }
    }
    if comparisons.is_empty() {
        return Ok(None);
    }
    let settings = &planned.settings;
    Ok(Some(SpecificationCurve {
        readings: readings(&comparisons, arms, &settings.keys, settings.seeds.len()),
        comparisons,
    }))
}

/// Test AUCs of every trial that was trained, by arm and candidate.
fn read(
    directory: &StudyDirectory,
    plan: &StudyPlan,
    planned: &TuningPlan,
) -> Result<Vec<OfArm>, RecordError> {
    let candidates: &[Candidate] = &planned.settings.candidates;
    let mut aucs: Vec<OfArm> = vec![vec![Vec::new(); candidates.len()]; plan.arms.len()];
    for trial in &planned.trials {
        let place = directory.trial(trial);
        let Some(finished) = FinishedRun::open(&place, &trial.run.id)? else {
            continue;
        };
        let test = finished.predictions(plan)?.part(Partition::Test.name())?;
        let tried = aucs
            .get_mut(trial.run.arm)
            .and_then(|arm| arm.get_mut(trial.candidate));
        if let (Some(tried), Some(auc)) = (tried, headline_auc(plan, &test)) {
            tried.push((trial.run.seed, auc));
        }
    }
    Ok(aucs)
}

/// One point a candidate that both arms have a trial with the same seed of.
fn points(
    aucs: &[OfArm],
    kin: &[usize],
    pair: [usize; 2],
    chosen: [Option<usize>; 2],
) -> Vec<SpecificationPoint> {
    let [ours, theirs] = pair.map(|arm| &aucs[arm]);
    let arms_of = |candidate: usize| {
        let seeds = aucs.iter().map(|arm| &arm[candidate][..]);
        Arms::new(seeds.zip(kin.iter().copied()))
    };
    let pairs = ours.iter().zip(theirs).enumerate();
    let point = |(candidate, (ours, theirs)): (usize, (&Vec<_>, &Vec<_>))| {
        let differences: Vec<f64> = ours
            .iter()
            .filter_map(|(seed, auc): &(u64, stats::Estimate)| {
                let mut others = theirs.iter();
                let (_, other): &(u64, stats::Estimate) = others.find(|(s, _)| s == seed)?;
                Some(auc.value() - other.value())
            })
            .collect();
        let seeds = differences.len();
        // Fewer than three seeds have none.
        let interval = arms_of(candidate)
            .contrast(pair)
            .and_then(|contrast| contrast.interval(0.95))
            .map(|interval| [interval.lower, interval.upper]);
        (seeds > 0).then(|| SpecificationPoint {
            candidate,
            seeds,
            difference: differences.iter().sum::<f64>() / seeds as f64,
            interval,
            is_chosen_by_arm: chosen[0] == Some(candidate),
            is_chosen_by_baseline: chosen[1] == Some(candidate),
        })
    };
    pairs.filter_map(point).collect()
}

/// One sentence an arm that others are compared with.
fn readings(
    comparisons: &[SpecificationResult],
    arms: &[ArmResult],
    keys: &[TuneKey],
    seeds: usize,
) -> Vec<SpecificationReading> {
    let mut baselines: Vec<&str> = Vec::new();
    for comparison in comparisons {
        if !baselines.contains(&comparison.baseline.as_str()) {
            baselines.push(&comparison.baseline);
        }
    }
    let reading = |baseline: &str| {
        let members = comparisons.iter().filter(|c| c.baseline == baseline);
        let members: Vec<&SpecificationResult> = members.collect();
        let labels = members.iter().map(|c| c.arm.clone());
        SpecificationReading {
            arms: labels.chain([baseline.to_string()]).collect(),
            text: sentence(&members, arms, keys, seeds),
        }
    };
    baselines.into_iter().map(reading).collect()
}

/// `For cbr-tiny at the same learning rate, transfer is ahead of random in 4 of 4 rates tried, …`.
fn sentence(
    members: &[&SpecificationResult],
    arms: &[ArmResult],
    keys: &[TuneKey],
    seeds: usize,
) -> String {
    let find = |label: &str| arms.iter().find(|arm| arm.label == label);
    let model = |label: &str| find(label).map(|arm| &arm.model);
    let mut labels = members.iter().flat_map(|c| [&c.arm, &c.baseline]);
    let shared = members.first().and_then(|c| model(&c.arm));
    let is_one_model = labels.all(|label| model(label) == shared);
    let words = |label: &str| match find(label) {
        Some(arm) if is_one_model && arm.is_all => arm.setup(),
        _ => label.to_string(),
    };
    let (same, tried) = match keys {
        [TuneKey::Lr] => ("learning rate", "rates"),
        [TuneKey::WeightDecay] => ("weight decay", "decays"),
        [TuneKey::MaxSteps] => ("number of steps", "numbers of steps"),
        _ => ("settings", "settings"),
    };
    let of_member = |(place, member): (usize, &&SpecificationResult)| {
        let beyond = member
            .points
            .iter()
            .filter(|point| point.difference > 0.0 && point.is_beyond_interval())
            .count();
        let by_more = match seeds {
            0..FEWEST_SEEDS => String::new(),
            _ => format!(" (interval clear of 0 in {beyond})"),
        };
        let count = format!("{} of {}", member.ahead, member.points.len());
        match place {
            0 => format!(
                "{} is ahead of {} in {count} {tried} tried{by_more}",
                words(&member.arm),
                words(&member.baseline)
            ),
            _ => format!("{} in {count}{by_more}", words(&member.arm)),
        }
    };
    let told: Vec<String> = members.iter().enumerate().map(of_member).collect();
    let of_model = match shared.filter(|_| is_one_model) {
        Some(model) => format!("For {model}, both"),
        None => "Both".into(),
    };
    let caution = match seeds {
        0..FEWEST_SEEDS => "; ahead is the sign of the mean alone, with too few seeds for more",
        _ => "; every interval stands by itself",
    };
    format!(
        "{of_model} at the same {same}, {}{caution}.",
        told.join(", ")
    )
}

/// What the verdict says of the curve.
pub(crate) fn clauses(results: &Results, recommended: Option<&str>) -> Vec<Clause> {
    let Some(curve) = &results.specification_curve else {
        return Vec::new();
    };
    let is_few = curve.readings.len() <= SENTENCES;
    let is_told = |reading: &&SpecificationReading| {
        is_few
            || reading
                .arms
                .iter()
                .any(|arm| Some(arm.as_str()) == recommended)
    };
    let clause = |reading: &SpecificationReading| Clause {
        rule: "specification".into(),
        text: reading.text.clone(),
        numbers: vec!["/specification_curve".into()],
        section: "specification".into(),
    };
    let told = curve.readings.iter().filter(is_told);
    told.take(SENTENCES).map(clause).collect()
}
