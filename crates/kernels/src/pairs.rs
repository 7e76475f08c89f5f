//! Operands rounded to bfloat16, two in a word: the lower half holds the one that
//! comes first along the depth of a product.
//!
//! Words lie in slices of `f32` and are only copied and taken apart, never
//! calculated with.

use crate::simd::{Simd, dispatch_pairs};

dispatch_pairs! {
    /// Pairs neighbouring rows of a matrix of `rows` rows of `width` floats, one
    /// directly after the other: `[rows][width]` to `[rows / 2][width]`. A last odd
    /// row is paired with zeros.
    pub(crate) fn pair_rows(from: &[f32], rows: usize, width: usize, to: &mut [f32])
        => pair_rows_body
}

#[inline(always)]
fn pair_rows_body<S: Simd>(from: &[f32], rows: usize, width: usize, to: &mut [f32]) {
    let from = &from[..rows * width];
    for (from, to) in from.chunks(2 * width).zip(to.chunks_exact_mut(width)) {
        let (first, second) = from.split_at(width);
        let second = (!second.is_empty()).then_some(second);
        pair_lines::<S>(first, second, to);
    }
}

dispatch_pairs! {
    /// [`pair_rows`] in place: the result takes the first half of the rows.
    pub(crate) fn pair_own_rows(matrix: &mut [f32], rows: usize, width: usize)
        => pair_own_rows_body
}

#[inline(always)]
fn pair_own_rows_body<S: Simd>(matrix: &mut [f32], rows: usize, width: usize) {
    let matrix = &mut matrix[..rows * width];
    let start = matrix.as_mut_ptr();
    for row in 0..rows.div_ceil(2) {
        let has_second = 2 * row + 1 < rows;
        for at in (0..width).step_by(S::LANES) {
            let count = S::LANES.min(width - at);
            // SAFETY: rows `2 · row` and, where there is one, the next are inside the
            // matrix. Row `row` has been read before, up to the values that are
            // overwritten here.
            unsafe {
                let from = start.add(2 * row * width + at);
                let even = S::load_some(from, count);
                let odd = if has_second {
                    S::load_some(from.add(width), count)
                } else {
                    S::splat(0.0)
                };
                S::store_some(start.add(row * width + at), S::pairs(even, odd), count);
            }
        }
    }
}

/// Pairs the values of two lines, or of one and zeros.
#[inline(always)]
pub(crate) fn pair_lines<S: Simd>(first: &[f32], second: Option<&[f32]>, to: &mut [f32]) {
    let len = to.len();
    assert!(
        first.len() >= len && second.is_none_or(|second| second.len() >= len),
        "lines are too short"
    );
    for at in (0..len).step_by(S::LANES) {
        let count = S::LANES.min(len - at);
        // SAFETY: `at + count` is at most the length of each.
        unsafe {
            let even = S::load_some(first.as_ptr().add(at), count);
            let odd = match second {
                Some(second) => S::load_some(second.as_ptr().add(at), count),
                None => S::splat(0.0),
            };
            S::store_some(to.as_mut_ptr().add(at), S::pairs(even, odd), count);
        }
    }
}

dispatch_pairs! {
    /// Pairs neighbours within the first `len` floats of `rows` lines that are
    /// `stride` apart, each line in its place. A last odd one is paired with zero.
    pub(crate) fn pair_neighbours(lines: &mut [f32], stride: usize, rows: usize, len: usize)
        => pair_neighbours_body
}

#[inline(always)]
fn pair_neighbours_body<S: Simd>(lines: &mut [f32], stride: usize, rows: usize, len: usize) {
    for line in lines.chunks_mut(stride).take(rows) {
        let line = &mut line[..len];
        for at in (0..len).step_by(2 * S::LANES) {
            let count = len - at;
            // SAFETY: what is read lies within `len`; what is written, half as
            // much at half the offset, has been read before.
            unsafe {
                let words = load_neighbours::<S>(line.as_ptr().add(at), count);
                let words_left = count.div_ceil(2).min(S::LANES);
                S::store_some(line.as_mut_ptr().add(at / 2), words, words_left);
            }
        }
    }
}

