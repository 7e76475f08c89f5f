//! Gram matrices of a bounded number of datapoints, and the measures that need them.

mod distances;
mod factor;
mod kernel;
mod neighbours;
mod prepared;

use kernels::Panels;
use rayon::prelude::*;

use crate::datapoints::Real;
use crate::{Activations, ReadError, Values, datapoints};

pub(crate) use prepared::Prepared;

/// Most datapoints of a Gram matrix; 128 MiB in `f64`.
pub(crate) const MOST_DATAPOINTS: usize = 4_096;

/// Values of a block of features.
const BLOCK_VALUES: usize = 4 << 20;

/// Inner products of `n` datapoints, gathered over blocks of features.
#[derive(Clone, Debug)]
pub(crate) struct Gram {
    datapoints: usize,
    /// `⟨x̃ᵢ, x̃ⱼ⟩` with `x̃ᵢ = xᵢ − mean`, `[n, n]`, row-major.
    inner: Vec<f64>,
    /// `⟨x̃ᵢ, mean⟩`, `[n]`
    along_mean: Vec<f64>,
    /// `‖mean‖²`
    mean_square: f64,
    /// `‖xᵢ‖²`, `[n]`
    squares: Vec<f64>,
    /// Dimensions of a datapoint.
    features: usize,
    /// Features that never vary.
    constant: usize,
    /// Values that were infinite or not a number.
    not_finite: u64,
}

impl Gram {
    /// Of `values`, `[datapoints, features]`, none of them 0.
    pub fn of(values: &Values, features: usize) -> Self {
        let datapoints = datapoints::count(values) / features;
        let mut gathering = Gathering::new(datapoints);
        let block = (BLOCK_VALUES / datapoints).max(1);
        for start in (0..features).step_by(block) {
            let columns = start..(start + block).min(features);
            match values {
                Values::Single(values) => gathering.add(values, features, columns),
                Values::Double(values) => gathering.add(values, features, columns),
            }
        }
        gathering.finish()
    }

    /// Of all features of every image, read in blocks; the features are never held at once.
    pub fn flattened(source: &dyn Activations) -> Result<Self, ReadError> {
        let shape = source.shape();
        let mut gathering = Gathering::new(shape.images);
        let block = (BLOCK_VALUES / shape.images).max(1);
        let mut values = Values::Single(Vec::new());
        for start in (0..shape.features()).step_by(block) {
            let features = start..(start + block).min(shape.features());
            let width = features.len();
            source.read_features(0..shape.images, features.clone(), &mut values)?;
            datapoints::expect_count(&values, shape.images * width, || {
                format!("features {} to {}", features.start, features.end)
            })?;
            match &values {
                Values::Single(values) => gathering.add(values, width, 0..width),
                Values::Double(values) => gathering.add(values, width, 0..width),
            }
        }
        Ok(gathering.finish())
    }

    /// Datapoints.
    pub fn datapoints(&self) -> usize {
        self.datapoints
    }

    /// Dimensions of a datapoint.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Features that never vary.
    pub fn constant(&self) -> usize {
        self.constant
    }

    /// Values that were infinite or not a number.
    pub fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// Sum of squares about the mean of all datapoints that were gathered.
    fn trace(&self) -> f64 {
        let n = self.datapoints;
        (0..n).map(|row| self.inner[row * n + row]).sum()
    }

    /// Whether all datapoints are the same, up to rounding.
    fn never_varies(&self) -> bool {
        let total: f64 = self.inner.iter().sum();
        self.trace() - total / self.datapoints as f64 <= 1e-15 * self.trace()
    }

    /// The Gram matrix of some of the datapoints, about the same mean as before.
    pub fn only(&self, rows: &[usize]) -> Self {
        let pick = |from: &[f64]| rows.iter().map(|&row| from[row]).collect();
        Self {
            datapoints: rows.len(),
            inner: rows
                .par_iter()
                .flat_map_iter(|&row| {
                    let from = &self.inner[row * self.datapoints..][..self.datapoints];
                    rows.iter().map(move |&column| from[column])
                })
                .collect(),
            along_mean: pick(&self.along_mean),
            squares: pick(&self.squares),
            ..*self
        }
    }
}

/// A Gram matrix while its features come in.
struct Gathering {
    gram: Gram,
    panels: Panels,
    /// `[features, n]`, one block, centred.
    centred: Vec<f64>,
}

impl Gathering {
    fn new(datapoints: usize) -> Self {
        Self {
            gram: Gram {
                datapoints,
                inner: vec![0.0; datapoints * datapoints],
                along_mean: vec![0.0; datapoints],
                mean_square: 0.0,
                squares: vec![0.0; datapoints],
                features: 0,
                constant: 0,
                not_finite: 0,
            },
            panels: Panels::new(),
            centred: Vec::new(),
        }
    }

    /// Adds `columns` of `values`, `[n, stride]`.
    fn add<T: Real + Sync>(
        &mut self,
        values: &[T],
        stride: usize,
        columns: std::ops::Range<usize>,
    ) {
        let n = self.gram.datapoints;
        self.gram.features += columns.len();
        self.centred.clear();
        self.centred.resize(columns.len() * n, 0.0);
        let start = columns.start;
        let means: Vec<(f64, bool, u64)> = self
            .centred
            .par_chunks_mut(n)
            .enumerate()
            .map(|(feature, to)| {
                for (row, to) in to.iter_mut().enumerate() {
                    *to = values[row * stride + start + feature].into();
                }
                let not_finite = to.iter().filter(|value| !value.is_finite()).count() as u64;
                let constant = to.iter().all(|&value| value == to[0]);
                // About the first value, so that a constant feature becomes exactly 0.
                let first = to[0];
                let mean = first + to.iter().map(|value| value - first).sum::<f64>() / n as f64;
                to.iter_mut().for_each(|value| *value -= mean);
                (mean, constant, not_finite)
            })
            .collect();
        for (feature, &(mean, constant, not_finite)) in means.iter().enumerate() {
            self.gram.constant += usize::from(constant);
            self.gram.not_finite += not_finite;
            self.gram.mean_square += mean * mean;
            let centred = &self.centred[feature * n..][..n];
            for (row, &value) in centred.iter().enumerate() {
                self.gram.along_mean[row] += value * mean;
                self.gram.squares[row] += (value + mean) * (value + mean);
            }
        }
        let zeros = vec![0.0; n];
        let packed = self.panels.pack_double(&self.centred, &zeros);
        let added = packed.and_then(|()| self.panels.add_second(&mut self.gram.inner));
        added.expect("the block has the extents of the matrix");
    }

    fn finish(mut self) -> Gram {
        let n = self.gram.datapoints;
        for row in 0..n {
            for column in row + 1..n {
                self.gram.inner[row * n + column] = self.gram.inner[column * n + row];
            }
        }
        self.gram
    }
}
