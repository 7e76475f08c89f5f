//! `design`: how many patients and seeds a study needs.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use comparison::Pilot;
use decisions::{Asked, Cell, Design as Planned, FEWEST_SEEDS, Guess};
use durable::write;
use record::StudyDirectory;
use report::{PowerCurves, PowerFigure};
use serde::Serialize;

use super::exit::Exit;
use super::output::print_json;
use super::proper::{proper, share};
use super::table::{table, thousands};

/// Points of a curve.
const POINTS: usize = 60;

/// Tell how many test patients and seeds a study needs to find a difference, or to show that there is
/// none
///
/// From guesses, or from a study that was run (--pilot). Power is that of one comparison after
/// correction for all: the difference found if it is truly there, equivalence shown if there is truly
/// none.
#[derive(Debug, Args)]
pub struct Design {
    /// The true difference of AUCs that is to be found
    #[arg(long, default_value_t = 0.02, value_parser = proper)]
    difference: f64,
    /// The difference of AUCs that would not matter
    #[arg(long, default_value_t = 0.01, value_parser = proper)]
    margin: f64,
    /// Arms, each but the first compared with the first
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(2..=1000))]
    arms: u16,
    /// Directory of a study that was run, to plan from instead of guesses
    #[arg(long, value_name = "STUDY", conflicts_with_all = ["auc", "prevalence", "correlation", "seed_correlation", "seed_sd"])]
    pilot: Option<PathBuf>,
    /// Arm of the pilot whose comparison with its baseline is planned with [default: the least sure]
    #[arg(long, value_name = "ARM", requires = "pilot")]
    pilot_arm: Option<String>,
    /// Guess: AUC of the arms
    #[arg(long, default_value_t = 0.85, value_parser = proper)]
    auc: f64,
    /// Guess: share of patients that are positive
    #[arg(long, default_value_t = 0.3, value_parser = proper)]
    prevalence: f64,
    /// Guess: correlation of the errors of two arms' AUCs on the same patients
    #[arg(long, default_value_t = 0.6, value_parser = share)]
    correlation: f64,
    /// Guess: the same of two seeds of one arm [default: halfway from --correlation to 1]
    #[arg(long, value_parser = share)]
    seed_correlation: Option<f64>,
    /// Guess: standard deviation of the AUC between seeds, on ever so many patients
    #[arg(long, default_value_t = 0.01, value_parser = share)]
    seed_sd: f64,
    /// Numbers of test patients, the rows [default: around those needed]
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(4..=1_000_000))]
    patients: Vec<u32>,
    /// Numbers of seeds, the columns
    #[arg(long, value_delimiter = ',', default_values_t = [3, 5, 8, 12, 20], value_parser = clap::value_parser!(u16).range(FEWEST_SEEDS as i64..=1000))]
    seeds: Vec<u16>,
    /// Write a page with the curves
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is printed and written.
#[derive(Serialize)]
struct Told {
    difference: f64,
    margin: f64,
    arms: usize,
    assumed: String,
    needed: Vec<Needed>,
    cells: Vec<ToldCell>,
}

/// Patients that are enough for 80% power with so many seeds, if what is known is at its worst.
#[derive(Serialize)]
struct Needed {
    seeds: usize,
    /// To find the difference; none where not even a million are.
    difference: Option<usize>,
    /// To show equivalence.
    equivalence: Option<usize>,
}

#[derive(Serialize)]
struct ToldCell {
    patients: usize,
    seeds: usize,
    /// Least and most.
    difference: [f64; 2],
    equivalence: [f64; 2],
}

impl From<Cell> for ToldCell {
    fn from(cell: Cell) -> Self {
        Self {
            patients: cell.patients,
            seeds: cell.seeds,
            difference: cell.difference,
            equivalence: cell.equivalence,
        }
    }
}

