//! A block of datapoints as its sums read it.

/// Channels of a panel: what one datapoint has there fills two cache lines.
pub(super) const WIDTH: usize = 16;
/// Datapoints of a slab: both sides of the largest task of a product are 1 MiB of it.
pub(super) const SLAB: usize = 512;

/// The channels of one panel at one datapoint, aligned to cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Line(pub(super) [f64; WIDTH]);

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
    pub(super) datapoints: usize,
    pub(super) channels: usize,
    pub(super) not_finite: u64,
    /// `[slabs, panels, SLAB]`; slabs and panels are whole in memory.
    pub(super) lines: Vec<Line>,
}

impl Panels {
    /// A block of no datapoints, whose memory grows with what is packed and is kept.
    pub fn new() -> Self {
        Self::default()
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

    pub(super) fn panels(&self) -> usize {
        self.channels.div_ceil(WIDTH)
    }

    pub(super) fn slabs(&self) -> usize {
        self.datapoints.div_ceil(SLAB)
    }

    /// The lines of one panel in one slab, a line a datapoint.
    pub(super) fn panel(&self, slab: usize, panel: usize) -> &[Line] {
        let start = (slab * self.panels() + panel) * SLAB;
        &self.lines[start..start + SLAB.min(self.datapoints - slab * SLAB)]
    }
}
