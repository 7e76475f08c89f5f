//! Windows, their attention and response norms beside the plain formulas, on every instruction set
//! and for several numbers of threads.

use kernels::{
    Isa, MapShape, Tiling, WindowAttention, Windows, response_factors, response_factors_backward,
};

/// Numbers within ±1 that differ from place to place.
fn values(count: usize, seed: usize) -> Vec<f32> {
    let value = |at: usize| ((at * 7919 + seed * 104_729) % 2039) as f32 / 1019.0 - 1.0;
    (0..count).map(value).collect()
}

/// `work` on every instruction set, with 1 and 3 threads: the same for both.
fn on_every_isa<T: PartialEq + Send>(work: impl Fn() -> T + Sync, check: impl Fn(T)) {
    for isa in Isa::available() {
        let [one, three] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().expect("threads");
            pool.install(|| isa.with(&work))
        });
        assert!(one == three, "differs by threads on {isa}");
        check(one);
    }
}

fn close(what: &str, found: &[f32], expected: &[f64], share: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let off = (f64::from(*found) - expected).abs();
        assert!(
            off <= share * largest,
            "{what}[{at}]: {found} and not {expected}"
        );
    }
}

const SHAPES: [Windows; 5] = [
    windows([7, 7], 7, 3),
    windows([9, 14], 7, 3),
    windows([3, 2], 4, 2),
    windows([8, 5], 3, 1),
    windows([6, 6], 2, 0),
];

const fn windows([height, width]: [usize; 2], edge: usize, shift: usize) -> Windows {
    Windows {
        height,
        width,
        edge,
        shift,
    }
}

/// `[rows, columns]` of zeros around the pixels, rolled: what stands at a place is a pixel or none.
fn rolled(windows: &Windows) -> Vec<Vec<Option<usize>>> {
    let pad = |side: usize| side.div_ceil(windows.edge) * windows.edge;
    let [rows, columns] = [pad(windows.height), pad(windows.width)];
    let shift = |side: usize| {
        if side > windows.edge {
            windows.shift
        } else {
            0
        }
    };
    let mut map: Vec<Vec<Option<usize>>> = (0..rows)
        .map(|row| {
            let pixel = |column| row * windows.width + column;
            let is_inside = |column| row < windows.height && column < windows.width;
            (0..columns)
                .map(|column| is_inside(column).then_some(pixel(column)))
                .collect()
        })
        .collect();
    map.rotate_left(shift(rows));
    map.iter_mut()
        .for_each(|row| row.rotate_left(shift(columns)));
    map
}

#[test]
fn tiles_are_pixels_and_come_back() {
    for windows in SHAPES {
        let shape = MapShape {
            batch: 2,
            channels: 3,
            height: windows.height,
            width: windows.width,
        };
        let x = values(6 * shape.plane(), 1);
        let map = rolled(&windows);
        let across = map[0].len() / windows.edge;
        for tiling in [Tiling::Windows(windows), Tiling::Patches] {
            let tiles = tiling.tiles(&shape);
            let mut y = vec![9.0; tiles.checked_len().expect("numbers")];
            tiling.tile(&shape, &x, &mut y).expect("shapes");
            for (at, found) in y.iter().enumerate() {
                let (plane, place) = (at / tiles.plane(), at % tiles.plane());
                let (row, column) = (place / tiles.width, place % tiles.width);
                let (plane, pixel) = match tiling {
                    Tiling::Windows(_) => {
                        let (down, right) = (column / windows.edge, column % windows.edge);
                        let row_of = row / across * windows.edge + down;
                        (plane, map[row_of][row % across * windows.edge + right])
                    }
                    Tiling::Patches => {
                        let (image, channel) = (plane / 12, plane % 12);
                        let (down, right) = (channel / 3 % 2, channel / 6);
                        let [row, column] = [2 * row + down, 2 * column + right];
                        let is_inside = row < shape.height && column < shape.width;
                        let pixel = is_inside.then_some(row * shape.width + column);
                        (image * 3 + channel % 3, pixel)
                    }
                };
                let expected = pixel.map_or(0.0, |pixel| x[plane * shape.plane() + pixel]);
                assert_eq!(*found, expected, "{tiling:?} of {shape:?}: {at}");
            }
            let mut back = vec![9.0; x.len()];
            tiling.untile(&shape, &y, &mut back).expect("shapes");
            assert_eq!(back, x, "{tiling:?}");
        }
    }
}

