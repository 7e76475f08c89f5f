//! The checklists as a table for spreadsheets.

use record::{ChecklistAnswer, ChecklistItem, Checklists};

/// What a cell must not begin with where a spreadsheet may open it: it would be carried out.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// One row an item, as CSV (RFC 4180). Cells that a spreadsheet would take for a formula begin with
/// an apostrophe.
pub fn csv(checklists: &Checklists) -> String {
    let header = ["guideline", "item", "topic", "status", "answer", "sections"];
    let mut table = row(&header.map(str::to_owned));
    for guideline in &checklists.guidelines {
        for item in &guideline.items {
            let (answer, sections) = cells(item);
            table += &row(&[
                guideline.name.clone(),
                item.number.clone(),
                item.topic.clone(),
                item.answer.word().to_owned(),
                answer,
                sections,
            ]);
        }
    }
    table
}

fn cells(item: &ChecklistItem) -> (String, String) {
    match &item.answer {
        ChecklistAnswer::Answered {
            text,
            own,
            sections,
        } => {
            let texts: Vec<&str> = text.iter().chain(own).map(String::as_str).collect();
            let sections: Vec<String> = sections.iter().map(|id| format!("#{id}")).collect();
            (texts.join(" "), sections.join(" "))
        }
        ChecklistAnswer::NotReported { keys } => match keys.is_empty() {
            true => (String::new(), String::new()),
            false => (
                format!("write under [reporting]: {}", keys.join(", ")),
                String::new(),
            ),
        },
        ChecklistAnswer::NotApplicable { reason } => (reason.clone(), String::new()),
    }
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

fn quoted(cell: &str) -> String {
    let safe = match cell.starts_with(FORMULA) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    format!("\"{}\"", safe.replace('"', "\"\""))
}
