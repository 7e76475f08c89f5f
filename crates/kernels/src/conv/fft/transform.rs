//! One-dimensional complex Fourier transforms of small even lengths, one
//! transform per SIMD lane.

use std::f64::consts::TAU;

use crate::simd::Simd;

/// The longest transform.
pub(crate) const MAX_LEN: usize = 40;

/// Lengths that have a transform, shortest first: products of 2, 3, 4 and 5.
pub(crate) const LENGTHS: [usize; 12] = [6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40];

/// One complex number per lane: real and imaginary parts.
pub(crate) type Complex<V> = [V; 2];

/// A transform of length `len`: `X[f] = Σ x[j] · exp(−2πi · f · j / len)`.
#[derive(Clone, Debug)]
pub(crate) struct Transform {
    pub len: usize,
    /// Radices of the passes.
    radices: Vec<usize>,
    /// `exp(−2πi · j / len)`
    twiddles: Vec<[f32; 2]>,
}

/// Working memory of a transform.
pub(crate) type Buffers<V> = [[Complex<V>; MAX_LEN]; 2];

impl Transform {
    pub(crate) fn new(len: usize) -> Self {
        assert!(LENGTHS.contains(&len), "no transform of length {len}");
        let mut radices = Vec::new();
        let mut rest = len;
        for radix in [4, 5, 3, 2] {
            while rest.is_multiple_of(radix) {
                radices.push(radix);
                rest /= radix;
            }
        }
        let twiddles = (0..len)
            .map(|j| {
                let angle = TAU * j as f64 / len as f64;
                [angle.cos() as f32, -angle.sin() as f32]
            })
            .collect();
        Self {
            len,
            radices,
            twiddles,
        }
    }

    /// Transforms the first `len` values of `buffers[0]` and returns the buffer
    /// that holds the result. (The inverse, unscaled, is the same with real and
    /// imaginary parts swapped on both sides.)
    #[inline(always)]
    pub(crate) fn run<'a, S: Simd>(&self, buffers: &'a mut Buffers<S::V>) -> &'a [Complex<S::V>] {
        let [front, back] = buffers;
        let (mut from, mut to) = (front, back);
        let mut stride = 1;
        for radix in &self.radices {
            match radix {
                2 => self.pass::<S, Radix2, 2>(stride, from, to),
                3 => self.pass::<S, Radix3, 3>(stride, from, to),
                4 => self.pass::<S, Radix4, 4>(stride, from, to),
                _ => self.pass::<S, Radix5, 5>(stride, from, to),
            }
            std::mem::swap(&mut from, &mut to);
            stride *= radix;
        }
        &from[..self.len]
    }

    /// One pass of Stockham's algorithm, decimation in frequency: no reordering.
    #[inline(always)]
    fn pass<S: Simd, B: Butterfly<RADIX>, const RADIX: usize>(
        &self,
        stride: usize,
        from: &[Complex<S::V>; MAX_LEN],
        to: &mut [Complex<S::V>; MAX_LEN],
    ) {
        let parts = self.len / stride / RADIX;
        let leap = stride * parts;
        assert!(leap * RADIX <= MAX_LEN, "transform is too long");
        for part in 0..parts {
            let twiddles: [Complex<S::V>; RADIX] = std::array::from_fn(|j| {
                let [re, im] = self.twiddles[part * j * stride];
                [S::splat(re), S::splat(im)]
            });
            for offset in 0..stride {
                let first = offset + stride * part;
                // SAFETY: `first < leap`, so the last index is below
                // `leap · RADIX`, which the buffers hold; likewise below.
                let mut values = [[S::splat(0.0); 2]; RADIX];
                for j in 0..RADIX {
                    values[j] = unsafe { *from.get_unchecked(first + leap * j) };
                }
                let values = B::apply::<S>(values);
                let at = offset + stride * RADIX * part;
                for j in 0..RADIX {
                    let value = if part == 0 || j == 0 {
                        values[j]
                    } else {
                        multiply::<S>(values[j], twiddles[j])
                    };
                    // SAFETY: as above.
                    unsafe { *to.get_unchecked_mut(at + stride * j) = value };
                }
            }
        }
    }
}

#[inline(always)]
fn multiply<S: Simd>(a: Complex<S::V>, b: Complex<S::V>) -> Complex<S::V> {
    [
        S::fnma(a[1], b[1], S::mul(a[0], b[0])),
        S::fma(a[1], b[0], S::mul(a[0], b[1])),
    ]
}

#[inline(always)]
fn add<S: Simd>(a: Complex<S::V>, b: Complex<S::V>) -> Complex<S::V> {
    [S::add(a[0], b[0]), S::add(a[1], b[1])]
}

#[inline(always)]
fn sub<S: Simd>(a: Complex<S::V>, b: Complex<S::V>) -> Complex<S::V> {
    [S::sub(a[0], b[0]), S::sub(a[1], b[1])]
}

