//! What the figures of the analysis say here, in one sentence each, and whether that agrees with
//! what Raghu et al. 2019 found.
//!
//! A figure agrees or disagrees only where 95% intervals over seeds decide it; a number that leans
//! one way does not. The sentences tell what was measured and claim no cause.

mod figures;
#[cfg(test)]
mod tests;

use record::results::{Agreement, Analysis, ArmAnalysis, Reading, Setting};

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

/// What a figure shows.
struct Finding {
    sentence: String,
    agrees: Agreement,
    paper: &'static str,
}

/// The two arms that a sentence is about, and what the paper expects of such a network.
struct Contrast<'a> {
    arm: &'a ArmAnalysis,
    baseline: &'a ArmAnalysis,
    /// Whether the one starts from pretrained weights and the other does not.
    is_the_papers: bool,
    family: Family,
}

/// The paper's kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// Made for ImageNet.
    Large,
    /// The CBR networks.
    Cbr,
    /// Not in the paper.
    Other,
}

impl<'a> Contrast<'a> {
    /// `transfer`, else what transfuses a part, else the first arm there is, against the baseline.
    fn new(setting: &'a Setting) -> Option<Self> {
        let baseline = setting.baseline()?;
        let others = || setting.arms.iter().filter(|arm| !arm.is_baseline);
        let arm = others()
            .find(|arm| arm.init == "transfer")
            .or_else(|| others().find(|arm| is_transfused(arm)))
            .or_else(|| others().next())?;
        Some(Self {
            arm,
            baseline,
            is_the_papers: is_transfused(arm) && !is_transfused(baseline),
            family: match setting.model.as_str() {
                model if model.starts_with("cbr") => Family::Cbr,
                model if model.starts_with("resnet") || model.starts_with("inception") => {
                    Family::Large
                }
                _ => Family::Other,
            },
        })
    }
}

/// Whether the arm starts from features of pretrained weights: by the names that studies give.
fn is_transfused(arm: &ArmAnalysis) -> bool {
    arm.init.starts_with("transf") || arm.init.starts_with("load")
}
