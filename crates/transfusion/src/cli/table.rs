//! Plain tables for the terminal.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table, TableComponent, presets,
};
use transfusion::terminal::one_line;

/// Columns that a text takes at least, where a terminal is narrow.
const NARROWEST: usize = 14;

/// A table with `header`; columns from `numeric` on are aligned right. On a terminal that is too
/// narrow texts take several lines, and where numbers have no room, every row is a list.
pub fn table(
    header: &[&str],
    numeric: usize,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let mut table = plain(header, numeric, &rows);
    let Some(columns) = telling::columns() else {
        return table.to_string();
    };
    let widths = table.column_max_content_widths();
    let taken = |widths: &[u16]| {
        widths
            .iter()
            .map(|width| usize::from(*width) + 2)
            .sum::<usize>()
    };
    if taken(&widths) <= columns {
        return table.to_string();
    }
    let (texts, numbers) = widths.split_at(numeric.min(widths.len()));
    let least: usize = texts
        .iter()
        .map(|w| usize::from(*w).min(NARROWEST) + 2)
        .sum();
    if least + taken(numbers) > columns {
        return list(header, &rows);
    }
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(columns as u16);
    for column in table.column_iter_mut().skip(numeric) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    table.to_string()
}

/// Every row as a list of what its columns say.
fn list(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = header.iter().skip(1).map(|cell| cell.chars().count()).max();
    let width = width.unwrap_or(0);
    let mut lines = Vec::new();
    for row in rows {
        let mut cells = row.iter().map(|cell| one_line(cell));
        lines.push(cells.next().unwrap_or_default().into_owned());
        for (head, cell) in header.iter().skip(1).zip(cells) {
            lines.push(format!("  {:<width$}  {cell}", one_line(head)));
        }
    }
    lines.join("\n")
}

fn plain(header: &[&str], numeric: usize, rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.remove_style(TableComponent::HorizontalLines);
    table.remove_style(TableComponent::MiddleIntersections);
    table.set_content_arrangement(ContentArrangement::Disabled);
    // A cell is one line, whatever the data call their classes.
    table.set_header(header.iter().map(|cell| one_line(cell)));
    for row in rows {
        table.add_row(row.iter().map(|cell| one_line(cell)));
    }
    for column in table.column_iter_mut().skip(numeric) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A count with thousands separated.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A length of time in words.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} days", s / 86_400.0),
    }
}

/// `1 record`, `2 records`.
pub fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_times_are_readable() {
        assert_eq!(
            ["0", "999", "1,000", "1,079,845"],
            [0, 999, 1000, 1_079_845].map(thousands).as_slice()
        );
        assert_eq!(duration(42.0), "42 s");
        assert_eq!(duration(600.0), "10 min");
        assert_eq!(duration(9000.0), "2.5 h");
    }
}
