//! What the analysis of a study leaves behind, in `analysis/`: one file for every run, pair of runs
//! and layer × layer map.

use serde::{Deserialize, Serialize};
use similarity::Measured;

use crate::results::OneFilter;

/// One run, before against after training: a file of `analysis/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAnalysis {
    /// Identity of the run.
    pub id: String,
    /// Test AUC of the trained network as it is; none where it is undefined.
    pub intact_auc: Option<f64>,
    /// Every block but the head, from the input on.
    pub blocks: Vec<BlockAnalysis>,
    /// The first convolution; none for networks without.
    pub filters: Option<FilterAnalysis>,
}

/// One block of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockAnalysis {
    /// Its name.
    pub block: String,
    /// Channels of its map.
    pub channels: usize,
    /// Datapoints of `before_after`.
    pub datapoints: u64,
    /// Before against after training, in the order of the settings' measures.
    pub before_after: Vec<Measured>,
    /// ‖after − before‖ / ‖before‖ over its trained tensors; none where they start at zero.
    pub movement: Option<f64>,
    /// √mean (after − before)² over the same; none for a block without.
    pub movement_rms: Option<f64>,
    /// Test AUC with this block alone set back to its start.
    pub reset_to_start: Option<f64>,
    /// Test AUC with this block alone drawn anew.
    pub reset_to_random: Option<f64>,
    /// Test AUC of k nearest neighbours on its features before training.
    pub neighbours_before: Option<f64>,
    /// The same after training.
    pub neighbours_after: Option<f64>,
}

/// The first convolution of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterAnalysis {
    /// Path of the tensor.
    pub path: String,
    /// `[filters, channels, height, width]`
    pub shape: [usize; 4],
    /// ‖after − before‖ / ‖before‖ over the whole tensor; none where it starts at zero.
    pub movement: Option<f64>,
    /// R² that the best-fitting Gabor filter reaches on noise of this shape (median), in [0, 1]:
    /// what `gabor_before` and `gabor_after` have to beat. None where filters are too small to fit.
    pub gabor_noise: Option<f64>,
    /// Filter by filter.
    pub filters: Vec<OneFilter>,
}

/// Two runs of one network: a file of `analysis/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairAnalysis {
    /// Every block but the head, from the input on.
    pub blocks: Vec<PairBlock>,
}

/// One block of two runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairBlock {
    /// Its name.
    pub block: String,
    /// The networks before training, in the order of the settings' measures.
    pub initial: Vec<Measured>,
    /// The trained networks.
    pub trained: Vec<Measured>,
    /// Channel by channel; none where no correlation varies.
    pub channels: Option<PairChannels>,
}

/// |corr| of all pairs of channels before against after training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairChannels {
    /// Pearson correlation, in [−1, 1].
    pub r: f64,
    /// Slope of the least-squares line of after on before.
    pub slope: f64,
    /// Pairs of channels.
    pub count: usize,
    /// `[before, after]` of some of them, drawn evenly.
    pub points: Vec<[f32; 2]>,
}

/// Every block of one run against every block of another: a file of `analysis/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapAnalysis {
    /// Blocks of the one.
    pub blocks_a: Vec<String>,
    /// Blocks of the other.
    pub blocks_b: Vec<String>,
    /// `[block of a][block of b]`
    pub measured: Vec<Vec<Measured>>,
}
