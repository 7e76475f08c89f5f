//! The numbers of a chart as CSV in long form, to the last digit.

use crate::axis::Axis;
use crate::figure::Figure;
use crate::reference::{Place, Reference};

/// Columns of the file.
const HEADER: &str = "series,x,y,low,high,note\n";

/// One row a point, then one a line that values are read against. Along an axis of names, x or y
/// is the name.
pub fn csv(figure: &Figure) -> String {
    let mut text = String::from(HEADER);
    let is_of_rows = figure.y.names().is_some();
    for series in &figure.series {
        for point in series.drawn() {
            let [low, high] = match point.ends {
                Some(ends) => ends.map(|end| format!("{end}")),
                None => [String::new(), String::new()],
            };
            let cells = [
                cell(&series.name),
                along(&figure.x, point.x),
                along(&figure.y, point.y),
                low,
                high,
                cell(point.note.as_deref().unwrap_or_default()),
            ];
            push(&mut text, &cells);
        }
    }
    for reference in figure.references.iter().filter(|r| r.is_finite()) {
        push(&mut text, &of_reference(reference, is_of_rows));
    }
    for name in figure.y.names().unwrap_or_default() {
        if let Some(note) = &name.note {
            let cells = [
                "".into(),
                "".into(),
                cell(&name.name),
                "".into(),
                "".into(),
                cell(note),
            ];
            push(&mut text, &cells);
        }
    }
    text
}

fn of_reference(reference: &Reference, is_of_rows: bool) -> [String; 6] {
    let mut cells = [const { String::new() }; 6];
    cells[0] = cell(match reference.name.is_empty() {
        true => "reference",
        false => &reference.name,
    });
    match reference.place {
        Place::X(value) => cells[1] = format!("{value}"),
        Place::Y(value) if !is_of_rows => cells[2] = format!("{value}"),
        Place::Y(_) => {}
        Place::BetweenX([low, high]) | Place::BetweenY([low, high]) => {
            cells[3] = format!("{low}");
            cells[4] = format!("{high}");
        }
        Place::Diagonal => cells[5] = "x = y".into(),
    }
    cells
}

fn along(axis: &Axis, value: f64) -> String {
    match axis.names() {
        Some(names) => names
            .get(value.round().max(0.0) as usize)
            .map_or_else(String::new, |name| cell(&name.name)),
        None => format!("{value}"),
    }
}

fn push(text: &mut String, cells: &[String]) {
    text.push_str(&cells.join(","));
    text.push('\n');
}

/// Text as a cell: quoted where it must be, and with an apostrophe in front where a spreadsheet
/// would take it for a formula.
pub fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = match is_formula {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}
