//! Coverage of a picture by many overlapping shapes.

use super::shape::Shape;

/// Coverage of each pixel, 0 to 1, shape `[size, size]`. Overlapping shapes take the
/// larger coverage, so that the joints of a vessel are no darker than its length.
pub struct Mask {
    /// Side of the picture, in pixels.
    pub size: usize,
    /// Coverage, 0 to 1, shape `[size, size]`.
    pub coverage: Vec<f32>,
}

impl Mask {
    /// Nothing covered.
    pub fn empty(size: usize) -> Self {
        Self {
            size,
            coverage: vec![0.0; size * size],
        }
    }

    /// Covers a shape whose edge is `softness` pixels wide, up to `opacity`, 0 to 1.
    pub fn stamp(&mut self, shape: &impl Shape, softness: f32, opacity: f32) {
        let size = self.size;
        for_covered(size, shape, softness, |index, coverage| {
            let old = &mut self.coverage[index];
            *old = old.max(opacity * coverage);
        });
    }
}

/// Calls `visit(pixel index, coverage)` for every pixel of a square picture that `shape` covers.
pub fn for_covered(
    size: usize,
    shape: &impl Shape,
    softness: f32,
    mut visit: impl FnMut(usize, f32),
) {
    let (centre, radius) = shape.reach();
    let radius = radius + softness / 2.0;
    // Pixel i is centred at i + 0.5; the casts saturate, so a shape outside visits nothing.
    let first = |c: f32| (c - radius - 0.5).ceil().max(0.0) as usize;
    let end = |c: f32| ((c + radius + 0.5).floor().max(0.0) as usize).min(size);
    for y in first(centre[1])..end(centre[1]) {
        for x in first(centre[0])..end(centre[0]) {
            let coverage = shape.coverage([x as f32 + 0.5, y as f32 + 0.5], softness);
            if coverage > 0.0 {
                visit(y * size + x, coverage);
            }
        }
    }
}
