//! The charts of this section.

use figures::{Axis, Category, Figure, Form, Look, Place, Point, Reference, Series};
use record::results::OverSeeds;

/// Numbers by block, one line an arm.
pub struct BlockChart<'a> {
    /// Its id.
    pub id: String,
    /// Title on the page.
    pub title: String,
    /// What it shows.
    pub sentence: String,
    /// What the numbers are.
    pub axis: String,
    /// Names of the blocks, from the input on.
    pub blocks: &'a [String],
    /// One per arm, or two.
    pub lines: Vec<Series>,
    /// What chance gives, by block; none where it is not known.
    pub floor: Vec<Option<f64>>,
    /// Whether zero is drawn.
    pub has_zero: bool,
}

impl BlockChart<'_> {
    /// The chart; none where no line has a number to draw.
    pub fn figure(self) -> Option<Figure> {
        let is_drawn = |line: &Series| line.drawn().next().is_some();
        if !self.lines.iter().any(is_drawn) {
            return None;
        }
        let names = self.blocks.iter().map(Category::new);
        let floor = self.floor.iter().enumerate();
        let floor = floor.map(|(block, floor)| Point::new(block as f64, floor.unwrap_or(f64::NAN)));
        let axes = [
            Axis::categories("block", names),
            Axis::straight(self.axis).digits(3),
        ];
        let floor = Series::line("chance", Look::BASELINE.dashed(), floor);
        let mut figure =
            Figure::new(&self.id, self.title, self.sentence, axes).with_all(self.lines);
        if is_drawn(&floor) {
            figure = figure.with(floor);
        }
        Some(match self.has_zero {
            true => figure.against(Reference::new(Place::Y(0.0), "")),
            false => figure,
        })
    }
}

/// Mean over seeds and 95% interval by block, a gap where it is not known.
pub fn block_line<'a>(
    name: impl Into<String>,
    look: Look,
    values: impl Iterator<Item = Option<&'a OverSeeds>>,
) -> Series {
    let points = values.enumerate().map(|(block, value)| match value {
        Some(value) => Point::new(block as f64, value.mean).between(value.interval),
        None => Point::new(block as f64, f64::NAN),
    });
    Series::band(name, look, points.collect::<Vec<_>>()).and(Form::Dots)
}

/// Pairs of channels before against after training, one cloud an arm; none where no pair can be
/// drawn.
pub fn channels(
    id: &str,
    title: String,
    clouds: impl IntoIterator<Item = Series>,
) -> Option<Figure> {
    let share = |name| Axis::straight(name).between(0.0, 1.0).digits(3);
    Figure::new(
        id,
        title,
        "Each dot is a pair of channels; on the dashed line, training changed nothing.",
        [
            share("|correlation| before training"),
            share("|correlation| after training"),
        ],
    )
    .with_all(clouds)
    .against(Reference::new(Place::Diagonal, "no change"))
    .drawable()
}
