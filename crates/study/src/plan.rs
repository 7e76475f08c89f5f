//! The plan: every run a study needs, numbered and fully resolved before anything trains.
//!
//! A [`StudyPlan`] comes only from checking a specification against its data, networks and
//! weights, or from the `plan.json` that such a check wrote. Training accepts nothing else.

use serde::{Deserialize, Serialize};

use super::analysis::AnalysisPlan;
use super::compare::ComparePlan;
use super::planned::{PlannedArm, PlannedData, PlannedModel};
use super::probe::ProbePlan;
use super::report::ReportPlan;
use super::reporting::Reporting;
use super::run_spec::{RunSpec, is_default};
use super::train::TrainPlan;
use super::tuning::TuningPlan;

/// `plan.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyPlan {
    /// [`FORMAT`](crate::FORMAT).
    pub format: u32,
    /// Version of the program that planned it; only told, never compared.
    pub version: String,
    /// The question.
    pub title: String,
    /// The data as found.
    pub data: PlannedData,
    /// Networks, each with its cost and input scaling.
    pub models: Vec<PlannedModel>,
    /// What the user has to be told before anything trains.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Cells of the grid.
    pub arms: Vec<PlannedArm>,
    /// Every run, numbered from 0 in the order of training.
    pub runs: Vec<RunSpec>,
    /// How runs are trained; where the study tunes, the longest that can be chosen.
    pub train: TrainPlan,
    /// What every arm tries before its runs, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuning: Option<TuningPlan>,
    /// How arms are compared.
    pub compare: ComparePlan,
    /// What frozen features are probed for, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ProbePlan>,
    /// What trained networks are compared for, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<AnalysisPlan>,
    /// What only the team knows, in its words; nothing that is trained depends on it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reporting: Reporting,
    /// What the report shows beside numbers.
    #[serde(default, skip_serializing_if = "ReportPlan::is_default")]
    pub report: ReportPlan,
}
