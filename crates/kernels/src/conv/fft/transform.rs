//! One-dimensional complex Fourier transforms of small lengths, one transform
//! per SIMD lane.
//!
//! A length is one odd number, a power of two up to eight, or a product of two
//! such factors without a common divisor: then the Chinese remainder theorem
//! orders the values so that no twiddle factors are needed between the factors.

use std::f64::consts::TAU;
use std::mem::MaybeUninit;

use crate::simd::{Simd, dispatch};

/// The longest transform.
pub(crate) const MAX_LEN: usize = 40;

/// Lengths that have a transform, with their factors, shortest first.
pub(crate) const LENGTHS: [[usize; 3]; 21] = [
    [1, 1, 1],
    [6, 2, 3],
    [7, 1, 7],
    [8, 1, 8],
    [10, 2, 5],
    [11, 1, 11],
    [12, 4, 3],
    [14, 2, 7],
    [15, 3, 5],
    [17, 1, 17],
    [18, 2, 9],
    [19, 1, 19],
    [20, 4, 5],
    [22, 2, 11],
    [24, 8, 3],
    [28, 4, 7],
    [33, 3, 11],
    [34, 2, 17],
    [35, 5, 7],
    [36, 4, 9],
    [40, 8, 5],
];

/// The longest odd factor's half.
const MAX_HALF: usize = 9;

/// One complex number per lane: real and imaginary parts.
type Complex<V> = [V; 2];

/// A transform of length `len`: `X[f] = Σ x[j] · exp(−2πi · f · j / len)`.
#[derive(Clone, Debug)]
pub(crate) struct Transform {
    pub len: usize,
    /// The first factor may be one.
    factors: [usize; 2],
    /// Which value the first pass takes, in its order; the second where there is
    /// no first.
    inputs: Vec<usize>,
    /// Where the first pass puts its values for the second.
    between: Vec<usize>,
    /// Which result the second pass yields, in its order.
    outputs: Vec<usize>,
    /// For each factor `p`, `[f − 1][j − 1]` with `f, j ≤ p / 2`: cosine and sine
    /// of `2π · f · j / p`.
    waves: [Vec<[f32; 2]>; 2],
}

/// Where a transform reads or writes, in floats: for each value its first part
/// after the first pointer and its second part after the second.
pub(crate) struct Wires {
    at: Vec<[usize; 2]>,
}

impl Transform {
    pub(crate) fn new(len: usize) -> Self {
        let found = LENGTHS.iter().find(|length| length[0] == len);
        let Some(&[_, first, second]) = found else {
            unreachable!("no transform of length {len}")
        };
        let mut inputs = Vec::with_capacity(len);
        let mut between = Vec::with_capacity(len);
        let mut outputs = Vec::with_capacity(len);
        for group in 0..second {
            for j in 0..first {
                inputs.push((second * j + first * group) % len);
                between.push(j * second + group);
            }
        }
        for group in 0..first {
            for f in 0..second {
                let matches = |at: &usize| at % first == group && at % second == f;
                outputs.extend((0..len).find(matches));
            }
        }
        Self {
            len,
            factors: [first, second],
            inputs,
            between,
            outputs,
            waves: [first, second].map(waves),
        }
    }

    /// Multiply-adds per value, about.
    pub(crate) fn cost(&self) -> f64 {
        let cost = |factor: usize| match factor {
            1 => 0.0,
            2 | 4 => 5.0,
            8 => 8.0,
            odd => 3.0 + odd as f64,
        };
        cost(self.factors[0]) + cost(self.factors[1])
    }

    /// The wires that bring the parts of value `j` from where `place` says.
    pub(crate) fn inputs(&self, place: impl Fn(usize) -> [usize; 2]) -> Wires {
        Wires::new(self.inputs.iter().map(|j| place(*j)))
    }

    /// The wires that bring the parts of result `f` to where `place` says.
    pub(crate) fn outputs(&self, place: impl Fn(usize) -> [usize; 2]) -> Wires {
        Wires::new(self.outputs.iter().map(|f| place(*f)))
    }

    /// The wires between the two passes, for vectors of `lanes`.
    pub(crate) fn middle(&self, lanes: usize) -> [Wires; 2] {
        let wires = |index: usize| [index * 2 * lanes; 2];
        [
            Wires::new(self.between.iter().map(|at| wires(*at))),
            Wires::new((0..self.len).map(wires)),
        ]
    }
}

impl Wires {
    fn new(places: impl Iterator<Item = [usize; 2]>) -> Self {
        Self {
            at: places.collect(),
        }
    }

    /// Where the values are, in the order of the transform.
    pub(crate) fn places(&self) -> &[[usize; 2]] {
        &self.at
    }
}

fn waves(factor: usize) -> Vec<[f32; 2]> {
    let half = factor / 2;
    (1..=half)
        .flat_map(|f| {
            (1..=half).map(move |j| {
                let (sin, cos) = (TAU * (f * j % factor) as f64 / factor as f64).sin_cos();
                [cos as f32, sin as f32]
            })
        })
        .collect()
}

