//! Moments of one view.

use kernels::Panels;

use super::MomentsError;
use super::shift::{First, add_scaled, dot};
use crate::Values;

/// Datapoints whose mean becomes the pilot.
const PILOT_DATAPOINTS: usize = 4096;

/// Moments of one view about its pilot, of `channels` dimensions, accumulated in `f64`.
///
/// Memory is `8 · channels²` bytes, whatever the number of datapoints. The views of a map of
/// layers × layers are each packed once:
/// ```
/// use kernels::Panels;
/// use similarity::{CrossMoments, Moments, Values};
///
/// let mut panels = (Panels::new(), Panels::new());
/// let (mut a, mut b, mut cross) = (Moments::new(2), Moments::new(1), CrossMoments::new(2, 1));
/// a.pack(&Values::Single(vec![0.0, 1.0, 2.0, 5.0]), &mut panels.0)?;
/// b.pack(&Values::Single(vec![3.0, 4.0]), &mut panels.1)?;
/// a.add(&panels.0)?;
/// b.add(&panels.1)?;
/// cross.add(&panels.0, &panels.1)?;
/// assert_eq!(a.mean(), [1.0, 3.0]);
/// # Ok::<(), similarity::MomentsError>(())
/// ```
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(into = "super::wire::Stored", try_from = "super::wire::Stored")]
pub struct Moments {
    pub(crate) channels: usize,
    /// Datapoints.
    pub(crate) count: u64,
    /// `[channels]`; empty until the first datapoints were packed.
    pub(crate) pilot: Vec<f64>,
    /// `Σ x̃ᵢ`, `[channels]`
    pub(crate) sum: Vec<f64>,
    /// `Σ x̃ᵢ x̃ᵢᵀ`, `[channels, channels]`, row-major; only the lower triangle holds.
    pub(crate) second: Vec<f64>,
    /// `Σ aᵢ` with `aᵢ = ‖x̃ᵢ‖²`
    pub(crate) norm_sum: f64,
    /// `Σ aᵢ²`
    pub(crate) norm_square_sum: f64,
    /// `Σ aᵢ x̃ᵢ`, `[channels]`
    pub(crate) norm_weighted: Vec<f64>,
    /// Values that were infinite or not a number; with any, no measure has a value, and their
    /// blocks are in no sum.
    pub(crate) not_finite: u64,
}

impl Moments {
    /// Moments of no datapoints.
    pub fn new(channels: usize) -> Self {
        Self {
            channels,
            count: 0,
            pilot: Vec::new(),
            sum: vec![0.0; channels],
            second: vec![0.0; channels * channels],
            norm_sum: 0.0,
            norm_square_sum: 0.0,
            norm_weighted: vec![0.0; channels],
            not_finite: 0,
        }
    }

    /// Moments of no datapoints about the pilot of these, for parts that are to be
    /// [`merge`](Self::merge)d cheaply or subtracted by [`without`](Self::without).
    pub fn fresh(&self) -> Self {
        Self {
            pilot: self.pilot.clone(),
            ..Self::new(self.channels)
        }
    }

    /// Dimensions of a datapoint.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Datapoints.
    pub fn datapoints(&self) -> u64 {
        self.count
    }

    /// Values that were infinite or not a number.
    pub fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// Means, `[channels]`; zeros where there are no datapoints.
    pub fn mean(&self) -> Vec<f64> {
        let mut mean = self.centre();
        for (mean, pilot) in mean.iter_mut().zip(&self.pilot) {
            *mean += pilot;
        }
        mean
    }

    /// Packs `values`, `[datapoints, channels]`, about the pilot, which the first block sets.
    pub fn pack(&mut self, values: &Values, panels: &mut Panels) -> Result<(), MomentsError> {
        let length = match values {
            Values::Single(values) => values.len(),
            Values::Double(values) => values.len(),
        };
        if self.channels == 0 || length % self.channels != 0 {
            return Err(MomentsError::Ragged {
                values: length,
                channels: self.channels,
            });
        }
        if self.pilot.is_empty() && length > 0 {
            self.pilot = match values {
                Values::Single(values) => pilot(values, self.channels),
                Values::Double(values) => pilot(values, self.channels),
            };
        }
        let zeros;
        let shift = if self.pilot.is_empty() {
            zeros = vec![0.0; self.channels];
            &zeros
        } else {
            &self.pilot
        };
        match values {
            Values::Single(values) => panels.pack_single(values, shift)?,
            Values::Double(values) => panels.pack_double(values, shift)?,
        }
        Ok(())
    }

    /// Counts datapoints that were packed by [`pack`](Self::pack) of these moments, or of others
    /// with the same pilot.
    ///
    /// A block with values that are not finite is counted, and left out of the sums.
    pub fn add(&mut self, panels: &Panels) -> Result<(), MomentsError> {
        if panels.channels() != self.channels {
            return Err(MomentsError::Channels {
                side: 'a',
                expected: self.channels,
                found: panels.channels(),
            });
        }
        if self.pilot.is_empty() && panels.datapoints() > 0 {
            return Err(MomentsError::Pilot);
        }
        self.count += panels.datapoints() as u64;
        self.not_finite += panels.not_finite();
        if panels.not_finite() > 0 {
            return Ok(());
        }
        let norms = panels.norms();
        panels.add_sum(&mut self.sum)?;
        panels.add_second(&mut self.second)?;
        panels.add_weighted(&norms, &mut self.norm_weighted)?;
        self.norm_sum += norms.iter().sum::<f64>();
        self.norm_square_sum += dot(&norms, &norms);
        Ok(())
    }

