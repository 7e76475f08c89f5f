//! A row of the table of metrics.

use images::Task;

use super::judged::Judged;

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Higher is better.
    Higher,
    /// Lower is better.
    Lower,
}

/// A number of a run, measured on its test pictures.
#[derive(Clone, Copy)]
pub struct Metric {
    /// Its key in `result.json` and `results.json`.
    pub id: &'static str,
    /// Its name at the head of a column.
    pub title: &'static str,
    /// Its name in a sentence, with its unit where it has one.
    pub words: &'static str,
    /// What it is: formula, source, and what it is not.
    pub about: &'static str,
    /// The smallest and the largest value that it can take.
    pub range: [f64; 2],
    /// Which way is good.
    pub direction: Direction,
    /// Tasks that it is defined for.
    pub tasks: &'static [Task],
    /// Whether tables of arms show its mean over seeds.
    pub is_of_arms: bool,
    /// Its value; none where the pictures do not define it.
    pub compute: fn(&Judged) -> Option<f64>,
}

impl Metric {
    /// Its value where its task is asked; none otherwise.
    pub fn of(&self, judged: &Judged) -> Option<f64> {
        match self.tasks.contains(&judged.data.task) {
            true => (self.compute)(judged),
            false => None,
        }
    }
}
