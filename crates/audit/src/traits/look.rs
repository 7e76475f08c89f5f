//! How a picture looks, small enough to be kept for a million of them.
//!
//! X-rays, fundi and slides of one kind share their large forms and differ in what is fine, so two
//! pictures are compared by the structure that is left once the smooth part is taken away.

use std::sync::LazyLock;

use super::alignment::aligned;
use super::fields::Fields;
use super::luma::{CELLS, SIDE};

/// Frequencies of the hash along each side.
const FREQUENCIES: usize = 16;
/// Bands of the hash.
pub(crate) const BANDS: usize = 16;
/// Standard deviation of the smooth part, in cells.
const SMOOTH: f32 = 1.5;
/// Cells to each side that the smooth part is taken over: four standard deviations.
const REACH: usize = 6;
/// Least fine structure of a picture that can be compared, root mean square, of full scale.
const LEAST_DETAIL: f32 = 1e-5;

/// Fine structure of a picture at 24 × 24 cells, and a hash of its form.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// `[24, 24]`, rows from the top: a cell less its smooth surroundings, mean 0, scaled so that
    /// the largest is ±127.
    detail: [i8; CELLS],
    /// Root of the sum of squares of `detail`.
    length: f32,
    /// Signs of the 16 × 16 lowest frequencies of a discrete cosine transform. Bit
    /// `16 v + u` is of the frequency `u` from left to right, `v` from top to bottom.
    hash: [u64; 4],
}

impl Look {
    /// From mean lumas of cells, `[24, 24]`; `None` if there is no structure to compare by.
    pub(crate) fn of(thumbnail: &[f32; CELLS]) -> Option<Self> {
        let mut fine = without_smooth_part(thumbnail);
        let mean = fine.iter().sum::<f32>() / CELLS as f32;
        fine.iter_mut().for_each(|value| *value -= mean);
        let largest = fine
            .iter()
            .fold(0.0f32, |most, value| most.max(value.abs()));
        let power = fine.iter().map(|value| value * value).sum::<f32>() / CELLS as f32;
        if power.sqrt() < LEAST_DETAIL {
            return None;
        }
        let detail = fine.map(|value| (127.0 * value / largest).round() as i8);
        let length = detail
            .iter()
            .map(|&d| f32::from(d).powi(2))
            .sum::<f32>()
            .sqrt();
        Some(Self {
            detail,
            length,
            hash: signs(thumbnail),
        })
    }

    /// Correlation of the fine structure of two pictures, −1 to 1.
    pub fn likeness(&self, other: &Self) -> f32 {
        let pairs = self.detail.iter().zip(&other.detail);
        let product: i32 = pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
        product as f32 / (self.length * other.length)
    }

    /// [`likeness`](Self::likeness) once one of them is moved and stretched by up to a cell (a
    /// 24th of the picture) to fit the other, 0 to 1.
    pub fn aligned_likeness(&self, other: &Self) -> f32 {
        let there = aligned(&self.detail, &other.detail);
        there.max(aligned(&other.detail, &self.detail))
    }

    /// [`likeness`](Self::likeness) to the mirror image (left for right) of `other`.
    pub fn mirror_likeness(&self, other: &Self) -> f32 {
        let rows = self
            .detail
            .chunks_exact(SIDE)
            .zip(other.detail.chunks_exact(SIDE));
        let row = |(a, b): (&[i8], &[i8])| -> i32 {
            let pairs = a.iter().zip(b.iter().rev());
            pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
        };
        rows.map(row).sum::<i32>() as f32 / (self.length * other.length)
    }

    /// Adds it to a note.
    pub(super) fn append(&self, note: &mut Vec<u8>) {
        note.extend(self.detail.iter().map(|detail| *detail as u8));
        note.extend(self.length.to_le_bytes());
        note.extend(self.hash.iter().flat_map(|word| word.to_le_bytes()));
    }

    /// The next fields of a note.
    pub(super) fn taken(fields: &mut Fields) -> Option<Self> {
        let detail: [u8; CELLS] = fields.take()?;
        let length = f32::from_le_bytes(fields.take()?);
        let mut hash = [0; 4];
        for word in &mut hash {
            *word = u64::from_le_bytes(fields.take()?);
        }
        Some(Self {
            detail: detail.map(|detail| detail as i8),
            length,
            hash,
        })
    }

    /// The hash, 256 bits.
    pub(crate) fn hash(&self) -> [u64; 4] {
        self.hash
    }

    /// The hash of the mirror image: frequencies that are odd from left to right change sign.
    pub(crate) fn mirrored_hash(&self) -> [u64; 4] {
        self.hash.map(|word| word ^ 0xaaaa_aaaa_aaaa_aaaa)
    }
}

