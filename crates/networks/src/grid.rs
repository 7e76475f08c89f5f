//! Positions of tokens on a square grid.

/// Rows or columns of the grid that so many positions stand on, and how many positions come before
/// it: that of a class token, or none. Nothing where no grid has so many.
pub fn grid(positions: usize) -> Option<(usize, usize)> {
    let of = |first: usize| {
        let pixels = positions.checked_sub(first)?;
        let edge = pixels.isqrt();
        (edge > 0 && edge * edge == pixels).then_some((edge, first))
    };
    of(0).or_else(|| of(1))
}
