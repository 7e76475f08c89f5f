//! Positions of patches as rotations of queries and keys.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::map::MapShape;

/// What periods are powers of: DINOv3's.
const BASE: f64 = 100.0;

/// Rotary positions (Su et al. 2021) on a grid of patches, as DINOv3 has them (Siméoni et al. 2025): of
/// every head of `d` features, feature `i` and feature `i + d/2` of queries and keys are turned as
/// the two coordinates of a point, by the angle `2π · place / 100^(4 j / d)`. `j` counts the first `d/4`
/// of them, for which the place is the row, and then the others, for which it is the column; centres of
/// patches lie from −1 to 1. First tokens are not turned, nor are values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rotation {
    /// Heads; each has a multiple of four features.
    pub heads: usize,
    /// Tokens in front that are no patches.
    pub first: usize,
    /// Rows of patches.
    pub height: usize,
    /// Columns of patches.
    pub width: usize,
    /// Whether it turns back, which is also the gradient of turning forth.
    pub is_back: bool,
}

impl Rotation {
    /// The gradient of turning is to turn back.
    pub fn reversed(self) -> Self {
        Self {
            is_back: !self.is_back,
            ..self
        }
    }

    /// By how much every pair of features of a head is turned at every patch, in radians:
    /// `[features of a head / 2, patches]`.
    pub fn angles(&self, features: usize) -> Vec<f64> {
        let quarter = features / 4;
        let place = |index: usize, count: usize| (2 * index + 1) as f64 / count as f64 - 1.0;
        let sign = if self.is_back { -1.0 } else { 1.0 };
        let mut angles = Vec::with_capacity(features / 2 * self.height * self.width);
        for pair in 0..2 * quarter {
            let period = BASE.powf((pair % quarter) as f64 / quarter as f64);
            for patch in 0..self.height * self.width {
                let place = match pair < quarter {
                    true => place(patch / self.width, self.height),
                    false => place(patch % self.width, self.width),
                };
                angles.push(sign * std::f64::consts::TAU * place / period);
            }
        }
        angles
    }

    /// Turns the queries and keys of `qkv`, of shape `shape` = `[batch, 3 · features, tokens, 1]`;
    /// every value of `y`, of the same shape, is overwritten.
    pub fn turn(&self, shape: &MapShape, qkv: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
        let features = self.check(shape, qkv, y)?;
        let tokens = shape.plane();
        let turns: Vec<[f32; 2]> = self
            .angles(features)
            .into_iter()
            .map(|angle| [angle.cos() as f32, angle.sin() as f32])
            .collect();
        let half = features / 2 * tokens;
        let heads_turned = 2 * self.heads;
        y.par_chunks_mut(2 * half)
            .zip(qkv.par_chunks(2 * half))
            .enumerate()
            .for_each(|(index, (y, x))| {
                y.copy_from_slice(x);
                if index % (3 * self.heads) >= heads_turned {
                    return;
                }
                let (left, right) = y.split_at_mut(half);
                let rows = left.chunks_mut(tokens).zip(right.chunks_mut(tokens));
                let patches = self.height * self.width;
                for ((left, right), turns) in rows.zip(turns.chunks(patches)) {
                    let pairs = left[self.first..].iter_mut().zip(&mut right[self.first..]);
                    for ((a, b), [cos, sin]) in pairs.zip(turns) {
                        (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
                    }
                }
            });
        Ok(())
    }

    /// The features of a head.
    fn check(&self, shape: &MapShape, qkv: &[f32], y: &[f32]) -> Result<usize, ShapeError> {
        let sizes = [("heads", self.heads), ("patches", self.height * self.width)];
        if let Some((size, _)) = sizes.into_iter().find(|(_, value)| *value == 0) {
            return Err(ShapeError::Zero { size });
        }
        check_len("queries, keys and values", qkv, shape.checked_len()?)?;
        check_len("y", y, qkv.len())?;
        let features = shape.channels / (3 * self.heads);
        let expected = [
            ("features of a head", features.next_multiple_of(4), features),
            ("channels", 3 * self.heads * features, shape.channels),
            (
                "tokens",
                self.first + self.height * self.width,
                shape.plane(),
            ),
        ];
        match expected
            .into_iter()
            .find(|(_, expected, found)| expected != found)
        {
            None if features > 0 => Ok(features),
            None => Err(ShapeError::Zero {
                size: "features of a head",
            }),
            Some((operand, expected, found)) => Err(ShapeError::Length {
                operand,
                expected,
                found,
            }),
        }
    }
}
