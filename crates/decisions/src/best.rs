use std::collections::BTreeMap;

use rayon::prelude::*;
use stats::{Estimate, Interval, Method, expit, holm, normal_below, normal_quantile, t_quantile};

use crate::arms::Arms;
use crate::contrast::Contrast;
use crate::rectangle::{Closeness, Correlated};

/// How often either end of the interval of a chosen arm may err. Chosen from several equal arms
/// only the lower end can, chosen from far apart ones the upper one mostly; so both together err in
/// 4% to 5%.
const OF_AN_END: f64 = 0.035;
/// Halvings of the search for a quantile.
const HALVINGS: usize = 9;

/// Which of several arms may be the best, on the same test cases.
///
/// Multiple comparisons with the best (Hsu, Annals of Statistics 1984; Edwards and Hsu, JASA 1983):
/// every arm is held, as if it were the best, against all others at once, one-sided, by the joint
/// distribution of the errors. Where one arm is the best only its test can err. Where several are,
/// each of theirs can, so the arms' p values are corrected by Holm's method.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// The candidates, by their places in the arms.
    pub candidates: Vec<usize>,
    /// The arm with the highest mean; of equal ones the first of the candidates.
    pub highest: usize,
    /// Those that cannot be told from the best, in the order of the candidates; `highest` among
    /// them, and every arm with fewer than three seeds.
    pub possible: Vec<usize>,
    /// Those shown to be worse than the best by less than the margin, whichever arm that is, in
    /// the order of the candidates.
    pub within_margin: Vec<usize>,
}

/// One candidate against all others.
struct Against {
    /// One-sided p values that another is better, and their joint distribution.
    rivals: Vec<(usize, Contrast, f64)>,
    errors: Correlated,
}

impl Best {
    /// `candidates`: places of arms that have a mean, at least one, the preferred first. `margin`:
    /// the difference that would not matter. `error`: how often the true best may be missed.
    pub fn of(arms: &Arms, candidates: &[usize], margin: f64, error: f64) -> Option<Self> {
        let mean = |arm: usize| arms.estimate(arm).map(|estimate| estimate.value());
        let mut highest: Option<(usize, f64)> = None;
        for arm in candidates {
            let value = mean(*arm)?;
            if highest.is_none_or(|(_, most)| value > most) {
                highest = Some((*arm, value));
            }
        }
        let (highest, _) = highest?;
        let against: Vec<Against> = candidates
            .par_iter()
            .map(|arm| Against::new(arms, *arm, candidates))
            .collect();
        let beaten: Vec<Option<f64>> = against
            .par_iter()
            .map(|against| Some(against.beaten(error / candidates.len() as f64)))
            .collect();
        let possible: Vec<usize> = candidates
            .iter()
            .zip(holm(&beaten).ok()?)
            .filter(|(arm, p)| **arm == highest || p.is_none_or(|p| p > error))
            .map(|(arm, _)| *arm)
            .collect();
        let within_margin = within(arms, candidates, &possible, &against, margin, error);
        Some(Self {
            candidates: candidates.to_vec(),
            highest,
            possible,
            within_margin,
        })
    }

    /// 95% interval of the mean of `arm`, in `0..=1` on the scale of `ln(a / (1 − a))`, that allows
    /// for its having been chosen as the highest of the candidates: the lower end holds for all of
    /// them at once, by the joint distribution of their errors, the upper one for the arm alone.
    /// `None` with fewer than three seeds or where nothing varied.
    pub fn interval(&self, arms: &Arms, arm: usize) -> Option<Interval> {
        let alone = arms.mean(arm).ok()?;
        let df = alone.degrees_of_freedom?;
        let is_few = arms.seeds(arm) < arms.concerns().fewest_seeds();
        if is_few || !(alone.mean > 0.0 && alone.mean < 1.0) {
            return None;
        }
        if self.candidates.len() == 1 {
            return alone.logit_interval(0.95).ok();
        }
        let lower = self.critical_of_means(arms);
        let scale = alone.mean * (1.0 - alone.mean);
        let centre = (alone.mean / (1.0 - alone.mean)).ln();
        let end = |probability: f64| {
            let reach = t_quantile(1.0 - probability, df).ok()?;
            Some(reach * alone.standard_error / scale)
        };
        Some(Interval {
            lower: expit(centre - end(lower)?),
            upper: expit(centre + end(OF_AN_END)?),
            level: 0.95,
            method: Method::OfTheHighest,
        })
    }

