//! Columns that a study does not use though their names say that it should.

use std::collections::BTreeSet;

use images::Partition;

use super::options::TableOptions;
use super::sheet::Sheet;

/// One sentence for a column of patients or of parts that no key names.
pub(super) fn unused(sheet: &Sheet, options: &TableOptions) -> Vec<String> {
    let mut notes = Vec::new();
    let image = options.image.columns();
    for (place, name) in sheet.columns.iter().enumerate() {
        let is_used = image.contains(&name.as_str()) || options.labels.contains(name);
        if is_used {
            continue;
        }
        let cells: BTreeSet<&str> = (0..sheet.rows.len())
            .map(|row| sheet.cell(row, place))
            .collect();
        if options.patient.is_none() && sounds_like_a_patient(name) && cells.len() > 1 {
            notes.push(format!(
                "the column `{name}` is not used; if it names the patient, write patient = \"{name}\""
            ));
        }
        let is_split = cells.len() > 1 && cells.iter().all(|cell| Partition::parse(cell).is_some());
        if options.split.is_none() && is_split {
            notes.push(format!(
                "the column `{name}` is not used, a split is made instead; to keep its parts write split = \"{name}\""
            ));
        }
    }
    notes
}

fn sounds_like_a_patient(name: &str) -> bool {
    let name = name.to_lowercase().replace(['_', '-', ' '], "");
    [
        "patient",
        "patientid",
        "pid",
        "subject",
        "subjectid",
        "caseid",
        "studyid",
        "mrn",
        "lesionid",
    ]
    .contains(&name.as_str())
}