/// Up to `2 · LANES` of `count > 0` neighbouring floats as pairs, zero in the place
/// of missing ones.
///
/// # Safety
/// `count` floats at `from` are readable.
#[inline(always)]
pub(crate) unsafe fn load_neighbours<S: Simd>(from: *const f32, count: usize) -> S::V {
    // SAFETY: by the contract.
    unsafe {
        let low = S::load_some(from, count.min(S::LANES));
        let high = match count.saturating_sub(S::LANES).min(S::LANES) {
            0 => S::splat(0.0),
            rest => S::load_some(from.add(S::LANES), rest),
        };
        S::neighbour_pairs(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bf16::halves;
    use crate::isa::Isa;
    use crate::simd::dispatch;

    /// Both rows of a matrix, a single row, rows in place and neighbours of 37 values
    /// as pairs.
    type Pairs = [[f32; 37]; 4];

    dispatch! {
        fn emulated_pairs(values: &[[f32; 37]; 2]) -> Pairs => pairs_body
    }

    dispatch_pairs! {
        fn all_pairs(values: &[[f32; 37]; 2]) -> Pairs => pairs_body
    }

    #[inline(always)]
    fn pairs_body<S: Simd>(values: &[[f32; 37]; 2]) -> Pairs {
        let mut results = [[0.0; 37]; 4];
        pair_rows_body::<S>(values.as_flattened(), 2, 37, &mut results[0]);
        pair_rows_body::<S>(&values[0], 1, 37, &mut results[1]);
        let mut own = *values;
        pair_own_rows_body::<S>(own.as_flattened_mut(), 2, 37);
        results[2] = own[0];
        results[3] = values[0];
        pair_neighbours_body::<S>(&mut results[3], 37, 1, 37);
        results
    }

    #[test]
    fn rounding_is_to_nearest_and_even() {
        let cases = [
            (0x3F80_0000, 0x3F80),
            (0x3F80_7FFF, 0x3F80),
            (0x3F80_8000, 0x3F80),
            (0x3F80_8001, 0x3F81),
            (0x3F81_8000, 0x3F82),
            (0xBF81_8000, 0xBF82),
            (0x7F7F_FFFF, 0x7F80),
            (0x7F80_0000, 0x7F80),
            (0xFF80_0000, 0xFF80),
            (0x8000_0000, 0x8000),
            (0x0000_0000, 0x0000),
        ];
        let one = 0x3F80;
        for isa in Isa::available() {
            for (bits, expected) in cases {
                let values = [[f32::from_bits(bits); 37], [1.0; 37]];
                for results in [all_pairs(isa, &values), emulated_pairs(isa, &values)] {
                    let [rows, row, own, neighbours] = results.map(|words| words.map(f32::to_bits));
                    assert_eq!(rows, [expected | one << 16; 37], "{isa}");
                    assert_eq!(row, [expected; 37], "{isa}");
                    assert_eq!(own, rows, "{isa}");
                    assert_eq!(neighbours[..18], [expected | expected << 16; 18], "{isa}");
                    assert_eq!(neighbours[18], expected, "{isa}");
                }
            }
            for nan in [0x7F80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7FC0_0000] {
                let values = [[f32::from_bits(nan); 37]; 2];
                for results in [all_pairs(isa, &values), emulated_pairs(isa, &values)] {
                    let mut words = results[0].into_iter().flat_map(halves);
                    assert!(words.all(f32::is_nan), "{isa} {nan:x}");
                }
            }
        }
    }

    dispatch! {
        fn emulated(words: &[[f32; 16]; 3]) -> [f32; 16] => dot_body
    }

    dispatch_pairs! {
        fn dot(words: &[[f32; 16]; 3]) -> [f32; 16] => dot_body
    }

    #[inline(always)]
    fn dot_body<S: Simd>(words: &[[f32; 16]; 3]) -> [f32; 16] {
        let mut result = [0.0; 16];
        // SAFETY: no vector has more than 16 lanes.
        unsafe {
            let [a, b, c, d] = [
                S::load(words[0].as_ptr()),
                S::load(words[0].as_ptr()),
                S::load(words[1].as_ptr()),
                S::load(words[2].as_ptr()),
            ];
            let value = S::dot_pairs(S::pairs(a, c), S::pairs(b, d), c);
            S::store(result.as_mut_ptr(), value);
        }
        result
    }

    #[test]
    fn products_of_pairs_are_summed() {
        // Small integers: exact, whatever the order of the sums.
        let words: [[f32; 16]; 3] =
            [3, 5, 11].map(|n| std::array::from_fn(|at| (at * n % 17) as f32 - 8.0));
        for isa in Isa::available() {
            for result in [dot(isa, &words), emulated(isa, &words)] {
                for lane in 0..crate::gemm::lanes(isa) {
                    let [a, c, d] = words.map(|word| word[lane]);
                    assert_eq!(result[lane], c + a * a + c * d, "{isa}");
                }
            }
        }
    }
}
