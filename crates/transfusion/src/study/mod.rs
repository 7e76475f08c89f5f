//! A study: what was written, the plan it becomes, and the data it is about.

mod analysis;
mod check;
mod compare;
mod entry;
mod error;
mod grid;
mod headline;
mod material;
mod plan;
mod probe;
mod regime;
mod score;
mod source;
mod spec;
mod weights;

pub use analysis::{
    AnalysisImages, AnalysisPlan, AnalysisSettings, AnalysisSpec, PlannedMap, PlannedPair,
};
pub use check::check;
pub use compare::{ComparePlan, CompareSpec, OperatingRule};
pub use entry::{InitEntry, ModelEntry, TrainSize};
pub use error::StudyError;
pub use headline::{Headline, class_labels, column, finding_labels, measurable_findings};
pub use material::{Material, Opened};
pub use plan::{FORMAT, PlannedArm, PlannedData, PlannedModel, RunSpec, StudyPlan, canonical_json};
pub use probe::{PlannedProbe, ProbeMethod, ProbePlan, ProbeSettings, ProbeSize, ProbeSpec};
pub use regime::{REGIME_NAMES, RegimeEntry};
pub use score::{ScoreList, TransferScore};
pub use source::open as open_source;
pub use spec::{
    ClassWeights, Columns, DataSpec, GridSpec, Normalise, OptimizerName, PrecisionName,
    ScheduleName, StudySpec, TrainSpec, Unreadable, WithoutWeights, parse, read_text,
};
