//! Rows of a table, each of a bounded length.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

use crate::refusal::Refusal;

/// Longest cell that is read, in bytes.
const MAX_CELL_BYTES: usize = 1 << 20;
/// Longest row that is read, in bytes: cells of a table may be many.
const MAX_ROW_BYTES: usize = 16 << 20;

/// Reads rows, of which none takes more memory than the longest row that is allowed: a quote that
/// is never closed makes all that follows it one cell.
pub(super) struct RowReader<'t> {
    reader: Reader<Metered<'t>>,
    /// Bytes that the reader may still take for the row that it is at.
    left: Rc<Cell<usize>>,
    /// Lines before the text.
    skipped: u64,
}

/// Text that ends with an error where more is read than a row may have.
struct Metered<'t> {
    text: &'t [u8],
    left: Rc<Cell<usize>>,
}

impl Read for Metered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 && !self.text.is_empty() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = into.len().min(self.left.get());
        let count = self.text.read(&mut into[..most])?;
        self.left.set(self.left.get() - count);
        Ok(count)
    }
}

impl<'t> RowReader<'t> {
    /// The rows of `text`, whose cells `delimiter` parts, the first like all others; `skipped` lines
    /// were before it.
    pub(super) fn new(text: &'t str, delimiter: u8, skipped: u64) -> Self {
        let left = Rc::new(Cell::new(MAX_ROW_BYTES));
        let metered = Metered {
            text: text.as_bytes(),
            left: left.clone(),
        };
        Self {
            reader: ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                .trim(Trim::All)
                .from_reader(metered),
            left,
            skipped,
        }
    }

    /// The next row of `file` with its line, from 1; none at the end.
    pub(super) fn next(&mut self, file: &str) -> Result<Option<(u64, StringRecord)>, Refusal> {
        self.left.set(MAX_ROW_BYTES);
        let before = self.reader.position().line() + self.skipped;
        let mut row = StringRecord::new();
        match self.reader.read_record(&mut row) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) if matches!(error.kind(), csv::ErrorKind::Io(_)) => {
                let expected = format!("rows of at most {} MiB", MAX_ROW_BYTES >> 20);
                return Err(too_long(file, before, expected, "a longer one".into()));
            }
            Err(error) => {
                let line = error.position().map_or(before, |p| p.line() + self.skipped);
                let (expected, write) = ("a row of a table", "correct the line");
                return Err(Refusal::on_line(
                    file,
                    line,
                    expected,
                    error.to_string(),
                    write,
                ));
            }
        }
        let line = row.position().map_or(before, |p| p.line() + self.skipped);
        match row.iter().map(str::len).max() {
            Some(longest) if longest > MAX_CELL_BYTES => {
                let expected = format!("cells of at most {} MiB", MAX_CELL_BYTES >> 20);
                let found = format!("one of {longest} bytes");
                Err(too_long(file, line, expected, found))
            }
            _ => Ok(Some((line, row))),
        }
    }
}

fn too_long(file: &str, line: u64, expected: String, found: String) -> Refusal {
    let write = "close the quote if one is open there, or shorten the cell; check that it is a table of labels";
    Refusal::on_line(file, line, expected, found, write)
}
