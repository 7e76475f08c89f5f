//! How alike two pictures must be to be called copies.

use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use crate::traits::Look;
use streams::stream;

/// The thresholds of one audit.
///
/// A fixed threshold is too low where all pictures look alike (small fundus photographs) and
/// needlessly high where none do. So a pair must also stand out from the pairs of the same set:
/// its likeness on the scale of `artanh` lies this many standard deviations above the mean of
/// pairs that were drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standard {
    /// Pairs that were drawn.
    pub pairs: usize,
    /// Mean likeness of these, on the scale of `artanh`.
    pub mean: f64,
    /// Their standard deviation on that scale.
    pub deviation: f64,
    /// Likeness from which two pictures are perhaps copies.
    pub perhaps: f32,
    /// Likeness from which they are copies.
    pub certain: f32,
    /// Likeness from which they are mirror images.
    pub mirrored: f32,
}

/// Pairs that are drawn.
const PAIRS: usize = 20_000;
/// Fewer pictures than this say too little of how alike unrelated ones are.
const ENOUGH: usize = 100;
/// Likeness and standard deviations: perhaps, certain, mirrored.
const LEVELS: [(f32, f64); 3] = [(0.90, 6.0), (0.95, 7.0), (0.97, 7.0)];
/// The same where there are too few pictures to draw from.
const FEW: [f32; 3] = [0.95, 0.97, 0.98];
/// No threshold is above this: a picture that was only written anew stays above it.
const HIGHEST: f32 = 0.996;

impl Standard {
    /// By the looks of all pictures.
    pub(crate) fn of(looks: &[&Look]) -> Self {
        if looks.len() < ENOUGH {
            let [perhaps, certain, mirrored] = FEW;
            return Self {
                pairs: 0,
                mean: 0.0,
                deviation: 0.0,
                perhaps,
                certain,
                mirrored,
            };
        }
        let mut random = stream(0, "audit/pairs", looks.len() as u64);
        let drawn: Vec<f64> = (0..PAIRS)
            .map(|_| {
                let a = random.random_range(0..looks.len());
                let b = (a + random.random_range(1..looks.len())) % looks.len();
                f64::from(looks[a].likeness(looks[b]).clamp(-0.999, 0.999)).atanh()
            })
            .collect();
        let mean = drawn.iter().sum::<f64>() / PAIRS as f64;
        let squares: f64 = drawn.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / (PAIRS - 1) as f64).sqrt();
        let [perhaps, certain, mirrored] = LEVELS.map(|(least, deviations)| {
            let outstanding = (mean + deviations * deviation).tanh() as f32;
            least.max(outstanding).min(HIGHEST)
        });
        Self {
            pairs: PAIRS,
            mean,
            deviation,
            perhaps,
            certain,
            mirrored,
        }
    }
}
