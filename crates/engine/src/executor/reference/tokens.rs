//! Sequences of tokens, `[batch, features, tokens, 1]`.

use kernels::{MapShape, Rotation};

use super::arrange::{at, each_of};

/// The first token of each sequence.
pub(super) fn first_token(map: &MapShape, x: &[f64]) -> Vec<f64> {
    x.iter().copied().step_by(map.height).collect()
}

pub(super) fn first_token_gradient(map: &MapShape, dy: &[f64]) -> Vec<f64> {
    each_of(map, |n, feature, token, _| match token {
        0 => dy[n * map.channels + feature],
        _ => 0.0,
    })
}

/// What a sequence begins with: `[features]` of a class token, `[count, features]` of registers,
/// which may be none.
pub(super) struct First<'a> {
    pub class_token: &'a [f64],
    pub registers: &'a [f64],
}

/// A class token and registers, then the pixels of `x` of shape `pixels`; `positions`
/// `[places, features]` are added to the last tokens.
pub(super) fn embed(pixels: &MapShape, x: &[f64], first: First, positions: &[f64]) -> Vec<f64> {
    let features = pixels.channels;
    let first = [first.class_token, first.registers].concat();
    let sequence = sequence(pixels, first.len() / features);
    let bare = sequence.height - positions.len() / features;
    each_of(&sequence, |n, feature, token, _| {
        let value = match first.get(token * features + feature) {
            Some(value) => *value,
            None => {
                let pixel = token - first.len() / features;
                x[(n * features + feature) * pixels.plane() + pixel]
            }
        };
        let place = token.checked_sub(bare);
        value + place.map_or(0.0, |place| positions[place * features + feature])
    })
}

/// Queries and keys of `[batch, 3 · features, tokens, 1]` turned as pairs of coordinates.
pub(super) fn rotate(map: &MapShape, rotation: &Rotation, x: &[f64]) -> Vec<f64> {
    let features = map.channels / (3 * rotation.heads);
    let angles = rotation.angles(features);
    let patches = rotation.height * rotation.width;
    each_of(map, |n, channel, token, _| {
        let (head, feature) = (channel / features, channel % features);
        let here = |feature| x[at(map, n, head * features + feature, token, 0)];
        let Some(patch) = token.checked_sub(rotation.first) else {
            return here(feature);
        };
        if head >= 2 * rotation.heads {
            return here(feature);
        }
        let half = features / 2;
        let (sin, cos) = angles[feature % half * patches + patch].sin_cos();
        match feature < half {
            true => here(feature) * cos - here(feature + half) * sin,
            false => here(feature) * cos + here(feature - half) * sin,
        }
    })
}

/// Gradients of pixels, class token, registers and positions.
pub(super) fn embed_gradient(
    pixels: &MapShape,
    dy: &[f64],
    registers: usize,
    places: usize,
) -> [Vec<f64>; 4] {
    let first = 1 + registers;
    let sequence = sequence(pixels, first);
    let features = pixels.channels;
    let dx = each_of(pixels, |n, feature, row, column| {
        let token = first + row * pixels.width + column;
        dy[at(&sequence, n, feature, token, 0)]
    });
    let mut all = vec![0.0; sequence.height * features];
    for token in 0..sequence.height {
        for feature in 0..features {
            let sum = (0..pixels.batch).map(|n| dy[at(&sequence, n, feature, token, 0)]);
            all[token * features + feature] = sum.sum();
        }
    }
    let bare = sequence.height - places;
    let [class_token, registers, positions] = [
        &all[..features],
        &all[features..first * features],
        &all[bare * features..],
    ]
    .map(<[f64]>::to_vec);
    [dx, class_token, registers, positions]
}

fn sequence(pixels: &MapShape, first: usize) -> MapShape {
    MapShape {
        height: pixels.plane() + first,
        width: 1,
        ..*pixels
    }
}

