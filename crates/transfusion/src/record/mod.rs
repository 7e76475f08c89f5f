//! What a run leaves behind: plain files, written whole or not at all, `result.json` last.

mod analysis;
mod analysis_part;
mod checkpoint;
mod directory;
mod file;
mod metrics;
mod predictions;
mod probe;
mod result;

pub use analysis::{
    BlockAnalysis, FilterAnalysis, MapAnalysis, PairAnalysis, PairBlock, PairChannels, RunAnalysis,
};
pub use analysis_part::AnalysisPart;
pub use checkpoint::{Best, Checkpoint, CheckpointState, Checkpoints};
pub use directory::{RunDirectory, StudyDirectory, StudyLock};
pub use file::{read_json, remove_temporaries, write, write_json};
pub use metrics::{Evaluation, MetricsLog};
pub use predictions::Predictions;
pub use probe::{ProbeDirectory, ProbeFit, ProbeRecord, ProbeScore};
pub use result::{Ending, FrozenResult, InferenceTiming, RunError, RunResult, RunTiming};
