//! Everything that a study concludes of its arms, corrected as one family.

use std::collections::BTreeMap;

use decisions::{
    Arms, Concludes, Contrast, Corrected, ERROR, OfFolds, Planning, Seeds, Sequential, Shares,
    Standing, corrected,
};
use record::results::{
    ComparisonResult, Estimate, NeededResult, PValues, PartResult, PosteriorResult, PowerResult,
    SettlingResult,
};
use stats::Outcome;
use study::StudyPlan;

use super::allowed::Allowed;
use super::finished::ArmRuns;

/// Every difference of arms that the page names an outcome of, each once, on the same pictures.
///
/// A difference that is asked for in several places, as a comparison and as a part of what helps,
/// has one outcome.
pub(crate) struct Family<'a> {
    pub(crate) arms: Arms<'a>,
    margin: f64,
    share: f64,
    allowed: Allowed,
    corrected: BTreeMap<[usize; 2], Corrected>,
    /// What earlier looks decided of pairs in ascending order, and still holds.
    decided: BTreeMap<[usize; 2], (Outcome, Corrected)>,
}

/// A difference with what may be said of it.
pub(crate) struct Told {
    pub(crate) contrast: Contrast,
    corrected: Corrected,
    outcome: Outcome,
    allowed: Allowed,
    margin: f64,
    planning: Option<Planning>,
}

/// What the study concludes of besides differences.
pub(crate) fn shares(plan: &StudyPlan, arms: &[ArmRuns]) -> Shares {
    let most = plan.arms.iter().map(|arm| arm.train_size).max();
    let candidates = plan.arms.iter().filter(|arm| Some(arm.train_size) == most);
    let thresholds = &plan.compare.thresholds;
    let reaches = |threshold: &f64| {
        let curves = arms
            .iter()
            .flat_map(|arm| &arm.runs)
            .flat_map(|run| &run.curve);
        curves
            .into_iter()
            .any(|evaluation| evaluation.validation_auc >= *threshold)
    };
    Shares::of(Concludes {
        // Looks spend one share, whatever is reached in between.
        on_speed: thresholds
            .iter()
            .any(|t| !plan.compare.looks.is_empty() || reaches(t)),
        on_the_best: candidates.count() > 1,
        on_test_sets: !plan.data.split.test_sets.is_empty(),
    })
}

/// Arms of the same network and training size, whose seeds are taken to vary alike.
pub(crate) fn kin(plan: &StudyPlan) -> Vec<usize> {
    let of = |arm: &study::PlannedArm| (arm.model, arm.train_size);
    let first = |arm| {
        plan.arms
            .iter()
            .position(|other| of(other) == of(arm))
            .unwrap_or(0)
    };
    plan.arms.iter().map(first).collect()
}

impl<'a> Family<'a> {
    /// `seeds`: of every arm; `pairs`: of arms whose difference is concluded of, which share `share`
    /// of the study's error, of which now as much is spent as is `allowed`; `folds`: what the
    /// networks of single folds had, in a study that has them.
    pub(crate) fn new(
        plan: &StudyPlan,
        seeds: impl IntoIterator<Item = &'a Seeds>,
        folds: Option<OfFolds>,
        pairs: &[[usize; 2]],
        share: f64,
        allowed: Allowed,
    ) -> Self {
        let share = share * allowed.spend;
        let margin = plan.compare.margin;
        let arms = Arms::new(seeds.into_iter().zip(kin(plan))).with_folds(folds);
        let mut unique: Vec<[usize; 2]> = pairs.to_vec();
        unique.iter_mut().for_each(|pair| pair.sort_unstable());
        unique.sort_unstable();
        unique.dedup();
        let contrasts: Vec<Contrast> = unique
            .iter()
            .filter_map(|pair| arms.contrast(*pair))
            .collect();
        // Without p values nothing is concluded.
        let p = corrected(&contrasts.iter().collect::<Vec<_>>(), margin, share).unwrap_or_default();
        let corrected = contrasts.iter().map(|contrast| contrast.arms).zip(p);
        Self {
            corrected: corrected.collect(),
            decided: BTreeMap::new(),
            arms,
            margin,
            share,
            allowed,
        }
    }

