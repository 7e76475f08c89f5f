//! A study: what was written, the plan it becomes, and the data it is about.
//!
//! [`parse`] reads a [`StudySpec`] strictly; [`check()`] holds it against its data, networks and
//! weights, and is the only way to a [`StudyPlan`]. Whatever can be wrong is found there, before
//! anything trains. In the plan every run is a [`RunSpec`], complete in itself, and named by its
//! identity: a digest of all that its result depends on, and of nothing else.
//!
//! ```
//! use std::path::Path;
//!
//! use study::{OpenStudy, StudySpec, check, parse};
//!
//! let text = r#"
//!     title = "Do the pretrained features help, or only their scale?"
//!
//!     [data]
//!     source = "phantom-fundus"
//!     task   = "ordinal"
//!     size   = 16
//!     count  = 60
//!
//!     [weights]
//!     cbr-tiny = "builtin:cbr-tiny-phantom"
//!
//!     [grid]
//!     model = ["cbr-tiny"]
//!     init  = ["random", "mean-var", "transfer"]
//!     seeds = 2
//! "#;
//! let planned = |text: &str| -> Result<OpenStudy, Box<dyn std::error::Error>> {
//!     let spec: StudySpec = parse(text, Path::new("study.toml"))?;
//!     Ok(check(&spec, Path::new("."))?)
//! };
//! let OpenStudy { plan, .. } = planned(text)?;
//! assert_eq!((plan.arms.len(), plan.runs.len()), (3, 6));
//! for run in &plan.runs {
//!     println!("{} {} (seed {})", run.id, run.label, run.seed); // cbr-tiny-s0-1f6c…
//! }
//!
//! // A third seed leaves the identities of the six as they are, so their results can be reused.
//! let grown = planned(&text.replace("seeds = 2", "seeds = 3"))?.plan;
//! let is_there = |id: &str| grown.runs.iter().any(|run| run.id == id);
//! assert_eq!(grown.runs.len(), 9);
//! assert!(plan.runs.iter().all(|run| is_there(&run.id)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod absent;
mod analysis;
mod answered;
mod audited;
mod bound;
mod bounds;
mod candidate;
mod characteristics;
mod check;
pub mod cluster;
mod columns;
mod compare;
mod data_spec;
mod described;
mod entry;
mod error;
mod feature_entry;
mod flow;
mod fold;
mod folding;
mod framing;
mod grid;
mod grid_spec;
mod headline;
mod identity;
mod normalise;
mod onnx_file;
mod open_data;
mod open_study;
mod own_network;
mod packing;
mod phases;
mod plan;
mod planned;
mod probe;
mod probed;
mod recipe;
mod regime;
mod report;
mod reporting;
mod run_spec;
mod sample_range;
mod scaling;
mod schedule;
mod score;
mod seeds;
mod source;
mod source_keys;
mod source_kind;
mod source_options;
mod source_text;
mod spec;
mod split;
mod train;
mod train_spec;
mod tune_spec;
mod tuning;
mod unique;
mod weights;
mod written_fractions;
mod written_join;
mod written_origin;
mod written_range;
mod written_reading;
mod written_source;

pub use absent::to_fetch;
pub use analysis::{
    AnalysisImages, AnalysisPlan, AnalysisSettings, AnalysisSpec, PlannedChange, PlannedMap,
    PlannedPair,
};
pub use bound::{Bound, Counted};
pub use bounds::BOUNDS;
pub use candidate::{Candidate, TuneKey};
pub use characteristics::{
    AttributeResult, AttributeValues, Characteristics, CharacteristicsPart, LevelsResult,
    NumbersResult, Unknown,
};
pub use check::check;
pub use columns::Columns;
pub use compare::{ComparePlan, CompareSpec, OperatingRule};
pub use data_spec::{Adapt, DataSpec, Unreadable};
pub use described::{DataResult, FoldsResult, ModelResult, PartitionResult, SourceResult};
pub use entry::{InitEntry, ModelEntry, TrainSize};
pub use error::StudyError;
pub use feature_entry::FeatureEntry;
pub use flow::{Flow, FlowPart, LeftOut, SourceFlow};
pub use fold::{Fold, Folds, PlannedFold};
pub use grid_spec::{GridSpec, WithoutWeights};
pub use headline::{Headline, class_labels, column, finding_labels, measurable_findings};
pub use identity::{FORMAT, NUMERICS};
pub use normalise::Normalise;
pub use onnx_import::BlockPatterns;
pub use open_data::OpenData;
pub use open_study::OpenStudy;
pub use own_network::{OwnFile, OwnWeights, own_network};
pub use packing::{pack, packed_data};
pub use phases::{mean_passes, passes, spans, widest};
pub use plan::StudyPlan;
pub use planned::{PlannedArm, PlannedData, PlannedModel};
pub use probe::{PlannedProbe, ProbeMethod, ProbePlan, ProbeSettings, ProbeSize, ProbeSpec};
pub use probed::{Probed, ProbedFile, ProbedNetwork};
pub use recipe::{RECIPES, RecipeError, RecipeFile};
pub use regime::{REGIME_NAMES, RegimeEntry};
pub use report::{ReportPlan, ReportSpec};
pub use reporting::Reporting;
pub use run_spec::{DeviceName, RunData, RunSpec};
pub use schedule::Schedule;
pub use score::{ScoreList, TransferScore};
pub use seeds::Seeds;
pub use source::open as open_source;
pub use source_keys::SourceKeys;
pub use source_text::{SourceParts, SourceText};
pub use spec::{StudySpec, parse, read_text};
pub use split::Split;
pub use train::TrainPlan;
pub use train_spec::{ClassWeights, OptimizerName, PrecisionName, ScheduleName, TrainSpec};
pub use tune_spec::{TuneMetric, TuneSpec};
pub use tuning::{PlannedTrial, TuningPlan, TuningSettings};
pub use written_fractions::WrittenFractions;
pub use written_join::{Unmatched, WrittenJoin, WrittenKey};
pub use written_origin::{WrittenAttributes, WrittenOrigin, WrittenSplit};
pub use written_range::WrittenRange;
pub use written_reading::{FrameWord, WindowWord, WrittenFrame, WrittenWindow};
pub use written_source::WrittenSource;
