//! The register-blocked inner product under every convolution.
//!
//! `C[m, n] (+)= Σₖ A[m, k] · B[k, n]`: lanes run along `n`, and rows of `A` are
//! read one word at a time and broadcast. A word holds one operand, or two that
//! follow each other along `k`, rounded to bfloat16.

mod ahead;

pub(crate) use ahead::Ahead;

use crate::isa::Isa;
use crate::precision::Precision;
use crate::simd::{Simd, dispatch_pairs};

/// Rows and vectors of one register tile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TileSize {
    pub rows: usize,
    pub vectors: usize,
}

impl TileSize {
    /// The tile for a long `n` of any length.
    pub(crate) fn wide(isa: Isa) -> Self {
        let (rows, vectors) = match isa {
            Isa::Avx512 => (8, 3),
            // Tiles are turned a vector at a time: no higher than its lanes.
            Isa::Neon => (4, 4),
            // A 4 × 3 tile needs all sixteen registers, and the compiler one more.
            Isa::Avx2 => (6, 2),
            Isa::Portable => (4, 2),
        };
        Self { rows, vectors }
    }

    /// The tile for an `n` that is a small power of two.
    pub(crate) fn square(isa: Isa) -> Self {
        let (rows, vectors) = match isa {
            Isa::Avx512 | Isa::Neon => (6, 4),
            Isa::Avx2 => (6, 2),
            Isa::Portable => (4, 2),
        };
        Self { rows, vectors }
    }
}

/// Lanes per vector of an instruction set.
pub(crate) fn lanes(isa: Isa) -> usize {
    match isa {
        Isa::Avx512 => 16,
        Isa::Avx2 => 8,
        Isa::Portable | Isa::Neon => 4,
    }
}

/// How the left side of a product lies in memory; strides in words.
#[derive(Clone, Copy)]
pub(crate) enum Left {
    /// Row `m` starts at `m · stride`, its values follow each other.
    Rows { stride: usize },
    /// The rows follow each other, and depth `k` starts at `k · stride`.
    Columns { stride: usize },
}

/// Matrices of one product; row strides in words. `B` and `C` have
/// `vectors · lanes` columns.
#[derive(Clone, Copy)]
pub(crate) struct Panel {
    pub precision: Precision,
    pub rows: usize,
    /// Words along the depth.
    pub depth: usize,
    pub vectors: usize,
    pub tile_rows: usize,
    pub a: *const f32,
    pub left: Left,
    pub b: *const f32,
    pub b_stride: usize,
    pub c: *mut f32,
    pub c_stride: usize,
    /// Adds to `C` instead of overwriting it.
    pub accumulate: bool,
}

dispatch_pairs! {
    /// Multiplies one panel of columns and asks meanwhile for the cache lines `ahead`: one with
    /// every word of depth of every register tile, as far as they go.
    ///
    /// The pointers of the panel must be valid for its sizes and strides, and `C`
    /// unshared: only this crate makes panels, and each maker says why they are.
    pub(crate) fn multiply_panel(panel: &Panel, ahead: &[*const f32]) => panel_body
}

#[inline(always)]
fn panel_body<S: Simd>(panel: &Panel, ahead: &[*const f32]) {
    match panel.precision {
        Precision::Single => columns_of::<S, false>(panel, ahead),
        Precision::Bf16 => columns_of::<S, true>(panel, ahead),
    }
}

#[inline(always)]
fn columns_of<S: Simd, const PAIRS: bool>(panel: &Panel, ahead: &[*const f32]) {
    match panel.vectors {
        1 => panel_of::<S, 1, PAIRS>(panel, ahead),
        2 => panel_of::<S, 2, PAIRS>(panel, ahead),
        3 => panel_of::<S, 3, PAIRS>(panel, ahead),
        4 => panel_of::<S, 4, PAIRS>(panel, ahead),
        wide => unreachable!("panels have 1 to 4 vectors, not {wide}"),
    }
}

