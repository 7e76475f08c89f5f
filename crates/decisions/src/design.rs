use stats::{SeedMean, Spread, StatsError};

use crate::binormal::Binormal;
use crate::family::{Concludes, Shares};
use crate::planning::{ErrorOf, POWER, power_of_difference, power_of_equivalence, spread_factor};

/// Most patients that are looked for.
const MOST: usize = 1_000_000;

/// What a study is to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// A true difference of AUCs that is to be found, in `0..1`.
    pub difference: f64,
    /// The difference that would not matter: equivalence is shown where there is truly none. In
    /// `0..1`.
    pub margin: f64,
    /// Arms, each but the first compared with the first; at least 2.
    pub arms: usize,
}

/// What is believed of networks that are not trained yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// AUC of the arms, in `0.5..1`.
    pub auc: f64,
    /// Share of patients that are positive, in `0..1`; one picture each.
    pub prevalence: f64,
    /// Correlation of the sampling errors of the AUCs of two arms on the same patients, in `0..=1`.
    pub correlation: f64,
    /// The same of two seeds of one arm, at least `correlation`, at most 1.
    pub seed_correlation: f64,
    /// Standard deviation of the AUC from seed to seed on ever so many patients, 0 or more.
    pub seed_sd: f64,
}

/// The chances of a study of one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Patients of the test part.
    pub patients: usize,
    /// Seeds of every arm.
    pub seeds: usize,
    /// Chance that a comparison finds the difference, after correction for all comparisons: least
    /// and most, as a pilot's variance between seeds is known no better than its 80% interval.
    pub difference: [f64; 2],
    /// Chance that it shows equivalence where there is no difference; the same.
    pub equivalence: [f64; 2],
}

/// What studies of many sizes could show.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    asked: Asked,
    known: Known,
}

#[derive(Debug, Clone, PartialEq)]
enum Known {
    Guessed(Guess),
    /// With the smallest and the largest likely variance between seeds, at as many patients.
    Piloted([ErrorOf; 2], f64),
}

impl Design {
    /// From guesses.
    pub fn guessed(asked: Asked, guess: Guess) -> Result<Self, StatsError> {
        asked.check()?;
        guess.check()?;
        Ok(Self {
            asked,
            known: Known::Guessed(guess),
        })
    }

    /// From a difference that a pilot study `found` in `patients` test patients, over two seeds at
    /// least; `None` where nothing is known of its error.
    pub fn piloted(
        asked: Asked,
        found: &SeedMean,
        patients: usize,
    ) -> Result<Option<Self>, StatsError> {
        asked.check()?;
        let Some(spread) = found.spread else {
            return Ok(None);
        };
        let end = |above| ErrorOf::found(found, spread_factor(above, spread.degrees_of_freedom));
        let ends = end(0.9).zip(end(0.1));
        Ok(ends.map(|(least, most)| Self {
            asked,
            known: Known::Piloted([least, most], patients as f64),
        }))
    }

    /// What is asked.
    pub fn asked(&self) -> Asked {
        self.asked
    }

    /// The chances with so many patients, at least 1, and seeds, at least
    /// [`FEWEST_SEEDS`](crate::FEWEST_SEEDS).
    pub fn cell(&self, patients: usize, seeds: usize) -> Cell {
        let errors = self.errors(patients, seeds);
        let at = self.error_of_one();
        let Asked {
            difference, margin, ..
        } = self.asked;
        let chances = |power: &dyn Fn([f64; 2]) -> Option<f64>| {
            // Where nothing would vary everything is found.
            let of = |error: Option<[f64; 2]>| error.map_or(Some(1.0), power).unwrap_or(0.0);
            let [one, other] = errors.map(of);
            [one.min(other), one.max(other)]
        };
        Cell {
            patients,
            seeds,
            difference: chances(&|error| power_of_difference(difference, error, at)),
            equivalence: chances(&|error| power_of_equivalence(0.0, margin, error, at)),
        }
    }

    /// The fewest patients with which so many seeds have 80% power for what `chance` names of a
    /// cell, within 1%; `None` where not even a million have.
    pub fn patients_needed(&self, seeds: usize, chance: impl Fn(&Cell) -> f64) -> Option<usize> {
        let is_enough = |patients: usize| chance(&self.cell(patients, seeds)) >= POWER;
        let (mut few, mut enough) = (1, MOST);
        if !is_enough(enough) {
            return None;
        }
        while enough - few > (enough / 100).max(1) {
            let middle = few + (enough - few) / 2;
            match is_enough(middle) {
                true => enough = middle,
                false => few = middle,
            }
        }
        Some(enough)
    }

    /// What one comparison may err.
    fn error_of_one(&self) -> f64 {
        let concludes = Concludes {
            on_the_best: true,
            ..Concludes::default()
        };
        Shares::of(concludes).differences / (self.asked.arms - 1) as f64
    }

    /// Standard error and degrees of freedom of a difference, for either end of what is known.
    fn errors(&self, patients: usize, seeds: usize) -> [Option<[f64; 2]>; 2] {
        match &self.known {
            Known::Guessed(guess) => [guess.error_of(patients as f64).with(seeds, 1.0); 2],
            Known::Piloted(ends, pilot) => {
                ends.map(|error| error.with(seeds, patients as f64 / pilot))
            }
        }
    }
}

