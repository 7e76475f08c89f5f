//! One pair of axes, names at the ends of lines or in a key below.

use crate::drawing::{Anchor, Drawing, FONT, Item, Words};
use crate::figure::Figure;
use crate::font;

use super::area::{Area, WIDTH};
use super::frame::{Frame, below};
use super::key::Key;
use super::labels;
use super::marks::Marks;

/// Height of the axes.
const HEIGHT: f64 = 232.0;
/// To the left of them at most: the texts of ticks.
const LEFT: f64 = 90.0;
/// Above them: the name of the vertical axis.
const TOP: f64 = 26.0;

/// The drawing; none where nothing is finite.
pub fn drawing(figure: &Figure) -> Option<Drawing> {
    let labels = labels::room(&figure.series, HEIGHT);
    let mut area = Area {
        left: 0.0,
        top: TOP,
        right: WIDTH - labels.unwrap_or(12.0),
        bottom: TOP + HEIGHT,
    };
    area.left = left(&Frame::new(figure, area)?);
    let frame = Frame::new(figure, area)?;
    let names = figure.x.names();
    let mut items = vec![heading(figure)];
    frame.grid(&mut items);
    frame.references(&figure.references, &mut items);
    frame.names_of(&figure.references, &mut items);
    frame.y_texts(&mut items);
    frame.x_texts(names, 10.0, &mut items);
    draw_series(figure, &frame, &mut items);
    let mut bottom = area.bottom + below(names, area.right - area.left) + 18.0;
    items.push(footing(figure, &area, bottom - 3.0));
    match labels {
        Some(_) => labels::draw(&figure.series, &frame, &mut items),
        None => {
            labels::markers(&figure.series, &frame, &mut items);
            let key = Key::new(&figure.series);
            key.draw(bottom + 8.0, &mut items);
            bottom += key.height() + 8.0;
        }
    }
    Some(Drawing {
        width: WIDTH,
        height: bottom + 4.0,
        items,
        backdrop: Vec::new(),
    })
}

fn draw_series(figure: &Figure, frame: &Frame, items: &mut Vec<Item>) {
    let marks = Marks {
        frame,
        is_of_rows: false,
        width: 2.0,
        ink: None,
        ground: if figure.series.len() > 5 { 0.07 } else { 0.15 },
    };
    let drawn = figure.series.iter().filter(|s| s.drawn().next().is_some());
    for (number, series) in drawn.enumerate() {
        items.push(marks.group(number, series));
    }
}

/// Room to the left of the axes for the texts of ticks.
pub fn left(frame: &Frame) -> f64 {
    let texts = frame.y_ticks().into_iter();
    let widest = texts.map(|tick| font::width(&tick.text, FONT));
    widest.fold(0.0, f64::max).min(LEFT) + 9.0
}

/// The name of the vertical axis, above it.
pub fn heading(figure: &Figure) -> Item {
    Words::cut(&figure.y.heading(), [0.0, 12.0], WIDTH)
        .quiet()
        .into()
}

/// The name of the horizontal axis, below its middle.
pub fn footing(figure: &Figure, area: &Area, bottom: f64) -> Item {
    let name = figure.x.heading();
    let half = font::width(&name, FONT).min(WIDTH) / 2.0;
    let middle = ((area.left + area.right) / 2.0).clamp(half, (WIDTH - half).max(half));
    let words = Words::cut(&name, [middle, bottom], WIDTH);
    words.quiet().anchored(Anchor::Middle).into()
}
