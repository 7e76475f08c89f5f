use stats::{Combined, SeedMean, Spread, noncentral_t_below, t_quantile};

use crate::contrast::Contrast;

/// Seeds beyond which a number is no plan.
pub const MOST_SEEDS: usize = 50;
/// The same for patients, as a multiple of those there are.
pub const MOST_PATIENTS: f64 = 10.0;
/// How finely the number of patients is searched.
const PATIENT_STEP: f64 = 1.05;
/// The power that is planned for.
pub const POWER: f64 = 0.8;

/// The error that a comparison would have with other numbers of seeds and patients.
///
/// What all seeds have in common shrinks as `1 / patients`, what seeds vary by as `1 / seeds`, and
/// the noise between them as both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorOf {
    /// Variance over samples of patients that all seeds share, with the patients there are.
    pub common: Spread,
    /// Variance of a single seed by noise, with the patients there are.
    pub noise: f64,
    /// Variance of a single seed beyond noise.
    pub seeds: Spread,
}

impl ErrorOf {
    /// As `found` in a comparison, the variance between seeds times `factor`; `None` with one seed
    /// or where nothing varied.
    pub fn found(found: &SeedMean, factor: f64) -> Option<Self> {
        found.degrees_of_freedom?;
        let (count, spread) = (found.values.len() as f64, found.spread?);
        let noise = found.noise_standard_error.powi(2);
        Some(Self {
            common: Spread {
                variance: (found.sampling_standard_error.powi(2) - noise).max(0.0),
                degrees_of_freedom: found.sampling_degrees_of_freedom,
            },
            noise: noise * count,
            seeds: Spread {
                variance: (factor * spread.variance - noise * count).max(0.0),
                degrees_of_freedom: spread.degrees_of_freedom,
            },
        })
    }

    /// Of a comparison of single models, which has the error of patients alone.
    fn of_one_model(found: &SeedMean) -> Self {
        Self {
            common: Spread {
                variance: found.sampling_standard_error.powi(2),
                degrees_of_freedom: found.sampling_degrees_of_freedom,
            },
            noise: 0.0,
            seeds: Spread {
                variance: 0.0,
                degrees_of_freedom: 0.0,
            },
        }
    }

    /// Standard error and degrees of freedom with `seeds` seeds and `patients` times the patients;
    /// `None` where nothing would vary.
    pub fn with(&self, seeds: usize, patients: f64) -> Option<[f64; 2]> {
        let count = seeds as f64;
        let noise = self.noise / count / patients;
        let sampling = Spread {
            variance: self.common.variance / patients + noise,
            degrees_of_freedom: self.common.degrees_of_freedom * patients,
        };
        let spread = Spread {
            variance: self.seeds.variance + self.noise / patients,
            degrees_of_freedom: (count - 1.0).max(self.seeds.degrees_of_freedom),
        };
        let spread = Some(spread).filter(|_| self.seeds.variance > 0.0);
        let combined = Combined::new(sampling, noise, spread, seeds)?;
        Some([combined.variance.sqrt(), combined.degrees_of_freedom])
    }
}

/// The chance that a two-sided test at `error` finds a true difference `of` in its direction, with
/// a standard error and degrees of freedom: by the noncentral t.
pub fn power_of_difference(of: f64, [error, df]: [f64; 2], at: f64) -> Option<f64> {
    let critical = t_quantile(1.0 - at / 2.0, df).ok()?;
    Some(1.0 - noncentral_t_below(critical, df.max(1.0), of.abs() / error))
}

/// The chance that two one-sided tests, each at `at`, show equivalence within the margin when the
/// true difference is `of`. A lower bound (Bonferroni), good where it is above a half.
pub fn power_of_equivalence(of: f64, margin: f64, [error, df]: [f64; 2], at: f64) -> Option<f64> {
    let critical = t_quantile(1.0 - at, df).ok()?;
    let side = |room: f64| 1.0 - noncentral_t_below(critical, df.max(1.0), room / error);
    Some((side(margin - of.abs()) + side(margin + of.abs()) - 1.0).max(0.0))
}