/// One head of one sequence, `[features, tokens]` each, and its probabilities
/// `[tokens, tokens]`: softmax over keys of `queryᵀ key / √features`.
struct Head<'a> {
    tokens: usize,
    scale: f64,
    query: &'a [f64],
    key: &'a [f64],
    value: &'a [f64],
    probabilities: Vec<f64>,
}

/// Every head of every sequence in `qkv` of shape `map`, sequence by sequence.
fn heads<'a>(map: &MapShape, heads: usize, qkv: &'a [f64]) -> Vec<Head<'a>> {
    let tokens = map.height;
    let len = qkv.len() / map.batch / 3 / heads;
    let features = len / tokens;
    let mut all = Vec::new();
    for image in 0..map.batch {
        for head in 0..heads {
            let part = |which: usize| &qkv[((image * 3 + which) * heads + head) * len..][..len];
            let scale = 1.0 / (features as f64).sqrt();
            let [query, key, value] = [part(0), part(1), part(2)];
            let mut probabilities = vec![0.0; tokens * tokens];
            for (i, row) in probabilities.chunks_mut(tokens).enumerate() {
                for (j, score) in row.iter_mut().enumerate() {
                    let dots = (0..features).map(|f| query[f * tokens + i] * key[f * tokens + j]);
                    *score = scale * dots.sum::<f64>();
                }
                softmax(row);
            }
            all.push(Head {
                tokens,
                scale,
                query,
                key,
                value,
                probabilities,
            });
        }
    }
    all
}

pub(super) fn softmax(row: &mut [f64]) {
    let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    row.iter_mut()
        .for_each(|score| *score = (*score - top).exp());
    let total: f64 = row.iter().sum();
    row.iter_mut().for_each(|score| *score /= total);
}

pub(super) fn attention(map: &MapShape, count: usize, qkv: &[f64]) -> Vec<f64> {
    let mut y = Vec::new();
    for head in heads(map, count, qkv) {
        for values in head.value.chunks(head.tokens) {
            for row in head.probabilities.chunks(head.tokens) {
                y.push(row.iter().zip(values).map(|(p, v)| p * v).sum());
            }
        }
    }
    y
}

/// `[batch, 3 · features, tokens]`, like `qkv`.
pub(super) fn attention_gradient(
    map: &MapShape,
    count: usize,
    qkv: &[f64],
    dy: &[f64],
) -> Vec<f64> {
    let heads = heads(map, count, qkv);
    let len = heads[0].query.len();
    let mut dqkv = vec![0.0; qkv.len()];
    for (index, (head, dy)) in heads.iter().zip(dy.chunks(len)).enumerate() {
        for (which, gradient) in head.gradients(dy).into_iter().enumerate() {
            let place = (index / count * 3 + which) * count + index % count;
            dqkv[place * len..][..len].copy_from_slice(&gradient);
        }
    }
    dqkv
}

impl Head<'_> {
    /// Gradients of query, key and value from `dy` `[features, tokens]`.
    fn gradients(&self, dy: &[f64]) -> [Vec<f64>; 3] {
        let tokens = self.tokens;
        let features = dy.len() / tokens;
        let [mut query, mut key, mut value] = [(); 3].map(|()| vec![0.0; dy.len()]);
        for i in 0..tokens {
            let p = &self.probabilities[i * tokens..][..tokens];
            let of_probability = |j: usize| -> f64 {
                let each = 0..features;
                each.map(|f| dy[f * tokens + i] * self.value[f * tokens + j])
                    .sum()
            };
            let dp: Vec<f64> = (0..tokens).map(of_probability).collect();
            let mean: f64 = p.iter().zip(&dp).map(|(p, dp)| p * dp).sum();
            for j in 0..tokens {
                let dscore = p[j] * (dp[j] - mean) * self.scale;
                for f in 0..features {
                    let [qi, kj] = [f * tokens + i, f * tokens + j];
                    value[kj] += p[j] * dy[qi];
                    query[qi] += dscore * self.key[kj];
                    key[kj] += dscore * self.query[qi];
                }
            }
        }
        [query, key, value]
    }
}
