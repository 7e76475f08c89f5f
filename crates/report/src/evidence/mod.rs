//! The evidence behind the verdict, section by section.

mod calibration;
mod cell;
mod comparisons;
mod convergence;
mod costs;
mod cross_validation;
mod labels;
mod operating;
mod questions;
mod section;
mod shown;
mod specification;
mod test_sets;
mod tuning;

pub use section::{Row, Section, Sheet, flagged};
pub use shown::shown_arm;

use record::results::{Results, Timing};

use super::palette::Palette;

/// Every section that the results have something for.
pub fn sections(results: &Results, timing: &[Timing], palette: &Palette) -> Vec<Section> {
    let sections = [
        comparisons::section(results, palette),
        cross_validation::section(results, palette),
        test_sets::section(results, palette),
        questions::section(results, palette),
        operating::section(results, palette),
        calibration::section(results, palette),
        convergence::section(results, timing, palette),
        tuning::section(results, palette),
        specification::section(results, palette),
        labels::section(results, palette),
        costs::section(results, timing, palette),
    ];
    sections.into_iter().flatten().collect()
}
