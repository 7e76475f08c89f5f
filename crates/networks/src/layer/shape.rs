//! What flows between layers.

/// What flows between layers, for one image: a map of `channels × height × width` numbers. A
/// feature vector is a map of one pixel, a transformer's sequence of tokens a map of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Channels, or features of a vector or token.
    pub channels: usize,
    /// Rows, or tokens.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Shape {
    /// A vector of features.
    pub fn vector(features: usize) -> Self {
        Self {
            channels: features,
            height: 1,
            width: 1,
        }
    }

    /// Rows times columns.
    pub fn pixels(self) -> usize {
        self.height * self.width
    }

    /// Numbers that one image occupies.
    pub fn elements(self) -> usize {
        self.channels * self.pixels()
    }
}
