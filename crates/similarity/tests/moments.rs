//! Moments are what a direct calculation gives, however they were accumulated, stored and joined.

use kernels::Panels;
use proptest::prelude::*;
use similarity::{CrossMoments, Measure, Moments, MomentsError, OwnedPair, Pair, Reason, Values};

const MEASURES: [Measure; 8] = [
    Measure::MeanCca,
    Measure::PwccaA,
    Measure::Cka,
    Measure::DebiasedCka,
    Measure::CkaPrime,
    Measure::Procrustes,
    Measure::RegressionBFromA,
    Measure::RegressionAFromB,
];

/// Two views of related datapoints, `[datapoints, channels]`, by a recurrence.
fn views(n: usize, p: usize, q: usize, seed: u32) -> (Vec<f64>, Vec<f64>) {
    let mut state = u64::from(seed) * 2 + 1;
    let mut random = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as f64 / (1u64 << 31) as f64 - 0.5
    };
    let a: Vec<f64> = (0..n * p).map(|_| random()).collect();
    let b = (0..n * q).map(|i| a[(i / q) * p + i % q % p] * (1.0 + (i % q) as f64) + random());
    let b = b.collect();
    (a, b)
}

fn empty(p: usize, q: usize) -> OwnedPair {
    OwnedPair {
        a: Moments::new(p),
        b: Moments::new(q),
        cross: CrossMoments::new(p, q),
    }
}

/// The part of the views from `from` to `to`, added to `into`.
fn feed(into: &mut OwnedPair, a: &[f64], b: &[f64], from: usize, to: usize) {
    let (p, q) = (into.a.channels(), into.b.channels());
    let mut panels = (Panels::new(), Panels::new());
    let a = Values::Double(a[from * p..to * p].to_vec());
    let b = Values::Double(b[from * q..to * q].to_vec());
    into.a.pack(&a, &mut panels.0).expect("fits");
    into.b.pack(&b, &mut panels.1).expect("fits");
    into.a.add(&panels.0).expect("fits");
    into.b.add(&panels.1).expect("fits");
    into.cross.add(&panels.0, &panels.1).expect("fits");
}

fn borrowed(pair: &OwnedPair) -> Pair<'_> {
    Pair {
        a: &pair.a,
        b: &pair.b,
        cross: &pair.cross,
    }
}

fn join(into: &mut OwnedPair, other: &OwnedPair) {
    into.cross
        .merge(&into.a, &into.b, borrowed(other))
        .expect("same channels");
    into.a.merge(&other.a).expect("same channels");
    into.b.merge(&other.b).expect("same channels");
}

fn values(pair: &OwnedPair) -> Vec<f64> {
    let values = borrowed(pair).measure_all(&MEASURES).into_iter();
    values.map(|value| value.expect("a value")).collect()
}

fn whole(a: &[f64], b: &[f64], p: usize, q: usize) -> OwnedPair {
    let mut pair = empty(p, q);
    feed(&mut pair, a, b, 0, a.len() / p);
    pair
}

