//! Square windows of a map.

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::mismatch;

/// How a map is cut into square windows (Liu et al. 2021, Swin): zeros at the bottom and right make
/// its sides multiples of `edge`, then it is rolled up and to the left by `shift` pixels along every
/// axis that has more than one window. Windows and the tokens of each count row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Rows of the map, in pixels.
    pub height: usize,
    /// Columns of the map, in pixels.
    pub width: usize,
    /// Rows and columns of a window, in pixels, at least 1.
    pub edge: usize,
    /// How far the map is rolled, in pixels, less than `edge`.
    pub shift: usize,
}

impl Windows {
    /// Rows and columns of windows.
    fn grid(&self) -> [usize; 2] {
        [self.height, self.width].map(|side| side.div_ceil(self.edge.max(1)))
    }

    /// Tokens of a window.
    pub(super) fn tokens(&self) -> usize {
        self.edge * self.edge
    }

    /// What a map of `channels` is in windows.
    pub(super) fn shape(&self, channels: usize) -> Shape {
        Shape {
            channels,
            height: self.grid().iter().product(),
            width: self.tokens(),
        }
    }

    /// How far the map is rolled, along each axis.
    fn shifts(&self) -> [usize; 2] {
        self.grid()
            .map(|windows| if windows > 1 { self.shift } else { 0 })
    }

    /// Row and column of every token of every window in the map with its zeros, before it is rolled.
    fn places(&self) -> Vec<[usize; 2]> {
        let (edge, [rows, columns], [down, right]) = (self.edge, self.grid(), self.shifts());
        let mut places = Vec::new();
        for window in 0..rows * columns {
            for token in 0..self.tokens() {
                let row = window / columns * edge + token / edge + down;
                let column = window % columns * edge + token % edge + right;
                places.push([row % (rows * edge), column % (columns * edge)]);
            }
        }
        places
    }

    /// The pixel that every token is; that behind the last for zeros.
    fn pixels(&self) -> Vec<i64> {
        let pixel = |[row, column]: [usize; 2]| match row < self.height && column < self.width {
            true => (row * self.width + column) as i64,
            false => (self.height * self.width) as i64,
        };
        self.places().into_iter().map(pixel).collect()
    }

    /// `[windows, query, key]`: −100 where only rolling has made neighbours of two tokens, else 0; none
    /// where nothing is rolled.
    pub(super) fn mask(&self) -> Option<Vec<f32>> {
        let ([rows, columns], [down, right]) = (self.grid(), self.shifts());
        if [down, right] == [0, 0] {
            return None;
        }
        // In the last windows, whether a row or column comes from the opposite border.
        let is_over = |place: usize| place + self.shift >= self.edge;
        let are_apart = |a: usize, b: usize| is_over(a) != is_over(b);
        let (edge, tokens) = (self.edge, self.tokens());
        let mut mask = Vec::new();
        for window in 0..rows * columns {
            let is_last_row = down > 0 && window / columns + 1 == rows;
            let is_last_column = right > 0 && window % columns + 1 == columns;
            mask.extend((0..tokens * tokens).map(|at| {
                let [query, key] = [at / tokens, at % tokens];
                let is_apart = (is_last_row && are_apart(query / edge, key / edge))
                    || (is_last_column && are_apart(query % edge, key % edge));
                if is_apart { -100.0 } else { 0.0 }
            }));
        }
        Some(mask)
    }
}

/// A map cut into windows: `[channels, windows, tokens]`, zeros where a token is no pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToWindows(pub Windows);

impl LayerKind for ToWindows {
    fn name(&self) -> &str {
        "to-windows"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let Windows { height, width, .. } = self.0;
        match [input.height, input.width] == [height, width] && self.0.edge > 0 {
            true => Ok(cost.written(self.0.shape(input.channels), 0)),
            false => Err(mismatch(self.name(), input)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [_, output]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        Value::map(picked(site, x, self.0.pixels(), output))
    }
}

/// The map of what [`ToWindows`] has cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromWindows(pub Windows);

impl LayerKind for FromWindows {
    fn name(&self) -> &str {
        "from-windows"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let Windows { height, width, .. } = self.0;
        let output = Shape {
            channels: input.channels,
            height,
            width,
        };
        match input == self.0.shape(input.channels) {
            true => Ok(cost.written(output, 0)),
            false => Err(mismatch(self.name(), input)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [_, output]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let mut tokens = vec![0; output.pixels()];
        for (token, pixel) in self.0.pixels().into_iter().enumerate() {
            if let Some(place) = tokens.get_mut(pixel as usize) {
                *place = token as i64;
            }
        }
        Value::map(picked(site, x, tokens, output))
    }
}

/// A map of `output`, whose pixels are those of `x` at `places`; behind the last one of `x` is a zero.
pub(super) fn picked(site: &mut Site<'_, '_>, x: Value, places: Vec<i64>, output: Shape) -> String {
    let x = site.map(x);
    let channels = output.channels as i64;
    let flat = site.reshape(&x, vec![0, channels, -1]);
    let pads = site.ints("pads", vec![0, 0, 0, 0, 0, 1]);
    let with_zero = site.node("Pad", &[&flat, &pads], vec![]);
    let places = site.ints("places", places);
    let axis = vec![("axis", Attribute::Int(2))];
    let picked = site.node("Gather", &[&with_zero, &places], axis);
    let map = [channels, output.height as i64, output.width as i64];
    site.reshape(&picked, [&[0][..], &map].concat())
}