impl Design {
    pub fn run(self) -> anyhow::Result<Exit> {
        let (design, assumed) = self.planned()?;
        let needed: Vec<Needed> = self.seeds().map(|seeds| needed(&design, seeds)).collect();
        let rows = self.rows(&needed);
        if let Some(path) = &self.html {
            let page = self.curves(&design, &assumed, &rows).html()?;
            write(path, page.as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
            say!("wrote {}", path.display());
        }
        let cells = rows.iter().flat_map(|patients| {
            let design = &design;
            self.seeds()
                .map(move |seeds| design.cell(*patients, seeds).into())
        });
        let told = Told {
            difference: self.difference,
            margin: self.margin,
            arms: self.arms.into(),
            cells: cells.collect(),
            assumed,
            needed,
        };
        match self.json {
            true => print_json(&told)?,
            false => self.print(&told, rows.len())?,
        }
        Ok(Exit::Done)
    }

    fn seeds(&self) -> impl Iterator<Item = usize> {
        self.seeds.iter().map(|seeds| usize::from(*seeds))
    }

    /// The design, and what it is made of in words.
    fn planned(&self) -> anyhow::Result<(Planned, String)> {
        let asked = Asked {
            difference: self.difference,
            margin: self.margin,
            arms: self.arms.into(),
        };
        let Some(directory) = &self.pilot else {
            let guess = Guess {
                auc: self.auc,
                prevalence: self.prevalence,
                correlation: self.correlation,
                seed_correlation: self
                    .seed_correlation
                    .unwrap_or(0.5 * (1.0 + self.correlation)),
                seed_sd: self.seed_sd,
            };
            let words = format!(
                "Guessed: AUC {}, {} of patients positive, errors of arms correlated {} and of seeds {}, seed SD {}; one picture a patient.",
                guess.auc,
                guess.prevalence,
                guess.correlation,
                guess.seed_correlation,
                guess.seed_sd
            );
            return Ok((Planned::guessed(asked, guess)?, words));
        };
        let pilot = Pilot::read(&StudyDirectory::new(directory), self.pilot_arm.as_deref())?;
        let found = &pilot.contrast.difference;
        let design = Planned::piloted(asked, found, pilot.patients)?;
        let design = design.with_context(|| {
            let place = directory.display();
            format!(
                "{place}: {} and {} never differ, so nothing is known of the error",
                pilot.arm, pilot.baseline
            )
        })?;
        let words = format!(
            "From {}: {} less {}, {} test patients, {} seeds, sampling SE {:.4}, SD of a seed's difference {:.4}. Two numbers: how little the pilot knows of the spread between seeds.",
            directory.display(),
            pilot.arm,
            pilot.baseline,
            pilot.patients,
            found.values.len(),
            found.sampling_standard_error,
            found.seeds.map_or(0.0, |seeds| seeds.standard_deviation)
        );
        Ok((design, words))
    }

    /// Numbers of patients: those asked for, or from a quarter of the fewest that are needed for
    /// anything to the most.
    fn rows(&self, needed: &[Needed]) -> Vec<usize> {
        if !self.patients.is_empty() {
            return self
                .patients
                .iter()
                .map(|patients| *patients as usize)
                .collect();
        }
        let all = needed
            .iter()
            .flat_map(|n| [n.difference, n.equivalence])
            .flatten();
        let (mut least, mut most) = (usize::MAX, 0);
        for patients in all {
            (least, most) = (least.min(patients), most.max(patients));
        }
        if most == 0 {
            (least, most) = (400, 12_800);
        }
        let first = 100.max(least / 4);
        let doubled = std::iter::successors(Some(round(first)), |patients| Some(2 * patients));
        doubled
            .take_while(|patients| *patients < 2 * most)
            .take(8)
            .collect()
    }

    fn print(&self, told: &Told, rows: usize) -> anyhow::Result<()> {
        output!("{}", told.assumed);
        let seeds: Vec<String> = self.seeds().map(|seeds| format!("{seeds} seeds")).collect();
        let mut header = vec!["test patients"];
        header.extend(seeds.iter().map(String::as_str));
        let grid = |of: fn(&ToldCell) -> [f64; 2]| {
            let rows = told.cells.chunks(told.cells.len() / rows.max(1));
            rows.map(|row| {
                let patients = thousands(row[0].patients as u64);
                std::iter::once(patients)
                    .chain(row.iter().map(|cell| power(of(cell))))
                    .collect()
            })
            .collect::<Vec<Vec<String>>>()
        };
        output!(
            "\nPower to find a true difference of {}:\n{}",
            self.difference,
            table(&header, 0, grid(|c| c.difference))
        );
        output!(
            "\nPower to show equivalence within ± {} where there is no difference:\n{}",
            self.margin,
            table(&header, 0, grid(|c| c.equivalence))
        );
        let many = |n: Option<usize>| n.map_or("none is enough".into(), |n| thousands(n as u64));
        let header = ["seeds", "for the difference", "for equivalence"];
        let rows = told.needed.iter().map(|needed| {
            vec![
                needed.seeds.to_string(),
                many(needed.difference),
                many(needed.equivalence),
            ]
        });
        output!(
            "\nTest patients that 80% power takes:\n{}",
            table(&header, 0, rows)
        );
        Ok(())
    }

    fn curves(&self, design: &Planned, assumed: &str, rows: &[usize]) -> PowerCurves {
        let [first, last] = [rows.first(), rows.last()].map(|n| n.map_or(100.0, |n| *n as f64));
        let ratio = (last.max(2.0 * first) / first).powf(1.0 / (POINTS - 1) as f64);
        let patients: Vec<usize> = (0..POINTS)
            .map(|point| (first * ratio.powi(point as i32)).round() as usize)
            .collect();
        let lines = |of: fn(&Cell) -> f64| {
            let line = |seeds: usize| {
                let points = patients
                    .iter()
                    .map(|patients| [*patients as f64, of(&design.cell(*patients, seeds))]);
                (seeds, points.collect())
            };
            self.seeds().map(line).collect()
        };
        let arms = self.arms;
        PowerCurves {
            asked: format!(
                "Power of one comparison among {arms} arms, after correction; the dashed line is 80%."
            ),
            assumed: assumed.into(),
            figures: vec![
                PowerFigure {
                    title: format!("To find a true difference of {}", self.difference),
                    lines: lines(|cell| cell.difference[0]),
                },
                PowerFigure {
                    title: format!(
                        "To show equivalence within ± {} where there is no difference",
                        self.margin
                    ),
                    lines: lines(|cell| cell.equivalence[0]),
                },
            ],
        }
    }
}

fn needed(design: &Planned, seeds: usize) -> Needed {
    Needed {
        seeds,
        difference: design
            .patients_needed(seeds, |cell| cell.difference[0])
            .map(round),
        equivalence: design
            .patients_needed(seeds, |cell| cell.equivalence[0])
            .map(round),
    }
}

/// Two digits, upwards: a plan is no closer than that.
fn round(patients: usize) -> usize {
    let digits = patients.max(1).ilog10().saturating_sub(1);
    let unit = 10usize.pow(digits);
    patients.div_ceil(unit) * unit
}

/// `57%`, `57–81%`.
fn power([least, most]: [f64; 2]) -> String {
    let [low, high] = [least, most].map(|share| (100.0 * share).round().clamp(1.0, 99.0));
    match low == high {
        true if low == 1.0 => "≤1%".into(),
        true if low == 99.0 => "≥99%".into(),
        true => format!("{low}%"),
        false => format!("{low}–{high}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_close_as_a_plan() {
        assert_eq!(
            [7, 12, 101, 1234, 99_001].map(round),
            [7, 12, 110, 1300, 100_000]
        );
        assert_eq!(
            [[0.0, 0.004], [0.5, 0.5], [0.31, 0.78], [1.0, 1.0]].map(power),
            ["≤1%", "50%", "31–78%", "≥99%"]
        );
    }
}
