//! Windows that slide over a map.

/// Positions of a window along an axis of `n` pixels; none if the window does not fit once.
pub(super) fn window_count(
    n: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    dilation: usize,
) -> Option<usize> {
    let reach = dilation * (kernel - 1) + 1;
    (n + 2 * padding >= reach).then(|| (n + 2 * padding - reach) / stride + 1)
}
