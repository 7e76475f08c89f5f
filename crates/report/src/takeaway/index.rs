//! The list of all files, with captions.

use figures::Figure;

use super::markdown::escaped;
use super::table::Table;

/// The file.
pub fn index(title: &str, figures: &[Figure], tables: &[Table]) -> String {
    let mut index = format!(
        "# {}\n\nCharts as SVG, PNG and CSV, tables as CSV, Markdown and LaTeX (`booktabs`). \
         CSV files hold all digits; a cell of text that a spreadsheet would take for a formula \
         begins with an apostrophe.\n",
        escaped(title)
    );
    if !figures.is_empty() {
        index.push_str("\n## Figures\n\n");
    }
    for figure in figures {
        let id = figure.id();
        let notes = figure
            .notes
            .iter()
            .map(|note| format!(" {}", escaped(note)));
        index.push_str(&format!(
            "- **{}** {}{} ([SVG](figures/{id}.svg), [PNG](figures/{id}.png), [CSV](figures/{id}.csv))\n",
            escaped(&figure.title),
            escaped(&figure.sentence),
            notes.collect::<String>()
        ));
    }
    if !tables.is_empty() {
        index.push_str("\n## Tables\n\n");
    }
    for table in tables {
        let id = &table.id;
        index.push_str(&format!(
            "- {} ([CSV](tables/{id}.csv), [Markdown](tables/{id}.md), [LaTeX](tables/{id}.tex))\n",
            escaped(&table.caption)
        ));
    }
    index
}
