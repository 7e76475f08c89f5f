//! The methods of a study in sentences that a paper can take over, each made by a rule from the
//! record and by nothing else.

mod bibtex;
mod computing;
mod data;
mod library;
mod markdown;
mod networks;
mod own;
mod pictures;
mod reference;
mod sentence;
mod statistics;
#[cfg(test)]
mod tests;
mod text;
pub mod track_record;
mod training;

use record::Declaration;
use record::results::{Results, Timing};

pub use bibtex::own_entry;
pub use data::disjointness;
pub use reference::Reference;
pub use sentence::{Paragraph, Sentence};
pub use text::{Methods, slug};

/// The methods as Markdown with citations by key, as pandoc reads them with [`bibtex()`] beside it.
/// None of a record that does not say what its runs were asked to do.
pub fn markdown(
    results: &Results,
    timing: &[Timing],
    declarations: &[Declaration],
) -> Option<String> {
    Some(markdown::markdown(&Methods::new(
        results,
        timing,
        declarations,
    )?))
}

/// The entry of the study itself and of every work that its methods cite.
pub fn bibtex(results: &Results, timing: &[Timing], declarations: &[Declaration]) -> String {
    let methods = Methods::new(results, timing, declarations);
    let references = methods.map_or_else(Vec::new, |methods| methods.references);
    bibtex::bibliography(results, &references)
}
