//! The two arms that a sentence is about.

use initialisation::InitKind;
use record::results::{ArmAnalysis, Setting};

/// The two arms that a sentence is about, and what the paper expects of such a network.
pub(crate) struct Contrast<'a> {
    pub(crate) arm: &'a ArmAnalysis,
    pub(crate) baseline: &'a ArmAnalysis,
    /// Whether the one starts from pretrained weights and the other does not.
    pub(crate) is_the_papers: bool,
    pub(crate) family: Family,
}

/// The paper's kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Made for ImageNet.
    Large,
    /// The CBR networks.
    Cbr,
    /// Not in the paper.
    Other,
}

impl<'a> Contrast<'a> {
    /// `transfer`, else what transfuses a part, else the first arm there is, against the baseline.
    pub(crate) fn new(setting: &'a Setting) -> Option<Self> {
        let baseline = setting.baseline()?;
        let others = || setting.arms.iter().filter(|arm| !arm.is_baseline);
        let arm = others()
            .find(|arm| arm.kind == InitKind::Transfer)
            .or_else(|| others().find(|arm| arm.kind.loads()))
            .or_else(|| others().next())?;
        Some(Self {
            arm,
            baseline,
            is_the_papers: arm.kind.loads() && !baseline.kind.loads(),
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
