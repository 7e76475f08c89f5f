//! Moments of packed blocks against plain and against exact sums, on every instruction set
//! of this machine.

use kernels::{Isa, Panels, ShapeError};
use proptest::prelude::*;

/// Every sum over a pair of blocks.
#[derive(Debug, PartialEq)]
struct Sums {
    second: Vec<f64>,
    cross: Vec<f64>,
    sum: Vec<f64>,
    weighted: Vec<f64>,
    norms: Vec<f64>,
}

impl Sums {
    /// Of `a` alone and with `b`, weighted by the norms of `b`.
    fn of(a: &Panels, b: &Panels) -> Result<Self, ShapeError> {
        let (p, q) = (a.channels(), b.channels());
        let mut sums = Self {
            second: vec![0.0; p * p],
            cross: vec![0.0; p * q],
            sum: vec![0.0; p],
            weighted: vec![0.0; p],
            norms: a.norms(),
        };
        sums.add(a, b)?;
        Ok(sums)
    }

    fn add(&mut self, a: &Panels, b: &Panels) -> Result<(), ShapeError> {
        a.add_second(&mut self.second)?;
        a.add_cross(b, &mut self.cross)?;
        a.add_sum(&mut self.sum)?;
        a.add_weighted(&b.norms(), &mut self.weighted)?;
        // What lies above the diagonal is arbitrary.
        let channels = a.channels();
        for row in 0..channels {
            self.second[row * channels + row + 1..(row + 1) * channels].fill(0.0);
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = &f64> {
        let Self {
            second,
            cross,
            sum,
            weighted,
            norms,
        } = self;
        [second, cross, sum, weighted, norms].into_iter().flatten()
    }

    /// Sums in the plainest way; with `magnitudes`, of absolute values.
    fn plain(a: &[Vec<f64>], b: &[Vec<f64>], [p, q]: [usize; 2], magnitudes: bool) -> Self {
        let size = |value: f64| if magnitudes { value.abs() } else { value };
        let norm = |x: &Vec<f64>| x.iter().map(|value| value * value).sum::<f64>();
        let over = |term: &dyn Fn(usize) -> f64| (0..a.len()).map(|i| size(term(i))).sum::<f64>();
        let pairs = |columns: usize, term: &dyn Fn(usize, usize, usize) -> f64| -> Vec<f64> {
            (0..p * columns)
                .map(|at| over(&|i| term(i, at / columns, at % columns)))
                .collect()
        };
        Self {
            second: pairs(p, &|i, row, column| {
                if column > row {
                    0.0
                } else {
                    a[i][row] * a[i][column]
                }
            }),
            cross: pairs(q, &|i, row, column| a[i][row] * b[i][column]),
            sum: pairs(1, &|i, row, _| a[i][row]),
            weighted: pairs(1, &|i, row, _| norm(&b[i]) * a[i][row]),
            norms: a.iter().map(norm).collect(),
        }
    }
}

/// Packs `rows` as `f64` or, rounded, as `f32`, and returns what was packed.
fn pack(rows: &[f64], shift: &[f64], single: bool) -> (Panels, Vec<Vec<f64>>) {
    let mut panels = Panels::new();
    let mut rows = rows.to_vec();
    if single {
        let narrow: Vec<f32> = rows.iter().map(|value| *value as f32).collect();
        panels.pack_single(&narrow, shift).expect("whole rows");
        rows = narrow.into_iter().map(f64::from).collect();
    } else {
        panels.pack_double(&rows, shift).expect("whole rows");
    }
    let shifted = rows
        .chunks(shift.len())
        .map(|row| row.iter().zip(shift).map(|(x, m)| x - m).collect())
        .collect();
    (panels, shifted)
}

/// Rows of values in `[-1, 1)` about 3, and a shift of about 3.
fn rows(datapoints: usize, channels: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut state = seed;
    let mut draw = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    let shift = (0..channels).map(|_| 3.0 + draw() / 8.0).collect();
    (
        (0..datapoints * channels).map(|_| 3.0 + draw()).collect(),
        shift,
    )
}

fn on_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool")
        .install(work)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]
    #[test]
    fn sums_are_the_plain_sums(
        (datapoints, p, q) in (0_usize..600, 1_usize..70, 1_usize..70),
        (seed, single, cut) in (any::<u64>(), any::<bool>(), 0.0..1.0),
    ) {
        let ((a, shift_a), (b, shift_b)) = (rows(datapoints, p, seed), rows(datapoints, q, !seed));
        let packed = || (pack(&a, &shift_a, single), pack(&b, &shift_b, single));
        let ((_, x), (_, y)) = packed();
        let expected = Sums::plain(&x, &y, [p, q], false);
        let sizes = Sums::plain(&x, &y, [p, q], true);
        let bound = (datapoints + p + q) as f64 * f64::EPSILON;
        for isa in Isa::available() {
            let sums = || isa.with(|| {
                let ((a, _), (b, _)) = packed();
                Sums::of(&a, &b).expect("shapes that fit")
            });
            let found = on_threads(1, sums);
            prop_assert!(found == on_threads(2, sums), "{}", isa);
            for ((found, expected), size) in found.all().zip(expected.all()).zip(sizes.all()) {
                prop_assert!((found - expected).abs() <= bound * size, "{}: {} {}", isa, found, expected);
            }

            // Two blocks add up to one.
            let cut = (cut * datapoints as f64) as usize;
            let [first, rest] = [0..cut, cut..datapoints].map(|range| {
                let part = |rows: &[f64], shift: &[f64]| {
                    let channels = shift.len();
                    pack(&rows[range.start * channels..range.end * channels], shift, single).0
                };
                (part(&a, &shift_a), part(&b, &shift_b))
            });
            let mut merged = isa.with(|| Sums::of(&first.0, &first.1)).expect("shapes that fit");
            isa.with(|| merged.add(&rest.0, &rest.1)).expect("shapes that fit");
            merged.norms.extend(rest.0.norms());
            for ((found, merged), size) in found.all().zip(merged.all()).zip(sizes.all()) {
                prop_assert!((found - merged).abs() <= bound * size, "{}: {} {}", isa, found, merged);
            }
        }
    }
}

