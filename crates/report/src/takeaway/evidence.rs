//! The tables of the sections behind the verdict.

use super::table::{Column, Table, Value};
use crate::evidence::{Row, Section, Sheet};

/// One table a sheet, named after its section.
pub fn tables(sections: &[Section]) -> Vec<Table> {
    let of_section = |section: &Section| -> Vec<Table> {
        let count = section.sheets.len();
        let numbered = section.sheets.iter().enumerate();
        let all = numbered.map(|(number, sheet)| {
            let id = match count {
                1 => section.id.to_owned(),
                _ => format!("{}-{}", section.id, number + 1),
            };
            table(id, section, sheet)
        });
        all.collect()
    };
    sections.iter().flat_map(of_section).collect()
}

fn table(id: String, section: &Section, sheet: &Sheet) -> Table {
    let has_words = |place: usize| {
        let cell = |row: &Row| {
            row.cells
                .get(place)
                .is_some_and(|cell| !cell.small.is_empty())
        };
        sheet.rows.iter().any(cell)
    };
    let columns = sheet.columns.iter().enumerate();
    let columns = columns.map(
        |(place, name)| match place.checked_sub(1).is_some_and(has_words) {
            true => Column::with_words(name),
            false => Column::new(name),
        },
    );
    let rows = sheet.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| match cell.is_text {
            true => Value::Text(cell.text.clone()),
            false => Value::Pair(cell.text.clone(), cell.small.clone()),
        });
        let mut values: Vec<Value> = vec![Value::Text(row.name.clone())];
        values.extend(cells);
        // Rows may be shorter than the head where an arm has nothing to tell.
        values.resize_with(sheet.columns.len(), || Value::Unknown);
        values
    });
    Table {
        id,
        caption: match sheet.caption.is_empty() {
            true => section.title.to_owned(),
            false => format!("{} {}", section.title, sheet.caption),
        },
        columns: columns.collect(),
        rows: rows.collect(),
    }
}
