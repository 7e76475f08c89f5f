//! The rows of a sheet: which count, which picture each names, and what they say of it.

use std::collections::{BTreeSet, HashMap};

use images::Partition;

use super::cell;
use super::finder::{Finder, Found};
use super::image_name::{Piece, name_in};
use super::labels::{Cells, labels};
use super::options::TableOptions;
use super::repeated::Row;
use super::sheet::Sheet;
use crate::flow::LeftOut;
use crate::name::{cleaned, folded, stem};
use crate::origin::Origin;
use crate::policy::MissingFiles;
use crate::refusal::{Refusal, listed};
use crate::split_by::SplitBy;

/// Written name of a picture ─▶ its place among the files found.
pub(crate) type Places = HashMap<String, usize>;

/// Where pictures are looked for.
#[derive(Clone, Copy)]
pub(crate) enum Pictures<'f> {
    /// Nowhere: names alone tell them apart.
    Unsought,
    /// Below a root.
    Below(&'f Finder),
}

/// The rows of a sheet, before those of one picture are merged.
pub(crate) struct Read {
    pub(crate) rows: Vec<Row>,
    pub(crate) classes: Vec<String>,
    pub(crate) notes: Vec<String>,
    /// Rows that are none of `rows`.
    pub(crate) left_out: Vec<LeftOut>,
}

/// Reads the rows.
pub(crate) fn read(
    sheet: &Sheet,
    options: &TableOptions,
    pictures: Pictures,
) -> Result<Read, Refusal> {
    let reader = Reader::new(sheet, options)?;
    let mut notes = Vec::new();
    let counting = reader.counting(&mut notes)?;
    let unwanted = sheet.rows.len() - counting.len();
    let mut kept = Vec::new();
    let mut missing = Vec::new();
    let mut elsewhere = 0;
    let mut names: HashMap<String, usize> = HashMap::new();
    for row in counting {
        let written = name_in(sheet, row, &reader.image);
        let Some(name) = cleaned(&written) else {
            return Err(reader.refuse(
                row,
                "a picture below the root",
                &format!("`{written}`"),
                "correct the cell, or name the column as image",
            ));
        };
        let place = match pictures {
            Pictures::Unsought => {
                let next = names.len();
                Some(*names.entry(folded(stem(&name))).or_insert(next))
            }
            Pictures::Below(finder) => match finder.find(&written) {
                Found::One(place) => Some(place),
                Found::Elsewhere(place) => {
                    elsewhere += 1;
                    (!finder.has_folder_of(&written)).then_some(place)
                }
                Found::None => None,
                Found::Several(a, b) => {
                    return Err(reader.refuse(
                        row,
                        &format!("one picture {written} below {}", options.root.display()),
                        &format!("{a} and {b}"),
                        "write image_root = the folder of one, or image = \"{folder}/{name}\" with the column of the folder",
                    ));
                }
            },
        };
        match place {
            Some(place) => kept.push((row, place, written)),
            None => missing.push((row, written)),
        }
    }
    if elsewhere > 0 {
        notes.push(format!(
            "{elsewhere} pictures were looked for without the folders that the table writes before their names"
        ));
    }
    reader.check_missing(&missing, kept.len(), &mut notes)?;
    let named = kept.len();
    let (rows, classes) = reader.said(kept, pictures, &mut notes)?;
    let left_out = [
        LeftOut::some("not asked for by data.only", unwanted),
        LeftOut::some("without their picture", missing.len()),
        LeftOut::some("without a label", named - rows.len()),
    ];
    Ok(Read {
        rows,
        classes,
        notes,
        left_out: left_out.into_iter().flatten().collect(),
    })
}