/// Many channels take other squares, and many datapoints several slabs of them.
#[test]
fn large_blocks_do_not_depend_on_the_threads() {
    for (datapoints, p, q) in [(2600, 65, 40), (300, 800, 790)] {
        let ((a, shift_a), (b, shift_b)) = (rows(datapoints, p, 1), rows(datapoints, q, 2));
        let sums = || {
            let ((a, _), (b, _)) = (pack(&a, &shift_a, true), pack(&b, &shift_b, true));
            Sums::of(&a, &b)
        };
        let found = on_threads(1, sums).expect("shapes that fit");
        for threads in 2..4 {
            assert!(on_threads(threads, sums).expect("shapes that fit") == found);
        }
        let reference = |left: &[f64], right: &[f64], [row, column]: [usize; 2]| {
            let term = |i: usize| {
                let left = f64::from(left[i * p + row] as f32) - shift_a[row];
                left * (f64::from(right[i * q + column] as f32) - shift_b[column])
            };
            (0..datapoints).map(term).sum::<f64>()
        };
        for row in (0..p).step_by(13) {
            for column in (0..q).step_by(17) {
                let error = found.cross[row * q + column] - reference(&a, &b, [row, column]);
                assert!(error.abs() < 1e-11, "{row} {column}: {error:e}");
            }
        }
    }
}

