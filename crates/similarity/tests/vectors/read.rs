//! Reading the test vectors.

use kernels::Panels;
use serde_json::Value;
use similarity::{CrossMoments, Measure, Moments, OwnedPair, Pair, Values};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");

/// A JSON file of the vectors; nothing, with a line, on a machine without them.
pub fn json(path: &str) -> Option<Value> {
    let path = format!("{FOLDER}/{path}");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no {path}");
        return None;
    };
    Some(serde_json::from_str(&text).expect("vectors are valid JSON"))
}

/// A CSV file: rows are channels, columns datapoints. Gives `[datapoints, channels]`.
pub fn csv(path: &str) -> (Vec<f64>, usize) {
    let text = std::fs::read_to_string(format!("{FOLDER}/{path}")).expect("readable");
    let rows: Vec<Vec<f64>> = text
        .lines()
        .map(|line| {
            line.split(',')
                .map(|v| v.trim().parse().expect("number"))
                .collect()
        })
        .collect();
    let datapoints = rows[0].len();
    let values = (0..datapoints).flat_map(|i| rows.iter().map(move |row| row[i]));
    (values.collect(), rows.len())
}

/// Moments of two views, fed in blocks of `block` datapoints.
pub fn pair(a: (&[f64], usize), b: (&[f64], usize), block: usize) -> OwnedPair {
    let mut panels = (Panels::new(), Panels::new());
    let mut pair = OwnedPair {
        a: Moments::new(a.1),
        b: Moments::new(b.1),
        cross: CrossMoments::new(a.1, b.1),
    };
    for (a, b) in a.0.chunks(block * a.1).zip(b.0.chunks(block * b.1)) {
        pair.a
            .pack(&Values::Double(a.to_vec()), &mut panels.0)
            .expect("fits");
        pair.b
            .pack(&Values::Double(b.to_vec()), &mut panels.1)
            .expect("fits");
        pair.a.add(&panels.0).expect("fits");
        pair.b.add(&panels.1).expect("fits");
        pair.cross.add(&panels.0, &panels.1).expect("fits");
    }
    pair
}

/// The views `x` and `y` of a folder.
pub fn folder(name: &str) -> OwnedPair {
    let (x, p) = csv(&format!("{name}/x.csv"));
    let (y, q) = csv(&format!("{name}/y.csv"));
    pair((&x, p), (&y, q), 7)
}

/// The pair without giving it up.
pub fn borrowed(pair: &OwnedPair) -> Pair<'_> {
    Pair {
        a: &pair.a,
        b: &pair.b,
        cross: &pair.cross,
    }
}

/// One measure.
pub fn value(pair: &OwnedPair, measure: Measure) -> f64 {
    let values = borrowed(pair).measure_all(&[measure]);
    values[0]
        .clone()
        .unwrap_or_else(|reason| panic!("{measure}: {reason}"))
}

pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().expect("a number")],
    }
}

#[track_caller]
pub fn close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= tolerance,
            "{what}: {found} for {expected}"
        );
    }
}
