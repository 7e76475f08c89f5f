//! What guidelines for reporting ask, filled from the record and the team's words.

mod ask;
mod claim;
mod facts;
mod section;
mod stard;
mod table;
#[cfg(test)]
mod tests;
mod tripod;

use record::results::{Results, Timing};
use record::{Checklist, ChecklistItem, Checklists, Declaration};

pub use section::ChecklistSection;
pub use table::csv;

use ask::Row;
use facts::Facts;

/// Numbers and topics were held against two independent transcriptions each; the articles
/// themselves were not at hand.
const NUMBERING: &str = "The numbering follows transcriptions of the published checklist; hold it against the original before you submit.";

/// What guidelines ask of a report, and where the page of these results answers.
pub fn checklists(
    results: &Results,
    timing: &[Timing],
    declarations: &[Declaration],
) -> Checklists {
    let facts = Facts::new(results, timing, declarations);
    let guidelines = [
        (
            "CLAIM 2024",
            "artificial intelligence in medical imaging",
            "Tejani AS, Klontzas ME, Gatti AA, et al. Checklist for Artificial Intelligence in Medical Imaging (CLAIM): 2024 Update. Radiology: Artificial Intelligence 2024;6(4):e240300. doi:10.1148/ryai.240300.",
            claim::ROWS,
        ),
        (
            "TRIPOD+AI",
            "prediction models by regression or machine learning",
            "Collins GS, Moons KGM, Dhiman P, et al. TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use regression or machine learning methods. BMJ 2024;385:e078378. doi:10.1136/bmj-2023-078378.",
            tripod::ROWS,
        ),
        (
            "STARD-AI",
            "diagnostic accuracy of artificial intelligence",
            "Sounderajah V, Guni A, Liu X, et al. The STARD-AI reporting guideline for diagnostic accuracy studies using artificial intelligence. Nature Medicine 2025;31(10):3283-3289. doi:10.1038/s41591-025-03953-8.",
            stard::ROWS,
        ),
    ];
    let filled = guidelines.map(|(name, about, source, rows)| Checklist {
        name: name.into(),
        about: about.into(),
        source: source.into(),
        numbering: NUMBERING.into(),
        items: rows.iter().map(|row| item(row, &facts)).collect(),
    });
    Checklists {
        guidelines: filled.into(),
    }
}

fn item(row: &Row, facts: &Facts) -> ChecklistItem {
    ChecklistItem {
        number: row.number.into(),
        topic: row.topic.into(),
        answer: row.answer(facts),
    }
}
