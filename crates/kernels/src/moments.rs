//! First and second moments of a block of datapoints, in `f64`.
//!
//! Activations are `f32`, their moments `f64`: the product of two `f32` is exact in `f64`,
//! and a sum of `n` products of shifted values is off by at most `n · 2⁻⁵³ · Σ|x̃ỹ|`.
//! Splitting values into halves of twelve bits, to use the `f32` units at twice the `f64`
//! rate, cannot be faster: high·high, high·low and low·high are three multiply-adds per
//! product where `f64` takes the time of two, and even then every sum must go to `f64`
//! before it outgrows 24 bits.

mod pack;
mod product;
mod sums;

use crate::error::{ShapeError, check_len};

use self::pack::{pack_doubles, pack_singles};
use self::product::Product;

/// Channels of a panel: what one datapoint has there fills two cache lines.
const WIDTH: usize = 16;
/// Datapoints of a slab: both sides of the largest task of a [`product`] are 1 MiB of it.
const SLAB: usize = 512;

/// The channels of one panel at one datapoint, aligned to cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line([f64; WIDTH]);

/// A block of datapoints, shifted by a vector and packed for sums of products.
///
/// Channels lie in panels of sixteen, the last one filled up with zeros; datapoints in slabs
/// of 512. Either side of a product reads the same format.
///
/// A block takes 8 bytes a value and is multiplied fastest where it stays in the caches: about
/// a million values, but no fewer than 512 and no more than 2,048 datapoints, by whole slabs.
/// All results are bit-identical for any number of threads.
#[derive(Clone, Debug, Default)]
pub struct Panels {
    datapoints: usize,
    channels: usize,
    not_finite: u64,
    /// `[slabs, panels, SLAB]`; slabs and panels are whole in memory.
    lines: Vec<Line>,
}

impl Panels {
    /// A block of no datapoints, whose memory grows with what is packed and is kept.
    pub fn new() -> Self {
        Self::default()
    }

    /// Packs `rows`, `[datapoints, channels]` row-major, minus `shift`, `[channels]`, in place
    /// of what was there. The subtraction is done in `f64`.
    pub fn pack_single(&mut self, rows: &[f32], shift: &[f64]) -> Result<(), ShapeError> {
        self.pack(rows, shift, pack_singles)
    }

    /// [`pack_single`](Self::pack_single) of `f64`.
    pub fn pack_double(&mut self, rows: &[f64], shift: &[f64]) -> Result<(), ShapeError> {
        self.pack(rows, shift, pack_doubles)
    }

    /// Datapoints packed.
    pub fn datapoints(&self) -> usize {
        self.datapoints
    }

    /// Channels of each.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// How many of the packed values, before the shift, were infinite or not a number.
    /// They go into every sum that they belong to.
    pub fn not_finite(&self) -> u64 {
        self.not_finite
    }

    /// `into += Σ x̃ x̃ᵀ`, `[channels, channels]` row-major.
    ///
    /// Only the lower triangle with the diagonal is complete; what lies above it is arbitrary.
    pub fn add_second(&self, into: &mut [f64]) -> Result<(), ShapeError> {
        check_len("the second moments", into, self.channels * self.channels)?;
        Product::second(self).add(into);
        Ok(())
    }

    /// `into += Σ x̃ ỹᵀ`, `[self.channels, other.channels]` row-major, over the datapoints that
    /// both were packed of.
    pub fn add_cross(&self, other: &Self, into: &mut [f64]) -> Result<(), ShapeError> {
        if self.datapoints != other.datapoints {
            return Err(ShapeError::Datapoints {
                left: self.datapoints,
                right: other.datapoints,
            });
        }
        check_len("the cross moments", into, self.channels * other.channels)?;
        Product::cross(self, other).add(into);
        Ok(())
    }

    /// `into += Σ x̃`, `[channels]`.
    pub fn add_sum(&self, into: &mut [f64]) -> Result<(), ShapeError> {
        check_len("the sums", into, self.channels)?;
        sums::add_weighted(self, None, into);
        Ok(())
    }

    /// `into += Σ wᵢ x̃ᵢ`, `[channels]`, for `weights` `[datapoints]`.
    pub fn add_weighted(&self, weights: &[f64], into: &mut [f64]) -> Result<(), ShapeError> {
        check_len("the weights", weights, self.datapoints)?;
        check_len("the weighted sums", into, self.channels)?;
        sums::add_weighted(self, Some(weights), into);
        Ok(())
    }

    /// `‖x̃ᵢ‖²`, `[datapoints]`.
    pub fn norms(&self) -> Vec<f64> {
        sums::norms(self)
    }

    fn panels(&self) -> usize {
        self.channels.div_ceil(WIDTH)
    }

    fn slabs(&self) -> usize {
        self.datapoints.div_ceil(SLAB)
    }

    /// The lines of one panel in one slab, a line a datapoint.
    fn panel(&self, slab: usize, panel: usize) -> &[Line] {
        let start = (slab * self.panels() + panel) * SLAB;
        &self.lines[start..start + SLAB.min(self.datapoints - slab * SLAB)]
    }
}
