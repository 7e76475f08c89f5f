//! Sums of outer products of two blocks.

use std::ops::Range;

use rayon::prelude::*;

use super::panels::{Line, Panels, WIDTH};
use crate::disjoint::Disjoint;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::simd::{Double, dispatch};

/// Tasks that a product is cut into at least, where there is so much to cut.
const TASKS: usize = 32;

impl Panels {
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
}

/// `Σ x̃ ỹᵀ` of two blocks of the same datapoints, to be added to `[left, right]` channels.
///
/// The target is cut into squares; where these are few, the datapoints are cut, too, into
/// parts whose sums are added in order. Both depend on the shape only.
struct Product<'a> {
    left: &'a Panels,
    right: &'a Panels,
    /// Leaves out pairs of panels above the diagonal.
    lower: bool,
}

/// Panels of both sides that a task multiplies.
struct Square {
    left: Range<usize>,
    right: Range<usize>,
}

impl<'a> Product<'a> {
    fn second(block: &'a Panels) -> Self {
        Self {
            left: block,
            right: block,
            lower: true,
        }
    }

    fn cross(left: &'a Panels, right: &'a Panels) -> Self {
        Self {
            left,
            right,
            lower: false,
        }
    }

    fn add(&self, into: &mut [f64]) {
        let (isa, slabs) = (Isa::current(), self.left.slabs());
        if slabs == 0 {
            return;
        }
        let squares = self.squares();
        let parts = TASKS.div_ceil(squares.len()).min(slabs);
        if parts == 1 {
            let into = Disjoint::new(into);
            squares
                .par_iter()
                .for_each(|square| multiply(isa, self, 0..slabs, square, 0, &into));
            return;
        }
        let mut sums = vec![0.0; parts * into.len()];
        let target = Disjoint::new(&mut sums);
        (0..parts * squares.len()).into_par_iter().for_each(|task| {
            let (part, square) = (task / squares.len(), &squares[task % squares.len()]);
            let slabs = part * slabs / parts..(part + 1) * slabs / parts;
            multiply(isa, self, slabs, square, part * into.len(), &target);
        });
        for part in sums.chunks_exact(into.len()) {
            for (into, sum) in into.iter_mut().zip(part) {
                *into += sum;
            }
        }
    }

    fn squares(&self) -> Vec<Square> {
        let [rows, columns] = [self.left, self.right].map(Panels::panels);
        // Large squares need less memory bandwidth, but there must be enough of them.
        let side = if rows.min(columns) < 48 { 4 } else { 8 };
        let cut = |panels: usize| {
            (0..panels)
                .step_by(side)
                .map(move |start| start..panels.min(start + side))
        };
        cut(rows)
            .flat_map(|left| {
                cut(columns).map(move |right| Square {
                    left: left.clone(),
                    right,
                })
            })
            .filter(|square| !self.lower || square.right.start < square.left.end)
            .collect()
    }
}

dispatch! {
    /// Adds the products of `square` over `slabs` to the matrix at `start` of `into`, of
    /// whose elements no other task has those of this square.
    fn multiply(
        product: &Product<'_>,
        slabs: Range<usize>,
        square: &Square,
        start: usize,
        into: &Disjoint<'_, f64>,
    ) => multiply_body
}

#[inline(always)]
fn multiply_body<S: Double>(
    product: &Product<'_>,
    slabs: Range<usize>,
    square: &Square,
    start: usize,
    into: &Disjoint<'_, f64>,
) {
    let [height, width] = [product.left.channels, product.right.channels];
    let mut sums = [[0.0; WIDTH]; WIDTH];
    for slab in slabs {
        for right in square.right.clone() {
            let column = right * WIDTH;
            let columns = WIDTH.min(width - column);
            for left in square.left.clone() {
                if product.lower && left < right {
                    continue;
                }
                let (a, b) = (
                    product.left.panel(slab, left),
                    product.right.panel(slab, right),
                );
                // The registers of each instruction set, and at least eight sums in flight.
                match S::LANES {
                    8 => pair_of::<S, 8, 2>(a, b, &mut sums),
                    4 => pair_of::<S, 4, 2>(a, b, &mut sums),
                    _ if cfg!(target_arch = "aarch64") => pair_of::<S, 4, 4>(a, b, &mut sums),
                    _ => pair_of::<S, 4, 2>(a, b, &mut sums),
                }
                let row = left * WIDTH;
                for (row, sums) in (row..height).zip(&sums) {
                    // SAFETY: these elements are of a pair of panels that is in this square.
                    let into = unsafe { into.part(start + row * width + column, columns) };
                    for (into, sum) in into.iter_mut().zip(sums) {
                        *into += sum;
                    }
                }
            }
        }
    }
}

/// `sums[i][j] = Σ left[i] · right[j]` over the lines of two panels, in register tiles of
/// `ROWS` by `VECTORS` vectors, which divide the panels.
#[inline(always)]
fn pair_of<S: Double, const ROWS: usize, const VECTORS: usize>(
    left: &[Line],
    right: &[Line],
    sums: &mut [[f64; WIDTH]; WIDTH],
) {
    for row in (0..WIDTH).step_by(ROWS) {
        for column in (0..WIDTH).step_by(VECTORS * S::LANES) {
            let mut tile = [[S::splat(0.0); VECTORS]; ROWS];
            for (left, right) in left.iter().zip(right) {
                let (left, right) = (left.0.as_ptr(), right.0.as_ptr());
                // SAFETY: the tile divides the panels, so that it ends inside a line.
                unsafe {
                    let columns: [S::W; VECTORS] =
                        std::array::from_fn(|v| S::load(right.add(column + v * S::LANES)));
                    for r in 0..ROWS {
                        let factor = S::splat(*left.add(row + r));
                        for v in 0..VECTORS {
                            tile[r][v] = S::fma(factor, columns[v], tile[r][v]);
                        }
                    }
                }
            }
            for r in 0..ROWS {
                for v in 0..VECTORS {
                    // SAFETY: as above.
                    unsafe {
                        let to = sums[row + r].as_mut_ptr().add(column + v * S::LANES);
                        S::store(to, tile[r][v]);
                    }
                }
            }
        }
    }
}
