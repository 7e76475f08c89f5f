/// What seeds that have not arrived make of a ratio of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Every seed arrived: the ratio itself.
    Exact,
    /// Some seeds of the baseline did not: the ratio is at least this.
    AtLeast,
    /// Some seeds of the arm did not: the ratio is at most this.
    AtMost,
    /// Some seeds of both did not: a ratio within the horizon only.
    WithinHorizon,
}
