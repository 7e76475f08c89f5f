//! What a paper takes over from a report: every chart and every table as files.

mod csv;
mod discrimination;
mod evidence;
mod index;
mod latex;
mod markdown;
mod results;
mod table;

use figures::Figure;
use record::results::{Results, Timing};

use super::error::ReportError;
use super::illustrations::Illustrations;
use super::page::Page;
use table::Table;

/// Name of the file that lists all others.
pub const INDEX: &str = "index.md";

/// Every chart and every table of a report, to be written as files.
pub struct Takeaway {
    title: String,
    figures: Vec<Figure>,
    tables: Vec<Table>,
}

/// A file, and where it goes.
pub struct TakenFile {
    /// Its path from the folder on, with `/` between names of letters, digits and hyphens.
    pub path: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl TakenFile {
    fn new(path: String, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
        }
    }
}

impl Takeaway {
    /// What there is of a study that may still run.
    pub fn new(results: &Results, timing: &[Timing]) -> Result<Self, ReportError> {
        let page = Page::new(results, timing, &Illustrations::default(), &[])?;
        let mut tables = results::tables(results, timing);
        if !results.trains_nothing() {
            tables.extend(evidence::tables(page.evidence()));
            tables.extend(discrimination::tables(page.discriminating()));
        }
        tables.retain(|table| !table.rows.is_empty());
        Ok(Self {
            title: results.title.clone(),
            figures: page.figures().cloned().collect(),
            tables,
        })
    }

    /// All files, the index last: each chart as SVG, PNG and CSV, each table as CSV, Markdown and
    /// LaTeX. They are made one by one, as they are asked for.
    pub fn files(&self) -> impl Iterator<Item = TakenFile> + '_ {
        let figures = self.figures.iter().flat_map(|figure| {
            let path = |ending: &str| format!("figures/{}.{ending}", figure.id());
            let png = figure.png().map(|png| TakenFile::new(path("png"), png));
            let texts = [
                TakenFile::new(path("svg"), figure.svg()),
                TakenFile::new(path("csv"), figure.csv()),
            ];
            texts.into_iter().chain(png)
        });
        let tables = self.tables.iter().flat_map(|table| {
            let path = |ending: &str| format!("tables/{}.{ending}", table.id);
            [
                TakenFile::new(path("csv"), csv::csv(table)),
                TakenFile::new(path("md"), markdown::markdown(table)),
                TakenFile::new(path("tex"), latex::latex(table)),
            ]
        });
        let index = std::iter::once_with(|| {
            let index = index::index(&self.title, &self.figures, &self.tables);
            TakenFile::new(INDEX.into(), index)
        });
        figures.chain(tables).chain(index)
    }
}