/// Bits in which two hashes differ, 0 to 256.
pub(crate) fn distance(a: &[u64; 4], b: &[u64; 4]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// The bits of a hash in [`BANDS`] bands of 16, each with low and high frequencies of either
/// direction, so that no band is the same in all pictures of one kind.
pub(crate) fn bands(hash: &[u64; 4]) -> [u16; BANDS] {
    let row = |v: usize| (hash[v / 4] >> (16 * (v % 4))) as u16;
    std::array::from_fn(|band| {
        // A diagonal: column (band + v) of row v.
        (0..FREQUENCIES).fold(0, |bits, v| {
            bits | ((row(v) >> ((band + v) % FREQUENCIES) & 1) << v)
        })
    })
}

fn without_smooth_part(cells: &[f32; CELLS]) -> [f32; CELLS] {
    let along = smooth_rows(cells);
    let smooth = transposed(&smooth_rows(&transposed(&along)));
    std::array::from_fn(|at| cells[at] - smooth[at])
}

/// Weights of a Gaussian from its centre outwards; they sum to 1 over both sides.
static GAUSSIAN: LazyLock<[f32; REACH + 1]> = LazyLock::new(|| {
    let raw: [f32; REACH + 1] =
        std::array::from_fn(|step| (-(step as f32).powi(2) / (2.0 * SMOOTH * SMOOTH)).exp());
    let sum = raw[0] + 2.0 * raw[1..].iter().sum::<f32>();
    raw.map(|weight| weight / sum)
});

fn smooth_rows(cells: &[f32; CELLS]) -> [f32; CELLS] {
    std::array::from_fn(|at| {
        let (row, x) = (at - at % SIDE, at % SIDE);
        let mut sum = GAUSSIAN[0] * cells[at];
        for (step, weight) in GAUSSIAN.iter().enumerate().skip(1) {
            let right = (x + step).min(SIDE - 1);
            sum += weight * (cells[row + x.saturating_sub(step)] + cells[row + right]);
        }
        sum
    })
}

fn transposed(cells: &[f32; CELLS]) -> [f32; CELLS] {
    std::array::from_fn(|at| cells[(at % SIDE) * SIDE + at / SIDE])
}

/// `cos(π (x + ½) u / 24)`, `[FREQUENCIES, SIDE]`.
static COSINES: LazyLock<[[f32; SIDE]; FREQUENCIES]> = LazyLock::new(|| {
    std::array::from_fn(|u| {
        std::array::from_fn(|x| {
            (std::f64::consts::PI * (x as f64 + 0.5) * u as f64 / SIDE as f64).cos() as f32
        })
    })
});

fn signs(cells: &[f32; CELLS]) -> [u64; 4] {
    let project = |row: &[f32], u: usize| -> f32 {
        row.iter()
            .zip(&COSINES[u])
            .map(|(cell, cosine)| cell * cosine)
            .sum()
    };
    // Of each row of cells its frequencies; then of each of those, along the rows.
    let mut columns = [[0.0f32; SIDE]; FREQUENCIES];
    for (y, row) in cells.chunks_exact(SIDE).enumerate() {
        for u in 0..FREQUENCIES {
            columns[u][y] = project(row, u);
        }
    }
    let mut hash = [0u64; 4];
    for v in 0..FREQUENCIES {
        for u in 0..FREQUENCIES {
            let bit = FREQUENCIES * v + u;
            hash[bit / 64] |= u64::from(project(&columns[u], v) > 0.0) << (bit % 64);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(seed: u32) -> [f32; CELLS] {
        std::array::from_fn(|at| {
            let mixed = (at as u32 ^ seed.wrapping_mul(97)).wrapping_mul(2_654_435_761);
            f32::from((mixed >> 16) as u8) / 255.0
        })
    }

    #[test]
    fn a_mirror_image_is_known_by_its_hash_and_its_likeness() {
        let picture = cells(3);
        let mirrored = std::array::from_fn(|at| picture[at - at % SIDE + SIDE - 1 - at % SIDE]);
        let (a, b) = (Look::of(&picture).unwrap(), Look::of(&mirrored).unwrap());
        assert_eq!(a.mirrored_hash(), b.hash());
        assert!(a.mirror_likeness(&b) > 0.999 && a.likeness(&b) < 0.3);
    }

    #[test]
    fn likeness_ignores_brightness_and_contrast_and_a_flat_picture_has_no_look() {
        let picture = cells(5);
        let dimmed = picture.map(|cell| 0.2 + 0.5 * cell);
        let (a, b) = (Look::of(&picture).unwrap(), Look::of(&dimmed).unwrap());
        assert!(a.likeness(&b) > 0.999);
        assert!(Look::of(&cells(6)).unwrap().likeness(&a) < 0.3);
        assert_eq!(Look::of(&[0.7; CELLS]), None);
    }

    #[test]
    fn every_bit_of_the_hash_is_in_one_band() {
        for bit in 0..256 {
            let mut hash = [0u64; 4];
            hash[bit / 64] = 1 << (bit % 64);
            let set: u32 = bands(&hash).iter().map(|band| band.count_ones()).sum();
            assert_eq!(set, 1);
        }
    }
}
