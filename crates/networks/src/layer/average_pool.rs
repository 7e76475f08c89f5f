//! Mean over windows.

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::pool::PoolGeometry;

/// Mean over windows; the zeros of the border count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AveragePool(pub PoolGeometry);

impl LayerKind for AveragePool {
    fn name(&self) -> &str {
        "average-pool"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let output = self.0.output(self.name(), input)?;
        Ok(cost.written(output, 0))
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    /// The zeros of the border count, but not what a last window of `ceil` has behind them.
    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, output]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let x = site.map(x);
        let far = self.0.far_border([input, output]);
        let mut attributes = self.0.attributes(far);
        attributes.push(("count_include_pad", Attribute::Int(1)));
        let y = site.node("AveragePool", &[&x], attributes);
        if far == self.0.padding {
            return Value::map(y);
        }
        let shape = [1, 1, output.height, output.width];
        let factors = site.floats("factors", &shape, self.border_factors(input, output));
        Value::map(site.node("Mul", &[&y, &factors], vec![]))
    }
}

impl AveragePool {
    /// For every mean of a map, row by row: the pixels of a whole window over those of its window
    /// that lie within map and border.
    fn border_factors(&self, input: Shape, output: Shape) -> Vec<f32> {
        let pool = &self.0;
        let factor = |axis: usize, n: usize, window: usize| {
            let left = n + 2 * pool.padding[axis] - window * pool.stride[axis];
            pool.kernel[axis] as f32 / left.min(pool.kernel[axis]) as f32
        };
        let columns: Vec<f32> = (0..output.width)
            .map(|column| factor(1, input.width, column))
            .collect();
        (0..output.height)
            .map(|row| factor(0, input.height, row))
            .flat_map(|of_row| columns.iter().map(move |of_column| of_row * of_column))
            .collect()
    }
}
