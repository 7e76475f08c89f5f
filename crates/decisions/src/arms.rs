use std::collections::BTreeMap;

use stats::{Estimate, SeedMean, Spread, StatsError};

use crate::concern::Concern;
use crate::contrast::Contrast;
use crate::of_folds::OfFolds;

/// Seed and statistic of every finished run of an arm, by its seed.
pub type Seeds = [(u64, Estimate)];

/// Arms on the same test cases in the same order.
///
/// Arms of one *kin* are trained alike, such as every initialisation of one network on as many
/// pictures: what their seeds vary by is one estimate with many degrees of freedom where three
/// seeds of one arm have two.
pub struct Arms<'a> {
    arms: Vec<(&'a Seeds, usize)>,
    kin: BTreeMap<usize, Vec<usize>>,
    concerns: Concern,
    folds: Option<OfFolds>,
}

impl<'a> Arms<'a> {
    /// Each with the number of its kin.
    pub fn new(arms: impl IntoIterator<Item = (&'a Seeds, usize)>) -> Self {
        let arms: Vec<_> = arms.into_iter().collect();
        let mut kin: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, (_, of)) in arms.iter().enumerate() {
            kin.entry(*of).or_default().push(place);
        }
        Self {
            arms,
            kin,
            concerns: Concern::Training,
            folds: None,
        }
    }

    /// One model an arm, each with the same one seed: what is concluded speaks of these models, not
    /// of how they were trained, and has the error of patients alone.
    pub fn of_these_models(models: impl IntoIterator<Item = &'a Seeds>) -> Self {
        Self {
            concerns: Concern::TheseModels,
            ..Self::new(models.into_iter().zip(0..))
        }
    }

    /// With what the networks of single folds had, where that is known: differences then have the
    /// error by which folds disagree, where it is the larger.
    pub fn with_folds(self, folds: Option<OfFolds>) -> Self {
        Self { folds, ..self }
    }

    /// What conclusions speak of.
    pub fn concerns(&self) -> Concern {
        self.concerns
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.arms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.arms.is_empty()
    }

    /// Arm `ours` less arm `theirs` over the seeds that both have; `None` where there are none, or
    /// where their cases are not the same.
    pub fn contrast(&self, [ours, theirs]: [usize; 2]) -> Option<Contrast> {
        let pairs: Vec<(u64, Estimate)> = self.arms[ours]
            .0
            .iter()
            .filter_map(|(seed, estimate)| {
                let other = of_seed(self.arms[theirs].0, *seed)?;
                Some((*seed, estimate.difference(other).ok()?))
            })
            .collect();
        let (seeds, differences): (Vec<u64>, Vec<Estimate>) = pairs.into_iter().unzip();
        let others = self.spread_of_pairs([ours, theirs], &seeds);
        let moderated = |own: Spread| others.map_or(own, |others| own.moderated(others));
        let difference = SeedMean::with_spread(&differences, moderated).ok()?;
        let influence = Estimate::mean(&differences).ok()?;
        Some(Contrast::new(
            [ours, theirs],
            difference,
            influence,
            self.concerns,
            self.folds
                .as_ref()
                .and_then(|folds| folds.difference([ours, theirs])),
        ))
    }

    /// The mean of an arm over its seeds, what they vary by strengthened by its kin.
    ///
    /// Unlike that of a contrast it is pooled also where the arm is the wildest of its kin: the
    /// best of many arms would else be the one with the least of knowledge about it.
    pub fn mean(&self, arm: usize) -> Result<SeedMean, StatsError> {
        let (seeds, kin) = self.arms[arm];
        let estimates: Vec<Estimate> = seeds.iter().map(|(_, estimate)| estimate.clone()).collect();
        let others = self.kin[&kin].iter().filter(|other| **other != arm);
        let spreads = others.filter_map(|other| Spread::of(&values(self.arms[*other].0)));
        SeedMean::with_spread(&estimates, |own| spreads.fold(own, Spread::pooled))
    }

    /// The means of an arm's estimates.
    pub(crate) fn estimate(&self, arm: usize) -> Option<Estimate> {
        let estimates = self.arms[arm]
            .0
            .iter()
            .map(|(_, estimate)| estimate.clone());
        Estimate::mean(&estimates.collect::<Vec<_>>()).ok()
    }

    /// Seeds of an arm.
    pub(crate) fn seeds(&self, arm: usize) -> usize {
        self.arms[arm].0.len()
    }

    /// What a difference between two arms of their kin varies by from seed to seed: twice the
    /// residual variance of arms by seeds (two-way analysis of variance), so that what all arms of
    /// a seed share, such as its training pictures, cancels as it does in a difference. Its degrees
    /// of freedom are those that the other arms add.
    fn spread_of_pairs(&self, pair: [usize; 2], seeds: &[u64]) -> Option<Spread> {
        let kin: Vec<usize> = {
            let mut of: Vec<usize> = pair.map(|arm| self.arms[arm].1).to_vec();
            of.dedup();
            of.iter().flat_map(|kin| self.kin[kin].clone()).collect()
        };
        let complete = |arm: usize| -> Option<Vec<f64>> {
            let of = |seed: &u64| Some(of_seed(self.arms[arm].0, *seed)?.value());
            seeds.iter().map(of).collect()
        };
        let rows: Vec<Vec<f64>> = kin.into_iter().filter_map(complete).collect();
        let (arms, count) = (rows.len() as f64, seeds.len() as f64);
        if rows.len() < 3 || seeds.len() < 2 {
            return None;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let centred: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| row.iter().map(|value| value - mean(row)).collect())
            .collect();
        let of_seed = |seed: usize| mean(&centred.iter().map(|row| row[seed]).collect::<Vec<_>>());
        let shared: Vec<f64> = (0..seeds.len()).map(of_seed).collect();
        let squares: f64 = centred
            .iter()
            .flat_map(|row| {
                row.iter()
                    .zip(&shared)
                    .map(|(value, shared)| (value - shared).powi(2))
            })
            .sum();
        Some(Spread {
            variance: 2.0 * squares / ((arms - 1.0) * (count - 1.0)),
            degrees_of_freedom: (arms - 2.0) * (count - 1.0),
        })
    }
}

fn of_seed(seeds: &Seeds, seed: u64) -> Option<&Estimate> {
    seeds
        .iter()
        .find(|(of, _)| *of == seed)
        .map(|(_, estimate)| estimate)
}

fn values(seeds: &Seeds) -> Vec<f64> {
    seeds.iter().map(|(_, estimate)| estimate.value()).collect()
}