    /// The one-sided probability at which all candidates' means hold together.
    fn critical_of_means(&self, arms: &Arms) -> f64 {
        let errors: Vec<(Estimate, f64, f64)> = self
            .candidates
            .iter()
            .filter_map(|arm| {
                let mean = arms.mean(*arm).ok()?;
                let total = mean.standard_error.powi(2);
                (total > 0.0).then_some((arms.estimate(*arm)?, total, mean.standard_error))
            })
            .collect();
        if !Correlated::is_few(errors.len()) || errors.is_empty() {
            return OF_AN_END / errors.len().max(1) as f64;
        }
        let joint = Correlated::new(errors.len(), |a, b| {
            let ((a, _, error), (b, _, other)) = (&errors[a], &errors[b]);
            let shared = a.influence().covariance(b.influence()).unwrap_or(0.0);
            shared / (error * other)
        });
        critical(&joint, errors.len(), OF_AN_END)
    }
}

/// The candidates that are worse by less than the margin than whichever of `possible` is the best.
fn within(
    arms: &Arms,
    candidates: &[usize],
    possible: &[usize],
    against: &[Against],
    margin: f64,
    error: f64,
) -> Vec<usize> {
    let p = |arm: usize, best: usize| arms.contrast([arm, best])?.p_above(-margin);
    let holds = |arm: &usize, at: &dyn Fn(usize) -> f64| {
        let others = possible.iter().filter(|best| *best != arm);
        others
            .into_iter()
            .all(|best| p(*arm, *best).is_some_and(|p| p <= at(*best)))
    };
    // What fails against each alone fails against all, which is dearer to find out.
    let hopeful: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|arm| holds(arm, &|_| error))
        .collect();
    if hopeful.is_empty() {
        return hopeful;
    }
    let small: BTreeMap<usize, f64> = candidates
        .par_iter()
        .zip(against)
        .filter(|(arm, _)| possible.contains(arm))
        .map(|(arm, against)| (*arm, against.critical(error)))
        .collect();
    let at = |best: usize| small.get(&best).copied().unwrap_or(0.0);
    hopeful.into_iter().filter(|arm| holds(arm, &at)).collect()
}

impl Against {
    fn new(arms: &Arms, arm: usize, candidates: &[usize]) -> Self {
        let others = candidates.iter().filter(|other| **other != arm);
        let rivals: Vec<(usize, Contrast, f64)> = others
            .filter_map(|other| {
                let contrast = arms.contrast([*other, arm])?;
                let p = contrast.p_above(0.0)?;
                Some((*other, contrast, p))
            })
            .collect();
        let errors = Correlated::new(rivals.len(), |a, b| rivals[a].1.correlation(&rivals[b].1));
        Self { rivals, errors }
    }

    /// The chance that some rival looks so much better if none is.
    fn beaten(&self, error: f64) -> f64 {
        let smallest = self.rivals.iter().map(|(_, _, p)| *p).reduce(f64::min);
        let Some(smallest) = smallest else {
            return 1.0;
        };
        let most = (smallest * self.rivals.len() as f64).min(1.0);
        match Correlated::is_few(self.rivals.len()) {
            true => {
                let closeness = Closeness::of(smallest, most, error);
                let any = any(&self.errors, self.rivals.len(), smallest, closeness);
                any.clamp(smallest, most.max(smallest))
            }
            false => most,
        }
    }

    /// The one-sided p value that some rival has with probability `error` if none is better.
    fn critical(&self, error: f64) -> f64 {
        match self.rivals.len() {
            0 => error,
            many if !Correlated::is_few(many) => error / many as f64,
            few => critical(&self.errors, few, error),
        }
    }
}

/// The chance that any of `count` one-sided p values is `p` or less.
fn any(errors: &Correlated, count: usize, p: f64, closeness: Closeness) -> f64 {
    let all: Vec<usize> = (0..count).collect();
    let reach = -normal_quantile(p.max(1e-300));
    1.0 - errors.within(&all, f64::NEG_INFINITY, reach, closeness)
}

/// The one-sided p value that any of `count` has with probability `error`: between Bonferroni's and
/// `error` itself.
fn critical(errors: &Correlated, count: usize, error: f64) -> f64 {
    let (mut low, mut high) = (
        -normal_quantile(error),
        -normal_quantile(error / count as f64),
    );
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        match any(errors, count, normal_below(-middle), Closeness::Rough) > error {
            true => low = middle,
            false => high = middle,
        }
    }
    normal_below(-high)
}
