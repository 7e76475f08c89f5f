//! What a chart shows: named points, and how they are drawn.

use crate::look::Look;

/// A name with its points.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// Colour, marker and dash.
    pub look: Look,
    /// How its points are drawn, one upon the other.
    pub forms: Vec<Form>,
    /// Its points; one that is not finite is a gap.
    pub points: Vec<Point>,
    /// Whether the name stands beside the drawing: not where rows of an axis say it.
    pub is_named: bool,
}

/// A way to draw points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line from point to point, dotted where one of the two is partial.
    Line,
    /// Steps that keep the height of a point until the next.
    Stairs,
    /// The ground between the ends of each point.
    Band,
    /// A marker at each point.
    Dots,
    /// A small pale dot at each point, below its row where the axis has rows.
    SmallDots,
    /// A line between the ends of each point.
    Intervals,
    /// A bar from zero, or from the end of the axis nearest to it.
    Bars,
}

/// A value at a place, with what is known of its uncertainty.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Along the horizontal axis.
    pub x: f64,
    /// Along the vertical axis.
    pub y: f64,
    /// Lower and upper end of an interval, along x where y has names, else along y.
    pub ends: Option<[f64; 2]>,
    /// What more is to be said of it.
    pub note: Option<String>,
    /// Whether it stands for less than the points before, such as the mean of fewer seeds.
    pub is_partial: bool,
    /// Its own look, where a series has several.
    pub look: Option<Look>,
    /// Whether a ring sets it apart, such as what was chosen.
    pub is_marked: bool,
}

impl Point {
    /// A value without an interval.
    pub fn new(x: f64, y: f64) -> Self {
        Self {
            x,
            y,
            ends: None,
            note: None,
            is_partial: false,
            look: None,
            is_marked: false,
        }
    }

    /// With an interval, where there is one and it is finite.
    pub fn between(mut self, ends: Option<[f64; 2]>) -> Self {
        self.ends = ends.filter(|ends| ends.iter().all(|end| end.is_finite()));
        self
    }

    /// With something to say.
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// With a look of its own.
    pub fn looking(mut self, look: Look) -> Self {
        self.look = Some(look);
        self
    }

    /// Standing for less than the points before it.
    pub fn partial(mut self, is_partial: bool) -> Self {
        self.is_partial = is_partial;
        self
    }

    /// With a ring around its marker.
    pub fn marked(mut self, is_marked: bool) -> Self {
        self.is_marked = is_marked;
        self
    }

    /// Whether it can be drawn.
    pub fn is_finite(&self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

impl From<[f64; 2]> for Point {
    fn from([x, y]: [f64; 2]) -> Self {
        Self::new(x, y)
    }
}

impl Series {
    /// Points that are drawn as `forms` say.
    pub fn new<P: Into<Point>>(
        name: impl Into<String>,
        look: Look,
        forms: impl Into<Vec<Form>>,
        points: impl IntoIterator<Item = P>,
    ) -> Self {
        Self {
            name: name.into(),
            look,
            forms: forms.into(),
            points: points.into_iter().map(Into::into).collect(),
            is_named: true,
        }
    }

    /// A line through points.
    pub fn line<P: Into<Point>>(
        name: impl Into<String>,
        look: Look,
        points: impl IntoIterator<Item = P>,
    ) -> Self {
        Self::new(name, look, [Form::Line], points)
    }

    /// A line with the ground between the ends of its points.
    pub fn band<P: Into<Point>>(
        name: impl Into<String>,
        look: Look,
        points: impl IntoIterator<Item = P>,
    ) -> Self {
        Self::new(name, look, [Form::Band, Form::Line], points)
    }

    /// Markers with their intervals.
    pub fn dots<P: Into<Point>>(
        name: impl Into<String>,
        look: Look,
        points: impl IntoIterator<Item = P>,
    ) -> Self {
        Self::new(name, look, [Form::Intervals, Form::Dots], points)
    }

    /// Drawn in this way as well.
    pub fn and(mut self, form: Form) -> Self {
        self.forms.push(form);
        self
    }

    /// Without its name beside the drawing.
    pub fn unnamed(mut self) -> Self {
        self.is_named = false;
        self
    }

    /// Whether it is drawn in this way.
    pub fn has(&self, form: Form) -> bool {
        self.forms.contains(&form)
    }

    /// The points that can be drawn, as its table lists them.
    pub fn drawn(&self) -> impl DoubleEndedIterator<Item = &Point> {
        self.points.iter().filter(|point| point.is_finite())
    }
}
