//! Positions of patches as rotations of queries and keys.

use std::f64::consts::TAU;

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::mismatch;

/// What periods are powers of: DINOv3's.
const BASE: f64 = 100.0;

/// Rotary positions (Su et al. 2021) on a grid of patches, as DINOv3 has them (Siméoni et al. 2025), between
/// the layer that makes queries, keys and values and the attention that reads them.
///
/// Of every head of `d` features, feature `i` and feature `i + d/2` of queries and keys are turned as the two
/// coordinates of a point, by `2π · place / 100^(4 j / d)`. The `d/4` first of these pairs are turned
/// by the row of the patch, the others by its column, `j` counting both from 0; centres of patches lie from
/// −1 to 1 along each side. It owns no tensor, so that a picture of any size has positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotaryPositions {
    /// Heads.
    pub heads: usize,
    /// Features of the queries, a multiple of `4 · heads`; as many of the keys and values.
    pub features: usize,
    /// Tokens in front that are no patches, and are not turned.
    pub first: usize,
    /// Rows of patches.
    pub height: usize,
    /// Columns of patches.
    pub width: usize,
}

impl RotaryPositions {
    /// Tokens of a sequence.
    pub fn tokens(&self) -> usize {
        self.first + self.height * self.width
    }

    /// Whether a file's periods are these, `[features of a head / 4]`, as exact as bfloat16 is.
    pub(crate) fn has_periods(found: &[f32]) -> bool {
        let expected = (0..found.len()).map(|j| BASE.powf(j as f64 / found.len() as f64));
        let is_near =
            |(found, expected): (&f32, f64)| (f64::from(*found) / expected - 1.0).abs() < 0.005;
        !found.is_empty() && found.iter().zip(expected).all(is_near)
    }

    /// By how much pair `pair` of a head is turned at a token, in radians.
    fn angle(&self, pair: usize, token: usize) -> f64 {
        let Some(patch) = token.checked_sub(self.first) else {
            return 0.0;
        };
        let quarter = self.features / self.heads / 4;
        let centre = |index: usize, count: usize| (2 * index + 1) as f64 / count as f64 - 1.0;
        let place = match pair < quarter {
            true => centre(patch / self.width, self.height),
            false => centre(patch % self.width, self.width),
        };
        TAU * place / BASE.powf((pair % quarter) as f64 / quarter as f64)
    }

    /// A number of every pair of features at every token, for queries, keys and values, which have
    /// `of_values`: `[3, pairs, tokens]`.
    fn table(&self, of_angle: impl Fn(f64) -> f64, of_values: f32) -> Vec<f32> {
        let pairs = self.features / self.heads / 2;
        let turned: Vec<f32> = (0..pairs * self.tokens())
            .map(|at| of_angle(self.angle(at / self.tokens(), at % self.tokens())) as f32)
            .collect();
        let values = vec![of_values; turned.len()];
        [turned.clone(), turned, values].concat()
    }
}

impl LayerKind for RotaryPositions {
    fn name(&self) -> &str {
        "rotary-positions"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let expected = Shape {
            channels: 3 * self.features,
            height: self.tokens(),
            width: 1,
        };
        let is_whole = self.heads > 0 && self.features.is_multiple_of(4 * self.heads);
        if input != expected || !is_whole {
            return Err(mismatch(self.name(), input));
        }
        Ok(cost.written(input, 0))
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    /// `x cos + x' sin`, where `x'` has the halves of every head changed for each other, the one that comes
    /// first negative.
    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, _]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let x = site.map(x);
        let (tokens, pairs) = (self.tokens(), self.features / self.heads / 2);
        let long = |shape: &[usize]| shape.iter().map(|n| *n as i64).collect::<Vec<i64>>();
        let halves = site.reshape(&x, long(&[0, 3, self.heads, 2, pairs * tokens]));
        let shape = [3, 1, 1, pairs * tokens];
        let cos = site.floats("cos", &shape, self.table(f64::cos, 1.0));
        let sin = site.floats("sin", &shape, self.table(f64::sin, 0.0));
        let signs = site.floats("signs", &[2, 1], vec![-1.0, 1.0]);
        let order = site.ints("order", vec![1, 0]);
        let axis = vec![("axis", Attribute::Int(3))];
        let changed = site.node("Gather", &[&halves, &order], axis);
        let changed = site.node("Mul", &[&changed, &signs], vec![]);
        let turned = site.node("Mul", &[&changed, &sin], vec![]);
        let kept = site.node("Mul", &[&halves, &cos], vec![]);
        let sum = site.node("Add", &[&kept, &turned], vec![]);
        let map = [0, input.channels, input.height, input.width];
        Value::map(site.reshape(&sum, long(&map)))
    }
}