/// One transform: `from` and `to` point to first and second parts. Exchanging
/// the parts on both sides gives the inverse transform, unscaled.
pub(crate) struct Line<'a> {
    pub transform: &'a Transform,
    pub from: [*const f32; 2],
    pub inputs: &'a Wires,
    pub to: [*mut f32; 2],
    pub outputs: &'a Wires,
    pub middle: &'a [Wires; 2],
}

dispatch! {
    /// Transforms one line. The pointers must be valid for the wires, and what
    /// `to` points at unshared: whoever makes a line says why.
    pub(crate) fn run(line: &Line<'_>) => run_body
}

#[inline(always)]
fn run_body<S: Simd>(line: &Line<'_>) {
    let transform = line.transform;
    let [first, second] = transform.factors;
    // Every value is written before it is read: clearing them takes longer than
    // a short transform.
    let mut memory = MaybeUninit::<[[S::V; 2]; MAX_LEN]>::uninit();
    let middle = memory.as_mut_ptr().cast::<f32>();
    let middle = [middle, middle.wrapping_add(S::LANES)];
    if first == 1 {
        pass::<S>(
            second,
            &transform.waves[1],
            [line.from[0], line.from[1]],
            line.inputs,
            line.to,
            line.outputs,
        );
        return;
    }
    pass::<S>(
        first,
        &transform.waves[0],
        line.from,
        line.inputs,
        middle,
        &line.middle[0],
    );
    pass::<S>(
        second,
        &transform.waves[1],
        middle.map(|part| part.cast_const()),
        &line.middle[1],
        line.to,
        line.outputs,
    );
}

/// Transforms of length `factor` over all values.
#[inline(always)]
fn pass<S: Simd>(
    factor: usize,
    waves: &[[f32; 2]],
    from: [*const f32; 2],
    inputs: &Wires,
    to: [*mut f32; 2],
    outputs: &Wires,
) {
    match factor {
        1 => groups::<S, Odd, 1>(waves, from, inputs, to, outputs),
        2 => groups::<S, Two, 2>(waves, from, inputs, to, outputs),
        3 => groups::<S, Odd, 3>(waves, from, inputs, to, outputs),
        4 => groups::<S, Four, 4>(waves, from, inputs, to, outputs),
        5 => groups::<S, Odd, 5>(waves, from, inputs, to, outputs),
        7 => groups::<S, Odd, 7>(waves, from, inputs, to, outputs),
        8 => groups::<S, Eight, 8>(waves, from, inputs, to, outputs),
        9 => groups::<S, Odd, 9>(waves, from, inputs, to, outputs),
        11 => groups::<S, Odd, 11>(waves, from, inputs, to, outputs),
        17 => groups::<S, Odd, 17>(waves, from, inputs, to, outputs),
        _ => groups::<S, Odd, 19>(waves, from, inputs, to, outputs),
    }
}

#[inline(always)]
fn groups<S: Simd, B: Butterfly<P>, const P: usize>(
    waves: &[[f32; 2]],
    from: [*const f32; 2],
    inputs: &Wires,
    to: [*mut f32; 2],
    outputs: &Wires,
) {
    let count = inputs.at.len() / P;
    assert!(outputs.at.len() >= count * P && waves.len() >= (P / 2) * (P / 2));
    for group in 0..count {
        let (inputs_at, outputs_at) = (&inputs.at[group * P..][..P], &outputs.at[group * P..][..P]);
        let mut values = [[S::splat(0.0); 2]; P];
        for j in 0..P {
            // SAFETY: valid by the contract of `run`.
            values[j] = unsafe {
                [
                    S::load(from[0].add(inputs_at[j][0])),
                    S::load(from[1].add(inputs_at[j][1])),
                ]
            };
        }
        let values = B::apply::<S>(values, waves);
        for f in 0..P {
            // SAFETY: as above.
            unsafe {
                S::store(to[0].add(outputs_at[f][0]), values[f][0]);
                S::store(to[1].add(outputs_at[f][1]), values[f][1]);
            }
        }
    }
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
fn add_scaled<S: Simd>(a: Complex<S::V>, factor: S::V, b: Complex<S::V>) -> Complex<S::V> {
    [S::fma(factor, b[0], a[0]), S::fma(factor, b[1], a[1])]
}

/// The transform of `P` values. A trait and not a function argument, so that it
/// is inlined into code compiled for wide vectors.
trait Butterfly<const P: usize> {
    fn apply<S: Simd>(values: [Complex<S::V>; P], waves: &[[f32; 2]]) -> [Complex<S::V>; P];
}

struct Two;

impl Butterfly<2> for Two {
    #[inline(always)]
    fn apply<S: Simd>([a, b]: [Complex<S::V>; 2], _: &[[f32; 2]]) -> [Complex<S::V>; 2] {
        [add::<S>(a, b), sub::<S>(a, b)]
    }
}

struct Four;

impl Butterfly<4> for Four {
    #[inline(always)]
    fn apply<S: Simd>([a, b, c, d]: [Complex<S::V>; 4], _: &[[f32; 2]]) -> [Complex<S::V>; 4] {
        let (even, odd) = (add::<S>(a, c), add::<S>(b, d));
        let [first, third] = turned::<S>(sub::<S>(a, c), sub::<S>(b, d));
        [add::<S>(even, odd), first, sub::<S>(even, odd), third]
    }
}

struct Eight;

impl Butterfly<8> for Eight {
    #[inline(always)]
    fn apply<S: Simd>(v: [Complex<S::V>; 8], none: &[[f32; 2]]) -> [Complex<S::V>; 8] {
        let even = Four::apply::<S>([v[0], v[2], v[4], v[6]], none);
        let [a, b, c, d] = Four::apply::<S>([v[1], v[3], v[5], v[7]], none);
        let root = S::splat(std::f32::consts::FRAC_1_SQRT_2);
        // Times `exp(−2πi · f / 8)`.
        let b = [
            S::mul(root, S::add(b[0], b[1])),
            S::mul(root, S::sub(b[1], b[0])),
        ];
        let d = [
            S::mul(root, S::sub(d[1], d[0])),
            S::fnma(root, S::add(d[0], d[1]), S::splat(0.0)),
        ];
        let [two, six] = turned::<S>(even[2], c);
        [
            add::<S>(even[0], a),
            add::<S>(even[1], b),
            two,
            add::<S>(even[3], d),
            sub::<S>(even[0], a),
            sub::<S>(even[1], b),
            six,
            sub::<S>(even[3], d),
        ]
    }
}

/// The direct sum, folded: values at opposite places share their cosines, and
/// so do results at opposite frequencies.
struct Odd;

impl<const P: usize> Butterfly<P> for Odd {
    #[inline(always)]
    fn apply<S: Simd>(values: [Complex<S::V>; P], waves: &[[f32; 2]]) -> [Complex<S::V>; P] {
        let half = P / 2;
        let zero = [S::splat(0.0); 2];
        let (mut even, mut odd) = ([zero; MAX_HALF], [zero; MAX_HALF]);
        let mut results = [zero; P];
        let mut sum = values[0];
        for j in 0..half {
            even[j] = add::<S>(values[1 + j], values[P - 1 - j]);
            odd[j] = sub::<S>(values[1 + j], values[P - 1 - j]);
            sum = add::<S>(sum, even[j]);
        }
        results[0] = sum;
        for f in 0..half {
            let (mut centre, mut off) = (values[0], zero);
            for j in 0..half {
                let [cos, sin] = waves[f * half + j];
                centre = add_scaled::<S>(centre, S::splat(cos), even[j]);
                off = add_scaled::<S>(off, S::splat(sin), odd[j]);
            }
            [results[1 + f], results[P - 1 - f]] = turned::<S>(centre, off);
        }
        results
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Isa;

    #[test]
    fn every_length_is_the_direct_sum() {
        for [len, ..] in LENGTHS {
            let transform = Transform::new(len);
            let input: Vec<[f32; 2]> = (0..len)
                .map(|j| [(j * j % 7) as f32 - 3.0, (j * 5 % 11) as f32 - 5.0])
                .collect();
            for isa in Isa::available() {
                let lanes = crate::gemm::lanes(isa);
                let from: Vec<f32> = input
                    .iter()
                    .flatten()
                    .flat_map(|v| vec![*v; lanes])
                    .collect();
                let mut to = vec![0.0; from.len()];
                let place = |index: usize| [index * 2 * lanes; 2];
                let start = to.as_mut_ptr();
                let line = Line {
                    transform: &transform,
                    from: [from.as_ptr(), from[lanes..].as_ptr()],
                    inputs: &transform.inputs(place),
                    to: [start, start.wrapping_add(lanes)],
                    outputs: &transform.outputs(place),
                    middle: &transform.middle(lanes),
                };
                run(isa, &line);
                for (f, got) in to.chunks(2 * lanes).enumerate() {
                    let mut sum = [0.0_f64; 2];
                    for (j, [re, im]) in input.iter().enumerate() {
                        let (sin, cos) = (TAU * (f * j % len) as f64 / len as f64).sin_cos();
                        let (re, im) = (f64::from(*re), f64::from(*im));
                        sum = [sum[0] + re * cos + im * sin, sum[1] + im * cos - re * sin];
                    }
                    for part in 0..2 {
                        let got = f64::from(got[(part + 1) * lanes - 1]);
                        assert!((got - sum[part]).abs() < 2e-5, "{len}, {f}, {isa:?}");
                    }
                }
            }
        }
    }
}
