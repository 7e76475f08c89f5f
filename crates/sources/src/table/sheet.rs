//! A table as text: its columns, rows and lines, in whatever dialect it was written.

use std::borrow::Cow;

use csv::StringRecord;
use images::nearest_name;

use super::row_reader::RowReader;
use crate::refusal::{Refusal, listed};
use crate::text::decoded;

/// How a table is written, where that is not to be found out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dialect {
    /// Between cells: `,`, `;`, tab or `|`; by default found.
    pub delimiter: Option<char>,
    /// Name of the encoding; by default found.
    pub encoding: Option<String>,
    /// Whether the first line names the columns; if not, they are `1`, `2` and so on.
    pub header: Option<bool>,
}

/// A table as text.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Name of the file in messages.
    pub file: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Cells, trimmed; as many a row as there are columns.
    pub rows: Vec<StringRecord>,
    /// Line of each row, from 1.
    pub lines: Vec<u64>,
    /// What was found out about the way it is written, where it is not the usual one.
    pub notes: Vec<String>,
}

/// What stands between cells.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// Rows that are looked at to find the delimiter.
const LOOKED_AT: usize = 200;
/// Most rows of a table: each takes some 200 bytes of memory beside its text.
const MAX_ROWS: usize = 10_000_000;
/// Most columns of a table.
const MAX_COLUMNS: usize = 100_000;

impl Sheet {
    /// Reads a table; `sought` are names of columns that it is likely to have.
    pub fn parse(
        file: &str,
        bytes: &[u8],
        dialect: &Dialect,
        sought: &[&str],
    ) -> Result<Self, Refusal> {
        let decoded = decoded(file, bytes, dialect.encoding.as_deref())?;
        let mut notes = Vec::new();
        if decoded.encoding != "UTF-8" {
            notes.push(format!("{file} is read as {}", decoded.encoding));
        }
        // One kind of line end: a reader that ends a row at the first half of two miscounts lines.
        let text: Cow<str> = match decoded.text.contains('\r') {
            true => decoded
                .text
                .replace("\r\n", "\n")
                .replace('\r', "\n")
                .into(),
            false => decoded.text,
        };
        let text = text.trim_start_matches('\u{feff}');
        // Spreadsheets may say the delimiter on a line of its own.
        let (said, text, skipped) = said_delimiter(text);
        let delimiter = match dialect.delimiter.or(said) {
            Some(delimiter) if delimiter.is_ascii() => delimiter,
            Some(other) => {
                return Err(Refusal::at(
                    "`data.delimiter`",
                    "one ASCII character",
                    format!("`{other}`"),
                    "leave it out to have it found",
                ));
            }
            None => likely_delimiter(text, sought),
        };
        if delimiter != ',' {
            let name = if delimiter == '\t' {
                "tabs".into()
            } else {
                format!("`{delimiter}`")
            };
            notes.push(format!("{file} has {name} between its cells"));
        }
        let has_header = dialect.header.unwrap_or(true);
        let mut reader = RowReader::new(text, delimiter as u8, skipped);
        let mut ahead = reader.next(file)?;
        let first = match &ahead {
            Some((_, row)) => row.clone(),
            None => StringRecord::new(),
        };
        if first.len() > MAX_COLUMNS {
            return Err(Refusal::at(
                file,
                format!("at most {MAX_COLUMNS} columns"),
                first.len().to_string(),
                "is it a table of labels?",
            ));
        }
        let columns = match has_header {
            true => first.iter().map(str::to_owned).collect(),
            false => (1..=first.len()).map(|number| number.to_string()).collect(),
        };
        let (mut rows, mut lines, mut empty) = (Vec::new(), Vec::new(), 0);
        if has_header {
            ahead = reader.next(file)?;
        }
        while let Some((line, record)) = ahead {
            ahead = reader.next(file)?;
            if record.len() != first.len() {
                return Err(uneven(file, line, first.len(), record.len()));
            }
            if record.iter().all(str::is_empty) {
                empty += 1;
                continue;
            }
            check_quotes(file, line, &record, delimiter)?;
            if rows.len() == MAX_ROWS {
                return Err(Refusal::on_line(
                    file,
                    line,
                    format!("at most {MAX_ROWS} rows"),
                    "another one",
                    "divide the table, or leave out what the study does not need",
                ));
            }
            lines.push(line);
            rows.push(record);
        }
        if empty > 0 {
            notes.push(format!(
                "{file} has {empty} rows without a cell, which are passed over"
            ));
        }
        if rows.is_empty() {
            return Err(Refusal::at(
                file,
                "one row a picture",
                "no row",
                "check that it is the right file",
            ));
        }
        Ok(Self {
            file: file.into(),
            columns,
            rows,
            lines,
            notes,
        })
    }