struct Reader<'a> {
    sheet: &'a Sheet,
    options: &'a TableOptions,
    image: Vec<Piece>,
    labels: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(sheet: &'a Sheet, options: &'a TableOptions) -> Result<Self, Refusal> {
        Ok(Self {
            sheet,
            options,
            image: options.image.pieces(sheet)?,
            labels: options
                .labels
                .iter()
                .map(|name| sheet.column("label", name))
                .collect::<Result<_, _>>()?,
        })
    }

    fn refuse(&self, row: usize, expected: &str, found: &str, write: &str) -> Refusal {
        Refusal::on_line(
            &self.sheet.file,
            self.sheet.lines[row],
            expected,
            found,
            write,
        )
    }

    /// The rows that `only` keeps.
    fn counting(&self, notes: &mut Vec<String>) -> Result<Vec<usize>, Refusal> {
        let mut rows: Vec<usize> = (0..self.sheet.rows.len()).collect();
        for (name, cells) in &self.options.only {
            let column = self.sheet.column("only", name)?;
            let before = rows.len();
            rows.retain(|row| {
                cells
                    .iter()
                    .any(|cell| cell == self.sheet.cell(*row, column))
            });
            notes.push(format!(
                "left out: {} of {before} rows in which `{name}` is not {}",
                before - rows.len(),
                cells.join(" or ")
            ));
            if rows.is_empty() {
                return Err(Refusal::at(
                    &*self.sheet.file,
                    format!("rows in which `{name}` is {}", cells.join(" or ")),
                    "none",
                    "correct data.only",
                ));
            }
        }
        Ok(rows)
    }

    fn check_missing(
        &self,
        missing: &[(usize, String)],
        kept: usize,
        notes: &mut Vec<String>,
    ) -> Result<(), Refusal> {
        let Some((row, first)) = missing.first() else {
            return Ok(());
        };
        let names: Vec<&String> = missing.iter().map(|(_, name)| name).collect();
        let root = self.options.root.display();
        if self.options.missing_files == MissingFiles::Stop || kept == 0 {
            let write = match kept {
                0 => {
                    "write image_root = the folder of the pictures, relative to the table, or correct image"
                }
                _ => {
                    "correct the table or image_root, or leave such rows out with missing_files = \"skip\""
                }
            };
            return Err(self.refuse(
                *row,
                &format!("a picture {first} below {root}"),
                &format!(
                    "none, and {} of {} rows without their picture",
                    missing.len(),
                    missing.len() + kept
                ),
                write,
            ));
        }
        notes.push(format!(
            "left out: {} rows whose picture is not below {root}: {}",
            missing.len(),
            listed(&names, 3)
        ));
        Ok(())
    }

    /// What the kept rows say.
    fn said(
        &self,
        kept: Vec<(usize, usize, String)>,
        pictures: Pictures,
        notes: &mut Vec<String>,
    ) -> Result<(Vec<Row>, Vec<String>), Refusal> {
        let value = |cell: &'a str| self.options.values.get(cell).map_or(cell, String::as_str);
        let cells = Cells {
            file: &self.sheet.file,
            options: self.options,
            rows: kept
                .iter()
                .map(|(row, ..)| {
                    self.labels
                        .iter()
                        .map(|column| value(self.sheet.cell(*row, *column)))
                        .collect()
                })
                .collect(),
            lines: kept
                .iter()
                .map(|(row, ..)| self.sheet.lines[*row])
                .collect(),
        };
        let read = labels(&cells)?;
        notes.extend(read.notes);
        let patient = self
            .options
            .patient
            .as_ref()
            .map(|origin| self.seeker("patient", origin))
            .transpose()?;
        let attributes: Vec<Seeker> = self
            .options
            .attributes
            .iter()
            .map(|(_, origin)| self.seeker("attributes", origin))
            .collect::<Result<_, _>>()?;
        let split = self.split()?;
        let mut rows = Vec::with_capacity(kept.len());
        for ((row, picture, written), label) in kept.into_iter().zip(read.rows) {
            let Some(label) = label else { continue };
            let path = match pictures {
                Pictures::Below(finder) => finder.file(picture),
                Pictures::Unsought => &written,
            };
            let patient = match &patient {
                None | Some(Seeker::Later) => None,
                Some(seeker) => Some(self.patient(row, seeker, path, &written)?),
            };
            rows.push(Row {
                line: self.sheet.lines[row],
                picture,
                label,
                patient,
                partition: split
                    .as_ref()
                    .map(|split| self.partition(row, split))
                    .transpose()?,
                attributes: attributes
                    .iter()
                    .map(|seeker| self.seek(row, seeker, path, &written).unwrap_or_default())
                    .collect(),
                written,
            });
        }
        if rows.is_empty() {
            return Err(Refusal::at(
                &*self.sheet.file,
                "rows with a label",
                "none",
                "check label and blank",
            ));
        }
        Ok((rows, read.classes))
    }

    fn seeker(&self, key: &str, origin: &'a Origin) -> Result<Seeker<'a>, Refusal> {
        Ok(match origin {
            Origin::Column(name) => Seeker::Column(self.sheet.column(key, name)?),
            Origin::OrOwn(origin) => Seeker::OrOwn(Box::new(self.seeker(key, origin)?)),
            Origin::Path(pattern) => Seeker::Path(pattern),
            Origin::Cell(name, pattern) => Seeker::Cell(self.sheet.column(key, name)?, pattern),
            Origin::Tag(_) => Seeker::Later,
        })
    }

    /// What a row says by a seeker: `None` where a pattern does not match.
    fn seek(&self, row: usize, seeker: &Seeker, path: &str, written: &str) -> Option<String> {
        match seeker {
            Seeker::Column(column) => Some(self.sheet.cell(row, *column).to_owned()),
            Seeker::OrOwn(seeker) => {
                let said = self.seek(row, seeker, path, written);
                Some(
                    said.filter(|said| !said.is_empty())
                        .unwrap_or_else(|| written.to_owned()),
                )
            }
            Seeker::Cell(column, pattern) => pattern
                .pick(self.sheet.cell(row, *column))
                .map(str::to_owned),
            Seeker::Path(pattern) => {
                // The whole path where the file lies; the table may know more folders.
                pattern
                    .pick(path)
                    .or_else(|| pattern.pick(written))
                    .map(str::to_owned)
            }
            Seeker::Later => Some(String::new()),
        }
    }

    fn patient(
        &self,
        row: usize,
        seeker: &Seeker,
        path: &str,
        written: &str,
    ) -> Result<String, Refusal> {
        match self.seek(row, seeker, path, written) {
            // Programs write 7.0 for 7 where a column has gaps.
            Some(patient) if !patient.is_empty() => Ok(cell::patient(&patient).to_owned()),
            Some(_) => Err(self.refuse(
                row,
                "a patient",
                "an empty cell",
                "complete the column, or let such a picture stand for itself, patient = { column = \"…\", blank = \"own\" }",
            )),
            None => Err(self.refuse(
                row,
                "a patient where the pattern of data.patient looks",
                &format!("none in {path}"),
                "correct the pattern, or let such a picture stand for itself, patient = { pattern = '…', blank = \"own\" }",
            )),
        }
    }

    fn split(&self) -> Result<Option<Split<'a>>, Refusal> {
        Ok(match &self.options.split {
            None | Some(SplitBy::Lists(_)) => None,
            Some(SplitBy::Column(name)) => Some(Split {
                column: self.sheet.column("split", name)?,
                parts: None,
            }),
            Some(SplitBy::Values { column, parts }) => Some(Split {
                column: self.sheet.column("split.column", column)?,
                parts: Some(parts),
            }),
        })
    }

    fn partition(&self, row: usize, split: &Split) -> Result<Partition, Refusal> {
        let cell = self.sheet.cell(row, split.column);
        let (found, expected) = match split.parts {
            None => (
                Partition::parse(cell),
                "train, validation or test as split".to_owned(),
            ),
            Some(parts) => {
                let part = parts
                    .iter()
                    .find(|(_, cells)| cells.iter().any(|value| value == cell));
                let all: Vec<&String> = parts.iter().flat_map(|(_, cells)| cells).collect();
                (
                    part.map(|(part, _)| *part),
                    format!("one of {} as split", listed(&all, 20)),
                )
            }
        };
        found.ok_or_else(|| {
            let column = &self.sheet.columns[split.column];
            let all: BTreeSet<&str> = (0..self.sheet.rows.len())
                .map(|row| self.sheet.cell(row, split.column))
                .collect();
            let all: Vec<&str> = all.into_iter().collect();
            self.refuse(
                row,
                &expected,
                &format!("`{cell}`"),
                &format!(
                    "say which of its cells ({}) belong to which part: split = {{ column = \"{column}\", train = [\"…\"], validation = [\"…\"], test = [\"…\"] }}",
                    listed(&all, 12)
                ),
            )
        })
    }
}

/// Where something is found in a row.
enum Seeker<'a> {
    Column(usize),
    OrOwn(Box<Seeker<'a>>),
    Cell(usize, &'a crate::pattern::Pattern),
    Path(&'a crate::pattern::Pattern),
    /// In the picture itself, which is opened later.
    Later,
}

struct Split<'a> {
    column: usize,
    parts: Option<&'a Vec<(Partition, Vec<String>)>>,
}