    /// Takes in the datapoints of `other`, whatever its pilot.
    ///
    /// [`CrossMoments::merge`](crate::CrossMoments::merge) of the pair comes first: it needs both sides as they were.
    pub fn merge(&mut self, other: &Self) -> Result<(), MomentsError> {
        self.same_channels(other)?;
        if self.pilot.is_empty() {
            self.pilot.clone_from(&other.pilot);
        }
        let delta = self.pilot_distance(other);
        if delta.iter().all(|&delta| delta == 0.0) {
            self.combine(other, 1.0);
        } else {
            let mut moved = other.clone();
            moved.shift(&delta);
            self.combine(&moved, 1.0);
        }
        self.count += other.count;
        self.not_finite += other.not_finite;
        Ok(())
    }

    /// What remains without the datapoints of `part`, which must be some of these, about the same
    /// pilot (see [`fresh`](Self::fresh)). For jackknives.
    pub fn without(mut self, part: &Self) -> Result<Self, MomentsError> {
        self.same_channels(part)?;
        if self.pilot != part.pilot {
            return Err(MomentsError::Pilot);
        }
        let malformed = || MomentsError::Datapoints {
            expected: self.count,
            found: part.count,
        };
        let count = self.count.checked_sub(part.count).ok_or_else(malformed)?;
        let not_finite = self.not_finite.checked_sub(part.not_finite);
        self.not_finite = not_finite.ok_or_else(malformed)?;
        self.count = count;
        self.combine(part, -1.0);
        Ok(self)
    }

    /// Sums that moves multiply.
    pub(crate) fn first(&self) -> First<'_> {
        First {
            count: self.count as f64,
            sum: &self.sum,
            norm_sum: self.norm_sum,
        }
    }

    /// Mean minus pilot, `[channels]`.
    pub(crate) fn centre(&self) -> Vec<f64> {
        let count = (self.count as f64).max(1.0);
        self.sum.iter().map(|sum| sum / count).collect()
    }

    /// How far the pilot of `other` is from this one, `[channels]`.
    pub(crate) fn pilot_distance(&self, other: &Self) -> Vec<f64> {
        if other.pilot.is_empty() || self.pilot.is_empty() {
            return vec![0.0; self.channels];
        }
        let pilots = other.pilot.iter().zip(&self.pilot);
        pilots.map(|(other, own)| other - own).collect()
    }

    /// `Σ ‖x̃ᵢ + δ‖⁴`.
    pub(crate) fn norm_square_sum_moved(&self, delta: &[f64]) -> f64 {
        let (along, square) = (dot(delta, &self.sum), dot(delta, delta));
        self.norm_square_sum
            + 4.0 * dot(delta, &self.norm_weighted)
            + 2.0 * square * self.norm_sum
            + 4.0 * dot(delta, &self.times(delta))
            + 4.0 * square * along
            + self.count as f64 * square * square
    }

    /// Replaces every `x̃ᵢ` by `x̃ᵢ + δ`.
    fn shift(&mut self, delta: &[f64]) {
        let square = dot(delta, delta);
        let product = self.times(delta);
        self.norm_square_sum = self.norm_square_sum_moved(delta);
        add_scaled(&mut self.norm_weighted, 2.0, &product);
        add_scaled(&mut self.norm_weighted, square, &self.sum);
        let norm_sum = self.first().norm_sum_moved(delta);
        add_scaled(&mut self.norm_weighted, norm_sum, delta);
        let count = self.count as f64;
        for (i, row) in self
            .second
            .chunks_exact_mut(self.channels.max(1))
            .enumerate()
        {
            for (j, second) in row[..=i].iter_mut().enumerate() {
                *second +=
                    self.sum[i] * delta[j] + delta[i] * self.sum[j] + count * delta[i] * delta[j];
            }
        }
        self.sum = self.first().sum_moved(delta);
        self.norm_sum = norm_sum;
    }

    /// `Σ x̃ᵢ x̃ᵢᵀ v`.
    fn times(&self, v: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.channels];
        for (i, row) in self.second.chunks_exact(self.channels.max(1)).enumerate() {
            product[i] += dot(&row[..=i], &v[..=i]);
            add_scaled(&mut product[..i], v[i], &row[..i]);
        }
        product
    }

    /// Adds `sign` times the sums of `other`.
    fn combine(&mut self, other: &Self, sign: f64) {
        add_scaled(&mut self.sum, sign, &other.sum);
        add_scaled(&mut self.second, sign, &other.second);
        add_scaled(&mut self.norm_weighted, sign, &other.norm_weighted);
        self.norm_sum += sign * other.norm_sum;
        self.norm_square_sum += sign * other.norm_square_sum;
    }

    fn same_channels(&self, other: &Self) -> Result<(), MomentsError> {
        if self.channels == other.channels {
            return Ok(());
        }
        Err(MomentsError::Channels {
            side: 'a',
            expected: self.channels,
            found: other.channels,
        })
    }
}

/// Means of the first datapoints, exact for channels that do not vary among them. Values that
/// are not finite count as the first one, or 0.
fn pilot<T: Copy + Into<f64>>(values: &[T], channels: usize) -> Vec<f64> {
    let finite = |value: T, otherwise| {
        let value = value.into();
        if value.is_finite() { value } else { otherwise }
    };
    let rows = values.chunks_exact(channels).take(PILOT_DATAPOINTS);
    let count = rows.len() as f64;
    let Some(first) = values.get(..channels) else {
        return vec![0.0; channels];
    };
    let first: Vec<f64> = first.iter().map(|&value| finite(value, 0.0)).collect();
    let mut mean = vec![0.0; channels];
    for row in rows {
        for ((mean, &value), first) in mean.iter_mut().zip(row).zip(&first) {
            *mean += (finite(value, *first) - first) / count;
        }
    }
    mean.iter()
        .zip(&first)
        .map(|(mean, first)| mean + first)
        .collect()
}
