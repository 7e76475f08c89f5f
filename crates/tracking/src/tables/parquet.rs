//! A table as Parquet: plain values, texts by a dictionary, no compression.
//!
//! The library for Parquet (`parquet` 60.1, without Arrow) takes 62 s of processor time to build and
//! brings fourteen crates; what is written here is the small part of the format that tables of three
//! types of columns need. `checks/tracking` reads it with pyarrow and pandas.

use std::collections::HashMap;
use std::io::Write;

use super::columns::{Column, Kind};
use super::thrift::{Structure, varint};
use crate::cell::Cell;

const MAGIC: &[u8; 4] = b"PAR1";
/// Rows of one group, the part of a table that is held in memory.
const ROWS: usize = 1 << 16;

/// Numbers of the format.
const OPTIONAL: i32 = 1;
const UTF8: i32 = 0;
const PLAIN: i32 = 0;
const RLE: i32 = 3;
const RLE_DICTIONARY: i32 = 8;
const UNCOMPRESSED: i32 = 0;
const DATA_PAGE: i32 = 0;
const DICTIONARY_PAGE: i32 = 2;

/// A table as Parquet, written group by group.
pub(super) struct ParquetTable<W: Write> {
    to: W,
    columns: Vec<Column>,
    /// Bytes written so far.
    place: i64,
    /// Rows that are not written yet.
    rows: Vec<Vec<Cell>>,
    groups: Vec<Structure>,
    written: i64,
}

impl<W: Write> ParquetTable<W> {
    pub(super) fn new(mut to: W, columns: Vec<Column>) -> std::io::Result<Self> {
        to.write_all(MAGIC)?;
        Ok(Self {
            to,
            columns,
            place: MAGIC.len() as i64,
            rows: Vec::new(),
            groups: Vec::new(),
            written: 0,
        })
    }

    pub(super) fn row(&mut self, row: Vec<Cell>) -> std::io::Result<()> {
        self.rows.push(row);
        match self.rows.len() < ROWS {
            true => Ok(()),
            false => self.group(),
        }
    }

    pub(super) fn end(mut self) -> std::io::Result<()> {
        if !self.rows.is_empty() {
            self.group()?;
        }
        let root = Structure::new()
            .text(4, "schema")
            .i32(5, self.columns.len() as i32);
        let mut schema = vec![root];
        schema.extend(self.columns.iter().map(element));
        let footer = Structure::new()
            .i32(1, 1)
            .structures(2, schema)
            .i64(3, self.written)
            .structures(4, std::mem::take(&mut self.groups))
            .text(
                6,
                concat!("transfusion version ", env!("CARGO_PKG_VERSION")),
            )
            .written();
        self.to.write_all(&footer)?;
        self.to.write_all(&(footer.len() as u32).to_le_bytes())?;
        self.to.write_all(MAGIC)?;
        self.to.flush()
    }

    /// Writes the rows that wait.
    fn group(&mut self) -> std::io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let (mut chunks, first) = (Vec::new(), self.place);
        for (index, column) in self.columns.iter().enumerate() {
            let cells: Vec<&Cell> = rows.iter().filter_map(|row| row.get(index)).collect();
            let pages = Pages::of(column.kind, &cells)?;
            let dictionary_at = self.place;
            self.to.write_all(&pages.dictionary)?;
            self.to.write_all(&pages.data)?;
            let data_at = dictionary_at + pages.dictionary.len() as i64;
            let size = (pages.dictionary.len() + pages.data.len()) as i64;
            let is_text = column.kind == Kind::Text;
            let encodings: &[i32] = match is_text {
                true => &[PLAIN, RLE, RLE_DICTIONARY],
                false => &[PLAIN, RLE],
            };
            let mut described = Structure::new()
                .i32(1, physical(column.kind))
                .i32s(2, encodings)
                .texts(3, &[&column.name])
                .i32(4, UNCOMPRESSED)
                .i64(5, cells.len() as i64)
                .i64(6, size)
                .i64(7, size)
                .i64(9, data_at);
            if is_text {
                described = described.i64(11, dictionary_at);
            }
            let chunk = Structure::new().i64(2, dictionary_at);
            chunks.push(chunk.structure(3, described));
            self.place += size;
        }
        let group = Structure::new()
            .structures(1, chunks)
            .i64(2, self.place - first)
            .i64(3, rows.len() as i64);
        self.groups.push(group);
        self.written += rows.len() as i64;
        Ok(())
    }
}

