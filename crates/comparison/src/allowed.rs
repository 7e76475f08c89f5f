//! What conclusions may spend while looks are still to come.

use decisions::Sequential;

/// What conclusions may spend now, for each unit of an error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Allowed {
    /// Of decisions, in `0..=1`: 0 before the first look, when nothing is decided.
    pub spend: f64,
    /// Of intervals, in `0..=1`, above 0: theirs hold over all looks together (repeated confidence
    /// intervals, Jennison and Turnbull, JRSS B 1989).
    pub interval: f64,
}

impl Allowed {
    /// Where the number of seeds is given.
    pub(crate) const ALL: Self = Self {
        spend: 1.0,
        interval: 1.0,
    };

    /// After the looks taken so far.
    pub(crate) fn after(looks: Option<&Sequential>) -> Self {
        match looks {
            None => Self::ALL,
            Some(looks) => Self {
                spend: looks.seeds().map_or(0.0, |_| looks.ratio()),
                interval: looks.ratio(),
            },
        }
    }
}
