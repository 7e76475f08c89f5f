//! How many times as soon arms reach a validation AUC, also of several arms together.
//!
//! The statistics are those of [`stats::ArrivalRatio`], for any product of powers of arms' steps: on
//! the scale of the logarithm, the spread over seeds paired, and what validation patients have in
//! common over seeds.

use stats::Arrival;

use crate::effect::{Scale, Student};
use crate::finished_study::{FinishedStudy, Trained};
use crate::part::Lack;

/// Log steps of an arm's runs to one threshold.
struct Arrivals(Vec<Arrived>);

#[derive(Clone)]
struct Arrived {
    seed: u64,
    log: f64,
    /// The same in every draw of validation patients.
    redrawn: Option<Vec<f64>>,
}

impl FinishedStudy {
    /// The product of the geometric mean steps of arms to `threshold`, each to the power of its
    /// weight: a ratio where the weights are −1 and 1. Weights sum to 0.
    pub(crate) fn speed(&self, terms: &[(usize, f64)], threshold: f64) -> Result<Student, Lack> {
        let arms: Vec<(Arrivals, f64)> = terms
            .iter()
            .map(|(arm, weight)| -> Result<_, Lack> {
                Ok((self.arrivals_of(*arm, threshold)?, *weight))
            })
            .collect::<Result<_, Lack>>()?;
        let (first, _) = arms.first().ok_or_else(|| Lack("no arms".into()))?;
        let (mut logs, mut redrawn) = (Vec::new(), Some(Vec::new()));
        for seed in first.0.iter().map(|run| run.seed) {
            let of_seed = |arrivals: &Arrivals| {
                let found = arrivals.0.iter().find(|run| run.seed == seed);
                found.cloned()
            };
            let runs: Option<Vec<(Arrived, f64)>> = arms
                .iter()
                .map(|(arrivals, weight)| Some((of_seed(arrivals)?, *weight)))
                .collect();
            let Some(runs) = runs else {
                continue;
            };
            logs.push(
                runs.iter()
                    .map(|(run, weight)| weight * run.log)
                    .sum::<f64>(),
            );
            redrawn = redrawn.and_then(|mut all| {
                all.push(sum_of_draws(&runs)?);
                Some(all)
            });
        }
        let redrawn = redrawn.ok_or_else(|| {
            Lack("the error of the validation AUC is not known, so that nothing is concluded of speed".into())
        })?;
        of_logs(&logs, &redrawn).ok_or_else(|| Lack("no seed is finished of all arms".into()))
    }

    fn arrivals_of(&self, arm: usize, threshold: f64) -> Result<Arrivals, Lack> {
        let label = self.plan.arms.get(arm).map_or("an arm", |arm| &arm.label);
        let runs = self.runs.get(arm).map_or(&[][..], Vec::as_slice);
        if runs.is_empty() {
            return Err(Lack(format!("no run of `{label}` is finished")));
        }
        let sustained = self.plan.compare.sustained;
        let (mut steps, mut open) = (Vec::new(), 0);
        for run in runs {
            match Arrival::new(&run.curve, threshold, sustained)? {
                Arrival::Between { at, .. } => steps.push((run, at.max(1.0))),
                Arrival::Open { .. } => open += 1,
                Arrival::Early { by } => {
                    return Err(Lack(format!(
                        "validation AUC {threshold} is reached by `{label}` before the evaluation at step {by}, too soon to tell when: it takes a higher threshold"
                    )));
                }
            }
        }
        if open > 0 {
            return Err(Lack(format!(
                "validation AUC {threshold} is not reached in {open} of {} runs of `{label}`: it takes more steps, or a lower threshold",
                runs.len()
            )));
        }
        let arrived = steps.into_iter().map(|(run, at)| Arrived {
            seed: run.seed,
            log: at.ln(),
            redrawn: redrawn_logs(run, threshold, sustained),
        });
        Ok(Arrivals(arrived.collect()))
    }
}

fn sum_of_draws(runs: &[(Arrived, f64)]) -> Option<Vec<f64>> {
    let mut sum: Vec<f64> = Vec::new();
    for (run, weight) in runs {
        let draws = run.redrawn.as_ref()?;
        sum.resize(draws.len(), 0.0);
        for (total, log) in sum.iter_mut().zip(draws) {
            *total += weight * log;
        }
    }
    Some(sum)
}

/// Every patient moves all evaluations of a run as they move its best, of which alone predictions
/// are kept; by more where the AUC is lower.
fn redrawn_logs(run: &Trained, threshold: f64, sustained: usize) -> Option<Vec<f64>> {
    let best = run.curve.iter().map(|(_, auc)| *auc).fold(0.5, f64::max);
    let last = run.curve.last().map_or(1.0, |point| point.0 as f64);
    let scales: Vec<f64> = run
        .curve
        .iter()
        .map(|(_, auc)| relative_error(*auc) / relative_error(best))
        .collect();
    let of_draw = |moved: &f64| {
        let points = run.curve.iter().zip(&scales);
        let points: Vec<(u64, f64)> = points
            .map(|((step, auc), scale)| (*step, auc + scale * moved))
            .collect();
        let step = match Arrival::new(&points, threshold, sustained).ok()? {
            Arrival::Early { .. } => 1.0,
            Arrival::Between { at, .. } => at,
            Arrival::Open { .. } => last,
        };
        Some(step.clamp(1.0, last.max(1.0)).ln())
    };
    run.redrawn.as_ref()?.iter().map(of_draw).collect()
}

