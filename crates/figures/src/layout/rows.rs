//! Rows of names, with their values along one axis.

use crate::axis::Category;
use crate::colour::Ink;
use crate::drawing::{Anchor, Drawing, FONT, Item, Words};
use crate::figure::Figure;
use crate::font;
use crate::mapping::Mapping;
use crate::reference::Place;
use crate::series::Form;

use super::area::{Area, WIDTH};
use super::frame::Frame;
use super::marks::Marks;
use super::plain::footing;

/// Room for names beside their rows at most; longer ones stand above them.
const BESIDE: f64 = 178.0;
/// Height of a name above its row.
const ABOVE: f64 = 17.0;
/// Height of a heading.
const HEADING: f64 = 26.0;
/// Rows from which on the numbers of the axis stand above them as well.
const MANY: usize = 24;
/// Height of a line of words above the rows.
const LINE: f64 = 17.0;
/// Left of names below a heading.
const INDENT: f64 = 10.0;

/// The drawing; none where there are no rows.
pub fn drawing(figure: &Figure, names: &[Category]) -> Option<Drawing> {
    let rows = Rows::new(figure, names);
    let area = Area {
        left: rows.left,
        top: rows.top,
        right: WIDTH - 12.0,
        bottom: rows.top + rows.height,
    };
    let mut items = Vec::new();
    let Some(mut frame) = Frame::new(figure, area) else {
        // Nothing has a value yet: the names say so.
        rows.names(names, &area, &mut items);
        return Some(rows.finished(items, area.bottom));
    };
    frame.y = Mapping::rows(rows.middles.clone(), [area.bottom, area.top]);
    frame.grid(&mut items);
    frame.references(&figure.references, &mut items);
    rows.headings(names, &area, &mut items);
    rows.references(figure, &frame, &mut items);
    rows.names(names, &area, &mut items);
    let marks = Marks {
        frame: &frame,
        is_of_rows: true,
        width: 2.0,
        ink: None,
        ground: 0.15,
    };
    let drawn = figure.series.iter().filter(|s| s.drawn().next().is_some());
    for (number, series) in drawn.enumerate() {
        items.push(marks.group(number, series));
    }
    frame.x_texts(None, 10.0, &mut items);
    if names.len() >= MANY {
        for tick in frame.x_ticks() {
            let words = Words::new(tick.text, [tick.place, 12.0]).quiet();
            items.push(words.anchored(Anchor::Middle).into());
        }
    }
    let bottom = area.bottom + 36.0;
    items.push(footing(figure, &area, bottom));
    Some(rows.finished(items, bottom + 4.0))
}

/// Where rows are.
struct Rows {
    left: f64,
    top: f64,
    height: f64,
    /// Heights of the lines of values.
    middles: Vec<f64>,
    /// Heights of the upper edges.
    tops: Vec<f64>,
    is_above: bool,
}

impl Rows {
    fn new(figure: &Figure, names: &[Category]) -> Self {
        let indent = |name: &Category| match name.is_heading {
            true => 0.0,
            false => INDENT,
        };
        let rows = || names.iter().filter(|name| !name.is_heading);
        let widths = rows().map(|name| font::width(&name.name, FONT) + indent(name));
        let widest = widths.fold(0.0, f64::max);
        let is_above = widest > BESIDE;
        let has_small = figure.series.iter().any(|s| s.has(Form::SmallDots));
        let row = if has_small { 27.0 } else { 21.0 };
        let has_names = figure.references.iter().any(|r| r.is_named);
        let top = if names.len() >= MANY { LINE } else { 0.0 };
        let top = 6.0 + if has_names { top + LINE } else { top };
        let (mut at, mut middles, mut tops) = (top, Vec::new(), Vec::new());
        for name in names {
            tops.push(at);
            let height = match (name.is_heading, is_above) {
                (true, _) => HEADING,
                (false, true) => row + ABOVE,
                (false, false) => row,
            };
            middles.push(match (name.is_heading, is_above) {
                (true, _) => at + HEADING / 2.0,
                (false, true) => at + ABOVE + 9.0,
                (false, false) => at + 11.0,
            });
            at += height;
        }
        Self {
            left: if is_above {
                INDENT + 2.0
            } else {
                widest + 10.0
            },
            top,
            height: at - top,
            middles,
            tops,
            is_above,
        }
    }

    /// Clear ground for headings, and for names that stand above their rows.
    fn headings(&self, names: &[Category], area: &Area, items: &mut Vec<Item>) {
        for (number, name) in names.iter().enumerate() {
            let top = self.tops[number];
            let (right, height) = match (name.is_heading, self.is_above) {
                (true, _) => (area.right + 2.0, HEADING),
                (false, true) => (INDENT + font::width(&name.name, FONT) + 4.0, ABOVE),
                (false, false) => continue,
            };
            let right = right.min(area.right + 2.0);
            items.push(Item::Area {
                corners: vec![
                    [0.0, top],
                    [right, top],
                    [right, top + height],
                    [0.0, top + height],
                ],
                ink: Ink::Page,
                opacity: 1.0,
                edge: None,
            });
            if name.is_heading && number > 0 {
                items.push(Item::rule(
                    [0.0, top + 3.0],
                    [area.right, top + 3.0],
                    Ink::Grid,
                ));
            }
        }
    }

    /// Names of what values are read against, above the rows.
    fn references(&self, figure: &Figure, frame: &Frame, items: &mut Vec<Item>) {
        for reference in figure
            .references
            .iter()
            .filter(|r| r.is_named && r.is_finite())
        {
            let value = match reference.place {
                Place::X(value) => value,
                Place::BetweenX([low, high]) => (low + high) / 2.0,
                _ => continue,
            };
            let half = font::width(&reference.name, FONT).min(WIDTH) / 2.0;
            let middle = frame.x.place(value).clamp(half, (WIDTH - half).max(half));
            let words = Words::cut(&reference.name, [middle, self.top - 5.0], WIDTH).quiet();
            items.push(words.anchored(Anchor::Middle).into());
        }
    }

    fn names(&self, names: &[Category], area: &Area, items: &mut Vec<Item>) {
        for (number, name) in names.iter().enumerate() {
            let middle = self.middles[number];
            let words = match (name.is_heading, self.is_above) {
                (true, _) => Words::cut(&name.name, [0.0, middle + 7.0], 0.92 * WIDTH)
                    .bold()
                    .rimmed(),
                (false, true) => Words::cut(
                    &name.name,
                    [INDENT, self.tops[number] + 13.0],
                    WIDTH - INDENT,
                )
                .rimmed(),
                (false, false) => Words::new(&name.name, [INDENT, middle + 4.5]),
            };
            items.push(words.into());
            if let Some(note) = &name.note {
                let room = area.right - area.left - 8.0;
                let words = Words::cut(note, [area.left + 8.0, middle + 4.5], room);
                items.push(words.quiet().rimmed().into());
            }
        }
    }

    fn finished(&self, items: Vec<Item>, bottom: f64) -> Drawing {
        Drawing {
            width: WIDTH,
            height: bottom + 4.0,
            items,
            backdrop: Vec::new(),
        }
    }
}
