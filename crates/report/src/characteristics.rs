//! Who the patients are, part by part.

use study::{AttributeResult, AttributeValues, Characteristics, Unknown};

use super::number;

/// The table of characteristics.
pub struct CharacteristicsTable {
    /// Names of the parts, each with what is counted in it.
    pub parts: Vec<(String, String)>,
    /// Attributes.
    pub attributes: Vec<AttributeRows>,
    /// What is not in the table; sentences.
    pub notes: Vec<String>,
}

/// One attribute.
pub struct AttributeRows {
    /// Its name, and what is told of it.
    pub name: String,
    /// Value, and one cell a part: text and small print.
    pub rows: Vec<(String, Vec<(String, String)>)>,
}

impl CharacteristicsTable {
    /// The table of a data set.
    pub fn new(found: &Characteristics) -> Self {
        let parts = found.parts.iter().map(|part| {
            let images = number::count(part.images as u64);
            let counted = match part.patients {
                Some(patients) => {
                    format!(
                        "{} patients, {images} pictures",
                        number::count(patients as u64)
                    )
                }
                None => format!("{images} pictures, patients unknown"),
            };
            (part.name.clone(), counted)
        });
        let totals: Vec<usize> = found
            .parts
            .iter()
            .map(|part| part.patients.unwrap_or(part.images))
            .collect();
        let mut notes = Vec::new();
        let mut attributes = Vec::new();
        for attribute in &found.attributes {
            match &attribute.values {
                AttributeValues::Names { distinct } => notes.push(format!(
                    "The attribute {} has {} values, hardly any of them twice: it names pictures or patients and is not shown.",
                    attribute.name,
                    number::count(*distinct as u64)
                )),
                _ => attributes.push(AttributeRows::new(attribute, &totals)),
            }
        }
        if found.more > 0 {
            notes.push(format!("{} more attributes are not shown.", found.more));
        }
        if attributes
            .iter()
            .any(|a| a.rows.iter().any(|(value, _)| value == CONTRADICTORY))
        {
            notes.push("Contradictory: pictures of one patient say different things, as after years between two visits; the patient has no value here.".into());
        }
        Self {
            parts: parts.collect(),
            attributes,
            notes,
        }
    }
}

const MISSING: &str = "missing";
const CONTRADICTORY: &str = "contradictory";

impl AttributeRows {
    fn new(attribute: &AttributeResult, totals: &[usize]) -> Self {
        let name = attribute.name.clone();
        match &attribute.values {
            AttributeValues::Numbers(parts) => {
                let three = |values: Option<[f64; 3]>| match values {
                    Some([low, middle, high]) => {
                        (short(middle), format!("{} to {}", short(low), short(high)))
                    }
                    None => (number::UNKNOWN.to_owned(), String::new()),
                };
                let two = |values: Option<[f64; 2]>| match values {
                    Some([low, high]) => {
                        (format!("{} to {}", short(low), short(high)), String::new())
                    }
                    None => (number::UNKNOWN.to_owned(), String::new()),
                };
                let mut rows = vec![
                    (
                        "median, quartiles".to_owned(),
                        parts.iter().map(|part| three(part.quartiles)).collect(),
                    ),
                    (
                        "range".to_owned(),
                        parts.iter().map(|part| two(part.range)).collect(),
                    ),
                ];
                rows.extend(unknown(parts.iter().map(|part| part.unknown), totals));
                Self { name, rows }
            }
            AttributeValues::Levels {
                names,
                others,
                parts,
            } => {
                let cells = |of: &dyn Fn(usize) -> usize| -> Vec<(String, String)> {
                    (0..parts.len())
                        .map(|part| counted(of(part), totals[part]))
                        .collect()
                };
                let mut rows: Vec<_> = names
                    .iter()
                    .enumerate()
                    .map(|(level, value)| {
                        let of = |part: usize| parts[part].counts.get(level).copied().unwrap_or(0);
                        (value.clone(), cells(&of))
                    })
                    .collect();
                if *others > 0 {
                    rows.push((
                        format!("{others} other values"),
                        cells(&|part| parts[part].other),
                    ));
                }
                rows.extend(unknown(parts.iter().map(|part| part.unknown), totals));
                Self { name, rows }
            }
            AttributeValues::Names { .. } => Self {
                name,
                rows: Vec::new(),
            },
        }
    }
}

/// Rows of what is missing, and of what contradicts itself where anything does.
fn unknown(
    parts: impl Iterator<Item = Unknown>,
    totals: &[usize],
) -> Vec<(String, Vec<(String, String)>)> {
    let parts: Vec<Unknown> = parts.collect();
    let row = |name: &str, of: fn(&Unknown) -> usize| {
        let cells = parts.iter().zip(totals);
        (
            name.to_owned(),
            cells
                .map(|(part, total)| counted(of(part), *total))
                .collect(),
        )
    };
    let mut rows = vec![row(MISSING, |part| part.missing)];
    if parts.iter().any(|part| part.contradictory > 0) {
        rows.push(row(CONTRADICTORY, |part| part.contradictory));
    }
    rows
}

fn counted(count: usize, total: usize) -> (String, String) {
    let share = number::percent(count, total).unwrap_or_default();
    (number::count(count as u64), share)
}

/// A number with at most two decimals, none where it is whole.
fn short(value: f64) -> String {
    match number::fixed(value, 2) {
        text if text.contains('.') => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        text => text,
    }
}
