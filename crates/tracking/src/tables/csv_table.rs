//! A table as CSV.

use std::io::{BufWriter, Write};

use super::columns::Column;
use crate::cell::Cell;

/// A table as CSV, written row by row.
pub(super) struct CsvTable<W: Write>(csv::Writer<BufWriter<W>>);

impl<W: Write> CsvTable<W> {
    pub(super) fn new(to: W, columns: &[Column]) -> std::io::Result<Self> {
        let mut table = csv::Writer::from_writer(BufWriter::new(to));
        table.write_record(columns.iter().map(|column| &column.name))?;
        Ok(Self(table))
    }

    pub(super) fn row(&mut self, row: &[Cell]) -> std::io::Result<()> {
        Ok(self.0.write_record(row.iter().map(Cell::to_string))?)
    }

    pub(super) fn end(mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
