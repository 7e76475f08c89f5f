//! Windows of a map, attention within them, and pixels put together.

use kernels::{MapShape, Tiling, WindowAttention, Windows};

use super::arrange::{at, each_of};

/// Row and column of a token in the map, which may be outside of it, and in which of the parts
/// that rolling has put beside each other it lies.
fn token(windows: &Windows, window: usize, token: usize) -> [(usize, bool); 2] {
    let edge = windows.edge;
    let [rows, columns] = windows.grid();
    let place = |windows_along: usize, window: usize, token: usize| {
        let side = windows_along * edge;
        let shift = if windows_along > 1 { windows.shift } else { 0 };
        let rolled = window * edge + token;
        ((rolled + shift) % side, rolled + shift >= side)
    };
    [
        place(rows, window / columns, token / edge),
        place(columns, window % columns, token % edge),
    ]
}

/// Row, column and channel in a map of `shape` of a number of its tiles.
fn source(
    tiling: &Tiling,
    shape: &MapShape,
    channel: usize,
    [row, column]: [usize; 2],
) -> Option<[usize; 3]> {
    let [from_row, from_column] = match tiling {
        Tiling::Windows(windows) => token(windows, row, column).map(|(place, _)| place),
        Tiling::Patches => {
            let corner = channel / shape.channels;
            [2 * row + corner % 2, 2 * column + corner / 2]
        }
    };
    let is_inside = from_row < shape.height && from_column < shape.width;
    is_inside.then_some([from_row, from_column, channel % shape.channels])
}

/// The tiles of a map `x` of `shape`.
pub(super) fn tile(tiling: &Tiling, shape: &MapShape, x: &[f64]) -> Vec<f64> {
    each_of(&tiling.tiles(shape), |n, channel, row, column| {
        let source = source(tiling, shape, channel, [row, column]);
        source.map_or(0.0, |[row, column, channel]| {
            x[at(shape, n, channel, row, column)]
        })
    })
}

/// The map of `shape` whose tiles are `y`.
pub(super) fn untile(tiling: &Tiling, shape: &MapShape, y: &[f64]) -> Vec<f64> {
    let mut x = vec![0.0; shape.batch * shape.channels * shape.plane()];
    let tiles = tiling.tiles(shape);
    each_of(&tiles, |n, channel, row, column| {
        if let Some([to_row, to_column, to]) = source(tiling, shape, channel, [row, column]) {
            x[at(shape, n, to, to_row, to_column)] = y[at(&tiles, n, channel, row, column)];
        }
        0.0
    });
    x
}

/// Attention within windows.
pub(super) struct Attention<'a> {
    of: &'a WindowAttention,
    /// Queries, keys and values `[batch, 3 · heads · features, windows, tokens]`.
    qkv: &'a [f64],
    map: MapShape,
    /// `[(2 edge − 1)², heads]`
    table: &'a [f64],
}

pub(super) fn attention<'a>(
    of: &'a WindowAttention,
    qkv: &'a [f64],
    table: &'a [f64],
) -> Attention<'a> {
    let map = MapShape {
        batch: of.batch,
        channels: 3 * of.heads * of.features,
        height: of.windows.count(),
        width: of.windows.tokens(),
    };
    Attention {
        of,
        qkv,
        map,
        table,
    }
}

impl Attention<'_> {
    /// Where in `qkv` a number is: of query, key or value.
    fn place(
        &self,
        which: usize,
        [n, head, window]: [usize; 3],
        feature: usize,
        t: usize,
    ) -> usize {
        let channel = (which * self.of.heads + head) * self.of.features + feature;
        at(&self.map, n, channel, window, t)
    }

    /// The same in what is written.
    fn output(&self, [n, head, window]: [usize; 3], feature: usize, t: usize) -> usize {
        let map = MapShape {
            channels: self.map.channels / 3,
            ..self.map
        };
        at(&map, n, head * self.of.features + feature, window, t)
    }

    /// Every head of every window.
    fn all(&self) -> Vec<[usize; 3]> {
        let of_image = |n| {
            let heads = 0..self.of.heads;
            heads.flat_map(move |head| (0..self.map.height).map(move |window| [n, head, window]))
        };
        (0..self.map.batch).flat_map(of_image).collect()
    }

    /// Row of the table for query `i` and key `j`.
    fn distance(&self, i: usize, j: usize) -> usize {
        let edge = self.of.windows.edge;
        let down = i / edge + edge - 1 - j / edge;
        down * (2 * edge - 1) + i % edge + edge - 1 - j % edge
    }

    /// The shares `[query][key]` of one head of a window.
    fn shares(&self, of: [usize; 3]) -> Vec<Vec<f64>> {
        let [_, head, window] = of;
        let scale = 1.0 / (self.of.features as f64).sqrt();
        let part = |t| token(&self.of.windows, window, t).map(|(_, is_over)| is_over);
        let row = |i: usize| {
            let score = |j: usize| {
                let dots = (0..self.of.features).map(|feature| {
                    let [q, k] = [self.place(0, of, feature, i), self.place(1, of, feature, j)];
                    self.qkv[q] * self.qkv[k]
                });
                let own = self.table[self.distance(i, j) * self.of.heads + head];
                let mask = if part(i) == part(j) { 0.0 } else { -100.0 };
                scale * dots.sum::<f64>() + own + mask
            };
            let mut row: Vec<f64> = (0..self.map.width).map(score).collect();
            super::tokens::softmax(&mut row);
            row
        };
        (0..self.map.width).map(row).collect()
    }

    /// `[batch, heads · features, windows, tokens]`
    pub(super) fn forward(&self) -> Vec<f64> {
        let mut y = vec![0.0; self.qkv.len() / 3];
        for of in self.all() {
            for (i, shares) in self.shares(of).iter().enumerate() {
                for feature in 0..self.of.features {
                    let each = shares.iter().enumerate();
                    y[self.output(of, feature, i)] = each
                        .map(|(j, share)| share * self.qkv[self.place(2, of, feature, j)])
                        .sum();
                }
            }
        }
        y
    }

    /// Those of queries, keys and values, and of the table.
    pub(super) fn gradients(&self, dy: &[f64]) -> [Vec<f64>; 2] {
        let mut dqkv = vec![0.0; self.qkv.len()];
        let mut dtable = vec![0.0; self.table.len()];
        let scale = 1.0 / (self.of.features as f64).sqrt();
        for of in self.all() {
            for (i, shares) in self.shares(of).iter().enumerate() {
                let of_share = |j: usize| -> f64 {
                    let each = 0..self.of.features;
                    each.map(|f| dy[self.output(of, f, i)] * self.qkv[self.place(2, of, f, j)])
                        .sum()
                };
                let dshares: Vec<f64> = (0..shares.len()).map(of_share).collect();
                let mean: f64 = shares.iter().zip(&dshares).map(|(p, dp)| p * dp).sum();
                for (j, share) in shares.iter().enumerate() {
                    let dscore = share * (dshares[j] - mean);
                    dtable[self.distance(i, j) * self.of.heads + of[1]] += dscore;
                    for f in 0..self.of.features {
                        let q = self.place(0, of, f, i);
                        let [k, v] = [1, 2].map(|which| self.place(which, of, f, j));
                        dqkv[q] += scale * dscore * self.qkv[k];
                        dqkv[k] += scale * dscore * self.qkv[q];
                        dqkv[v] += share * dy[self.output(of, f, i)];
                    }
                }
            }
        }
        [dqkv, dtable]
    }
}