/// The standard error of an AUC but for a factor (Hanley and McNeil 1982), as in results.json.
fn relative_error(auc: f64) -> f64 {
    let a = auc.max(1.0 - auc).min(0.98);
    (a / (2.0 - a) + 2.0 * a * a / (1.0 + a) - 2.0 * a * a).sqrt()
}

/// Of one number a seed, and the same in every draw of patients, which seeds share.
fn of_logs(logs: &[f64], redrawn: &[Vec<f64>]) -> Option<Student> {
    let count = logs.len() as f64;
    if logs.is_empty() {
        return None;
    }
    let mean = logs.iter().sum::<f64>() / count;
    let by_seeds = variance(logs.iter().copied()) / count;
    let total = by_seeds + shared(redrawn);
    let is_told = logs.len() >= decisions::FEWEST_SEEDS && total.sqrt() > 1e-12;
    let df = (count - 1.0) * (total / by_seeds.max(1e-300)).powi(2);
    Some(Student {
        error: is_told.then_some([total.sqrt(), df.min(1e6)]),
        ..Student::new(mean, [0.0, 1.0], Scale::Logarithm, logs.len())
    })
}

/// Mean covariance of two seeds over the draws, at least 0.
fn shared(redrawn: &[Vec<f64>]) -> f64 {
    let count = redrawn.len() as f64;
    if redrawn.len() < 2 {
        return 0.0;
    }
    let draws = redrawn.iter().map(Vec::len).min().unwrap_or(0);
    let sums = (0..draws).map(|draw| redrawn.iter().map(|seed| seed[draw]).sum::<f64>());
    let own: f64 = redrawn
        .iter()
        .map(|seed| variance(seed.iter().copied()))
        .sum();
    ((variance(sums) - own) / (count * (count - 1.0))).max(0.0)
}

/// Sample variance, divisor `n − 1`; 0 with fewer than two values.
fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mean = values.clone().sum::<f64>() / count;
    values.map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use stats::{ArrivalRatio, RedrawnCurve};

    /// A curve that rises to 0.95 with this many steps as its time, and two draws of patients.
    fn run(seed: u64, time: f64) -> Trained {
        let steps = [0u64, 1, 2, 3, 5, 8, 13, 20, 30, 40, 50, 60];
        let curve = steps.map(|step| (step, 0.95 - 0.45 * (-(step as f64) / time).exp()));
        Trained {
            seed,
            validation_auc: 0.95,
            curve: curve.to_vec(),
            redrawn: Some((0..40).map(|i| 0.001 * (f64::from(i) - 19.5)).collect()),
        }
    }

    #[test]
    fn of_two_arms_it_is_the_ratio_of_results_json() {
        let times = [[9.0, 21.0], [11.0, 18.0], [8.0, 24.0], [12.0, 19.0]];
        let side = |side: usize| -> Vec<Trained> {
            let runs = times.iter().enumerate();
            runs.map(|(seed, of)| run(seed as u64, of[side])).collect()
        };
        let curves = |runs: &[Trained]| -> Vec<RedrawnCurve> {
            let redrawn = |run: &Trained| {
                let draws = run.curve.iter().map(|(_, auc)| {
                    let scale = relative_error(*auc)
                        / relative_error(run.curve.iter().map(|(_, a)| *a).fold(0.5, f64::max));
                    run.redrawn.iter().flatten().map(|d| scale * d).collect()
                });
                RedrawnCurve {
                    points: run.curve.clone(),
                    draws: Some(draws.collect()),
                }
            };
            runs.iter().map(redrawn).collect()
        };
        let [ours, theirs] = [side(0), side(1)];
        let expected = ArrivalRatio::new(&curves(&ours), &curves(&theirs), 0.8, 1).unwrap();
        let logs = |runs: &[Trained]| -> (Vec<f64>, Vec<Vec<f64>>) {
            let of = |run: &Trained| match Arrival::new(&run.curve, 0.8, 1).unwrap() {
                Arrival::Between { at, .. } => at.ln(),
                _ => panic!("arrives"),
            };
            let redrawn = runs.iter().map(|run| redrawn_logs(run, 0.8, 1).unwrap());
            (runs.iter().map(of).collect(), redrawn.collect())
        };
        let ((ours, our_draws), (theirs, their_draws)) = (logs(&ours), logs(&theirs));
        let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>();
        let draws: Vec<Vec<f64>> = their_draws
            .iter()
            .zip(&our_draws)
            .map(|(b, a)| less(b, a))
            .collect();
        let found = of_logs(&less(&theirs, &ours), &draws).unwrap();
        assert!((found.mean.exp() - expected.ratio).abs() < 1e-9);
        let interval = crate::effect::Effect::Student(found).interval().unwrap();
        let expected = expected.interval.unwrap();
        assert!(
            (interval[0] - expected.lower).abs() < 1e-9,
            "{interval:?} {expected:?}"
        );
        assert!((interval[1] - expected.upper).abs() < 1e-9);
    }
}
