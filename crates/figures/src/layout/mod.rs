//! From a figure to its drawing.

mod area;
mod clip;
mod frame;
mod key;
mod labels;
mod marks;
mod multiples;
mod plain;
mod rows;

use crate::drawing::{Drawing, FONT, Item, Words};
use crate::figure::Figure;
use crate::font;
use area::WIDTH;

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

/// Around a drawing that is a file of its own.
const MARGIN: f64 = 10.0;
/// Height of a line of its title.
const LINE: f64 = 17.0;

/// The drawing with its title and a margin, as a file of its own has them.
pub fn titled(figure: &Figure) -> Drawing {
    let drawing = drawing(figure);
    // Bold is wider.
    let lines = font::lines(&figure.title, FONT, 0.93 * WIDTH);
    let above = MARGIN + LINE * lines.len() as f64 + 8.0;
    let words = lines.into_iter().enumerate();
    let words = words.map(|(number, line)| {
        let baseline = MARGIN + 12.0 + LINE * number as f64;
        Item::from(Words::new(line, [MARGIN, baseline]).bold())
    });
    let mut items: Vec<Item> = words.collect();
    items.push(Item::Moved {
        by: [MARGIN, above],
        items: drawing.items,
    });
    Drawing {
        width: WIDTH + 2.0 * MARGIN,
        height: above + drawing.height + MARGIN,
        items,
        backdrop: drawing.backdrop,
    }
}
