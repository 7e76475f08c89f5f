//! Numbers on the host, as networks read and write them.

use kernels::MapShape;

/// Maps of a batch, `[batch, channels, height, width]`, row-major; a vector is a map of one pixel.
#[derive(Clone, Debug, PartialEq)]
pub struct Maps {
    shape: MapShape,
    values: Vec<f32>,
}

impl Maps {
    /// Takes over `values`, as many as the extents `[batch, channels, height, width]` say.
    ///
    /// # Panics
    /// Panics where their number is another.
    pub fn new([batch, channels, height, width]: [usize; 4], values: Vec<f32>) -> Self {
        let shape = MapShape {
            batch,
            channels,
            height,
            width,
        };
        let expected = batch * channels * height * width;
        let found = values.len();
        assert_eq!(found, expected, "numbers of maps of {shape:?}");
        Self { shape, values }
    }

    /// Maps whose every number is `value`.
    pub fn filled(shape: [usize; 4], value: f32) -> Self {
        Self::new(shape, vec![value; shape.iter().product()])
    }

    /// Extents.
    pub fn shape(&self) -> MapShape {
        self.shape
    }

    /// All numbers in order.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// All numbers in order, without a copy.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// Means over the positions of each map, `[batch, channels]`.
    pub fn means(&self) -> Vec<f32> {
        let mut means = vec![0.0; self.shape.batch * self.shape.channels];
        let pooled = kernels::global_average_pool_forward(&self.shape, &self.values, &mut means);
        pooled.unwrap_or_else(|error| panic!("{error}"));
        means
    }
}
