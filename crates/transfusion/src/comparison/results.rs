//! Every number of the report, machine-readable: the schema of `results.json`.
//!
//! Wall-clock times are not here but in [`Timing`]: the same plan gives the same `results.json`,
//! byte for byte, however often it was interrupted.

use nets::zoo::Choice;
use serde::{Deserialize, Serialize};

use super::analysis::Analysis;
use super::probes::{ProbeResult, Probes};
use super::source_accuracy::SourceAccuracy;
use super::transferability::Transferability;

/// Version of the schema; a newer one is refused.
pub const FORMAT: u32 = 1;

/// `results.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// [`FORMAT`].
    pub format: u32,
    /// The study's question.
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// What the headline AUC tells apart, e.g. `grade ≥ 2` or `macro one-vs-rest`.
    pub headline: String,
    /// The name of the baseline initialisation.
    pub baseline: String,
    /// Difference in AUC that would not matter.
    pub margin: f64,
    /// Validation AUCs whose first crossing measures convergence.
    pub thresholds: Vec<f64>,
    /// Planned, finished and failed runs.
    pub progress: Progress,
    /// What a reader has to know about how arms were set up.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The user's data.
    pub data: DataResult,
    /// The tasks that pretrained weights come from.
    pub sources: Vec<SourceResult>,
    /// The networks compared.
    pub models: Vec<ModelResult>,
    /// One per cell of the grid, in the order of the plan.
    pub arms: Vec<ArmResult>,
    /// Every arm against the baseline initialisation of the same model, regime and training size,
    /// every arm of another regime than `full` against that, and every arm of a slimmed or
    /// truncated network against the whole one.
    pub comparisons: Vec<ComparisonResult>,
    /// What of the pretrained weights helps, where a model has the arms that tell.
    #[serde(default)]
    pub attributions: Vec<AttributionResult>,
    /// How frozen features were probed, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probes>,
    /// One per model, initialisation, training size, method and block, in the order of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<ProbeResult>,
    /// What scores of transferability promise, where the study asks, and how well they predicted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferability: Option<Transferability>,
    /// Accuracy on source tasks against test AUC here, where several networks start from one source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_accuracy: Vec<SourceAccuracy>,
    /// What the networks kept and share, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Analysis>,
    /// What to do.
    pub verdict: Verdict,
    /// Runs that ended in an error.
    pub failures: Vec<Failure>,
    /// How to get these numbers again.
    pub reproduction: Reproduction,
}

impl Results {
    /// How an arm compares with the baseline initialisation, all else alike.
    pub fn against_baseline(&self, arm: &ArmResult) -> Option<&ComparisonResult> {
        let baseline = self.baseline_of(arm)?;
        let is_it = |c: &&ComparisonResult| c.arm == arm.label && c.baseline == baseline.label;
        self.comparisons.iter().find(is_it)
    }

    /// How an arm compares with full training, and with the whole network, all else alike.
    pub fn against_others<'a>(
        &'a self,
        arm: &'a ArmResult,
    ) -> impl Iterator<Item = &'a ComparisonResult> {
        let baseline = self.against_baseline(arm).map(|c| c.baseline.as_str());
        let of_arm = self.comparisons.iter().filter(|c| c.arm == arm.label);
        of_arm.filter(move |c| Some(c.baseline.as_str()) != baseline)
    }

    /// The arm with the baseline initialisation and all else alike.
    pub fn baseline_of(&self, arm: &ArmResult) -> Option<&ArmResult> {
        self.arms.iter().find(|other| {
            other.init == self.baseline
                && (&other.model, &other.regime, other.train_size)
                    == (&arm.model, &arm.regime, arm.train_size)
        })
    }

    /// Whether the study only probes frozen features.
    pub fn trains_nothing(&self) -> bool {
        self.probe.as_ref().is_some_and(|probe| probe.only)
    }
}

/// How far the study is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Runs of the plan.
    pub planned: usize,
    /// Runs with a result.
    pub done: usize,
    /// Runs with an error.
    pub failed: usize,
}

