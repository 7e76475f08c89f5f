use std::path::Path;

use formats::decode::{MAX_FILE_BYTES, read_bounded};
use sources::Refusal;
use sources::table::{Dialect, Sheet};

use crate::columns::Columns;
use crate::refused::refusal;

/// A table of predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The file, for messages.
    pub(crate) place: String,
    /// Its name without folders and ending.
    pub(crate) stem: String,
    pub(crate) rows: Vec<Row>,
    /// What was found out about the way it is written.
    pub(crate) notes: Vec<String>,
}

/// A case scored by a model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) id: String,
    pub(crate) is_positive: bool,
    pub(crate) score: f64,
    pub(crate) patient: Option<String>,
    pub(crate) arm: Option<String>,
    pub(crate) seed: Option<String>,
    pub(crate) fold: Option<String>,
}

/// Rows that are kept: those with this value in this column.
pub type Only = (String, String);

/// Places of the columns.
struct Places {
    id: usize,
    label: usize,
    score: usize,
    patient: Option<usize>,
    arm: Option<usize>,
    seed: Option<usize>,
    fold: Option<usize>,
    only: Vec<(usize, String)>,
}

impl File {
    /// Reads a table in whatever dialect it is written.
    pub fn read(path: &Path, columns: &Columns, only: &[Only]) -> Result<Self, Refusal> {
        let place = path.display().to_string();
        let bytes = read_bounded(path, MAX_FILE_BYTES).map_err(|error| {
            let write = "check the path and who may read it";
            refusal(&place, "a readable table", error.to_string(), write)
        })?;
        Self::parse(&place, &bytes, columns, only)
    }

    /// The same from memory; `place` names the file.
    pub fn parse(
        place: &str,
        bytes: &[u8],
        columns: &Columns,
        only: &[Only],
    ) -> Result<Self, Refusal> {
        let sought = [&columns.id, &columns.label, &columns.score].map(String::as_str);
        let sheet = Sheet::parse(place, bytes, &Dialect::default(), &sought)?;
        let places = Places::of(&sheet, columns, only)?;
        let is_kept = |row: &usize| {
            let mut only = places.only.iter();
            only.all(|(column, value)| sheet.cell(*row, *column) == value)
        };
        let rows = (0..sheet.rows.len()).filter(is_kept);
        let rows = rows
            .map(|row| places.row(&sheet, row))
            .collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            let write = "check --only and that it is the right file";
            return Err(refusal(place, "one row a case", "none that is kept", write));
        }
        let stem = Path::new(place).file_stem();
        Ok(Self {
            place: place.into(),
            stem: stem.map_or(place.into(), |stem| stem.to_string_lossy().into_owned()),
            rows,
            notes: sheet.notes,
        })
    }
}

impl Places {
    fn of(sheet: &Sheet, columns: &Columns, only: &[Only]) -> Result<Self, Refusal> {
        let optional = |key: &str, asked: &Option<String>, usual: &str| match asked {
            Some(name) => sheet.column(key, name).map(Some),
            None if sheet.columns.iter().any(|column| column == usual) => {
                sheet.column(key, usual).map(Some)
            }
            None => Ok(None),
        };
        let only = only.iter().map(|(column, value)| {
            let place = sheet.column("--only", column)?;
            Ok((place, value.clone()))
        });
        Ok(Self {
            id: sheet.column("--id", &columns.id)?,
            label: sheet.column("--label", &columns.label)?,
            score: sheet.column("--score", &columns.score)?,
            patient: optional("--patient", &columns.patient, "patient")?,
            arm: optional("--arm", &columns.arm, "arm")?,
            seed: optional("--seed", &columns.seed, "seed")?,
            fold: optional("--fold", &columns.fold, "fold")?,
            only: only.collect::<Result<_, Refusal>>()?,
        })
    }

    fn row(&self, sheet: &Sheet, row: usize) -> Result<Row, Refusal> {
        let line = sheet.lines[row];
        let refuse = |expected: &str, found: &str, write: &str| {
            let place = format!("{}, line {line}", sheet.file);
            Err(refusal(place, expected, format!("`{found}`"), write))
        };
        let text = |column: Option<usize>| {
            let cell = column.map(|column| sheet.cell(row, column));
            cell.filter(|cell| !cell.is_empty()).map(String::from)
        };
        let Some(id) = text(Some(self.id)) else {
            return refuse("the id of the case", "", "name every case");
        };
        let label = sheet.cell(row, self.label);
        let is_positive = match label.parse::<f64>() {
            Ok(1.0) => true,
            Ok(0.0) => false,
            _ => {
                let write = "write 1 for positive cases and 0 for all others, or name the column with --label";
                return refuse("a label of 0 or 1", label, write);
            }
        };
        let score = sheet.cell(row, self.score);
        let Some(score) = score.parse().ok().filter(|score: &f64| score.is_finite()) else {
            let write = "leave out the case in every arm, or predict it anew";
            return refuse("a finite score", score, write);
        };
        for (column, what) in [
            (self.arm, "the arm"),
            (self.seed, "the seed"),
            (self.fold, "the fold"),
        ] {
            if column.is_some() && text(column).is_none() {
                return refuse(what, "", "fill in the cell, or drop the column");
            }
        }
        Ok(Row {
            line,
            id,
            is_positive,
            score,
            patient: text(self.patient),
            arm: text(self.arm),
            seed: text(self.seed),
            fold: text(self.fold),
        })
    }
}
