//! The folder of tables.

use std::path::{Path, PathBuf};

use durable::{FileError, sync_folder, temporary};
use record::JobKind;

use super::columns::{self, Column};
use super::csv_table::CsvTable;
use super::parquet::ParquetTable;
use super::rows::{self, Row};
use crate::error::TrackError;
use crate::mirrored_run::{MirroredRun, Standing};
use crate::snapshot::Snapshot;

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Parquet,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// The folder of tables.
pub(crate) struct Tables {
    folder: PathBuf,
    format: Format,
    /// What the tables hold: names and states of runs with their evaluations, and the report's age.
    held: Option<Held>,
    /// Runs whose predictions they hold, and when each ended.
    predicted: Option<Vec<(String, f64)>>,
}

type Held = (Vec<(String, &'static str, usize, f64)>, Option<f64>);

impl Tables {
    pub(crate) fn new(folder: &Path, format: Format) -> Self {
        Self {
            folder: folder.into(),
            format,
            held: None,
            predicted: None,
        }
    }

    /// Writes every table anew where anything changed, each whole or as it was.
    pub(crate) fn update(&mut self, snapshot: &Snapshot) -> Result<(), TrackError> {
        let now = held(snapshot);
        if self.held.as_ref() == Some(&now) {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder).map_err(FileError::io("create", &self.folder))?;
        let results = snapshot.results()?;
        self.table("arms", columns::arms(), |to| {
            let Some(results) = &results else {
                let arms = snapshot.plan.arms.iter();
                let mut rows = arms.map(|arm| rows::planned_arm(&snapshot.plan, arm));
                return rows.try_for_each(to);
            };
            results
                .arms
                .iter()
                .map(|arm| rows::arm(arm, results))
                .try_for_each(to)
        })?;
        self.table("comparisons", columns::comparisons(), |to| {
            let Some(results) = &results else {
                return Ok(());
            };
            let questions = &results.question_comparisons;
            let all = results.comparisons.iter().chain(questions);
            all.map(rows::comparison).try_for_each(to)
        })?;
        self.table("runs", columns::runs(), |to| {
            snapshot
                .runs
                .iter()
                .map(|run| rows::run(run))
                .try_for_each(to)
        })?;
        self.table("evaluations", columns::evaluations(), |to| {
            let mut all = snapshot.runs.iter().flat_map(|run| rows::evaluations(run));
            all.try_for_each(to)
        })?;
        let is_done =
            |run: &&MirroredRun| (run.standing, run.kind) == (Standing::Done, JobKind::Train);
        let done: Vec<_> = snapshot
            .runs
            .iter()
            .map(|run| &**run)
            .filter(is_done)
            .collect();
        let ended = |run: &&MirroredRun| (run.spec.id.clone(), run.times[1]);
        let predicted = Some(done.iter().map(ended).collect());
        if self.predicted != predicted {
            self.table("predictions", columns::predictions(), |to| {
                done.iter().try_for_each(|run| {
                    let place = snapshot.directory.run(&run.spec);
                    rows::predictions(run, &snapshot.plan, &place, to)
                })
            })?;
            self.predicted = predicted;
        }
        self.held = Some(now);
        Ok(())
    }

    fn table(
        &self,
        name: &str,
        columns: Vec<Column>,
        fill: impl FnOnce(&mut dyn FnMut(Row) -> Result<(), TrackError>) -> Result<(), TrackError>,
    ) -> Result<(), TrackError> {
        let path = self.folder.join(format!("{name}.{}", self.format.ending()));
        let io = FileError::io("write", &path);
        let file = temporary(&self.folder).map_err(&io)?;
        match self.format {
            Format::Csv => {
                let mut table = CsvTable::new(file.as_file(), &columns).map_err(&io)?;
                fill(&mut |row| Ok(table.row(&row).map_err(&io)?))?;
                table.end().map_err(&io)?;
            }
            Format::Parquet => {
                let to = std::io::BufWriter::new(file.as_file());
                let mut table = ParquetTable::new(to, columns).map_err(&io)?;
                fill(&mut |row| Ok(table.row(row).map_err(&io)?))?;
                table.end().map_err(&io)?;
            }
        }
        file.as_file().sync_all().map_err(&io)?;
        file.persist(&path).map_err(|e| io(e.error))?;
        Ok(sync_folder(&self.folder).map_err(&io)?)
    }
}

fn held(snapshot: &Snapshot) -> Held {
    let runs = snapshot.runs.iter().map(|run| {
        let (id, word) = (run.spec.id.clone(), run.standing.word());
        (id, word, run.evaluations.len(), run.times[1])
    });
    let reported = record::names::RESULTS.path(snapshot.directory.path());
    (runs.collect(), crate::mirrored_run::modified(&reported))
}
