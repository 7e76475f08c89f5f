//! A table: which column names the pictures, and what the others are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use formats::decode::{MAX_FILE_BYTES, read_bounded};
use images::Task;

use super::column::Column;
use super::label;
use super::lists::lists;
use super::looked::{Looked, quoted};
use crate::listing::Listing;
use crate::refusal::{Refusal, listed};
use crate::table::{Dialect, Finder, Found, Sheet};

/// Rows whose pictures are looked for.
const SOUGHT: usize = 300;

/// Looks at a table; its pictures lie below `root`, or below its own folder.
pub(super) fn look(path: &Path, root: Option<&Path>) -> Result<Looked, Refusal> {
    let file = path.display().to_string();
    let bytes = read_bounded(path, MAX_FILE_BYTES).map_err(|e| Refusal::unreadable(path, e))?;
    let beside = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let root = root.unwrap_or(beside);
    let listing = Listing::of(root)?;
    let files = listing.files.clone();
    let finder = Finder::new(listing);
    let mut looked = Looked::new(path, Task::Multiclass);
    let mut sheet = Sheet::parse(&file, &bytes, &Dialect::default(), &[])?;
    if sheet.columns.iter().any(|cell| is_picture(&finder, cell)) {
        let dialect = Dialect {
            header: Some(false),
            ..Dialect::default()
        };
        sheet = Sheet::parse(&file, &bytes, &dialect, &[])?;
        looked.key("header", "false", "the first line names a picture");
    }
    looked.notes.extend(std::mem::take(&mut sheet.notes));
    if root != beside {
        let up = root_from(beside, root);
        looked.key(
            "image_root",
            quoted(&up),
            "where the pictures are, seen from the table",
        );
    }
    let (image, share) = image_column(&sheet, &finder);
    if share < 0.5 {
        return Err(Refusal::at(
            file,
            format!(
                "a column whose cells name pictures below {}",
                root.display()
            ),
            format!(
                "columns {}; the best, `{}`, names {:.0} % of them",
                listed(&sheet.columns, 20),
                sheet.columns[image],
                100.0 * share
            ),
            "give the folder of the pictures and the table to --from, or write image and image_root by hand",
        ));
    }
    looked.key(
        "image",
        quoted(&sheet.columns[image]),
        format!(
            "names a picture in {:.0} % of the rows looked at",
            100.0 * share
        ),
    );
    if share < 1.0 {
        looked.key(
            "missing_files",
            quoted("skip"),
            "some rows have no picture here",
        );
    }
    let columns: Vec<Column> = (0..sheet.columns.len())
        .map(|place| Column::of(&sheet, place))
        .collect();
    let mut rest = Vec::new();
    let mut attributes = Vec::new();
    let (mut patient, mut split) = (None, None);
    for (place, column) in columns.iter().enumerate() {
        if place == image || column.cells.is_empty() {
        } else if column.is_split() && split.is_none() {
            split = Some(column);
        } else if column.is_patient() && patient.is_none() {
            patient = Some(column);
        } else if let Some(name) = column.attribute() {
            attributes.push((name, column.name));
        } else {
            rest.push(column);
        }
    }
    label::add(&mut looked, &sheet, &rest);
    if patient.is_none() {
        let groups = rest
            .iter()
            .filter(|column| column.may_group(sheet.rows.len()));
        looked.open.extend(groups.map(|column| {
            format!(
                "`{}` has {} values in {} rows; if it is the patient, write patient = {}",
                column.name,
                column.cells.len(),
                sheet.rows.len(),
                quoted(column.name)
            )
        }));
    }
    if let Some(column) = patient {
        match column.blank {
            0 => looked.key(
                "patient",
                quoted(column.name),
                "pictures of one stay in one part",
            ),
            blank => looked.key(
                "patient",
                format!("{{ column = {}, blank = \"own\" }}", quoted(column.name)),
                format!("{blank} cells are blank: such a picture stands for itself"),
            ),
        }
    }
    let straddling = match (split, patient) {
        (Some(split), Some(patient)) => straddling(&sheet, split.name, patient.name),
        _ => 0,
    };
    if let Some(column) = split {
        match straddling {
            0 => looked.key("split", quoted(column.name), "the parts as the table has them"),
            count => looked.open.push(format!(
                "the table's own split, `{}`, has {count} patients in more than one part, so a split is made by patient; write split = {} and allow_leaks to keep it",
                column.name,
                quoted(column.name)
            )),
        }
    } else if root == beside {
        add_lists(&mut looked, beside, &files, &finder);
    }
    add_rows(&mut looked, &sheet, image);
    if !attributes.is_empty() {
        let mut named: Vec<String> = Vec::new();
        for (place, (name, column)) in attributes.iter().enumerate() {
            let is_first = attributes[..place]
                .iter()
                .all(|(earlier, _)| earlier != name);
            let name = if is_first {
                (*name).to_owned()
            } else {
                format!("{name}_{place}")
            };
            named.push(format!("{name} = {}", quoted(column)));
        }
        looked.key(
            "attributes",
            format!("{{ {} }}", named.join(", ")),
            "go with every picture into predictions.csv",
        );
    }
    Ok(looked)
}