impl Asked {
    fn check(&self) -> Result<(), StatsError> {
        let inside = |value: f64| value > 0.0 && value < 1.0;
        let small = "a number above 0 and below 1";
        check("difference", small, self.difference, inside)?;
        check("equivalence margin", small, self.margin, inside)?;
        check("arms", "2 or more", self.arms as f64, |arms| arms >= 2.0)
    }
}

impl Guess {
    fn check(&self) -> Result<(), StatsError> {
        let auc = "at least 0.5 and below 1";
        check("auc", auc, self.auc, |v| (0.5..1.0).contains(&v))?;
        let share = "a number above 0 and below 1";
        check("prevalence", share, self.prevalence, |v| v > 0.0 && v < 1.0)?;
        let within = |v: f64| (0.0..=1.0).contains(&v);
        check("correlation", "0 to 1", self.correlation, within)?;
        let of_seeds = |v: f64| v >= self.correlation && v <= 1.0;
        let expected = "at least the correlation of two arms, at most 1";
        check(
            "seed correlation",
            expected,
            self.seed_correlation,
            of_seeds,
        )?;
        let sd = "0 to 0.5";
        check("seed sd", sd, self.seed_sd, |v| (0.0..=0.5).contains(&v))
    }

    /// The error of a difference of two arms over pairs of seeds.
    ///
    /// With V the variance of one AUC, `ρ` and `σ` the two correlations: over k seeds the variance
    /// over samples of patients is `2 V ((1 − σ) / k + σ − ρ)`, whose first part is noise between
    /// seeds; and single pairs vary by twice the square of the standard deviation between seeds.
    fn error_of(&self, patients: f64) -> ErrorOf {
        let positives = (patients * self.prevalence).max(2.0);
        let cases = [positives, (patients - positives).max(2.0)];
        let model = Binormal::new(self.auc);
        let twice = 2.0 * model.variance(cases);
        ErrorOf {
            common: Spread {
                variance: twice * (self.seed_correlation - self.correlation),
                degrees_of_freedom: model.degrees_of_freedom(cases),
            },
            noise: twice * (1.0 - self.seed_correlation),
            seeds: Spread {
                variance: 2.0 * self.seed_sd * self.seed_sd,
                degrees_of_freedom: 0.0,
            },
        }
    }
}

fn check(
    parameter: &'static str,
    expected: &'static str,
    found: f64,
    holds: impl Fn(f64) -> bool,
) -> Result<(), StatsError> {
    match holds(found) {
        true => Ok(()),
        false => Err(StatsError::Parameter {
            parameter,
            expected,
            found,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn design(seed_sd: f64, correlation: f64) -> Design {
        let asked = Asked {
            difference: 0.02,
            margin: 0.01,
            arms: 3,
        };
        let guess = Guess {
            auc: 0.85,
            prevalence: 0.3,
            correlation,
            seed_correlation: 0.5 * (1.0 + correlation),
            seed_sd,
        };
        Design::guessed(asked, guess).expect("sensible guesses")
    }

    proptest! {
        #[test]
        fn more_of_anything_shows_more(
            patients in 50usize..5000, seeds in 3usize..20, sd in 0.001f64..0.04, rho in 0.0f64..0.9
        ) {
            let design = design(sd, rho);
            let (less, more) = (design.cell(patients, seeds), design.cell(2 * patients, seeds + 3));
            prop_assert!(more.difference[0] >= less.difference[0] - 1e-9);
            prop_assert!(more.equivalence[0] >= less.equivalence[0] - 1e-9);
            let tighter = self::design(0.5 * sd, rho).cell(patients, seeds);
            prop_assert!(tighter.difference[0] >= less.difference[0] - 1e-9);
        }

        #[test]
        fn as_many_patients_as_needed_are_enough(seeds in 5usize..20) {
            let design = design(0.004, 0.6);
            let needed = design.patients_needed(seeds, |c| c.difference[0]).expect("some number");
            prop_assert!(design.cell(needed, seeds).difference[0] >= 0.8);
            prop_assert!(design.cell(needed - needed / 50 - 2, seeds).difference[0] < 0.8);
        }
    }

    #[test]
    fn seeds_that_vary_too_much_are_not_mended_by_patients() {
        let design = design(0.05, 0.6);
        assert_eq!(design.patients_needed(3, |c| c.difference[0]), None);
    }

    #[test]
    fn nonsense_is_refused() {
        let asked = design(0.01, 0.6).asked;
        let guess = Guess {
            auc: 0.85,
            prevalence: 0.3,
            correlation: 0.6,
            seed_correlation: 0.8,
            seed_sd: 0.01,
        };
        for wrong in [
            Guess { auc: 1.0, ..guess },
            Guess {
                auc: f64::NAN,
                ..guess
            },
            Guess {
                prevalence: 0.0,
                ..guess
            },
            Guess {
                correlation: -0.1,
                ..guess
            },
            Guess {
                seed_correlation: 0.5,
                ..guess
            },
            Guess {
                seed_sd: f64::INFINITY,
                ..guess
            },
        ] {
            assert!(Design::guessed(asked, wrong).is_err(), "{wrong:?}");
        }
        for wrong in [
            Asked { arms: 1, ..asked },
            Asked {
                margin: 0.0,
                ..asked
            },
            Asked {
                difference: 1.0,
                ..asked
            },
        ] {
            assert!(Design::guessed(wrong, guess).is_err(), "{wrong:?}");
        }
    }
}
