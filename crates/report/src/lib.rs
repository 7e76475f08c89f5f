//! The report: one HTML file that opens offline, made from the results alone.
//!
//! [`html`] takes [`Results`], times and pictures, any of which may be missing, and computes no
//! number of its own that a reader would act on.
//!
//! ```
//! use std::path::Path;
//!
//! use comparison::collect;
//! use record::StudyDirectory;
//! use report::{Illustrations, html};
//! use study::{StudySpec, check, parse};
//!
//! let text = r#"
//!     title = "Does <transfer> help?"
//!     data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
//!     grid  = { model = ["cbr-tiny"], init = ["random", "glorot-normal"], seeds = 2 }
//! "#;
//! let spec: StudySpec = parse(text, Path::new("study.toml"))?;
//! let folder = tempfile::tempdir()?;
//! let directory = StudyDirectory::new(folder.path().join("study"));
//! directory.adopt(&check(&spec, Path::new("."))?.plan, text)?;
//!
//! // A report can be made at any time, also before the first run has ended.
//! let collected = collect(&directory)?;
//! let page = html(&collected.results, &collected.timing, &Illustrations::default(), &[])?;
//! assert!(page.starts_with("<!doctype html>") && !page.contains("<transfer>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arms;
mod attributions;
mod audit_findings;
mod beside;
mod characteristics;
pub mod checklists;
mod contents;
mod curves;
mod data;
mod discrimination;
mod error;
mod evidence;
mod facet;
mod filter_change;
mod filters;
mod flow;
mod forest;
mod illustrations;
mod interval_bar;
mod layer_map;
mod mistakes;
mod number;
mod page;
mod palette;
mod paper;
mod picture;
mod power_curves;
mod probes;
mod reuse;
mod runs;
mod source_accuracy;
mod takeaway;
#[cfg(test)]
mod tests;
mod transferability;

pub use error::ReportError;
pub use illustrations::{ExampleSheet, FilterSheet, GalleryPictures, Illustrations, MapPicture};
pub use layer_map::LayerMap;
pub use methods::track_record;
pub use number::{UNKNOWN, fixed, median};
pub use power_curves::{PowerCurves, PowerFigure};
pub use takeaway::{Takeaway, TakenFile};

use askama::Template as _;
use record::Declaration;
use record::results::{Beside, Results, Timing};

/// The report as one HTML document, which loads nothing from anywhere.
///
/// Tables, verdict and charts need no JavaScript: it shows the numbers where the pointer is. Any part of the study may be missing:
/// what is not known yet is shown as open. `timing` and `illustrations` are matched to the arms by
/// label, and those of unknown arms are left out. `declarations` tell whether the margin, or anything
/// else of the comparison, was changed after results were there.
pub fn html(
    results: &Results,
    timing: &[Timing],
    illustrations: &Illustrations,
    declarations: &[Declaration],
) -> Result<String, ReportError> {
    Ok(page::Page::new(results, timing, illustrations, declarations)?.render()?)
}

/// Two studies on one page, which loads nothing from anywhere and needs no JavaScript.
pub fn beside_html(beside: &Beside) -> Result<String, ReportError> {
    Ok(beside::BesidePage::new(beside).render()?)
}