/// The data under study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataResult {
    /// Name of the data set.
    pub name: String,
    /// `multiclass`, `multilabel` or `ordinal`.
    pub task: String,
    /// Classes, grades or findings, by index.
    pub classes: Vec<String>,
    /// What distinguishes the classes, in the user's words.
    pub property: Option<String>,
    /// Edge of the square picture that the networks see, in pixels.
    pub size: usize,
    /// Channels that the networks see: 1 or 3.
    pub channels: usize,
    /// Smallest, median and largest stored width, in pixels.
    pub stored_width: [usize; 3],
    /// Smallest, median and largest stored height, in pixels.
    pub stored_height: [usize; 3],
    /// How the partitions came about, e.g. `official` or `by patient, seed 0`.
    pub split: String,
    /// Training, validation, test.
    pub partitions: Vec<PartitionResult>,
    /// Pictures left out because they could not be read: id and reason.
    pub unreadable: Vec<(String, String)>,
    /// SHA-256 over ids, labels and pixels.
    pub sha256: String,
}

/// One partition of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartitionResult {
    /// `training`, `validation` or `test`.
    pub name: String,
    /// Pictures.
    pub images: usize,
    /// Patients, where they are known.
    pub patients: Option<usize>,
    /// Pictures per class (or per present finding), in the order of the classes.
    pub per_class: Vec<usize>,
}

/// A task that weights were pretrained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceResult {
    /// Label of the model that starts from it.
    pub model: String,
    /// Name of the source task.
    pub name: String,
    /// Classes of the source task; this and the following are none where the weights carry no card.
    pub classes: Option<usize>,
    /// Training images.
    pub images: Option<usize>,
    /// Edge of the training images, in pixels.
    pub size: Option<usize>,
    /// What distinguishes its classes.
    pub property: Option<String>,
    /// Top-1 accuracy on the source test images, in [0, 1].
    pub top1: Option<f64>,
    /// Top-5 accuracy on the source test images, in [0, 1].
    pub top5: Option<f64>,
    /// SHA-256 of the weights file.
    pub sha256: String,
}

/// A network of the study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelResult {
    /// Label in tables.
    pub label: String,
    /// The choice from the zoo.
    pub choice: Choice,
    /// Trained numbers.
    pub parameters: usize,
    /// Multiply-adds of one image's forward pass at the study's size.
    pub macs: u64,
    /// Names of the blocks, from the input to the head.
    pub blocks: Vec<String>,
}

/// A value with its 95% interval and where its uncertainty comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean over seeds.
    pub value: f64,
    /// Lower end of the 95% interval.
    pub low: f64,
    /// Upper end of the 95% interval.
    pub high: f64,
    /// Standard deviation between seeds; none with one seed.
    pub seed_sd: Option<f64>,
    /// Standard error from the finite test set (DeLong).
    pub sampling_se: f64,
}

/// One cell of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmResult {
    /// Name: model, initialisation, regime and training size.
    pub label: String,
    /// Label of the model.
    pub model: String,
    /// Name of the initialisation.
    pub init: String,
    /// Name of the training regime.
    #[serde(default = "full")]
    pub regime: String,
    /// Whether the initialisation reads pretrained weights.
    #[serde(default)]
    pub needs_weights: bool,
    /// Training images used.
    pub train_size: usize,
    /// Whether `train_size` is the whole training partition.
    pub is_all: bool,
    /// Test AUC over seeds; none until a run is done or where it is undefined.
    pub auc: Option<Estimate>,
    /// One per finished seed.
    pub seeds: Vec<SeedResult>,
    /// Validation curve, one point per evaluation.
    pub curve: Vec<CurvePoint>,
    /// Steps to each threshold, in the order of the thresholds.
    pub convergence: Vec<Convergence>,
}

fn full() -> String {
    "full".into()
}

impl ArmResult {
    /// What distinguishes the arms of a model and training size: the initialisation, with the
    /// regime where that is not `full`.
    pub fn setup(&self) -> String {
        match self.regime.as_str() {
            "full" => self.init.clone(),
            regime => format!("{}, {regime}", self.init),
        }
    }
}

