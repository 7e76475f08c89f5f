//! The tables of confusion and of AUCs by class.

use super::table::{Column, Table, Value};
use crate::discrimination::{Discriminating, GridRow, GridTable};

/// One table each, in the order of the page.
pub fn tables(discriminating: &Discriminating) -> Vec<Table> {
    let confusion = discriminating.confusion_tables().enumerate();
    let confusion =
        confusion.map(|(number, grid)| table(format!("confusion-{}", number + 1), grid));
    let per_class = discriminating.per_class_table();
    let per_class = per_class.map(|grid| table("auc-per-class-and-arm".into(), grid));
    confusion.chain(per_class).collect()
}

fn table(id: String, grid: &GridTable) -> Table {
    let has_words = |place: usize| {
        let cell = |row: &GridRow| row.cells.get(place).is_some_and(|c| !c.small.is_empty());
        grid.rows.iter().any(cell)
    };
    let columns = grid.columns.iter().enumerate();
    let columns = columns.map(|(place, name)| match has_words(place) {
        true => Column::with_words(name),
        false => Column::new(name),
    });
    let rows = grid.rows.iter().map(|row| {
        let name = match row.small.is_empty() {
            true => row.name.clone(),
            false => format!("{} ({})", row.name, row.small),
        };
        let cells = row.cells.iter();
        let cells = cells.map(|cell| Value::Pair(cell.text.clone(), cell.small.clone()));
        std::iter::once(Value::Text(name)).chain(cells).collect()
    });
    Table {
        id,
        caption: grid.caption.clone(),
        columns: std::iter::once(Column::new(&grid.corner))
            .chain(columns)
            .collect(),
        rows: rows.collect(),
    }
}
