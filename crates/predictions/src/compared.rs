use decisions::{Arms, Concern, Contrast, Corrected, Needed, Planning, corrected};
use stats::{Interval, Outcome, SeedMean, normal_below};

use crate::found::{
    ArmFound, Compared, NeededFound, Number, PValues, PosteriorFound, Power, Settling,
};
use crate::refused::Refused;
use crate::word::Word;

/// Every arm that has a seed in common with the baseline, compared with it; all share `share` of
/// the error.
pub(crate) fn comparisons(
    arms: &Arms,
    found: &[ArmFound],
    baseline: usize,
    margin: f64,
    share: f64,
) -> Result<Vec<Compared>, Refused> {
    let others = (0..found.len()).filter(|arm| *arm != baseline);
    let contrasts: Vec<Contrast> = others
        .filter_map(|arm| arms.contrast([arm, baseline]))
        .collect();
    let after = corrected(&contrasts.iter().collect::<Vec<_>>(), margin, share)?;
    let family = Family {
        of_models: arms.concerns() == Concern::TheseModels,
        margin,
        share,
        comparisons: contrasts.len(),
    };
    let both = contrasts.iter().zip(after);
    Ok(both
        .map(|(contrast, after)| family.compared(found, contrast, after))
        .collect())
}

struct Family {
    of_models: bool,
    margin: f64,
    share: f64,
    comparisons: usize,
}

impl Family {
    fn compared(&self, found: &[ArmFound], contrast: &Contrast, after: Corrected) -> Compared {
        let difference = &contrast.difference;
        let p = PValues {
            difference: contrast.p_difference(),
            equivalence: contrast.p_equivalence(self.margin),
            difference_corrected: after.difference,
            equivalence_corrected: after.equivalence,
            delong: self.of_models.then(|| delong(difference)).flatten(),
        };
        let alone = Outcome::from_p(difference.mean, p.difference, p.equivalence);
        let outcome = after.outcome(difference.mean);
        let planning = Planning::new(contrast, self.margin, self.share, self.comparisons);
        let [arm, baseline] = contrast.arms.map(|arm| found[arm].arm.clone());
        Compared {
            arm,
            baseline,
            seeds: difference.values.len(),
            difference: number(difference, contrast.interval(0.95)),
            outcome: Word::new(outcome, self.of_models),
            uncorrected: Word::new(alone, self.of_models),
            p,
            posterior: contrast.posterior(self.margin).map(|p| PosteriorFound {
                none_or_worse: p.none_or_worse,
                equivalent: p.equivalent,
                better: p.better,
            }),
            power: planning.as_ref().map(power).unwrap_or_default(),
            settling: planning
                .filter(|_| outcome == Outcome::Undecided)
                .map(|planning| Settling {
                    equivalence: needed(planning.equivalence),
                    difference: needed(planning.difference),
                }),
        }
    }
}

/// DeLong's test of two models, two-sided and by the normal distribution.
fn delong(difference: &SeedMean) -> Option<f64> {
    let error = difference.sampling_standard_error;
    (error > 0.0).then(|| 2.0 * normal_below(-(difference.mean / error).abs()))
}

fn power(planning: &Planning) -> Vec<Power> {
    let power = planning.power.iter();
    power
        .map(|(difference, power)| Power {
            difference: *difference,
            power: *power,
        })
        .collect()
}

fn needed(needed: Needed) -> NeededFound {
    NeededFound {
        seeds: needed.seeds,
        patients: needed.patients,
    }
}

/// A mean with its interval and both sources of error.
pub(crate) fn number(mean: &SeedMean, interval: Option<Interval>) -> Number {
    Number {
        value: mean.mean,
        low: interval.map(|interval| interval.lower),
        high: interval.map(|interval| interval.upper),
        seed_sd: mean.seeds.as_ref().map(|seeds| seeds.standard_deviation),
        sampling_se: mean.sampling_standard_error,
    }
}
