//! What a paper takes over from the page: who the patients are, what was left out, the methods and
//! the checklists.

use record::Declaration;
use record::results::{Results, Timing};

use super::audit_findings::AuditFindings;
use super::characteristics::CharacteristicsTable;
use super::checklists::{ChecklistSection, checklists};
use super::flow::FlowBoxes;
use methods::{Methods, own_entry};

/// Sections of the page; none where the record does not say.
pub struct Paper {
    /// Who the patients are.
    pub characteristics: Option<CharacteristicsTable>,
    /// From files found to pictures used.
    pub flow: Option<FlowBoxes>,
    /// What is wrong with the data.
    pub audit: Option<AuditFindings>,
    /// The methods in sentences.
    pub methods: Option<Methods>,
    /// The entry by which the study is cited.
    pub citation: String,
    /// What guidelines ask.
    pub checklists: Vec<ChecklistSection>,
}

impl Paper {
    /// Those of a study.
    pub fn new(results: &Results, timing: &[Timing], declarations: &[Declaration]) -> Self {
        let data = &results.data;
        let allowed = data.allowed_leaks.as_ref();
        Self {
            characteristics: data.characteristics.as_ref().map(CharacteristicsTable::new),
            flow: data.flow.as_ref().map(FlowBoxes::new),
            audit: data
                .audit
                .as_ref()
                .map(|audit| AuditFindings::new(audit, allowed)),
            methods: Methods::new(results, timing, declarations),
            citation: own_entry(results),
            checklists: ChecklistSection::all(checklists(results, timing, declarations)),
        }
    }
}