/// Values whose mean is 17,000 times their deviation, in integers of `2⁻³⁸`: their shifted
/// values and the sums of their products are exact in `i128`.
#[test]
fn sums_are_as_exact_as_promised() {
    const UNIT: f64 = (1_u64 << 38) as f64;
    let (channels, datapoints) = (20, 3000);
    let (noise, shift) = rows(datapoints, channels, 7);
    // Multiples of 2⁻¹⁰, as `f32` has them there, and of 2⁻³⁸.
    let rows: Vec<f32> = noise.iter().map(|x| (9997.0 + x) as f32).collect();
    let shift: Vec<f64> = shift
        .iter()
        .map(|m| (9997.0 * UNIT + (m * UNIT).round()) / UNIT)
        .collect();
    let exact: Vec<Vec<i128>> = rows
        .chunks(channels)
        .map(|row| {
            let units = row.iter().map(|x| (f64::from(*x) * UNIT) as i128);
            units
                .zip(&shift)
                .map(|(x, m)| x - (m * UNIT) as i128)
                .collect()
        })
        .collect();
    for isa in Isa::available() {
        let mut panels = Panels::new();
        let (mut second, mut sum) = (vec![0.0; channels * channels], vec![0.0; channels]);
        isa.with(|| {
            panels.pack_single(&rows, &shift)?;
            panels.add_sum(&mut sum)?;
            panels.add_second(&mut second)
        })
        .expect("shapes that fit");
        for row in 0..channels {
            for column in 0..=row {
                let products = || exact.iter().map(|x| x[row] * x[column]);
                let (total, size) = (
                    products().sum::<i128>(),
                    products().map(i128::abs).sum::<i128>(),
                );
                let found = second[row * channels + column];
                let error = (found * UNIT * UNIT) as i128 - total;
                assert!(
                    error.abs() << 53 <= size * datapoints as i128,
                    "{isa}: Σ x{row} x{column} is off by {error} of {size}"
                );
                // The covariance, which cancels what is left of the means.
                let n = datapoints as i128;
                let [x, y] = [row, column].map(|at| exact.iter().map(|x| x[at]).sum::<i128>());
                let expected = (n * total - x * y) as f64 / (n as f64 * UNIT * UNIT);
                let covariance = found - sum[row] * sum[column] / n as f64;
                let scale = 1e-13 * size as f64 / (UNIT * UNIT);
                assert!(
                    (covariance - expected).abs() <= scale,
                    "{covariance} {expected}"
                );
            }
        }
    }
}

#[test]
fn values_that_are_not_finite_are_counted_and_stay_in_their_channel() {
    let mut rows = vec![1.0_f32; 300 * 19];
    (rows[3], rows[299 * 19 + 18], rows[4]) = (f32::NAN, f32::INFINITY, f32::MAX);
    let mut panels = Panels::new();
    panels.pack_single(&rows, &[0.5; 19]).expect("whole rows");
    assert_eq!(
        (panels.datapoints(), panels.channels(), panels.not_finite()),
        (300, 19, 2)
    );
    let mut sum = [0.0; 19];
    panels.add_sum(&mut sum).expect("19 sums");
    assert!(sum[3].is_nan() && sum[18].is_infinite());
    assert_eq!(sum.iter().filter(|value| value.is_finite()).count(), 17);

    let rows: Vec<f64> = rows.iter().map(|value| f64::from(*value)).collect();
    panels.pack_double(&rows[..19], &[0.5; 19]).expect("a row");
    assert_eq!((panels.datapoints(), panels.not_finite()), (1, 1));
    assert_eq!(panels.norms().len(), 1);
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let (mut a, mut b) = (Panels::new(), Panels::new());
    assert_eq!(
        a.pack_single(&[], &[]),
        Err(ShapeError::Zero { size: "channels" })
    );
    let odd = a
        .pack_single(&[0.0; 7], &[0.0; 3])
        .map_err(|error| error.to_string());
    assert_eq!(
        odd,
        Err("the last row needs 3 values for its shape, but the slice has 1".into())
    );
    a.pack_single(&[0.0; 6], &[0.0; 3]).expect("two rows");
    b.pack_double(&[0.0; 4], &[0.0; 4]).expect("a row");
    assert!(a.add_second(&mut [0.0; 8]).is_err());
    assert!(a.add_sum(&mut [0.0; 2]).is_err());
    assert!(a.add_weighted(&[1.0], &mut [0.0; 3]).is_err());
    assert_eq!(
        a.add_cross(&b, &mut [0.0; 12]),
        Err(ShapeError::Datapoints { left: 2, right: 1 })
    );
}
