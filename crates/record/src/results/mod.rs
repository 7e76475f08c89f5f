//! Every number of the report, machine-readable: the schema of `results.json`.
//!
//! Wall-clock times are not here but in [`Timing`]: the same plan gives the same `results.json`,
//! byte for byte, however often it was interrupted.

mod analysis;
mod arm;
mod association;
mod beside;
mod comparison;
mod confusion;
mod cost;
mod cross_validation;
mod discrimination;
mod estimate;
mod label_efficiency;
mod mistakes;
mod outcome;
mod over_seeds;
mod probe;
mod progress;
mod protocol;
mod question;
mod range;
mod reading;
mod regime_name;
mod saliency;
mod sequential;
mod source_accuracy;
mod specification;
mod table;
mod test_set;
mod timing;
mod transferability;
mod tuning;
mod verdict;

pub use analysis::{
    AgainstBaseline, Analysis, ArmAnalysis, ArmBlock, ChannelPersistence, FilterChange, LayerMap,
    MeasureOverSeeds, OneFilter, PairedBlock, Setting,
};
pub use arm::{ArmResult, Convergence, CurvePoint, DeviceRuns, SeedResult};
pub use association::{AssociationResult, Coefficient};
pub use beside::{ArmBeside, Beside, ComparisonBeside, Fact, Shift};
pub use comparison::{
    AttributionResult, BootstrapResult, ComparisonResult, Helps, NeededResult, PValues, PartResult,
    PermutationResult, PosteriorResult, PowerResult, SettlingResult, SpeedUpResult,
};
pub use confusion::{ConfusionResult, SeedConfusion};
pub use cost::{CostResult, FrontResult, is_on_front};
pub use cross_validation::{
    CrossValidatedArm, CrossValidatedDifference, CrossValidation, FoldAucs, ResampledResult,
};
pub use discrimination::{
    ArmDiscrimination, CurveQuestion, CurveResult, Discrimination, MeanResult, OperatingMean,
    QuestionCases, QuestionDiscrimination,
};
pub use estimate::{AucResult, Estimate};
pub use label_efficiency::{LabelEfficiencyResult, SavingResult};
pub use mistakes::{Mistake, MistakeKind, MistakeList, Mistakes};
pub use outcome::{Bound, LabelOutcome, Outcome, SpeedOutcome};
pub use over_seeds::OverSeeds;
pub use probe::{ProbeResult, ProbeSeed, Probes};
pub use progress::{Failure, Progress, Reproduction};
pub use protocol::{Protocol, Scaling};
pub use question::{
    ArmQuestion, CalibrationResult, NetBenefit, OperatingResult, PredictiveValues, Proportion,
    QuestionResult, ReliabilityBin, RescaledResult,
};
pub use range::RangeResult;
pub use reading::{Agreement, Reading};
pub use regime_name::RegimeName;
pub use saliency::{
    Evidence, FEW_CELLS, HARDLY, MethodResult, Patch, Saliency, SaliencyCase, SaliencyChoice,
    SaliencyMethod, SaliencyRole,
};
pub use sequential::{FutilityResult, SequentialResult, StandingResult};
pub use source_accuracy::{SourceAccuracy, SourcePoint};
pub use specification::{
    SpecificationCurve, SpecificationPoint, SpecificationReading, SpecificationResult,
};
pub use table::{FORMAT, Results};
pub use test_set::{TestSetArm, TestSetResult};
pub use timing::Timing;
pub use transferability::{Points, Prediction, Predictor, ScoreResult, Transferability};
pub use tuning::{
    EdgeResult, TrialResult, TriedResult, TunedResult, TuningResult, tuning_warnings,
};
pub use verdict::{Advice, Badge, Clause, LabelSaving, Point, Verdict};
