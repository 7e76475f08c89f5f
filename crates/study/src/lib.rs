//! A study: what was written, the plan it becomes, and the data it is about.

mod analysis;
mod check;
mod compare;
mod data_spec;
mod described;
mod entry;
mod error;
mod grid;
mod grid_spec;
mod headline;
mod identity;
mod open_data;
mod open_study;
mod phases;
mod plan;
mod probe;
mod regime;
mod run_spec;
mod schedule;
mod score;
mod source;
mod spec;
mod split;
mod train;
mod train_spec;
mod weights;
mod written_source;

pub use analysis::{
    AnalysisImages, AnalysisPlan, AnalysisSettings, AnalysisSpec, PlannedChange, PlannedMap,
    PlannedPair,
};
pub use check::check;
pub use compare::{ComparePlan, CompareSpec, OperatingRule};
pub use data_spec::{Adapt, DataSpec, Normalise, Unreadable};
pub use described::{DataResult, ModelResult, PartitionResult, SourceResult};
pub use entry::{InitEntry, ModelEntry, TrainSize};
pub use error::StudyError;
pub use grid_spec::{GridSpec, WithoutWeights};
pub use headline::{Headline, class_labels, column, finding_labels, measurable_findings};
pub use identity::{FORMAT, NUMERICS};
pub use open_data::OpenData;
pub use open_study::OpenStudy;
pub use phases::{mean_passes, passes, spans, widest};
pub use plan::{PlannedArm, PlannedData, PlannedModel, StudyPlan};
pub use probe::{PlannedProbe, ProbeMethod, ProbePlan, ProbeSettings, ProbeSize, ProbeSpec};
pub use regime::{REGIME_NAMES, RegimeEntry};
pub use run_spec::{DeviceName, RunData, RunSpec};
pub use schedule::Schedule;
pub use score::{ScoreList, TransferScore};
pub use source::open as open_source;
pub use spec::{StudySpec, parse, read_text};
pub use split::Split;
pub use train::TrainPlan;
pub use train_spec::{ClassWeights, OptimizerName, PrecisionName, ScheduleName, TrainSpec};
pub use written_source::{Columns, SourceKeys, WrittenSource};
