//! `[report]`: what the report shows beside numbers, as written and as checked.

use serde::{Deserialize, Serialize};

use super::error::StudyError;

/// `[report]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportSpec {
    /// Whether pictures of the data may be written into the study directory and its page.
    pub pictures: bool,
    /// Whether it is shown where networks look, on such pictures; where they are shown if left out.
    pub saliency: Option<bool>,
}

impl Default for ReportSpec {
    fn default() -> Self {
        Self {
            pictures: true,
            saliency: None,
        }
    }
}

/// `[report]`, checked. No result depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportPlan {
    /// Whether pictures of the data may be written into the study directory and its page.
    pub pictures: bool,
    /// Whether it is shown where networks look: never without pictures.
    pub saliency: bool,
}

impl Default for ReportPlan {
    fn default() -> Self {
        Self {
            pictures: true,
            saliency: true,
        }
    }
}

impl ReportPlan {
    /// Checks `spec`.
    pub(crate) fn new(spec: &ReportSpec) -> Result<Self, StudyError> {
        match spec.saliency {
            Some(true) if !spec.pictures => Err(StudyError::Value {
                field: "report.saliency",
                expected: "false, or report.pictures = true: maps are drawn over pictures".into(),
                found: "true beside report.pictures = false".into(),
            }),
            asked => Ok(Self {
                pictures: spec.pictures,
                saliency: asked.unwrap_or(spec.pictures),
            }),
        }
    }

    /// Whether it is what a study has that says nothing of its report.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
