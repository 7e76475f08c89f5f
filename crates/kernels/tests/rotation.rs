//! Rotary positions beside the plain formula, and what makes them positions.

use kernels::{Isa, MapShape, Rotation, ShapeError};

const ROTATION: Rotation = Rotation {
    heads: 2,
    first: 3,
    height: 2,
    width: 5,
    is_back: false,
};
const FEATURES: usize = 8;
const SHAPE: MapShape = MapShape {
    batch: 2,
    channels: 3 * 2 * FEATURES,
    height: 13,
    width: 1,
};

fn values() -> Vec<f32> {
    let value = |at: usize| ((at * 7919) % 2039) as f32 / 1019.0 - 1.0;
    (0..SHAPE.batch * SHAPE.channels * SHAPE.height)
        .map(value)
        .collect()
}

fn turned(rotation: Rotation, x: &[f32]) -> Vec<f32> {
    let mut y = vec![f32::NAN; x.len()];
    rotation.turn(&SHAPE, x, &mut y).expect("shapes that fit");
    y
}

/// As complex numbers, feature by feature.
#[test]
fn pairs_are_turned_by_their_places() {
    let x = values();
    let y = turned(ROTATION, &x);
    let at = |channel: usize, token: usize| channel * SHAPE.height + token;
    let image = SHAPE.channels * SHAPE.height;
    for (n, channel) in (0..2).flat_map(|n| (0..SHAPE.channels).map(move |channel| (n, channel))) {
        let (head, feature) = (channel / FEATURES, channel % FEATURES);
        for token in 0..SHAPE.height {
            let here = n * image + at(channel, token);
            let expected = if head >= 4 || token < 3 {
                f64::from(x[here])
            } else {
                let (row, column) = ((token - 3) / 5, (token - 3) % 5);
                let pair = feature % (FEATURES / 2);
                let place = match pair {
                    0 | 1 => (row as f64 + 0.5) / 2.0 * 2.0 - 1.0,
                    _ => (column as f64 + 0.5) / 5.0 * 2.0 - 1.0,
                };
                let period = 100_f64.powf((pair % 2) as f64 / 2.0);
                let (sin, cos) = (2.0 * std::f64::consts::PI * place / period).sin_cos();
                let real = f64::from(x[n * image + at(head * FEATURES + pair, token)]);
                let imaginary = f64::from(x[n * image + at(head * FEATURES + pair + 4, token)]);
                match feature < FEATURES / 2 {
                    true => real * cos - imaginary * sin,
                    false => real * sin + imaginary * cos,
                }
            };
            assert!(
                (f64::from(y[here]) - expected).abs() < 1e-6,
                "{channel} {token}"
            );
        }
    }
}

#[test]
fn turning_back_undoes_it_on_every_instruction_set_and_for_any_threads() {
    let x = values();
    let first = turned(ROTATION, &x);
    for isa in Isa::available() {
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().expect("threads");
            let found = pool.install(|| isa.with(|| turned(ROTATION, &x)));
            assert_eq!(found, first, "{isa}, {threads} threads");
        }
    }
    let back = turned(ROTATION.reversed(), &first);
    assert!(back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-6));
    assert_eq!(ROTATION.reversed().reversed(), ROTATION);
}

/// The product of a query and a key depends on how far apart they are, not on where.
#[test]
fn scores_depend_on_distances_alone() {
    let row = Rotation {
        heads: 1,
        first: 0,
        height: 1,
        width: 9,
        is_back: false,
    };
    let shape = MapShape {
        batch: 1,
        channels: 24,
        height: 9,
        width: 1,
    };
    // All tokens alike: only their places differ.
    let x: Vec<f32> = (0..24).flat_map(|c| [(c as f32 - 11.0) / 7.0; 9]).collect();
    let mut y = vec![0.0; x.len()];
    row.turn(&shape, &x, &mut y).expect("shapes that fit");
    let score = |query: usize, key: usize| -> f32 {
        (0..8)
            .map(|c| y[c * 9 + query] * y[(8 + c) * 9 + key])
            .sum()
    };
    for distance in 0..5 {
        for query in 1..9 - distance {
            let off = score(query, query + distance) - score(0, distance);
            assert!(off.abs() < 1e-5, "{query} and {distance} on: {off}");
        }
    }
    assert!((score(0, 1) - score(0, 2)).abs() > 0.01);
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let refused = |rotation: Rotation, shape: MapShape| {
        let count = shape.batch * shape.channels * shape.plane();
        let (x, mut y) = (vec![0.0; count], vec![0.0; count]);
        rotation.turn(&shape, &x, &mut y).unwrap_err()
    };
    let heads = Rotation {
        heads: 0,
        ..ROTATION
    };
    assert_eq!(refused(heads, SHAPE), ShapeError::Zero { size: "heads" });
    let tokens = Rotation {
        first: 4,
        ..ROTATION
    };
    assert!(refused(tokens, SHAPE).to_string().contains("tokens"));
    let channels = MapShape {
        channels: 49,
        ..SHAPE
    };
    assert!(refused(ROTATION, channels).to_string().contains("channels"));
    let odd = MapShape {
        channels: 3 * 2 * 6,
        ..SHAPE
    };
    assert!(
        refused(ROTATION, odd)
            .to_string()
            .contains("features of a head")
    );
}
