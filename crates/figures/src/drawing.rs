//! A finished drawing: shapes and words at their places, in units of which a page shows about one
//! a pixel.

use crate::colour::Ink;

/// Size of words in units, so that they are 10 pixels where a phone shows the drawing.
pub const FONT: f64 = 13.0;

/// Shapes and words, the last on top.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// Width in units.
    pub width: f64,
    /// Height in units.
    pub height: f64,
    /// What is drawn.
    pub items: Vec<Item>,
    /// What several panels have behind them, drawn where an item asks for it.
    pub backdrop: Vec<Item>,
}

/// One of them.
#[derive(Clone, Debug)]
pub enum Item {
    /// A line through places.
    Line {
        /// The places.
        places: Vec<[f64; 2]>,
        /// Its colour.
        ink: Ink,
        /// Its width.
        width: f64,
        /// Lengths of strokes and gaps; none for a solid line.
        dash: &'static [f32],
    },
    /// A filled area.
    Area {
        /// Its corners.
        corners: Vec<[f64; 2]>,
        /// Its colour.
        ink: Ink,
        /// How much of what is below it hides, from 0 to 1.
        opacity: f64,
        /// The colour of its edge.
        edge: Option<Ink>,
    },
    /// A filled disc.
    Disc {
        /// Its centre.
        centre: [f64; 2],
        /// Its radius.
        radius: f64,
        /// Its colour.
        ink: Ink,
        /// How much of what is below it hides, from 0 to 1.
        opacity: f64,
        /// The colour of its edge.
        edge: Option<Ink>,
    },
    /// Many small discs of one colour.
    Dots {
        /// Their centres.
        places: Vec<[f64; 2]>,
        /// Their radius.
        radius: f64,
        /// Their colour.
        ink: Ink,
        /// How much of what is below them they hide, from 0 to 1.
        opacity: f64,
    },
    /// A line of words.
    Words(Words),
    /// The marks of a series.
    Series {
        /// Its name, shown where the pointer rests.
        name: String,
        /// Its place among the series that are drawn, as in the table.
        number: usize,
        /// Where its points are, in the order of the table.
        points: Vec<[f64; 2]>,
        /// The marks.
        items: Vec<Item>,
    },
    /// The backdrop, moved.
    Backdrop {
        /// By how much.
        by: [f64; 2],
    },
}

/// A line of words.
#[derive(Clone, Debug)]
pub struct Words {
    /// What they say.
    pub text: String,
    /// All of it, where the text is cut.
    pub whole: Option<String>,
    /// Where the baseline starts, has its middle or ends.
    pub place: [f64; 2],
    /// Which of the three.
    pub anchor: Anchor,
    /// Their colour.
    pub ink: Ink,
    /// Whether they are bold.
    pub is_bold: bool,
    /// Whether a rim keeps lines away from them.
    pub has_rim: bool,
    /// Degrees that they are turned by, clockwise.
    pub angle: f64,
}

/// Where words lie from their place on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// To the right.
    Start,
    /// To both sides.
    Middle,
    /// To the left.
    End,
}

impl Words {
    /// Words to read, from a place on to the right.
    pub fn new(text: impl Into<String>, place: [f64; 2]) -> Self {
        Self {
            text: text.into(),
            whole: None,
            place,
            anchor: Anchor::Start,
            ink: Ink::Text,
            is_bold: false,
            has_rim: false,
            angle: 0.0,
        }
    }

    /// As much of a text as fits into a width.
    pub fn cut(text: &str, place: [f64; 2], room: f64) -> Self {
        let cut = crate::font::cut(text, FONT, room);
        let whole = (cut != text).then(|| text.to_owned());
        Self {
            whole,
            ..Self::new(cut, place)
        }
    }

    /// Around or before its place.
    pub fn anchored(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }

    /// In the colour of axes.
    pub fn quiet(mut self) -> Self {
        self.ink = Ink::Quiet;
        self
    }

    /// Bold.
    pub fn bold(mut self) -> Self {
        self.is_bold = true;
        self
    }

    /// With a rim in the colour of the ground.
    pub fn rimmed(mut self) -> Self {
        self.has_rim = true;
        self
    }

    /// Turned clockwise around its place.
    pub fn turned(mut self, degrees: f64) -> Self {
        self.angle = degrees;
        self
    }
}

impl From<Words> for Item {
    fn from(words: Words) -> Self {
        Self::Words(words)
    }
}

impl Item {
    /// A straight line of one unit's width.
    pub fn rule(from: [f64; 2], to: [f64; 2], ink: Ink) -> Self {
        Self::Line {
            places: vec![from, to],
            ink,
            width: 1.0,
            dash: &[],
        }
    }
}