/// Test metrics of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeedResult {
    /// Number of the run in the plan.
    pub run: usize,
    /// Seed.
    pub seed: u64,
    /// Step of the best checkpoint by validation AUC.
    pub best_step: u64,
    /// Steps trained.
    pub steps: u64,
    /// Headline AUC on the test partition and its DeLong 95% interval.
    pub auc: Option<AucResult>,
    /// Area under the precision-recall curve (average precision) of the headline.
    pub auprc: Option<f64>,
    /// Macro one-vs-rest AUC (multiclass and ordinal) or mean over findings.
    pub macro_auc: Option<f64>,
    /// AUC per class (one-vs-rest), per grade threshold or per finding: name and value.
    pub per_class: Vec<(String, Option<f64>)>,
    /// Share of correct arg-max classes; none for multilabel.
    pub accuracy: Option<f64>,
    /// Quadratic weighted kappa; only for ordinal.
    pub kappa: Option<f64>,
    /// Mean negative log likelihood, in nats.
    pub log_loss: Option<f64>,
}

/// An AUC with its DeLong 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AucResult {
    /// Area under the ROC curve, in [0, 1].
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// One evaluation on the validation partition, over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Training steps taken.
    pub step: u64,
    /// Validation AUC per seed, in the order of `seeds`; none where a seed has stopped.
    pub auc: Vec<Option<f64>>,
    /// Mean training loss since the previous evaluation, per seed.
    pub loss: Vec<Option<f64>>,
}

/// How soon an arm reaches a threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Validation AUC to reach.
    pub threshold: f64,
    /// Steps per seed, interpolated; none where the budget ended before.
    pub steps: Vec<Option<f64>>,
    /// Median over seeds with unreached ones counted as later than any reached; none if the
    /// median seed never reaches it.
    pub median: Option<f64>,
}

/// An arm against another that differs from it in one thing: initialisation, regime, or the network
/// being whole. Seeds are paired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonResult {
    /// Label of the arm.
    pub arm: String,
    /// Label of the other.
    pub baseline: String,
    /// Test AUC of the arm minus that of the other.
    pub difference: Estimate,
    /// `better`, `worse`, `equivalent` or `undecided`.
    pub outcome: String,
    /// The smallest difference that this comparison could have seen (80% power, two-sided 5%);
    /// none where nothing varied.
    pub smallest_detectable: Option<f64>,
    /// Median steps of the other arm divided by median steps of the arm, per threshold.
    pub speed_up: Vec<Option<f64>>,
}

/// The gain of `transfer` over `random`, split by `mean-var`: gain = scale + features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttributionResult {
    /// Label of the model.
    pub model: String,
    /// Training images used.
    pub train_size: usize,
    /// Whether `train_size` is the whole training partition.
    pub is_all: bool,
    /// Name of the training regime.
    #[serde(default = "full")]
    pub regime: String,
    /// What may be concluded.
    pub helps: Helps,
    /// `transfer` less `random`.
    pub gain: PartResult,
    /// `mean-var` less `random`.
    pub scale: PartResult,
    /// `transfer` less `mean-var`.
    pub features: PartResult,
}

/// A part of a gain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartResult {
    /// Difference in test AUC, seeds paired.
    pub difference: Estimate,
    /// `better`, `worse`, `equivalent` or `undecided`.
    pub outcome: String,
}

/// What of the pretrained weights helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Helps {
    /// The gain is there, and the features have a part that is better than nothing.
    Features,
    /// `mean-var` is better than random, and the features are equivalent to nothing.
    Scale,
    /// Both parts are better than nothing.
    FeaturesAndScale,
    /// Gain and scale are equivalent to nothing.
    Nothing,
    /// `transfer` is worse than random.
    Harm,
    /// None of these is shown.
    Undecided,
}

/// What a reader acts on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// One paragraph, generated by rules from the numbers above.
    pub paragraph: String,
    /// Label of the arm to use, if any run is done.
    pub recommended: Option<String>,
    /// What the study cannot tell yet.
    pub open: Vec<String>,
}

/// A run that ended in an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Number of the run.
    pub run: usize,
    /// Label of its arm.
    pub arm: String,
    /// Seed.
    pub seed: u64,
    /// What went wrong.
    pub error: String,
}

/// How to get the numbers again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reproduction {
    /// The command.
    pub command: String,
    /// `study.toml` as it was run.
    pub study: String,
    /// SHA-256 of the plan.
    pub plan_sha256: String,
}

/// Wall-clock times of finished runs; beside the results, because they differ every time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Label of the arm.
    pub arm: String,
    /// Seconds of training and evaluation, per finished seed.
    pub seconds: Vec<f64>,
    /// Training images per second, per finished seed.
    pub images_per_second: Vec<f64>,
}
