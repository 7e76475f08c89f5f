//! How threads share the pixels of maps.

use super::builder::{BLOCKS, Builder, THREADS};
use super::launch::{Argument, int};

/// Threads side by side that share a pixel, at most: so many wide loads are whole lines of memory.
const WIDE_COLUMNS: usize = 32;
/// At most, one channel a thread.
const NARROW_COLUMNS: usize = 128;
/// Pixels that a thread should have at least, that it pays to get ready for them.
const EACH: usize = 4;

/// Names of both variants of a kernel: of one channel a thread, and of wide loads.
macro_rules! both {
    ($name:literal) => {
        [$name, concat!($name, "_wide")]
    };
}
pub(super) use both;

/// A matrix `[rows, channels]`, rows being pixels of all images, as blocks share it: groups of
/// channels, and parts of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    rows: usize,
    channels: usize,
    is_wide: bool,
    /// Threads side by side that share a row.
    columns: usize,
    groups: usize,
}

impl Tile {
    /// By wide loads where channels are whole ones.
    pub fn new(b: &Builder, rows: usize, channels: usize) -> Self {
        Self::with(b, rows, channels, b.is_wide(channels))
    }

    /// By wide loads or not.
    pub fn with(b: &Builder, rows: usize, channels: usize, is_wide: bool) -> Self {
        let most = if is_wide {
            WIDE_COLUMNS
        } else {
            NARROW_COLUMNS
        };
        Self::at_most(b, rows, channels, is_wide, most)
    }

    /// With few channels a block, for blocks that have all rows of theirs: 32 bytes, which is what
    /// memory gives at once.
    pub fn narrow(b: &Builder, rows: usize, channels: usize) -> Self {
        let is_wide = b.is_wide(channels);
        let most = if is_wide { 2 } else { 32 / b.maps.bytes() };
        Self::at_most(b, rows, channels, is_wide, most)
    }

    fn at_most(b: &Builder, rows: usize, channels: usize, is_wide: bool, most: usize) -> Self {
        let vectors = if is_wide {
            channels / b.maps.wide()
        } else {
            channels
        };
        let columns = vectors.div_ceil(vectors.div_ceil(most));
        Self {
            rows,
            channels,
            is_wide,
            columns,
            groups: vectors.div_ceil(columns),
        }
    }

    /// Its channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Parts of the rows, none of them empty: at least so many rows for a thread, and at most so
    /// many blocks.
    pub fn parts(&self, each: usize, blocks: usize) -> usize {
        let lanes = THREADS / self.columns;
        let most = (blocks / self.groups).max(1);
        let parts = (self.rows / (lanes * each)).clamp(1, most);
        self.rows.div_ceil(self.rows.div_ceil(parts))
    }

    /// What kernels take of it: rows, channels and threads side by side.
    pub fn extents(&self) -> [Argument; 3] {
        [int(self.rows), int(self.channels), int(self.columns)]
    }

    /// Launches the right variant on so many parts of the rows.
    pub fn launch(
        &self,
        b: &mut Builder,
        kernel: [&'static str; 2],
        parts: usize,
        arguments: Vec<Argument>,
    ) {
        let kernel = kernel[usize::from(self.is_wide)];
        b.launch(kernel, [parts as u32, self.groups as u32], arguments);
    }

    /// Launches what works on every row for itself; the extents follow the other arguments.
    pub fn launch_each(&self, b: &mut Builder, kernel: [&'static str; 2], arguments: &[Argument]) {
        let arguments = [arguments, &self.extents()].concat();
        self.launch(b, kernel, self.parts(EACH, BLOCKS), arguments);
    }
}