fn same(found: &[f64], expected: &[f64]) -> Result<(), TestCaseError> {
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        prop_assert!(
            (found - expected).abs() < 1e-9,
            "{}: {found} for {expected}",
            MEASURES[i]
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Blocks of any size, parts with their own pilots joined in any order, and parts taken away.
    #[test]
    fn any_blocks_in_any_order(seed: u32, cuts in proptest::collection::vec(1usize..60, 3), turn in 0usize..4, offset in -300.0..300.0) {
        let (n, p, q) = (60, 5, 4);
        let (mut a, mut b) = views(n, p, q, seed);
        // The parts differ in their means, so that their pilots do.
        for i in 0..n {
            a[i * p] += (i as f64 * 0.1).sin() + offset;
            b[i * q + 1] += i as f64 * 0.05 - offset;
        }
        let expected = values(&whole(&a, &b, p, q));

        let mut ends = cuts.clone();
        ends.extend([0, n]);
        ends.sort_unstable();
        let mut streamed = empty(p, q);
        let mut parts = Vec::new();
        for ends in ends.windows(2) {
            feed(&mut streamed, &a, &b, ends[0], ends[1]);
            let mut part = empty(p, q);
            feed(&mut part, &a, &b, ends[0], ends[1]);
            parts.push(part);
        }
        same(&values(&streamed), &expected)?;

        let turn = turn % parts.len();
        parts.rotate_left(turn);
        let mut joined = empty(p, q);
        for part in &parts {
            let text = serde_json::to_string(&(&part.a, &part.b, &part.cross)).expect("writes");
            let (a, b, cross) = serde_json::from_str(&text).expect("reads");
            join(&mut joined, &OwnedPair { a, b, cross });
        }
        prop_assert_eq!(joined.a.datapoints(), n as u64);
        same(&values(&joined), &expected)?;

        // A part about the pilot of the whole, taken away, leaves the rest.
        let mut rest = empty(p, q);
        let cut = ends[2].clamp(15, 45);
        feed(&mut rest, &a, &b, 0, cut);
        let mut part = OwnedPair { a: streamed.a.fresh(), b: streamed.b.fresh(), cross: CrossMoments::new(p, q) };
        feed(&mut part, &a, &b, cut, n);
        let left = OwnedPair {
            a: streamed.a.without(&part.a).expect("a part"),
            b: streamed.b.without(&part.b).expect("a part"),
            cross: streamed.cross.without(&part.cross).expect("a part"),
        };
        same(&values(&left), &values(&rest))?;
    }

    /// Damaged moments are errors, or have reasons, but never panic.
    #[test]
    fn damaged_moments_do_not_panic(at in 0usize..2000, with in "[0-9\\[\\],.:{}\"]|1e300|-1|null|99999999999") {
        let (a, b) = views(12, 3, 2, 5);
        let pair = whole(&a, &b, 3, 2);
        let mut text = serde_json::to_string(&(&pair.a, &pair.b, &pair.cross)).expect("writes");
        let at = at % text.len();
        text.replace_range(at..=at, &with);
        if let Ok((a, b, cross)) = serde_json::from_str(&text) {
            let pair = OwnedPair { a, b, cross };
            let values = borrowed(&pair).measure_all(&Measure::ALL);
            prop_assert!(values.iter().flatten().all(|value| value.is_finite()));
            let _ = borrowed(&pair).canonical();
            let _ = borrowed(&pair).original(1e-10, 0.98);
            let _ = borrowed(&pair).floor(Measure::MeanCca);
        }
    }
}

/// Means of ten thousand standard deviations, in `f32`, cost no digits.
#[test]
fn large_means_keep_their_digits() {
    let (n, p, q) = (400, 6, 4);
    let (a, b) = views(n, p, q, 3);
    // Multiples of 2⁻¹² below 2¹² are exact in f32 with and without the mean.
    let coarse = |values: &[f64], mean: f64| -> Vec<f32> {
        let rounded = values.iter().map(|v| (v * 1024.0).round() / 1024.0 + mean);
        rounded.map(|v| v as f32).collect()
    };
    let mut results = Vec::new();
    for mean in [0.0, 4096.0] {
        let (a, b) = (coarse(&a, mean), coarse(&b, -mean));
        let mut pair = empty(p, q);
        let mut panels = (Panels::new(), Panels::new());
        for (a, b) in a.chunks(37 * p).zip(b.chunks(37 * q)) {
            pair.a
                .pack(&Values::Single(a.to_vec()), &mut panels.0)
                .expect("fits");
            pair.b
                .pack(&Values::Single(b.to_vec()), &mut panels.1)
                .expect("fits");
            pair.a.add(&panels.0).expect("fits");
            pair.b.add(&panels.1).expect("fits");
            pair.cross.add(&panels.0, &panels.1).expect("fits");
        }
        results.push(values(&pair));
    }
    for (found, expected) in results[1].iter().zip(&results[0]) {
        assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
    }
}

#[test]
fn what_has_no_value_has_a_reason() {
    let (a, b) = views(30, 3, 2, 1);
    let reasons = |a: &[f64], b: &[f64]| borrowed(&whole(a, b, 3, 2)).measure_all(&[Measure::Cka]);
    let few = |needed, found| Err(Reason::FewDatapoints { needed, found });
    assert_eq!(reasons(&a[..6], &b[..4]), [few(3, 2)]);
    let three = whole(&a[..9], &b[..6], 3, 2);
    assert_eq!(
        borrowed(&three).measure_all(&[Measure::DebiasedCka]),
        [few(4, 3)]
    );
    let constant = Reason::Constant {
        side: 'b',
        channels: 2,
    };
    assert_eq!(reasons(&a, &[0.1; 60]), [Err(constant)]);
    let mut broken = a.clone();
    broken[4] = f64::NAN;
    broken[7] = f64::INFINITY;
    assert_eq!(
        reasons(&broken, &b),
        [Err(Reason::NotFinite {
            side: 'a',
            count: 2
        })]
    );
    let huge: Vec<f64> = a.iter().map(|v| v * 1e200).collect();
    assert_eq!(reasons(&huge, &b), [Err(Reason::TooLarge)]);
    let text = serde_json::to_string(&whole(&broken, &b, 3, 2).a).expect("writes");
    let back: Moments = serde_json::from_str(&text).expect("reads");
    assert_eq!((back.datapoints(), back.not_finite()), (30, 2));

    let pair = whole(&a, &b, 3, 2);
    let pairwise = borrowed(&pair).measure_all(&[Measure::MutualNeighbours(5)]);
    assert!(matches!(pairwise[0], Err(Reason::Pairwise { .. })));
    let other = whole(&a[..60], &b[..40], 3, 2);
    let mixed = Pair {
        a: &pair.a,
        b: &other.b,
        cross: &pair.cross,
    };
    assert!(matches!(
        mixed.measure_all(&[Measure::Cka])[0],
        Err(Reason::Mismatched { .. })
    ));
}

#[test]
fn moments_that_do_not_belong_together_are_errors() {
    let (a, b) = views(30, 3, 2, 1);
    let mut pair = whole(&a, &b, 3, 2);
    let found = pair.a.merge(&pair.b);
    assert_eq!(
        found,
        Err(MomentsError::Channels {
            side: 'a',
            expected: 3,
            found: 2
        })
    );
    let mut panels = Panels::new();
    let ragged = pair.a.pack(&Values::Single(vec![0.0; 4]), &mut panels);
    assert_eq!(
        ragged,
        Err(MomentsError::Ragged {
            values: 4,
            channels: 3
        })
    );
    let other = whole(&a[30..60], &b[20..40], 3, 2);
    assert_eq!(pair.a.without(&other.a).err(), Some(MomentsError::Pilot));
}