fn is_picture(finder: &Finder, cell: &str) -> bool {
    crate::ending::of(cell).is_some()
        && matches!(finder.find(cell), Found::One(_) | Found::Elsewhere(_))
}

/// The column that names most pictures, and the share of its rows that do.
fn image_column(sheet: &Sheet, finder: &Finder) -> (usize, f64) {
    let rows = sheet.rows.len();
    let step = (rows / SOUGHT).max(1);
    let chosen: Vec<usize> = (0..rows).step_by(step).take(SOUGHT).collect();
    let share = |column: usize| {
        let named = chosen.iter().filter(|row| {
            matches!(
                finder.find(sheet.cell(**row, column)),
                Found::One(_) | Found::Elsewhere(_)
            )
        });
        named.count() as f64 / chosen.len().max(1) as f64
    };
    let mut best = (0, 0.0);
    for column in 0..sheet.columns.len() {
        let found = share(column);
        if found > best.1 {
            best = (column, found);
        }
    }
    best
}

/// Patients in more than one part of a table's own split.
fn straddling(sheet: &Sheet, split: &str, patient: &str) -> usize {
    let place = |name: &str| sheet.columns.iter().position(|column| column == name);
    let (Some(split), Some(patient)) = (place(split), place(patient)) else {
        return 0;
    };
    let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in 0..sheet.rows.len() {
        parts
            .entry(sheet.cell(row, patient))
            .or_default()
            .insert(sheet.cell(row, split));
    }
    parts
        .iter()
        .filter(|(patient, parts)| !patient.is_empty() && parts.len() > 1)
        .count()
}

fn add_lists(looked: &mut Looked, folder: &Path, files: &[String], finder: &Finder) {
    let found = lists(folder, files, finder);
    if found.is_empty() {
        return;
    }
    let parts: Vec<String> = found
        .iter()
        .map(|(part, file)| format!("{} = {}", part.name(), quoted(file)))
        .collect();
    looked.key(
        "split",
        format!("{{ {} }}", parts.join(", ")),
        "lists of file names beside the table",
    );
}

fn add_rows(looked: &mut Looked, sheet: &Sheet, image: usize) {
    let mut names = BTreeMap::new();
    for row in 0..sheet.rows.len() {
        *names.entry(sheet.cell(row, image)).or_insert(0usize) += 1;
    }
    let several = names.values().filter(|count| **count > 1).count();
    if several > 0 {
        looked.key(
            "rows",
            quoted("same"),
            format!(
                "{several} pictures have several rows; any, majority or mean where they disagree"
            ),
        );
    }
}

/// The way from one folder to another, as written in a study.
fn root_from(from: &Path, to: &Path) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.into());
    let (from, to) = (absolute(from), absolute(to));
    match from.strip_prefix(&to) {
        Ok(below) => {
            let up: Vec<&str> = below.components().map(|_| "..").collect();
            if up.is_empty() {
                ".".into()
            } else {
                up.join("/")
            }
        }
        Err(_) => to.display().to_string(),
    }
}
