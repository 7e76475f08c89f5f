//! What the networks reused, over runs and pairs of runs: the schema of the analysis in
//! `results.json`.

use initialisation::InitKind;
use serde::{Deserialize, Serialize};
use similarity::{Measure, Measured};

use super::over_seeds::OverSeeds;
use super::progress::Progress;
use super::reading::Reading;
use super::regime_name::RegimeName;
use study::AnalysisSettings;

/// The analysis of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// How networks were compared.
    pub how: AnalysisSettings,
    /// Images that were shown to the networks.
    pub images: usize,
    /// Planned, finished and failed parts.
    pub progress: Progress,
    /// One per model, regime and training size, in the order of the arms.
    pub settings: Vec<Setting>,
    /// Layer × layer maps.
    pub maps: Vec<LayerMap>,
    /// What the figures say in words, setting by setting.
    #[serde(default)]
    pub readings: Vec<Reading>,
}

/// Arms that differ in their initialisation only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Label of the model.
    pub model: String,
    /// Name of the regime.
    pub regime: RegimeName,
    /// Training pictures.
    pub train_size: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
    /// Names of the blocks but the head, from the input on.
    pub blocks: Vec<String>,
    /// One per initialisation.
    pub arms: Vec<ArmAnalysis>,
}

impl Setting {
    /// Model, regime where it is not `full`, and training size: `resnet50, all 1080 training images`.
    pub fn title(&self) -> String {
        let regime = match self.regime.beside_full() {
            None => String::new(),
            Some(regime) => format!(", {regime}"),
        };
        let all = if self.is_all { "all " } else { "" };
        format!(
            "{}{regime}, {all}{} training images",
            self.model, self.train_size
        )
    }

    /// The arm that the others are compared with.
    pub fn baseline(&self) -> Option<&ArmAnalysis> {
        self.arms.iter().find(|arm| arm.is_baseline)
    }
}

/// One arm of a setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmAnalysis {
    /// Label of the arm.
    pub arm: String,
    /// Name of the initialisation.
    pub init: String,
    /// What that is by its rules.
    #[serde(default)]
    pub kind: InitKind,
    /// Whether it is the baseline.
    pub is_baseline: bool,
    /// Before against after training, `[blocks]` (figure 3).
    pub blocks: Vec<ArmBlock>,
    /// Its trained networks against the baseline's trained with other seeds (figures 2 and 4);
    /// for the baseline its own. None with fewer than two seeds or until a pair is done.
    pub against_baseline: Option<AgainstBaseline>,
    /// What became of the first convolution (figure 5); none until a run is done.
    pub filters: Option<FilterChange>,
}

/// A measure over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureOverSeeds {
    /// The measure.
    pub measure: Measure,
    /// Over seeds; none where no seed has a value.
    pub value: Option<OverSeeds>,
    /// Why there is no value, where there is none.
    pub reason: Option<String>,
    /// The first seed (or pair), with floor, null and interval over images.
    pub first: Option<Measured>,
}

/// One block of an arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmBlock {
    /// Name of the block.
    pub block: String,
    /// Dimensions of a datapoint.
    pub channels: usize,
    /// Datapoints.
    pub datapoints: u64,
    /// Similarity of the block before and after training, by measure.
    pub before_after: Vec<MeasureOverSeeds>,
    /// The same minus that of the baseline with the same seed, by measure; none for the baseline.
    /// Below 0 where the arm stays the more alike, for measures that are distances.
    pub beyond_baseline: Vec<Option<OverSeeds>>,
    /// ‖after − before‖ / ‖before‖ over the trained tensors of the block.
    pub movement: Option<OverSeeds>,
    /// √mean (after − before)² over the same.
    pub movement_rms: Option<OverSeeds>,
    /// Test AUC lost when the block alone is set back to its start.
    pub reset_to_start: Option<OverSeeds>,
    /// Test AUC lost when the block alone is drawn anew.
    pub reset_to_random: Option<OverSeeds>,
    /// Test AUC of k nearest neighbours on the block's features, before training.
    pub neighbours_before: Option<OverSeeds>,
    /// The same after training.
    pub neighbours_after: Option<OverSeeds>,
}

