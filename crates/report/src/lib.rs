//! The report: one HTML file that opens offline, made from the results alone.

mod arms;
mod attributions;
mod charts;
mod data;
mod error;
mod evidence;
mod filter_change;
mod filters;
mod illustrations;
mod interval_bar;
mod layer_map;
mod number;
mod page;
mod palette;
mod picture;
mod plot;
mod probes;
mod reuse;
mod runs;
mod source_accuracy;
#[cfg(test)]
mod tests;
pub mod track_record;
mod transferability;

pub use error::ReportError;
pub use illustrations::{ExampleSheet, FilterSheet, Illustrations};
pub use layer_map::LayerMap;
pub use number::{UNKNOWN, fixed, median};

use askama::Template as _;
use record::Declaration;
use record::results::{Results, Timing};

/// The report as one HTML document, which loads nothing from anywhere.
///
/// Tables and verdict need no JavaScript; the charts do. Any part of the study may be missing:
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