/// What a comparison could have seen, and what would settle it, at the errors that are left after
/// correction.
#[derive(Debug, Clone, PartialEq)]
pub struct Planning {
    /// True differences, and the chance that the comparison finds each.
    pub power: Vec<(f64, f64)>,
    /// To show equivalence if the true difference is 0.
    pub equivalence: Needed,
    /// To find a true difference of twice the margin.
    pub difference: Needed,
}

/// What is enough for 80% power, as a range: the variance between seeds is known no better than
/// its degrees of freedom allow, so both ends of its 80% interval are planned with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Needed {
    /// Seeds in all, at least three, with the patients as they are; `None` where not even
    /// [`MOST_SEEDS`] are enough, and where the comparison is of single models.
    pub seeds: [Option<usize>; 2],
    /// Patients as a multiple of those there are, at least 1, with the seeds as they are; `None`
    /// where not even [`MOST_PATIENTS`] times as many are enough.
    pub patients: [Option<f64>; 2],
}

impl Planning {
    /// Of one comparison among `comparisons` that share `share` of the error; `None` where nothing
    /// is known of its error. `margin`: the difference that would not matter.
    pub fn new(contrast: &Contrast, margin: f64, share: f64, comparisons: usize) -> Option<Self> {
        let found = &contrast.difference;
        let at = share / comparisons.max(1) as f64;
        let now = contrast.error()?;
        let power = [1.0, 2.0, 5.0]
            .iter()
            .map(|times| {
                Some((
                    times * margin,
                    power_of_difference(times * margin, now, at)?,
                ))
            })
            .collect::<Option<_>>()?;
        let needed = |enough: &dyn Fn([f64; 2]) -> Option<f64>| match contrast.rests_on_folds() {
            true => Some(Needed::NOTHING),
            false => Needed::new(found, enough),
        };
        Some(Self {
            power,
            equivalence: needed(&|error| power_of_equivalence(0.0, margin, error, at))?,
            difference: needed(&|error| power_of_difference(2.0 * margin, error, at))?,
        })
    }
}

impl Needed {
    /// Neither more seeds nor more patients are enough.
    const NOTHING: Self = Self {
        seeds: [None, None],
        patients: [None, None],
    };

    fn new(found: &SeedMean, power: &dyn Fn([f64; 2]) -> Option<f64>) -> Option<Self> {
        let plans = match found.spread {
            Some(spread) => {
                let end = |above| spread_factor(above, spread.degrees_of_freedom);
                [
                    ErrorOf::found(found, end(0.1))?,
                    ErrorOf::found(found, end(0.9))?,
                ]
            }
            None => [ErrorOf::of_one_model(found); 2],
        };
        let count = found.values.len();
        let enough = |plan: &ErrorOf, seeds: usize, patients: f64| match plan.with(seeds, patients)
        {
            None => true,
            Some(error) => power(error).is_some_and(|power| power >= POWER),
        };
        let seeds = plans.map(|plan| {
            found.spread?;
            let from = count.max(crate::FEWEST_SEEDS);
            (from..=MOST_SEEDS).find(|seeds| enough(&plan, *seeds, 1.0))
        });
        let patients = plans.map(|plan| {
            let steps = (MOST_PATIENTS.ln() / PATIENT_STEP.ln()).ceil() as i32;
            let times = (0..=steps).map(|step| PATIENT_STEP.powi(step).min(MOST_PATIENTS));
            times.into_iter().find(|times| enough(&plan, count, *times))
        });
        Some(Self { seeds, patients })
    }
}

/// What a variance may truly be, as a multiple of its estimate: `df / χ²`, where χ² is exceeded
/// with probability `above` (Wilson and Hilferty 1931).
pub(crate) fn spread_factor(above: f64, df: f64) -> f64 {
    let ninth = 2.0 / (9.0 * df);
    let root = 1.0 - ninth - stats::normal_quantile(above) * ninth.sqrt();
    root.max(0.2).powi(-3)
}
