//! Names of the files of a study, each once, with the type of what it holds.

use durable::{FileName, JsonFile, SealedFile};
use initialisation::MatchReport;
use study::{PlannedProbe, RunSpec, StudyPlan};

use crate::checklist::Checklists;
use crate::declaration::Declarations;
use crate::gallery::Gallery;
use crate::listing::Listing;
use crate::precision::Precisions;
use crate::probe::ProbeRecord;
use crate::result::{RunError, RunResult, RunTiming};
use crate::results::Results;

/// The configuration as it was run.
pub const STUDY: FileName = FileName::new("study.toml");
/// What the study asks, checked; `study.toml` belongs to it.
pub const PLAN: SealedFile<StudyPlan> = SealedFile::new("plan.json");
/// The folder that paths of the configuration are relative to.
pub const ORIGIN: FileName = FileName::new("origin");
/// Which precision networks train in, where it was measured.
pub const PRECISIONS: SealedFile<Precisions> = SealedFile::new("precisions.json");
/// How arms are compared, and when that was declared.
pub const DECLARATIONS: SealedFile<Declarations> = SealedFile::new("declarations.json");
/// Every number of the report.
pub const RESULTS: SealedFile<Results> = SealedFile::new("results.json");
/// The page.
pub const REPORT: FileName = FileName::new("report.html");
/// What guidelines ask of a report, and where the page answers.
pub const CHECKLIST: SealedFile<Checklists> = SealedFile::new("checklist.json");
/// The same as a table.
pub const CHECKLIST_TABLE: FileName = FileName::new("checklist.csv");
/// What files a folder has that no other record names: the page, or pictures of examples.
pub const MANIFEST: SealedFile<Listing> = SealedFile::new("manifest.json");
/// Pictures of examples, by class.
pub const EXAMPLES: FileName = FileName::new("examples");
/// The last request to stop, in the folder of what is there only while the study runs.
pub const STOP: FileName = FileName::new("stop");
/// Pictures of mistakes and maps of saliency.
pub const GALLERY: FileName = FileName::new("gallery");
/// What is in it; written last.
pub const GALLERY_RECORD: SealedFile<Gallery> = SealedFile::new("gallery.json");
/// What was damaged, set aside before it was made again.
pub const SET_ASIDE: FileName = FileName::new("set-aside");

/// One run, fully resolved.
pub const RUN_SPEC: JsonFile<RunSpec> = JsonFile::new("spec.json");
/// How a run ended; written last.
pub const RUN_RESULT: SealedFile<RunResult> = SealedFile::new("result.json");
/// Why a run, or a probe, failed and would fail again.
pub const ERROR: SealedFile<RunError> = SealedFile::new("error.json");
/// What became of every tensor before training.
pub const MATCHES: JsonFile<MatchReport> = JsonFile::new("match.json");
/// How long a run took, and where: sealed by itself, since it differs every time.
pub const TIMING: SealedFile<RunTiming> = SealedFile::new("timing.json");
/// One line an evaluation.
pub const METRICS: FileName = FileName::new("metrics.jsonl");
/// Probabilities of the validation and test pictures.
pub const PREDICTIONS: FileName = FileName::new("predictions.csv");
/// Weights of the best evaluation.
pub const MODEL: FileName = FileName::new("model.safetensors");
/// The first convolution before training.
pub const INITIAL_FILTERS: FileName = FileName::new("initial_filters.safetensors");
/// The bank of Gabor filters that a run starts with, where it does.
pub const GABOR: FileName = FileName::new("gabor.safetensors");
/// The same as a picture.
pub const GABOR_PICTURE: FileName = FileName::new("gabor.png");

/// One probe, fully resolved.
pub const PROBE_SPEC: JsonFile<PlannedProbe> = JsonFile::new("spec.json");
/// What a probe found; written last.
pub const PROBE_RESULT: SealedFile<ProbeRecord> = SealedFile::new("result.json");
/// The features of a probe.
pub const FEATURES: FileName = FileName::new("features.safetensors");