    /// Place of a column; `key` says who asks.
    pub fn column(&self, key: &str, name: &str) -> Result<usize, Refusal> {
        let mut places = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| *column == name);
        let Some((place, _)) = places.next() else {
            return Err(self.unknown(key, name));
        };
        if let Some((second, _)) = places.next() {
            return Err(Refusal::on_line(
                &self.file,
                1,
                format!("one column `{name}`"),
                format!("it twice, as columns {} and {}", place + 1, second + 1),
                "rename one of them in the table",
            ));
        }
        Ok(place)
    }

    fn unknown(&self, key: &str, name: &str) -> Refusal {
        let meant = nearest_name(name, self.columns.iter().map(String::as_str));
        let found = match meant {
            Some(nearest) => format!(
                "no such column; did you mean `{nearest}`? Its columns are {}",
                listed(&self.columns, 40)
            ),
            None => format!(
                "no such column; its columns are {}",
                listed(&self.columns, 40)
            ),
        };
        let looks_headless = self
            .columns
            .iter()
            .any(|column| crate::ending::of(column).is_some_and(crate::ending::is_picture));
        let write = match looks_headless {
            true => format!(
                "the first line looks like a row: write header = false and name columns by their number, such as {key} = \"1\""
            ),
            false => format!("write {key} = one of them"),
        };
        Refusal::at(
            self.file.clone(),
            format!("a column `{name}` for {key}"),
            found,
            write,
        )
    }

    /// A cell; empty where there is none.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows[row].get(column).unwrap_or_default()
    }
}

/// Refuses a row that swallowed others because a quote is not closed.
fn check_quotes(
    file: &str,
    line: u64,
    record: &StringRecord,
    delimiter: char,
) -> Result<(), Refusal> {
    let is_row = |line: &str| line.matches(delimiter).count() + 1 == record.len().max(2);
    let swallows = |cell: &str| cell.contains('\n') && cell.split('\n').any(is_row);
    match record.iter().any(swallows) {
        false => Ok(()),
        true => Err(Refusal::on_line(
            file,
            line,
            "every quote closed in its row",
            "a cell that holds whole rows",
            "close the quote, or double it where it is part of the text",
        )),
    }
}

/// The delimiter that a first line `sep=;` says, the text after it, and lines that it took.
fn said_delimiter(text: &str) -> (Option<char>, &str, u64) {
    let Some(rest) = text.strip_prefix("sep=") else {
        return (None, text, 0);
    };
    let Some((said, rest)) = rest.split_once('\n') else {
        return (None, text, 0);
    };
    let mut letters = said.trim_end_matches('\r').chars();
    match (letters.next(), letters.next()) {
        (Some(delimiter), None) => (Some(delimiter), rest, 1),
        _ => (None, text, 0),
    }
}

/// The delimiter that gives every row as many cells as the header, two at least; among several, the
/// one under which most of `sought` are columns, then the one that gives most cells.
fn likely_delimiter(text: &str, sought: &[&str]) -> char {
    let score = |delimiter: char| {
        let mut reader = RowReader::new(text, delimiter as u8, 0);
        let rows = std::iter::from_fn(|| reader.next("").ok().flatten());
        let records: Vec<StringRecord> = rows.take(LOOKED_AT).map(|(_, row)| row).collect();
        let width = records.first().map_or(0, StringRecord::len);
        let found = records.first().map_or(0, |header| {
            header.iter().filter(|cell| sought.contains(cell)).count()
        });
        let even = records
            .iter()
            .filter(|record| record.len() == width)
            .count();
        let is_even = width > 1 && even == records.len();
        (found, is_even, if is_even { width } else { 0 })
    };
    let mut best = (',', score(','));
    for delimiter in DELIMITERS {
        let found = score(delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}

fn uneven(file: &str, line: u64, expected: usize, found: usize) -> Refusal {
    Refusal::on_line(
        file,
        line,
        format!("{expected} cells as in the first line"),
        found.to_string(),
        "quote cells that hold the delimiter, or name the delimiter, such as delimiter = \";\"",
    )
}
