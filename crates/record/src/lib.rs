//! What a study leaves behind: names and schemas of all its files, written whole or not at all,
//! `result.json` last.

mod adoption;
mod analysis;
mod checkpoint;
mod declaration;
mod difference;
mod directory;
mod error;
mod job;
mod metrics;
pub mod names;
mod predictions;
mod probe;
mod result;
pub mod results;
mod superseded;
mod test_metrics;

pub use adoption::{Adoption, AdoptionKind};
pub use analysis::{
    BlockAnalysis, FilterAnalysis, MapAnalysis, PairAnalysis, PairBlock, PairChannels, RunAnalysis,
};
pub use checkpoint::{Best, Checkpoint, CheckpointState, Checkpoints};
pub use declaration::Declaration;
pub use directory::{JobDirectory, StudyDirectory};
pub use error::RecordError;
pub use job::{Job, JobKind, JobState};
pub use metrics::Evaluation;
pub use predictions::Predictions;
pub use probe::{ProbeFit, ProbeRecord, ProbeScore};
pub use result::{Ending, FrozenResult, InferenceTiming, RunError, RunResult, RunTiming};
pub use superseded::Superseded;
pub use test_metrics::test_metrics;
