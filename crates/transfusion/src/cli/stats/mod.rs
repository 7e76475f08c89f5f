//! `stats`: what predictions and printed tables of results really show.

mod cells;
mod predictions;
mod published;

use std::path::PathBuf;

use ::published::PublishedTables;
use clap::Subcommand;

use super::exit::Exit;
use predictions::Predictions;
use published::Asked;

#[derive(Debug, Subcommand)]
pub enum Stats {
    /// Anyone's predictions: which model is better on the same cases, and how sure that is
    Predictions(Box<Predictions>),
    /// Tables 1 to 3 of the paper: differences, equivalence, and what three runs could show
    Paper(Asked),
    /// Tables of your own: mean, standard deviation and number of runs of each group
    Table {
        /// TOML with [[table]] title, margin and [[table.row]] name, finding, n, baseline, arm
        file: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
}

impl Stats {
    pub fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Predictions(predictions) => predictions.run(),
            Self::Paper(asked) => asked.print(&PublishedTables::of_the_paper()?),
            Self::Table { file, asked } => asked.print(&PublishedTables::read(&file)?),
        }
    }
}
