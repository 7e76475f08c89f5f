use decisions::{Arms, Best, Concern, Concludes, OfFolds, Seeds, Shares};
use stats::{Clusters, Delong, Estimate, SeedMean};

use crate::compared::{comparisons, number};
use crate::estimated::{estimate, test_to_train};
use crate::found::{ArmFound, BestFound, Concerned, Conclusions, Number};
use crate::notes::notes;
use crate::refused::Refused;
use crate::sentences::sentences;
use crate::tested::{Tested, TestedArm};

/// What is asked of the predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Arm that others are compared with; the first where none is named.
    pub baseline: Option<String>,
    /// The difference of AUCs that would not matter, in `0..1`.
    pub margin: f64,
    /// The AUC that the best must be shown to exceed, in `0..1`; 0.5 is chance.
    pub reference: f64,
}

/// Concludes of arms on the same cases, all as one family with 5% of error.
///
/// With one seed of every arm the conclusions are of these models, with the error of patients
/// alone; else of ways of training, from three seeds on.
pub fn conclude(tested: &Tested, question: &Question) -> Result<Conclusions, Refused> {
    let baseline = baseline(tested, question.baseline.as_deref())?;
    let clusters = tested.clusters()?;
    let of_models = tested.arms.iter().all(|arm| arm.seeds.len() == 1);
    let (estimates, folds) = estimates(tested, &clusters, of_models)?;
    let seeds = estimates.iter().map(Vec::as_slice);
    let arms = match of_models {
        true => Arms::of_these_models(seeds),
        // Nothing is known of who is trained alike; an arm that varies more than the others keeps
        // its own spread in comparisons.
        false => Arms::new(seeds.map(|seeds: &Seeds| (seeds, 0))).with_folds(folds),
    };
    let shares = Shares::of(Concludes {
        on_the_best: tested.arms.len() > 1,
        ..Concludes::default()
    });
    let found: Vec<ArmFound> = (0..tested.arms.len())
        .map(|arm| arm_found(tested, &arms, arm, &estimates[arm], &clusters))
        .collect::<Result<_, _>>()?;
    let mut conclusions = Conclusions {
        concerns: match of_models {
            true => Concerned::TheseModels,
            false => Concerned::Training,
        },
        cases: tested.ids.len(),
        positives: tested.labels.iter().filter(|label| **label).count(),
        patients: tested.patients.as_ref().map(|_| clusters.count()),
        baseline: tested.arms[baseline].name.clone(),
        margin: question.margin,
        reference: question.reference,
        comparisons: comparisons(&arms, &found, baseline, question.margin, shares.differences)?,
        best: best(&arms, &found, question, shares.best),
        arms: found,
        sentences: Vec::new(),
        notes: Vec::new(),
    };
    conclusions.notes = notes(tested, &conclusions)?;
    conclusions.sentences = sentences(&conclusions);
    Ok(conclusions)
}

fn baseline(tested: &Tested, asked: Option<&str>) -> Result<usize, Refused> {
    let Some(asked) = asked else {
        return Ok(0);
    };
    let names: Vec<&str> = tested.arms.iter().map(|arm| arm.name.as_str()).collect();
    let place = names.iter().position(|name| *name == asked);
    place.ok_or_else(|| Refused::UnknownArm {
        found: asked.into(),
        arms: names.join(", "),
    })
}

/// AUC of every model with its error over patients, and of its folds where there are several. A
/// single model of an arm is its seed 0, whatever it is called, so that it pairs with that of the
/// others.
fn estimates(
    tested: &Tested,
    clusters: &Clusters,
    of_models: bool,
) -> Result<(Vec<Vec<(u64, Estimate)>>, Option<OfFolds>), Refused> {
    let mut names: Vec<&str> = Vec::new();
    let mut number = |name| {
        if of_models {
            return 0;
        }
        let place = names.iter().position(|known| *known == name);
        place.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        }) as u64
    };
    let (mut all, mut folds) = (Vec::new(), Vec::new());
    for arm in &tested.arms {
        let (mut seeds, mut by_fold) = (Vec::new(), Vec::new());
        for seed in &arm.seeds {
            let found = estimate(tested, clusters, &seed.scores, !of_models)?;
            let number = number(seed.name.as_str());
            seeds.push((number, found.estimate));
            by_fold.push((number, found.by_fold));
        }
        seeds.sort_by_key(|(seed, _)| *seed);
        all.push(seeds);
        folds.push(by_fold);
    }
    let folds = tested.folds.as_ref().map(|of| OfFolds {
        arms: folds,
        test_to_train: test_to_train(of.names.len()),
    });
    Ok((all, folds))
}

fn arm_found(
    tested: &Tested,
    arms: &Arms,
    arm: usize,
    estimates: &Seeds,
    clusters: &Clusters,
) -> Result<ArmFound, Refused> {
    let TestedArm { name, seeds } = &tested.arms[arm];
    let of_seeds: Vec<Estimate> = estimates.iter().map(|(_, auc)| auc.clone()).collect();
    let mean = SeedMean::new(&of_seeds)?;
    let interval = match mean.degrees_of_freedom {
        _ if seeds.len() < arms.concerns().fewest_seeds() => None,
        Some(_) => Some(mean.logit_interval(0.95)?),
        // All cases are ordered alike: what disjoint pairs of them show, where cases are
        // independent.
        None if seeds.len() == 1 && tested.folds.is_none() && !clusters.repeat() => {
            Some(Delong::new(&tested.labels, &seeds[0].scores)?.logit_interval(0.95)?)
        }
        None => None,
    };
    Ok(ArmFound {
        arm: name.clone(),
        seeds: seeds.iter().map(|seed| seed.name.clone()).collect(),
        aucs: mean.values.clone(),
        auc: number(&mean, interval),
    })
}

/// The best of several arms that have seeds enough, or what is known of a single one.
fn best(arms: &Arms, found: &[ArmFound], question: &Question, share: f64) -> Option<BestFound> {
    let fewest = match arms.concerns() {
        Concern::TheseModels => 1,
        Concern::Training => decisions::FEWEST_SEEDS,
    };
    if found.iter().all(|arm| arm.seeds.len() < fewest) {
        return None;
    }
    let candidates: Vec<usize> = (0..found.len()).collect();
    // A share of nothing where there is nothing to choose from.
    let best = Best::of(
        arms,
        &candidates,
        question.margin,
        share.max(f64::MIN_POSITIVE),
    )?;
    let own = found[best.highest].auc;
    let auc = match best.interval(arms, best.highest) {
        Some(interval) => Number {
            low: Some(interval.lower),
            high: Some(interval.upper),
            ..own
        },
        None => own,
    };
    let name = |arm: &usize| found[*arm].arm.clone();
    Some(BestFound {
        highest: name(&best.highest),
        auc,
        exceeds_reference: auc.low.is_some_and(|low| low > question.reference),
        possible: best.possible.iter().map(name).collect(),
        within_margin: best.within_margin.iter().map(name).collect(),
    })
}
