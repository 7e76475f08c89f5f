//! A table as CSV: every number alone in its cell, to the last digit.

use figures::csv_cell;

use super::table::{Table, Value};

/// The file.
pub fn csv(table: &Table) -> String {
    let mut csv = String::new();
    let names = table.columns.iter().flat_map(|column| {
        let beside = column.beside.iter();
        let beside = beside.map(|more| csv_cell(&format!("{}, {more}", column.name)));
        std::iter::once(csv_cell(&column.name)).chain(beside)
    });
    push(&mut csv, names);
    for row in &table.rows {
        let columns = table.columns.iter().zip(row);
        push(
            &mut csv,
            columns.flat_map(|(column, value)| cells(value, 1 + column.beside.len())),
        );
    }
    csv
}

fn push(csv: &mut String, cells: impl Iterator<Item = String>) {
    csv.push_str(&cells.collect::<Vec<_>>().join(","));
    csv.push('\n');
}

/// The cells of a value, `count` of them.
fn cells(value: &Value, count: usize) -> Vec<String> {
    let number = |value: &f64| match value.is_finite() {
        true => format!("{value}"),
        false => String::new(),
    };
    let mut cells = match value {
        Value::Text(text) => vec![words(text)],
        Value::Pair(text, below) => vec![words(text), words(below)],
        Value::Count(count) => vec![count.to_string()],
        Value::Number(value, _) => vec![number(value)],
        Value::Interval(value, ends, _) => {
            let ends = ends.iter().flatten();
            std::iter::once(value).chain(ends).map(number).collect()
        }
        Value::Unknown => Vec::new(),
    };
    cells.resize(count, String::new());
    cells
}

/// Words as a cell; a number that was written for readers is one for programs again.
fn words(text: &str) -> String {
    let plain = text.replace('−', "-").replace(',', "");
    let plain = plain.trim_start_matches('+');
    let is_number = plain
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    match is_number && plain.parse::<f64>().is_ok_and(f64::is_finite) {
        true => plain.to_owned(),
        false => csv_cell(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Column;
    use super::*;

    #[test]
    fn numbers_are_numbers_and_words_are_no_formulas() {
        let table = Table {
            id: "t".into(),
            caption: String::new(),
            columns: vec![
                Column::new("@name"),
                Column::with_interval("AUC"),
                Column::new("d"),
            ],
            rows: vec![
                vec![
                    Value::Text("=HYPERLINK(\"x\")".into()),
                    Value::Interval(1.0 / 3.0, Some([-0.1, 0.5]), 3),
                    Value::Text("−0.031".into()),
                ],
                vec![
                    Value::Text("-1 to 2".into()),
                    Value::Unknown,
                    Value::Text("1,080".into()),
                ],
            ],
        };
        let expected = "'@name,AUC,\"AUC, 95% low\",\"AUC, 95% high\",d\n\
                        \"'=HYPERLINK(\"\"x\"\")\",0.3333333333333333,-0.1,0.5,-0.031\n\
                        '-1 to 2,,,,1080\n";
        assert_eq!(csv(&table), expected);
    }
}
