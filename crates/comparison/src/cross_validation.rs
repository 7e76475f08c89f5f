//! Cross-validation: one estimate a seed from the networks of all folds.

use std::collections::BTreeMap;

use curves::CurveFolds;
use stats::{Clusters, Delong, Estimate, StatsError};
use study::{Fold, Folds, Headline, StudyPlan};

use super::question::Question;
use record::Predictions;

/// The pictures that are tested, the same in every arm, and how often.
pub(crate) struct Tested {
    /// Whose each picture is, in the order of [`Folds::cases`].
    clusters: Clusters,
    /// Folds of all repeats.
    folds: usize,
    repeats: usize,
    /// Pictures tested in all folds of a repeat for each that a fold trains on.
    test_to_train: f64,
}

impl Tested {
    /// By the test `predictions` of finished runs; none before there is one.
    pub(crate) fn new<'a>(
        folds: &Folds,
        predictions: impl Iterator<Item = (Fold, &'a Predictions)>,
    ) -> Option<Self> {
        let cases = folds.cases();
        let mut patients: BTreeMap<usize, &str> = BTreeMap::new();
        let mut runs = 0;
        for (fold, test) in predictions {
            let pictures = &folds.split(fold)?.test;
            for (picture, patient) in pictures.iter().zip(&test.patients) {
                if let Some(patient) = patient {
                    patients.insert(*picture, patient);
                }
            }
            runs += 1;
        }
        let clusters = Clusters::new(cases.iter().map(|case| patients.get(case).copied())).ok()?;
        let trained = folds.planned.iter().map(|planned| {
            let split = &planned.split;
            split.train.len() + split.validation.len()
        });
        let trained = trained.sum::<usize>() as f64 / folds.planned.len().max(1) as f64;
        (runs > 0).then_some(Self {
            clusters,
            folds: folds.planned.len(),
            repeats: folds.repeats,
            test_to_train: cases.len() as f64 / trained.max(1.0),
        })
    }

    /// The mean over the folds of a seed for the networks that were trained
    /// ([`Estimate::over_folds`]).
    pub(crate) fn of_networks(&self, folds: &[Estimate]) -> Option<Estimate> {
        Estimate::over_folds(folds, self.repeats, &self.clusters).ok()
    }

    /// The same for the way of training ([`Estimate::of_procedure`]).
    pub(crate) fn of_procedure(&self, folds: &[Estimate]) -> Option<Estimate> {
        self.of_networks(folds)?
            .of_procedure(self.test_to_train)
            .ok()
    }

    /// By seed what there is of every fold, in the order of the folds; a seed without some of its
    /// folds is left out until it has them.
    pub(crate) fn complete<T>(
        &self,
        found: impl Iterator<Item = (u64, Fold, T)>,
    ) -> Vec<(u64, Vec<T>)> {
        let mut seeds: BTreeMap<u64, BTreeMap<Fold, T>> = BTreeMap::new();
        for (seed, fold, found) in found {
            seeds.entry(seed).or_default().insert(fold, found);
        }
        let seeds = seeds.into_iter();
        seeds
            .filter(|(_, folds)| folds.len() == self.folds)
            .map(|(seed, folds)| (seed, folds.into_values().collect()))
            .collect()
    }

    /// Whose each picture is, in the order of [`Folds::cases`].
    pub(crate) fn clusters(&self) -> &Clusters {
        &self.clusters
    }

    /// What mean curves have to know of the folds.
    pub(crate) fn of_curves(&self) -> CurveFolds {
        CurveFolds {
            repeats: self.repeats,
            test_to_train: self.test_to_train,
        }
    }

    /// Test pictures of a fold for each that it trains on.
    pub(crate) fn of_fold(&self) -> f64 {
        self.test_to_train * self.repeats as f64 / self.folds as f64
    }
}

/// AUC of a question in the test pictures of a fold, by patient, laid out over all pictures that
/// are tested.
pub(crate) fn question_auc(
    plan: &StudyPlan,
    fold: Fold,
    test: &Predictions,
    question: &Question,
) -> Result<Estimate, StatsError> {
    let absent = StatsError::Empty { what: "folds" };
    let folds = plan.data.folds.as_ref().ok_or(absent.clone())?;
    let pictures = &folds.split(fold).ok_or(absent)?.test;
    if pictures.len() != test.images.len() {
        return Err(StatsError::LengthMismatch {
            what: "predictions of a fold",
            expected: pictures.len(),
            found: test.images.len(),
        });
    }
    let asked = question.ask_of(test, plan.data.described.classes.len());
    let patients = asked
        .cases
        .iter()
        .map(|case| test.patients[*case].as_deref());
    let curve = Delong::new(&asked.labels, &asked.scores)?;
    let estimate = curve.clustered_estimate(&Clusters::new(patients)?)?;
    let all = folds.cases();
    let place = |case: &usize| all.binary_search(&pictures[*case]).unwrap_or(all.len());
    let places: Vec<usize> = asked.cases.iter().map(place).collect();
    estimate.spread(&places, all.len())
}

/// The same of the headline: of its one question, or the mean over its questions, of findings those
/// that can be measured in the fold. None where it is undefined.
pub(crate) fn headline_auc(plan: &StudyPlan, fold: Fold, test: &Predictions) -> Option<Estimate> {
    let headline = &plan.data.headline;
    let is_mean = matches!(headline, Headline::MacroOneVsRest | Headline::MacroFindings);
    let questions = Question::of(&plan.data).into_iter();
    let aucs = questions
        .filter(|question| is_mean || question.is_headline)
        .map(|question| question_auc(plan, fold, test, &question));
    let aucs: Vec<Estimate> = match headline {
        Headline::MacroFindings => aucs.filter_map(Result::ok).collect(),
        _ => aucs.collect::<Result<_, _>>().ok()?,
    };
    Estimate::mean(&aucs).ok()
}
