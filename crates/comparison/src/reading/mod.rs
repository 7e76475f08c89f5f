//! What the figures of the analysis say here, in one sentence each, and whether that agrees with
//! what Raghu et al. 2019 found.
//!
//! A figure agrees or disagrees only where 95% intervals over seeds decide it; a number that leans
//! one way does not. The sentences tell what was measured and claim no cause.

mod contrast;
mod figures;
mod finding;
#[cfg(test)]
mod tests;

use record::results::{Agreement, Analysis, Reading};

use contrast::Contrast;

/// All readings, setting by setting in the order of the figures; figures without numbers yet have
/// none.
pub fn readings(analysis: &Analysis) -> Vec<Reading> {
    let Some(measure) = analysis.how.measures.first() else {
        return Vec::new();
    };
    let mut readings = Vec::new();
    for setting in &analysis.settings {
        let Some(contrast) = Contrast::new(setting) else {
            continue;
        };
        let found = [
            (2, figures::likeness(&contrast, *measure)),
            (3, figures::change_by_block(&contrast, *measure)),
            (4, figures::channel_persistence(&contrast)),
            (5, figures::filters(&contrast)),
        ];
        readings.extend(found.into_iter().filter_map(|(figure, finding)| {
            let finding = finding?;
            Some(Reading {
                figure,
                setting: setting.title(),
                sentence: finding.sentence,
                agrees: match contrast.is_the_papers {
                    true => finding.agrees,
                    false => Agreement::CannotTell,
                },
                paper: finding.paper.to_owned(),
            })
        }));
    }
    readings
}
