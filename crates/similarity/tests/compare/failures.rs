//! Data that cannot be compared, and data that are not numbers.

use similarity::{CompareError, Convention, Measure, Options, Reason, compare, layer_map};

use crate::source::{Doubles, Normal};

fn all(convention: Convention) -> Options {
    Options {
        measures: Measure::ALL.to_vec(),
        convention,
        permutations: 3,
        groups: 4,
        ..Options::default()
    }
}

const CONVENTIONS: [Convention; 3] = [
    Convention::Spatial,
    Convention::Flattened,
    Convention::Pooled,
];

#[test]
fn a_read_that_fails_in_the_middle_is_told() {
    let mut draw = Normal::new(2);
    let a = draw.maps([40, 2, 2, 3]);
    let mut b = draw.maps([40, 2, 2, 3]);
    b.broken_from = 37;
    for convention in CONVENTIONS {
        let error = compare(&a, &b, &all(convention)).expect_err("broken");
        assert!(matches!(error, CompareError::Read { side: 'b', .. }));
        assert_eq!(
            error.to_string(),
            "side b: cannot read layer.npy: expected 40 images, found 37"
        );
        let error = compare(&b, &a, &all(convention)).expect_err("broken");
        assert!(matches!(error, CompareError::Read { side: 'a', .. }));
    }
}

#[test]
fn values_that_are_no_numbers_give_reasons() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for convention in CONVENTIONS {
            let mut draw = Normal::new(3);
            let a = draw.maps([30, 2, 2, 3]);
            let mut b = draw.maps([30, 1, 2, 2]);
            b.values[17] = bad;
            let compared = compare(&a, &b, &all(convention)).expect("compares");
            for measured in compared.measured {
                let Err(reason) = measured.value else {
                    // Gram matrices may have drawn other datapoints.
                    panic!(
                        "{} has a value with {bad} in {convention}",
                        measured.measure
                    );
                };
                assert!(
                    matches!(
                        reason,
                        Reason::NotFinite { side: 'b', .. } | Reason::Convention { .. }
                    ),
                    "{reason}"
                );
                assert!(measured.null.is_none() && measured.interval.is_none());
            }
        }
    }
}

/// Constant, tiny, huge and repeated data: a finite number in range, or a reason, and no panic.
#[test]
fn strange_data_give_numbers_or_reasons() {
    let mut draw = Normal::new(4);
    let mut shapes: Vec<(&str, Doubles)> = Vec::new();
    for images in [1, 2, 3, 4, 5, 13] {
        shapes.push(("few", draw.maps([images, 2, 1, 2])));
        let constant = vec![3.5; images * 4];
        shapes.push(("constant", Doubles::new([images, 2, 1, 2], constant)));
    }
    for scale in [1e-200, 1e-30, 1e30, 1e160, 1e300] {
        let mut maps = draw.maps([13, 2, 1, 2]);
        maps.values.iter_mut().for_each(|value| *value *= scale);
        shapes.push(("scaled", maps));
    }
    let repeated = (0..13 * 4).map(|place| f64::from(place > 40)).collect();
    shapes.push(("repeated", Doubles::new([13, 2, 1, 2], repeated)));
    for convention in CONVENTIONS {
        for (what, a) in &shapes {
            let b = draw.maps([a.shape.images, 2, 1, 2]);
            for (a, b) in [(a, &b), (&b, a)] {
                for measured in compare(a, b, &all(convention)).expect("compares").measured {
                    let numbers = [measured.value.ok(), measured.floor]
                        .into_iter()
                        .flatten()
                        .chain(
                            measured
                                .null
                                .iter()
                                .flat_map(|null| [null.mean, null.sd, null.p]),
                        )
                        .chain(
                            measured
                                .interval
                                .iter()
                                .flat_map(|ends| [ends.low, ends.high]),
                        );
                    for number in numbers {
                        assert!(number.is_finite(), "{what}: {:?}", measured.measure);
                    }
                    if let Some(interval) = measured.interval {
                        assert!(interval.low <= interval.high);
                    }
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let mut draw = Normal::new(5);
    let (a, b) = (draw.maps([4, 1, 1, 2]), draw.maps([5, 1, 1, 2]));
    let options = Options::default();
    assert!(matches!(
        compare(&a, &b, &options),
        Err(CompareError::Images { a: 4, b: 5 })
    ));
    assert!(layer_map(&[&a], &[&a, &b], &options).is_err());
    let empty = Doubles::new([4, 0, 1, 2], Vec::new());
    assert!(matches!(
        compare(&a, &empty, &options),
        Err(CompareError::Empty { side: 'b', .. })
    ));
    let (tall, wide) = (draw.maps([1, 9_000, 1, 1]), draw.maps([1, 1, 9_000, 1]));
    assert!(matches!(
        compare(&tall, &wide, &options),
        Err(CompareError::Grid { .. })
    ));
    let nothing = Options {
        measures: Vec::new(),
        ..options
    };
    assert!(matches!(
        compare(&a, &a, &nothing),
        Err(CompareError::NoMeasures)
    ));
}
