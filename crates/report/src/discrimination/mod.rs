//! What clinicians look for first: ROC and precision-recall curves, confusion matrices, and the AUC
//! of every class in one picture.

mod confusion;
mod curves;
mod grid_table;
mod matrix;
mod per_class;
mod seen;
mod two_by_two;

use figures::Figure;
use record::results::Results;

use super::palette::Palette;
use confusion::ConfusionSection;
use curves::CurveSection;
pub use grid_table::{GridRow, GridTable};
use per_class::PerClassSection;
use seen::Seen;

/// Three sections, each where the results have something for it.
#[derive(Default)]
pub struct Discriminating {
    /// `#discrimination`: curves with bands.
    pub curves: Option<CurveSection>,
    /// `#confusion`: what is taken for what.
    pub confusion: Option<ConfusionSection>,
    /// `#per-class`: the AUC of every class or finding.
    pub per_class: Option<PerClassSection>,
}

impl Discriminating {
    /// The sections of a study; empty before a run is done.
    pub fn new(results: &Results, palette: &Palette) -> Self {
        let Some(told) = &results.discrimination else {
            return Self::default();
        };
        let seen = Seen::new(results, told, palette);
        Self {
            curves: CurveSection::new(results, told, &seen),
            confusion: ConfusionSection::new(results, told, &seen),
            per_class: PerClassSection::new(results, told, &seen),
        }
    }

    /// All tables of confusion, those to unfold last.
    pub fn confusion_tables(&self) -> impl Iterator<Item = &GridTable> {
        let section = self.confusion.iter();
        section.flat_map(|section| {
            let folded = section.folded.iter().flat_map(|(_, tables)| tables);
            section.tables.iter().chain(folded)
        })
    }

    /// The AUCs of every arm, where there are more than are drawn.
    pub fn per_class_table(&self) -> Option<&GridTable> {
        self.per_class.as_ref()?.table.as_ref()
    }

    /// Everything that is drawn, in the order of the page.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        let curves = self.curves.iter().flat_map(CurveSection::figures);
        curves.chain(self.per_class.iter().flat_map(|section| &section.figures))
    }
}
