use crate::uncertainty::quantile::t_quantile;
use crate::{SeedMean, StatsError};

/// More seeds than anyone will train; a bound on the search.
const MOST_SEEDS: usize = 10_000;
/// The same for patients, as a multiple of those there are.
const MOST_PATIENTS: f64 = 10_000.0;
/// How finely the number of patients is searched.
const PATIENT_STEP: f64 = 1.01;

/// What would settle an open comparison, planned from the two sources of error that it showed.
///
/// The variance that all seeds have in common is taken to shrink as `1 / patients`, that between
/// seeds as `1 / seeds`, and the noise between them as both, with Welch and Satterthwaite's degrees
/// of freedom. The parts are estimates themselves, rough with
/// few seeds; and they are not a licence to add seeds until the answer pleases: fix the number,
/// train, conclude once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settling {
    /// To show equivalence with 80% power if the true difference is 0: both one-sided tests at
    /// 0.05 then pass with 80%, where `(t₀.₉₅ + t₀.₉) · SE ≤ margin`.
    pub equivalence: Needed,
    /// To find a true difference as large as the margin with 80% power, two-sided at 0.05:
    /// `(t₀.₉₇₅ + t₀.₈) · SE ≤ margin`.
    pub difference: Needed,
}

/// Seeds or patients, either of which would be enough alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Needed {
    /// Seeds in all, at least as many as there are, with the patients as they are. `None` where
    /// no number is enough (or none up to 10,000): the error that is left comes from the
    /// patients. Also with one seed, as its spread is unknown.
    pub seeds: Option<usize>,
    /// Patients as a multiple of those there are, at least 1, rounded up to 1%, with the seeds as
    /// they are. `None` where no number is enough (or none up to 10,000 times): the error that is
    /// left comes from the seeds.
    pub patients: Option<f64>,
}

impl Settling {
    /// `difference`: of a [`Comparison`](crate::Comparison); `margin`: the difference that would
    /// not matter, in its unit, above 0. `None` where nothing varied, so nothing can be planned.
    pub fn new(difference: &SeedMean, margin: f64) -> Result<Option<Self>, StatsError> {
        if !(margin > 0.0 && margin.is_finite()) {
            return Err(StatsError::Parameter {
                parameter: "equivalence margin",
                expected: "a number above 0",
                found: margin,
            });
        }
        if difference.degrees_of_freedom.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            equivalence: Needed::new(difference, margin, [0.95, 0.9])?,
            difference: Needed::new(difference, margin, [0.975, 0.8])?,
        }))
    }
}

impl Needed {
    fn new(found: &SeedMean, margin: f64, probabilities: [f64; 2]) -> Result<Self, StatsError> {
        let seeds = found.values.len();
        let enough = |seeds: usize, patients: f64| -> Result<bool, StatsError> {
            let Planned { variance, df } = Planned::new(found, seeds, patients);
            if variance == 0.0 {
                return Ok(true);
            }
            // Too few for any t quantile of use.
            if df < 0.5 {
                return Ok(false);
            }
            let [a, b] = probabilities;
            Ok((t_quantile(a, df)? + t_quantile(b, df)?) * variance.sqrt() <= margin)
        };
        let more_seeds = match found.seeds {
            Some(_) => smallest_count(seeds, |count| enough(count, 1.0))?,
            None => None,
        };
        let mut patients = 1.0;
        // A walk and not a bisection, as degrees of freedom can fall while patients increase.
        while patients <= MOST_PATIENTS && !enough(seeds, patients)? {
            patients *= PATIENT_STEP;
        }
        Ok(Self {
            seeds: more_seeds,
            patients: (patients <= MOST_PATIENTS).then_some(patients),
        })
    }
}

/// The error of a study with other numbers of seeds and patients.
struct Planned {
    variance: f64,
    df: f64,
}

impl Planned {
    fn new(found: &SeedMean, seeds: usize, patients: f64) -> Self {
        let fewer = found.values.len() as f64 / seeds as f64;
        let noise = found.noise_standard_error.powi(2);
        let shown = found.seeds.map_or(0.0, |s| s.standard_error.powi(2));
        // What is common to all seeds, what seeds differ by, and what patients add to that.
        let common = (found.sampling_standard_error.powi(2) - noise).max(0.0) / patients;
        let by_seeds = (shown - noise).max(0.0) * fewer;
        let noise = noise * fewer / patients;
        let variance = common + noise + by_seeds;
        let share = |part: f64, df: f64| match part {
            0.0 => 0.0,
            part => (part / variance).powi(2) / df,
        };
        let sampling_df = found.sampling_degrees_of_freedom * patients;
        let inverse = match by_seeds {
            0.0 => share(variance, sampling_df),
            _ => share(common, sampling_df) + share(by_seeds + noise, seeds as f64 - 1.0),
        };
        Self {
            variance,
            df: inverse.recip(),
        }
    }
}

/// The smallest count from `from` up to the most that is enough, if any; `enough` stays true once
/// it is.
fn smallest_count(
    from: usize,
    enough: impl Fn(usize) -> Result<bool, StatsError>,
) -> Result<Option<usize>, StatsError> {
    if enough(from)? {
        return Ok(Some(from));
    }
    let (mut low, mut high) = (from, MOST_SEEDS.max(from + 1));
    if !enough(high)? {
        return Ok(None);
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if enough(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(Some(high))
}
