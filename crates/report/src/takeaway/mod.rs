//! What a paper takes over from a report: every chart and every table as files.

mod csv;
mod discrimination;
mod evidence;
mod file;
mod index;
mod latex;
mod markdown;
mod results;
mod table;

use figures::Figure;
use record::Declaration;
use record::results::{Results, Timing};

use super::checklists;
use super::error::ReportError;
use super::illustrations::Illustrations;
use super::page::Page;
pub use file::TakenFile;
use table::Table;

/// Name of the file that lists all others.
pub const INDEX: &str = "index.md";

/// Every chart and every table of a report, to be written as files.
pub struct Takeaway {
    title: String,
    figures: Vec<Figure>,
    tables: Vec<Table>,
    /// Methods, references and checklists.
    texts: Vec<TakenFile>,
}

impl Takeaway {
    /// What there is of a study that may still run.
    pub fn new(
        results: &Results,
        timing: &[Timing],
        declarations: &[Declaration],
    ) -> Result<Self, ReportError> {
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
            texts: texts(results, timing, declarations),
        })
    }

    /// All files, the index last: each chart as SVG, PNG and CSV, each table as CSV, Markdown and
    /// LaTeX, methods, references, checklists. They are made one by one, as they are asked for.
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
            let index = index::index(&self.title, &self.figures, &self.tables, &self.texts);
            TakenFile::new(INDEX.into(), index)
        });
        let texts = self.texts.iter().cloned();
        figures.chain(tables).chain(texts).chain(index)
    }
}

/// The methods with their references, and the checklists.
fn texts(results: &Results, timing: &[Timing], declarations: &[Declaration]) -> Vec<TakenFile> {
    let methods = methods::markdown(results, timing, declarations);
    let methods = methods.map(|text| TakenFile::new("methods.md".into(), text));
    let references = methods::bibtex(results, timing, declarations);
    let filled = checklists::checklists(results, timing, declarations);
    let others = [
        TakenFile::new("references.bib".into(), references),
        TakenFile::new("checklists.csv".into(), checklists::csv(&filled)),
    ];
    methods.into_iter().chain(others).collect()
}