#[test]
fn windows_of_another_map_are_refused() {
    let tiling = Tiling::Windows(windows([4, 4], 2, 1));
    let shape = MapShape {
        batch: 1,
        channels: 1,
        height: 2,
        width: 8,
    };
    assert!(tiling.tile(&shape, &[0.0; 16], &mut [0.0; 16]).is_err());
    let nothing = Tiling::Windows(windows([2, 8], 0, 0));
    assert!(nothing.tile(&shape, &[0.0; 16], &mut [0.0; 16]).is_err());
}

/// The formula, with torchvision's regions of the rolled map for a mask.
fn plain(attention: &WindowAttention, qkv: &[f64], table: &[f64]) -> Vec<f64> {
    let WindowAttention {
        batch,
        heads,
        features,
        windows,
    } = *attention;
    let (edge, tokens, count) = (windows.edge, windows.tokens(), windows.count());
    let [rows, columns] = windows.grid().map(|windows| windows * edge);
    let across = columns / edge;
    let region = |at: usize, side: usize| {
        let shift = if side > edge { windows.shift } else { 0 };
        match shift {
            0 => 2,
            _ if at < side - edge => 0,
            _ if at < side - shift => 1,
            _ => 2,
        }
    };
    let mut y = Vec::new();
    for image in 0..batch {
        for head in 0..heads {
            let mut of_head = vec![0.0; features * count * tokens];
            for window in 0..count {
                let place = |which: usize, feature: usize, token: usize| {
                    let row = ((image * 3 + which) * heads + head) * features + feature;
                    (row * count + window) * tokens + token
                };
                let region = |token: usize| {
                    let row = window / across * edge + token / edge;
                    let column = window % across * edge + token % edge;
                    [region(row, rows), region(column, columns)]
                };
                for i in 0..tokens {
                    let score = |j: usize| {
                        let each = 0..features;
                        let dot: f64 = each
                            .map(|f| qkv[place(0, f, i)] * qkv[place(1, f, j)])
                            .sum();
                        let down = i / edge + edge - 1 - j / edge;
                        let right = i % edge + edge - 1 - j % edge;
                        let own = table[(down * (2 * edge - 1) + right) * heads + head];
                        let mask = if region(i) == region(j) { 0.0 } else { -100.0 };
                        dot / (features as f64).sqrt() + own + mask
                    };
                    let shares: Vec<f64> = (0..tokens).map(|j| score(j).exp()).collect();
                    let total: f64 = shares.iter().sum();
                    for f in 0..features {
                        let mean: f64 = (0..tokens).map(|j| shares[j] * qkv[place(2, f, j)]).sum();
                        of_head[(f * count + window) * tokens + i] = mean / total;
                    }
                }
            }
            y.extend(of_head);
        }
    }
    y
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

/// Slopes of `Σ dy · f(x)` at every number of `x`.
fn slopes(x: &[f64], dy: &[f32], f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    const STEP: f64 = 1e-4;
    let at = |place: usize, step: f64| -> f64 {
        let mut moved = x.to_vec();
        moved[place] += step;
        let y = f(&moved);
        y.iter().zip(dy).map(|(y, dy)| y * f64::from(*dy)).sum()
    };
    let slope = |place| (at(place, STEP) - at(place, -STEP)) / (2.0 * STEP);
    (0..x.len()).map(slope).collect()
}

#[test]
fn attention_within_windows_is_the_formula() {
    for (windows, batch) in SHAPES.into_iter().zip([1, 1, 2, 1, 1]) {
        let [heads, features] = [2, 5];
        let attention = WindowAttention {
            batch,
            heads,
            features,
            windows,
        };
        let len = batch * heads * features * windows.count() * windows.tokens();
        let (qkv, dy) = (values(3 * len, 1), values(len, 2));
        let table = values((2 * windows.edge - 1).pow(2) * heads, 3);
        let exact = plain(&attention, &doubles(&qkv), &doubles(&table));
        let forward = || {
            let mut y = vec![9.0; len];
            attention.forward(&qkv, &table, &mut y).expect("shapes");
            y
        };
        on_every_isa(forward, |y| close("y", &y, &exact, 1e-6));
        let backward = || {
            let (mut dqkv, mut dtable) = (vec![9.0; 3 * len], vec![9.0; table.len()]);
            let done = attention.backward(&qkv, &table, &dy, &mut dqkv, &mut dtable);
            done.expect("shapes");
            (dqkv, dtable)
        };
        // Every slope of the larger shapes would take minutes.
        let few = (1 << 14) / len;
        let dtable = slopes(&doubles(&table), &dy, |table| {
            plain(&attention, &doubles(&qkv), table)
        });
        let dqkv = (few > 20).then(|| {
            slopes(&doubles(&qkv), &dy, |qkv| {
                plain(&attention, qkv, &doubles(&table))
            })
        });
        on_every_isa(backward, |(found, found_table)| {
            close("dtable", &found_table, &dtable, 1e-5);
            if let Some(dqkv) = &dqkv {
                close("dqkv", &found, dqkv, 1e-5);
            }
        });
    }
}

#[test]
fn windows_of_no_size_have_no_attention() {
    let attention = WindowAttention {
        batch: 1,
        heads: 1,
        features: 1,
        windows: windows([1, 1], 0, 0),
    };
    assert!(attention.forward(&[], &[], &mut []).is_err());
}

#[test]
fn response_norms_are_the_formula() {
    let shape = MapShape {
        batch: 2,
        channels: 5,
        height: 7,
        width: 3,
    };
    let epsilon = 1e-6;
    let mut x = values(210, 1);
    // A map of zeros has no slope.
    x[21..42].fill(0.0);
    let (gamma, dfactors) = (values(5, 2), values(10, 3));
    let plain = |x: &[f64], gamma: &[f64]| -> Vec<f64> {
        let norms: Vec<f64> = x
            .chunks(21)
            .map(|plane| plane.iter().map(|x| x * x).sum::<f64>().sqrt())
            .collect();
        let of_image = |norms: &[f64]| -> Vec<f64> {
            let middle = norms.iter().sum::<f64>() / 5.0 + f64::from(epsilon);
            let each = norms.iter().zip(gamma);
            each.map(|(norm, gamma)| 1.0 + gamma * norm / middle)
                .collect()
        };
        norms.chunks(5).flat_map(of_image).collect()
    };
    let (exact_x, exact_gamma) = (doubles(&x), doubles(&gamma));
    let expected = plain(&exact_x, &exact_gamma);
    let dx = slopes(&exact_x, &dfactors, |x| plain(x, &exact_gamma));
    let dgamma = slopes(&exact_gamma, &dfactors, |gamma| plain(&exact_x, gamma));
    let work = || {
        let [mut norms, mut factors, mut slopes] = [(); 3].map(|()| vec![9.0; 10]);
        let mut dgamma = vec![9.0; 5];
        response_factors(&shape, epsilon, &x, &gamma, &mut norms, &mut factors).expect("shapes");
        let (slopes_to, dgamma_to) = (&mut slopes, &mut dgamma);
        response_factors_backward(epsilon, &gamma, &norms, &dfactors, slopes_to, dgamma_to)
            .expect("shapes");
        (factors, slopes, dgamma)
    };
    on_every_isa(work, |(factors, slopes, found)| {
        close("factors", &factors, &expected, 1e-6);
        close("dgamma", &found, &dgamma, 1e-5);
        let planes = x.chunks(21).zip(&slopes);
        let found: Vec<f32> = planes
            .flat_map(|(plane, slope)| plane.iter().map(move |x| x * slope))
            .collect();
        for (at, (found, expected)) in found.iter().zip(&dx).enumerate() {
            // The slope of a norm at 0 is one-sided.
            let is_zero = (21..42).contains(&at);
            let off = (f64::from(*found) - expected).abs();
            assert!(
                is_zero || off < 1e-5,
                "dx[{at}]: {found} and not {expected}"
            );
            assert!(!is_zero || *found == 0.0);
        }
    });
}