#[inline(always)]
fn panel_of<S: Simd, const VECTORS: usize, const PAIRS: bool>(panel: &Panel, ahead: &[*const f32]) {
    let mut row = 0;
    let mut ahead = ahead.chunks(panel.depth);
    while row < panel.rows {
        let mut tile = *panel;
        tile.rows = (panel.rows - row).min(panel.tile_rows);
        let ahead = ahead.next().unwrap_or_default();
        // SAFETY: `row` is a row of both matrices.
        unsafe { tile.c = panel.c.add(row * panel.c_stride) };
        match panel.left {
            Left::Rows { stride } => {
                // SAFETY: as above.
                unsafe { tile.a = panel.a.add(row * stride) };
                tile_of::<S, VECTORS, false, PAIRS>(&tile, stride, ahead);
            }
            Left::Columns { stride } => {
                // SAFETY: as above.
                unsafe { tile.a = panel.a.add(row) };
                tile_of::<S, VECTORS, true, PAIRS>(&tile, stride, ahead);
            }
        }
        row += tile.rows;
    }
}

#[inline(always)]
fn tile_of<S: Simd, const VECTORS: usize, const COLUMNS: bool, const PAIRS: bool>(
    tile: &Panel,
    stride: usize,
    ahead: &[*const f32],
) {
    // SAFETY: the tile lies inside the panel.
    unsafe {
        match tile.rows {
            1 => rows_of::<S, 1, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            2 => rows_of::<S, 2, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            3 => rows_of::<S, 3, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            4 => rows_of::<S, 4, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            5 => rows_of::<S, 5, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            6 => rows_of::<S, 6, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            7 => rows_of::<S, 7, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            8 => rows_of::<S, 8, VECTORS, COLUMNS, PAIRS>(tile, stride, ahead),
            high => unreachable!("tiles have 1 to 8 rows, not {high}"),
        }
    }
}

/// # Safety
/// `ROWS` rows of `A` and `C` and `VECTORS` vectors of `B` and `C` are valid.
#[inline(always)]
unsafe fn rows_of<
    S: Simd,
    const ROWS: usize,
    const VECTORS: usize,
    const COLUMNS: bool,
    const PAIRS: bool,
>(
    tile: &Panel,
    stride: usize,
    ahead: &[*const f32],
) {
    /// Words of depth from one row of `C` that is asked for to the next: many at once would keep
    /// the lines of `A` and `B` waiting.
    const APART: usize = 4;
    let mut sums = [[S::splat(0.0); VECTORS]; ROWS];
    let mut b = tile.b;
    let a = tile.a;
    let (a_row, a_depth) = if COLUMNS { (1, stride) } else { (stride, 1) };
    let spread = S::REGISTERS > 16;
    if !spread {
        for row in 0..ROWS {
            ask_row::<S, VECTORS>(tile, row);
        }
    }
    let asking = ahead.len().min(tile.depth);
    for (words, asks) in [(0..asking, true), (asking..tile.depth, false)] {
        for k in words {
            if asks {
                S::prefetch_far(ahead[k]);
            }
            // By the time of the stores the lines of `C` are there.
            if spread && k % APART == 0 && k < APART * ROWS {
                ask_row::<S, VECTORS>(tile, k / APART);
            }
            // SAFETY: `k` is below the depth of both matrices.
            unsafe {
                let columns: [S::V; VECTORS] =
                    std::array::from_fn(|v| S::load(b.add(v * S::LANES)));
                for row in 0..ROWS {
                    let factor = S::splat(*a.add(row * a_row + k * a_depth));
                    for v in 0..VECTORS {
                        sums[row][v] = S::multiply_add::<PAIRS>(factor, columns[v], sums[row][v]);
                    }
                }
                b = b.add(tile.b_stride);
            }
        }
    }
    for row in 0..ROWS {
        for v in 0..VECTORS {
            // SAFETY: inside `C` by the contract.
            unsafe {
                let to = tile.c.add(row * tile.c_stride + v * S::LANES);
                let sum = if tile.accumulate {
                    S::add(sums[row][v], S::load(to))
                } else {
                    sums[row][v]
                };
                S::store(to, sum);
            }
        }
    }
}

/// Asks for the lines of one row of `C`.
#[inline(always)]
fn ask_row<S: Simd, const VECTORS: usize>(tile: &Panel, row: usize) {
    for v in 0..VECTORS {
        S::prefetch(tile.c.wrapping_add(row * tile.c_stride + v * S::LANES));
    }
}