/// `a − i · b` and `a + i · b`
#[inline(always)]
fn turned<S: Simd>(a: Complex<S::V>, b: Complex<S::V>) -> [Complex<S::V>; 2] {
    [
        [S::add(a[0], b[1]), S::sub(a[1], b[0])],
        [S::sub(a[0], b[1]), S::add(a[1], b[0])],
    ]
}

/// `a + factor · b`
#[inline(always)]
fn add_scaled<S: Simd>(a: Complex<S::V>, factor: f32, b: Complex<S::V>) -> Complex<S::V> {
    let factor = S::splat(factor);
    [S::fma(factor, b[0], a[0]), S::fma(factor, b[1], a[1])]
}

#[inline(always)]
fn scaled<S: Simd>(factor: f32, b: Complex<S::V>) -> Complex<S::V> {
    let factor = S::splat(factor);
    [S::mul(factor, b[0]), S::mul(factor, b[1])]
}

/// The transform of `RADIX` values. A trait and not a function argument, so that
/// it is inlined into code compiled for wide vectors.
trait Butterfly<const RADIX: usize> {
    fn apply<S: Simd>(values: [Complex<S::V>; RADIX]) -> [Complex<S::V>; RADIX];
}

struct Radix2;

impl Butterfly<2> for Radix2 {
    #[inline(always)]
    fn apply<S: Simd>([a, b]: [Complex<S::V>; 2]) -> [Complex<S::V>; 2] {
        [add::<S>(a, b), sub::<S>(a, b)]
    }
}

struct Radix3;

impl Butterfly<3> for Radix3 {
    #[inline(always)]
    fn apply<S: Simd>([a, b, c]: [Complex<S::V>; 3]) -> [Complex<S::V>; 3] {
        const SIN_60: f32 = 0.866_025_4;
        let sum = add::<S>(b, c);
        let centre = add_scaled::<S>(a, -0.5, sum);
        let [first, second] = turned::<S>(centre, scaled::<S>(SIN_60, sub::<S>(b, c)));
        [add::<S>(a, sum), first, second]
    }
}

struct Radix4;

impl Butterfly<4> for Radix4 {
    #[inline(always)]
    fn apply<S: Simd>([a, b, c, d]: [Complex<S::V>; 4]) -> [Complex<S::V>; 4] {
        let (even, odd) = (add::<S>(a, c), add::<S>(b, d));
        let [first, third] = turned::<S>(sub::<S>(a, c), sub::<S>(b, d));
        [add::<S>(even, odd), first, sub::<S>(even, odd), third]
    }
}

struct Radix5;

impl Butterfly<5> for Radix5 {
    #[inline(always)]
    fn apply<S: Simd>([a, b, c, d, e]: [Complex<S::V>; 5]) -> [Complex<S::V>; 5] {
        const COS_72: f32 = 0.309_017;
        const SIN_72: f32 = 0.951_056_5;
        const COS_144: f32 = -0.809_017;
        const SIN_144: f32 = 0.587_785_25;
        let (near, far) = (add::<S>(b, e), add::<S>(c, d));
        let (near_off, far_off) = (sub::<S>(b, e), sub::<S>(c, d));
        let first = add_scaled::<S>(add_scaled::<S>(a, COS_72, near), COS_144, far);
        let second = add_scaled::<S>(add_scaled::<S>(a, COS_144, near), COS_72, far);
        let first_off = add_scaled::<S>(scaled::<S>(SIN_72, near_off), SIN_144, far_off);
        let second_off = add_scaled::<S>(scaled::<S>(SIN_144, near_off), -SIN_72, far_off);
        let [one, four] = turned::<S>(first, first_off);
        let [two, three] = turned::<S>(second, second_off);
        [add::<S>(a, add::<S>(near, far)), one, two, three, four]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Portable;

    #[test]
    fn every_length_is_the_direct_sum() {
        for len in LENGTHS {
            let transform = Transform::new(len);
            let input: Vec<[f32; 2]> = (0..len)
                .map(|j| [(j * j % 7) as f32 - 3.0, (j * 5 % 11) as f32 - 5.0])
                .collect();
            let mut buffers = [[[[0.0; 4]; 2]; MAX_LEN]; 2];
            for (to, value) in buffers[0].iter_mut().zip(&input) {
                *to = value.map(|v| [v; 4]);
            }
            let got = transform.run::<Portable>(&mut buffers);
            for (f, got) in got.iter().map(|value| value.map(|v| v[3])).enumerate() {
                let mut sum = [0.0_f64; 2];
                for (j, [re, im]) in input.iter().enumerate() {
                    let (sin, cos) = (TAU * (f * j % len) as f64 / len as f64).sin_cos();
                    let (re, im) = (f64::from(*re), f64::from(*im));
                    sum = [sum[0] + re * cos + im * sin, sum[1] + im * cos - re * sin];
                }
                for part in 0..2 {
                    assert!(
                        (f64::from(got[part]) - sum[part]).abs() < 2e-5,
                        "{len}, {f}"
                    );
                }
            }
        }
    }
}
