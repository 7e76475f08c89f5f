//! How one series is told from another: colour, marker and dash.

use crate::colour::{COLOURS, Ink};

/// Colour, marker and dash of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    colour: usize,
    marker: Marker,
    dash: Dash,
}

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Marker {
    /// A disc.
    Circle,
    /// A square on its side.
    Square,
    /// A triangle that points up.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A triangle that points down.
    Wedge,
    /// A thick cross.
    Cross,
}

/// How a line is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dash {
    /// Not at all.
    Solid,
    /// Long strokes.
    Long,
    /// Short strokes.
    Short,
    /// Long and short ones in turn.
    Mixed,
}

const MARKERS: [Marker; 6] = [
    Marker::Circle,
    Marker::Square,
    Marker::Triangle,
    Marker::Diamond,
    Marker::Wedge,
    Marker::Cross,
];
const DASHES: [Dash; 4] = [Dash::Solid, Dash::Long, Dash::Short, Dash::Mixed];

impl Look {
    /// The look of what others are compared with: grey.
    pub const BASELINE: Self = Self {
        colour: 0,
        marker: Marker::Circle,
        dash: Dash::Solid,
    };

    /// The look of series number `n`: 0 is the baseline, and no two of the first 145 are the same.
    ///
    /// Six colours go round; with each round the markers move on by one and so do the dashes, which
    /// skip one after twelve rounds, as markers and dashes would meet again then.
    pub fn of(n: usize) -> Self {
        let Some(n) = n.checked_sub(1) else {
            return Self::BASELINE;
        };
        let (colour, round) = (n % COLOURS, n / COLOURS);
        Self {
            colour: colour + 1,
            marker: MARKERS[(colour + round) % MARKERS.len()],
            dash: DASHES[(round + round / 12) % DASHES.len()],
        }
    }

    /// The same with a dashed line.
    pub fn dashed(mut self) -> Self {
        self.dash = match self.dash {
            Dash::Short => Dash::Mixed,
            _ => Dash::Short,
        };
        self
    }

    /// The colour of its marks.
    pub fn ink(self) -> Ink {
        Ink::Look(self.colour)
    }

    /// Number of its colour: 0 for the baseline's, then 1 to 6.
    pub fn colour(self) -> usize {
        self.colour
    }

    /// The shape of its points.
    pub fn marker(self) -> Marker {
        self.marker
    }

    /// How its lines are interrupted.
    pub fn dash(self) -> Dash {
        self.dash
    }
}

impl Dash {
    /// Lengths of strokes and gaps in units; none for a solid line.
    pub fn pattern(self) -> &'static [f32] {
        match self {
            Self::Solid => &[],
            Self::Long => &[9.0, 3.0],
            Self::Short => &[4.0, 3.0],
            Self::Mixed => &[9.0, 3.0, 2.0, 3.0],
        }
    }
}

impl Marker {
    /// Corners around the origin of a marker of radius 1; none for a disc.
    pub fn corners(self) -> &'static [[f64; 2]] {
        match self {
            Self::Circle => &[],
            Self::Square => &[[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
            Self::Triangle => &[[0.0, -1.15], [1.1, 0.8], [-1.1, 0.8]],
            Self::Diamond => &[[0.0, -1.25], [1.25, 0.0], [0.0, 1.25], [-1.25, 0.0]],
            Self::Wedge => &[[0.0, 1.15], [1.1, -0.8], [-1.1, -0.8]],
            Self::Cross => &[
                [-0.4, -1.1],
                [0.4, -1.1],
                [0.4, -0.4],
                [1.1, -0.4],
                [1.1, 0.4],
                [0.4, 0.4],
                [0.4, 1.1],
                [-0.4, 1.1],
                [-0.4, 0.4],
                [-1.1, 0.4],
                [-1.1, -0.4],
                [-0.4, -0.4],
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_look_repeats() {
        let looks: HashSet<Look> = (0..145).map(Look::of).collect();
        assert_eq!(looks.len(), 145);
    }
}
