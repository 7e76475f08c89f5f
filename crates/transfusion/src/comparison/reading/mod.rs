//! What the figures of the analysis say here, in one sentence each, and whether that agrees with
//! what Raghu et al. 2019 found.
//!
//! A figure agrees or disagrees only where 95% intervals over seeds decide it; a number that leans
//! one way does not. The sentences tell what was measured and claim no cause.

mod figures;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::analysis::{Analysis, ArmAnalysis, Setting};

/// What one figure says of one setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Number of the figure in Raghu et al. 2019: 2 to 5.
    pub figure: u8,
    /// [`Setting::title`].
    pub setting: String,
    /// What the figure shows here, with 95% intervals.
    pub sentence: String,
    /// Whether that agrees with the paper.
    pub agrees: Agreement,
    /// What the paper found, to follow `the paper, which found that`.
    pub paper: String,
}

/// Whether intervals decide that a finding is the paper's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Agreement {
    /// They decide for it.
    #[serde(rename = "agrees")]
    Agrees,
    /// They decide against it.
    #[serde(rename = "disagrees")]
    Disagrees,
    /// They decide nothing, or the paper says nothing of such networks.
    #[serde(rename = "cannot tell")]
    CannotTell,
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
            Self::CannotTell => "cannot tell",
        })
    }
}

impl Agreement {
    /// Both findings together: one that disagrees decides, and both must agree.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Disagrees, _) | (_, Self::Disagrees) => Self::Disagrees,
            (Self::Agrees, Self::Agrees) => Self::Agrees,
            _ => Self::CannotTell,
        }
    }
}

impl Reading {
    /// The clause on the paper: `This agrees with the paper, which found that …`.
    pub fn clause(&self) -> String {
        match self.agrees {
            Agreement::CannotTell => format!(
                "These numbers cannot tell whether this agrees with the paper, which found that {}",
                self.paper
            ),
            decided => format!(
                "This {decided} with the paper, which found that {}",
                self.paper
            ),
        }
    }
}

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
