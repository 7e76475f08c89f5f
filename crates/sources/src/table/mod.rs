//! Tables that name pictures, labels and, where known, patients, a split and attributes.

mod cell;
mod finder;
mod image_name;
mod join;
mod labels;
mod options;
mod repeated;
mod row_reader;
mod rows;
mod sheet;
mod unused;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use formats::decode::{MAX_FILE_BYTES, read_bounded};
use images::{Dataset, Example, Partition};

pub(crate) use cell::{Finding, finding};
pub use finder::{Finder, Found};
pub use image_name::ImageName;
pub use join::Join;
pub use options::TableOptions;
pub use sheet::{Dialect, Sheet};

use crate::flow::{LeftOut, SourceFlow};
use crate::listing::Listing;
use crate::noted::Noted;
use crate::picture_files::PictureFiles;
use crate::refusal::Refusal;
use crate::split_by::SplitBy;
use crate::tagged::{self, Wanted};
use repeated::Row;
use rows::{Pictures, Places};

/// Reads a table and finds its pictures.
pub fn read(path: &Path, options: &TableOptions) -> Result<Noted, Refusal> {
    let file = path.display().to_string();
    let bytes = read_bounded(path, MAX_FILE_BYTES).map_err(|e| Refusal::unreadable(path, e))?;
    let sheet = Sheet::parse(&file, &bytes, &options.dialect, &options.sought())?;
    let finder = Finder::new(Listing::of(&options.root)?);
    let (mut table, places) = read_sheet(sheet, options, Pictures::Below(&finder))?;
    if let Some(SplitBy::Lists(lists)) = &options.split {
        lists.assign(&file, &mut table.examples)?;
    }
    let paths = table
        .examples
        .iter()
        .map(|example| finder.path(places[&example.id]))
        .collect();
    let name = path
        .file_stem()
        .map_or(file, |stem| stem.to_string_lossy().into_owned());
    let mut dataset = Dataset::new(
        name,
        options.task,
        table.classes,
        table.examples,
        Arc::new(PictureFiles {
            paths,
            reading: options.reading,
        }),
    );
    dataset.attributes = options
        .attributes
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let mut notes = table.notes;
    let wanted = Wanted::of(options.patient.as_ref(), &options.attributes);
    tagged::tag(&mut dataset, &wanted, &mut notes)?;
    let unlisted = LeftOut::some(
        "in no list of the split",
        table.flow.pictures - dataset.len(),
    );
    let mut flow = table.flow;
    flow.left_out.extend(unlisted);
    flow.name.clone_from(&dataset.name);
    flow.pictures = dataset.len();
    Ok(Noted {
        dataset,
        notes,
        flow: vec![flow],
        said: Vec::new(),
    })
}

/// A table as read, before any picture is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Names of the classes or findings.
    pub classes: Vec<String>,
    /// One a picture; `id` is its name as written.
    pub examples: Vec<Example>,
    /// What was believed, converted, merged or left out.
    pub notes: Vec<String>,
    /// From its rows to its pictures.
    pub flow: SourceFlow,
}

/// Reads a table from memory, without looking for its pictures; `file` names it in messages.
pub fn parse(file: &str, bytes: &[u8], options: &TableOptions) -> Result<Table, Refusal> {
    let sheet = Sheet::parse(file, bytes, &options.dialect, &options.sought())?;
    Ok(read_sheet(sheet, options, Pictures::Unsought)?.0)
}

fn read_sheet(
    mut sheet: Sheet,
    options: &TableOptions,
    pictures: Pictures,
) -> Result<(Table, Places), Refusal> {
    for join in &options.joins {
        join.apply(&mut sheet)?;
    }
    let mut notes = std::mem::take(&mut sheet.notes);
    notes.extend(unused::unused(&sheet, options));
    let found = sheet.rows.len();
    let read = rows::read(&sheet, options, pictures)?;
    notes.extend(read.notes);
    let labelled = read.rows.len();
    let (rows, note) = repeated::merged(
        &sheet.file,
        read.rows,
        options.rows,
        options.task,
        read.classes.len(),
    )?;
    notes.extend(note);
    if !options.shares_patients {
        check_patients(&sheet.file, &rows)?;
    }
    let mut left_out = read.left_out;
    left_out.extend(LeftOut::some(
        "further rows of a picture that is counted",
        labelled - rows.len(),
    ));
    let flow = SourceFlow {
        name: sheet.file.clone(),
        unit: "rows".into(),
        found,
        left_out,
        pictures: rows.len(),
    };
    let mut places = Places::new();
    let examples = rows
        .into_iter()
        .map(|row| {
            places.insert(row.written.clone(), row.picture);
            Example {
                id: row.written,
                label: row.label,
                patient: row.patient,
                partition: row.partition,
                attributes: row.attributes,
                test_set: None,
            }
        })
        .collect();
    let table = Table {
        classes: read.classes,
        examples,
        notes,
        flow,
    };
    Ok((table, places))
}

/// Refuses a patient in two parts of the table's own split.
fn check_patients(file: &str, rows: &[Row]) -> Result<(), Refusal> {
    let mut firsts: BTreeMap<&str, (u64, Partition)> = BTreeMap::new();
    for row in rows {
        let (Some(patient), Some(partition)) = (&row.patient, row.partition) else {
            continue;
        };
        let (line, earlier) = firsts.entry(patient).or_insert((row.line, partition));
        if *earlier != partition {
            return Err(Refusal::on_line(
                file,
                row.line,
                "every patient in one part of the split",
                format!(
                    "patient {patient} in {} and, on line {line}, in {}",
                    partition.name(),
                    earlier.name()
                ),
                "drop data.split to split by patient, correct the table, or write allow_leaks = \"reason\", which the verdict will say",
            ));
        }
    }
    Ok(())
}