    /// The same with what each look decided, which stays.
    pub(crate) fn decided_by(mut self, looks: &Sequential) -> Self {
        self.decided = looks
            .standings()
            .filter_map(|(pair, standing)| match standing {
                Standing::Decided {
                    outcome, corrected, ..
                } if pair[0] < pair[1] => Some((pair, (outcome, corrected))),
                Standing::Decided {
                    outcome, corrected, ..
                } => Some(([pair[1], pair[0]], (reversed(outcome), corrected))),
                Standing::Open | Standing::Futile(_) => None,
            })
            .collect();
        self
    }

    /// The first arm of a pair of the family less the second; none without a seed in common.
    pub(crate) fn told(&self, pair: [usize; 2]) -> Option<Told> {
        let contrast = self.arms.contrast(pair)?;
        let mut sorted = pair;
        sorted.sort_unstable();
        let now = self.corrected.get(&sorted).copied().unwrap_or_default();
        let (outcome, corrected) = match self.decided.get(&sorted) {
            Some((outcome, corrected)) if sorted == pair => (*outcome, *corrected),
            Some((outcome, corrected)) => (reversed(*outcome), *corrected),
            None => (now.outcome(contrast.difference.mean), now),
        };
        Some(Told {
            planning: Planning::new(&contrast, self.margin, self.share, self.corrected.len()),
            contrast,
            corrected,
            outcome,
            allowed: self.allowed,
            margin: self.margin,
        })
    }
}

/// Of the second arm against the first.
fn reversed(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Better => Outcome::Worse,
        Outcome::Worse => Outcome::Better,
        Outcome::Equivalent | Outcome::Undecided => outcome,
    }
}

impl Told {
    /// As one of all conclusions of the study.
    pub(crate) fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Were it the only one.
    fn alone(&self) -> Outcome {
        let now = |p: Option<f64>| p.map(|p| (p / self.allowed.spend).min(1.0));
        let alone = Outcome::from_p(
            self.contrast.difference.mean,
            now(self.contrast.p_difference()),
            now(self.contrast.p_equivalence(self.margin)),
        );
        match alone {
            // What an earlier look decided.
            Outcome::Undecided => self.outcome,
            alone => alone,
        }
    }

    /// The difference with its interval.
    pub(crate) fn estimate(&self) -> Estimate {
        let level = 1.0 - ERROR * self.allowed.interval;
        estimate(&self.contrast.difference, self.contrast.interval(level))
    }

    /// As a part of what helps.
    pub(crate) fn part(&self) -> PartResult {
        PartResult {
            difference: self.estimate(),
            outcome: self.outcome().into(),
        }
    }

    /// As a comparison of the arms of these labels.
    pub(crate) fn result(
        &self,
        [arm, other]: [&ArmRuns; 2],
        question: Option<String>,
    ) -> ComparisonResult {
        let outcome = self.outcome();
        let planning = self.planning.as_ref();
        ComparisonResult {
            arm: arm.arm.label.clone(),
            baseline: other.arm.label.clone(),
            question,
            difference: self.estimate(),
            outcome: outcome.into(),
            uncorrected: self.alone().into(),
            p: PValues {
                difference: self.contrast.p_difference(),
                equivalence: self.contrast.p_equivalence(self.margin),
                difference_corrected: self.corrected.difference,
                equivalence_corrected: self.corrected.equivalence,
            },
            posterior: self
                .contrast
                .posterior(self.margin)
                .map(|p| PosteriorResult {
                    none_or_worse: p.none_or_worse,
                    equivalent: p.equivalent,
                    better: p.better,
                }),
            power: planning.map(|planning| {
                let power = planning.power.iter();
                power
                    .map(|(difference, power)| PowerResult {
                        difference: *difference,
                        power: *power,
                    })
                    .collect()
            }),
            settling: planning
                .filter(|_| outcome == Outcome::Undecided)
                .map(|planning| SettlingResult {
                    equivalence: needed(planning.equivalence),
                    difference: needed(planning.difference),
                }),
            bootstrap: None,
            permutation: None,
            speed_up: Vec::new(),
            learning_curve: None,
        }
    }
}

fn needed(needed: decisions::Needed) -> NeededResult {
    NeededResult {
        seeds: needed.seeds,
        patients: needed.patients,
    }
}

/// Mean, interval and the two sources of error.
pub(crate) fn estimate(mean: &stats::SeedMean, interval: Option<stats::Interval>) -> Estimate {
    Estimate {
        value: mean.mean,
        low: interval.map(|i| i.lower),
        high: interval.map(|i| i.upper),
        seeds: mean.values.len(),
        seed_sd: mean.seeds.as_ref().map(|s| s.standard_deviation),
        sampling_se: mean.sampling_standard_error,
    }
}
