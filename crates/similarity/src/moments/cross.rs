//! What two views have in common.

use kernels::Panels;

use super::MomentsError;
use super::shift::{First, add_scaled, dot, times, transposed_times};

/// Moments of two views of the same datapoints, about the pilots of their [`Moments`](crate::Moments).
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "super::wire::StoredCross")]
pub struct CrossMoments {
    /// Datapoints.
    pub(crate) count: u64,
    /// `Σ x̃ᵢ ỹᵢᵀ`, `[p, q]`, row-major.
    pub(crate) second: Vec<f64>,
    /// `Σ aᵢ bᵢ` with `aᵢ = ‖x̃ᵢ‖²`, `bᵢ = ‖ỹᵢ‖²`
    pub(crate) norm_product_sum: f64,
    /// `Σ bᵢ x̃ᵢ`, `[p]`
    pub(crate) left_weighted: Vec<f64>,
    /// `Σ aᵢ ỹᵢ`, `[q]`
    pub(crate) right_weighted: Vec<f64>,
}

impl CrossMoments {
    /// Moments of no datapoints, of `p` and `q` channels.
    pub fn new(p: usize, q: usize) -> Self {
        Self {
            count: 0,
            second: vec![0.0; p * q],
            norm_product_sum: 0.0,
            left_weighted: vec![0.0; p],
            right_weighted: vec![0.0; q],
        }
    }

    /// Channels of both sides.
    pub fn channels(&self) -> (usize, usize) {
        (self.left_weighted.len(), self.right_weighted.len())
    }

    /// Datapoints.
    pub fn datapoints(&self) -> u64 {
        self.count
    }

    /// Counts datapoints, `a` and `b` packed by the moments of their side.
    ///
    /// A block with values that are not finite is counted, and left out of the sums.
    pub fn add(&mut self, a: &Panels, b: &Panels) -> Result<(), MomentsError> {
        self.same_channels(a.channels(), b.channels())?;
        if a.datapoints() != b.datapoints() {
            return Err(MomentsError::Datapoints {
                expected: a.datapoints() as u64,
                found: b.datapoints() as u64,
            });
        }
        self.count += a.datapoints() as u64;
        if a.not_finite() + b.not_finite() > 0 {
            return Ok(());
        }
        let norms = (a.norms(), b.norms());
        a.add_cross(b, &mut self.second)?;
        a.add_weighted(&norms.1, &mut self.left_weighted)?;
        b.add_weighted(&norms.0, &mut self.right_weighted)?;
        self.norm_product_sum += dot(&norms.0, &norms.1);
        Ok(())
    }

    /// What remains without the datapoints of `part`, which must be some of these, about the same
    /// pilots. For jackknives.
    pub fn without(mut self, part: &Self) -> Result<Self, MomentsError> {
        let (p, q) = part.channels();
        self.same_channels(p, q)?;
        self.count = self
            .count
            .checked_sub(part.count)
            .ok_or(MomentsError::Datapoints {
                expected: self.count,
                found: part.count,
            })?;
        self.combine(part, -1.0);
        Ok(self)
    }

    /// `Σ ‖x̃ᵢ + δ‖² ‖ỹᵢ + ε‖²`, of views with the sums `a` and `b`.
    pub(crate) fn norm_product_sum_moved(
        &self,
        delta: &[f64],
        a: First,
        epsilon: &[f64],
        b: First,
    ) -> f64 {
        let (d, e) = (dot(delta, delta), dot(epsilon, epsilon));
        self.norm_product_sum
            + 2.0 * dot(epsilon, &self.right_weighted)
            + e * a.norm_sum
            + 2.0 * dot(delta, &self.left_weighted)
            + 4.0 * dot(delta, &times(&self.second, epsilon))
            + 2.0 * e * dot(delta, a.sum)
            + d * b.norm_sum
            + 2.0 * d * dot(epsilon, b.sum)
            + a.count * d * e
    }

    /// Replaces every `x̃ᵢ` by `x̃ᵢ + δ` and `ỹᵢ` by `ỹᵢ + ε`.
    pub(crate) fn shift(&mut self, delta: &[f64], a: First, epsilon: &[f64], b: First) {
        self.norm_product_sum = self.norm_product_sum_moved(delta, a, epsilon, b);
        let left = times(&self.second, epsilon);
        let right = transposed_times(&self.second, delta, epsilon.len());
        add_scaled(&mut self.left_weighted, 2.0, &left);
        add_scaled(&mut self.left_weighted, dot(epsilon, epsilon), a.sum);
        add_scaled(&mut self.left_weighted, b.norm_sum_moved(epsilon), delta);
        add_scaled(&mut self.right_weighted, 2.0, &right);
        add_scaled(&mut self.right_weighted, dot(delta, delta), b.sum);
        add_scaled(&mut self.right_weighted, a.norm_sum_moved(delta), epsilon);
        let moved = b.sum_moved(epsilon);
        let rows = self.second.chunks_exact_mut(epsilon.len().max(1));
        for ((row, sum), delta) in rows.zip(a.sum).zip(delta) {
            add_scaled(row, *sum, epsilon);
            add_scaled(row, *delta, &moved);
        }
    }

    /// Adds `sign` times the sums of `other`.
    pub(crate) fn combine(&mut self, other: &Self, sign: f64) {
        add_scaled(&mut self.second, sign, &other.second);
        add_scaled(&mut self.left_weighted, sign, &other.left_weighted);
        add_scaled(&mut self.right_weighted, sign, &other.right_weighted);
        self.norm_product_sum += sign * other.norm_product_sum;
    }

    pub(crate) fn same_channels(&self, p: usize, q: usize) -> Result<(), MomentsError> {
        let (own_p, own_q) = self.channels();
        for (side, expected, found) in [('a', own_p, p), ('b', own_q, q)] {
            if expected != found {
                return Err(MomentsError::Channels {
                    side,
                    expected,
                    found,
                });
            }
        }
        Ok(())
    }
}
