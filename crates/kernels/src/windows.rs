//! Square windows of a map.

use crate::error::ShapeError;
use crate::map::MapShape;

/// How a map is cut into square windows (Liu et al. 2021, Swin): zeros at the bottom and right make
/// its sides multiples of `edge`, then it is rolled up and to the left by `shift` pixels along every
/// axis that has more than one window. Windows and the tokens of each count row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub fn grid(&self) -> [usize; 2] {
        [self.height, self.width].map(|side| side.div_ceil(self.edge))
    }

    /// How many windows there are.
    pub fn count(&self) -> usize {
        self.grid().iter().product()
    }

    /// Tokens of a window.
    pub fn tokens(&self) -> usize {
        self.edge * self.edge
    }

    /// How far the map is rolled, along each axis.
    pub(crate) fn shifts(&self) -> [usize; 2] {
        self.grid()
            .map(|windows| if windows > 1 { self.shift } else { 0 })
    }

    /// The pixel that a token is, as its place in a plane of the map; none outside of the map.
    pub(crate) fn pixel(&self, window: usize, token: usize) -> Option<usize> {
        let (grid, shifts, edge) = (self.grid(), self.shifts(), self.edge);
        let window = [window / grid[1], window % grid[1]];
        let token = [token / edge, token % edge];
        let [row, column] = [0, 1].map(|axis| {
            let rolled = window[axis] * edge + token[axis] + shifts[axis];
            rolled % (grid[axis] * edge)
        });
        (row < self.height && column < self.width).then_some(row * self.width + column)
    }

    /// Whether it is the map of this shape that is cut.
    pub(crate) fn check(&self, shape: &MapShape) -> Result<(), ShapeError> {
        let sizes = [("edge", self.edge), ("height", self.height)];
        if let Some((size, _)) = sizes.into_iter().find(|(_, value)| *value == 0) {
            return Err(ShapeError::Zero { size });
        }
        match [shape.height, shape.width] == [self.height, self.width] {
            true => Ok(()),
            false => Err(ShapeError::Length {
                operand: "a plane of the map",
                expected: self.height * self.width,
                found: shape.plane(),
            }),
        }
    }
}