/// Trained networks of an arm against the baseline's, over pairs of different seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgainstBaseline {
    /// `[seed of the arm, seed of the baseline]`
    pub pairs: Vec<[u64; 2]>,
    /// By block.
    pub blocks: Vec<PairedBlock>,
    /// Mean over the two blocks before the head, by measure (figure 2).
    pub top: Vec<MeasureOverSeeds>,
    /// What two networks of the baseline have more in common there than one of this arm and one of
    /// the baseline, by measure; none for the baseline. Above 0 where the baseline's are the more
    /// alike: for measures that are distances, the sign is turned.
    pub baseline_closer: Vec<Option<OverSeeds>>,
}

/// One block of pairs of networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedBlock {
    /// Name of the block.
    pub block: String,
    /// Similarity of the trained networks, by measure.
    pub trained: Vec<MeasureOverSeeds>,
    /// Similarity of the networks before training, by measure.
    pub initial: Vec<MeasureOverSeeds>,
    /// Channel by channel, before against after (figure 4).
    pub channels: Option<ChannelPersistence>,
}

/// Whether pairs of channels that are alike before training are alike after it.
///
/// For channel i of one network and j of the other, s₀ = |corr(aᵢ, bⱼ)| before and s₁ after
/// training, over all pairs (i, j). Not a similarity of the networks: it asks how far training
/// keeps what the start had in common by chance or by origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelPersistence {
    /// Pearson correlation of s₀ and s₁.
    pub r: OverSeeds,
    /// Its square.
    pub r_squared: OverSeeds,
    /// Slope of the least-squares line of s₁ on s₀.
    pub slope: OverSeeds,
    /// Pairs of channels, of each pair of networks.
    pub count: usize,
    /// `[s₀, s₁]` of some channel pairs of the first pair of networks, drawn evenly.
    pub points: Vec<[f32; 2]>,
}

/// What training did to the filters of the first convolution, over filters and seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterChange {
    /// Path of the tensor.
    pub path: String,
    /// `[filters, channels, height, width]`
    pub shape: [usize; 4],
    /// Mean over filters of the Pearson correlation of a filter with its start.
    pub correlation: Option<OverSeeds>,
    /// Mean over filters of the cosine of a filter with its start.
    pub cosine: Option<OverSeeds>,
    /// ‖after − before‖ / ‖before‖ over the whole tensor.
    pub movement: Option<OverSeeds>,
    /// Mean over filters of R² of the best-fitting Gabor filter, before training.
    pub gabor_before: Option<OverSeeds>,
    /// The same after training.
    pub gabor_after: Option<OverSeeds>,
    /// R² that the best-fitting Gabor filter reaches on noise of this shape (median), in [0, 1].
    pub gabor_noise: Option<f64>,
    /// The first seed, filter by filter.
    pub filters: Vec<OneFilter>,
}

/// One filter of the first convolution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneFilter {
    /// Pearson correlation of its weights with their start, in [−1, 1]; none without variance.
    pub correlation: Option<f64>,
    /// Cosine with its start, in [−1, 1]; none for a filter of zeros.
    pub cosine: Option<f64>,
    /// ‖after − before‖ / ‖before‖; none where it starts at zero.
    pub movement: Option<f64>,
    /// R² of the best-fitting Gabor filter before training, in [0, 1]; none without variance, or
    /// for filters with fewer weights than the fit has free numbers.
    pub gabor_before: Option<f64>,
    /// The same after training.
    pub gabor_after: Option<f64>,
}

/// Every block of one network against every block of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerMap {
    /// Label and seed of the one.
    pub a: (String, u64),
    /// Label and seed of the other.
    pub b: (String, u64),
    /// Blocks of the one, from the input on.
    pub blocks_a: Vec<String>,
    /// Blocks of the other.
    pub blocks_b: Vec<String>,
    /// The measure; of pooled activations.
    pub measure: Measure,
    /// `[blocks of a][blocks of b]`; none where there is no value.
    pub values: Vec<Vec<Option<f64>>>,
}
