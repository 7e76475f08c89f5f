//! A table as Markdown.

use super::table::Table;

/// The file: a caption, and a table with bars.
pub fn markdown(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = table.columns.iter().map(|column| escaped(&column.name));
    let is_text = |place: usize| {
        let mut values = table.rows.iter().filter_map(|row| row.get(place));
        values.all(|value| value.is_text())
    };
    let rules = (0..table.columns.len()).map(|place| match is_text(place) {
        true => "---".into(),
        false => "---:".into(),
    });
    let mut markdown = format!("{}\n\n", escaped(&table.caption));
    markdown.push_str(&row(names.collect()));
    markdown.push_str(&row(rules.collect()));
    for values in &table.rows {
        let cells = values.iter().map(|value| escaped(&value.read()));
        markdown.push_str(&row(cells.collect()));
    }
    markdown
}

/// Text that stays text.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '$' | '!' => {
                escaped.push('\\');
                escaped.push(sign);
            }
            sign if sign.is_control() => escaped.push(' '),
            sign => escaped.push(sign),
        }
    }
    escaped
}