/// What the schema says of a column.
fn element(column: &Column) -> Structure {
    let element = Structure::new()
        .i32(1, physical(column.kind))
        .i32(3, OPTIONAL)
        .text(4, &column.name);
    match column.kind {
        // `STRING`, as old and as new readers look for it.
        Kind::Text => element
            .i32(6, UTF8)
            .structure(10, Structure::new().structure(1, Structure::new())),
        Kind::Integer | Kind::Number => element,
    }
}

/// The number of a physical type.
fn physical(kind: Kind) -> i32 {
    match kind {
        Kind::Integer => 2,
        Kind::Number => 5,
        Kind::Text => 6,
    }
}

/// The pages of a column in one group, with their headers.
struct Pages {
    dictionary: Vec<u8>,
    data: Vec<u8>,
}

impl Pages {
    fn of(kind: Kind, cells: &[&Cell]) -> std::io::Result<Self> {
        let is_there = |cell: &&Cell| **cell != Cell::Empty;
        let mut levels = Vec::new();
        runs(
            &mut levels,
            cells.iter().map(|cell| u32::from(is_there(cell))),
            1,
        );
        let mut data = (levels.len() as u32).to_le_bytes().to_vec();
        data.extend(levels);
        let mut dictionary = Vec::new();
        let mut encoding = PLAIN;
        let there = cells.iter().copied().filter(is_there);
        match kind {
            Kind::Integer => data.extend(there.flat_map(|cell| match cell {
                Cell::Integer(value) => value.to_le_bytes(),
                _ => 0i64.to_le_bytes(),
            })),
            Kind::Number => data.extend(there.flat_map(|cell| match cell {
                Cell::Number(value) => value.to_le_bytes(),
                Cell::Integer(value) => (*value as f64).to_le_bytes(),
                _ => f64::NAN.to_le_bytes(),
            })),
            Kind::Text => {
                encoding = RLE_DICTIONARY;
                let mut known: HashMap<&str, u32> = HashMap::new();
                let mut words = Vec::new();
                let mut indices = Vec::new();
                for cell in there {
                    let text = match cell {
                        Cell::Text(text) => text.as_str(),
                        _ => "",
                    };
                    let next = known.len() as u32;
                    let index = *known.entry(text).or_insert_with(|| {
                        words.extend((text.len() as u32).to_le_bytes());
                        words.extend(text.as_bytes());
                        next
                    });
                    indices.push(index);
                }
                let header = Structure::new().i32(1, known.len() as i32).i32(2, PLAIN);
                dictionary = page(DICTIONARY_PAGE, 7, header, &words)?;
                let width = (u32::BITS - (known.len() as u32).leading_zeros()).max(1);
                data.push(width as u8);
                runs(&mut data, indices.into_iter(), width.div_ceil(8) as usize);
            }
        }
        let header = Structure::new()
            .i32(1, cells.len() as i32)
            .i32(2, encoding)
            .i32(3, RLE)
            .i32(4, RLE);
        Ok(Self {
            dictionary,
            data: page(DATA_PAGE, 5, header, &data)?,
        })
    }
}

/// A page with its header: `field` of it holds what pages of this kind say.
fn page(kind: i32, field: u8, header: Structure, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let size = i32::try_from(body.len()).map_err(|_| std::io::ErrorKind::FileTooLarge)?;
    let header = Structure::new()
        .i32(1, kind)
        .i32(2, size)
        .i32(3, size)
        .structure(field, header);
    let mut page = header.written();
    page.extend(body);
    Ok(page)
}

/// Values as runs of equal ones, each in `bytes` bytes.
fn runs(to: &mut Vec<u8>, values: impl Iterator<Item = u32>, bytes: usize) {
    let mut values = values.peekable();
    while let Some(value) = values.next() {
        let mut count = 1u64;
        while values.next_if_eq(&value).is_some() {
            count += 1;
        }
        varint(to, count << 1);
        to.extend(&value.to_le_bytes()[..bytes]);
    }
}
