//! Rectangles that drawings are divided into.

/// Width of every drawing in units.
pub const WIDTH: f64 = 460.0;

/// A rectangle in units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}
