//! From a figure to its drawing.

mod clip;
mod frame;
mod key;
mod labels;
mod marks;
mod multiples;
mod plain;
mod rows;

use crate::drawing::Drawing;
use crate::figure::Figure;

/// Width of every drawing in units.
const WIDTH: f64 = 460.0;
/// Named series that share one pair of axes at most; more have a small pair each.
const TOGETHER: usize = 11;

/// The drawing of a figure, empty where nothing can be drawn.
pub fn drawing(figure: &Figure) -> Drawing {
    let named = figure.series.iter();
    let named = named.filter(|s| s.is_named && s.drawn().next().is_some());
    let drawing = match figure.y.names() {
        Some(names) => rows::drawing(figure, names),
        None if named.count() > TOGETHER => multiples::drawing(figure),
        None => plain::drawing(figure),
    };
    drawing.unwrap_or_default()
}
