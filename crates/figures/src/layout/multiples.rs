//! A small pair of axes for each of many series, all others grey behind it.

use crate::colour::Ink;
use crate::drawing::{Drawing, FONT, Item, Words};
use crate::figure::Figure;
use crate::font;
use crate::series::{Form, Series};

use super::WIDTH;
use super::frame::{Area, Frame, below};
use super::marks::{Marks, RADIUS, marker};
use super::plain::{footing, heading, left};

/// Panels beside each other.
const COLUMNS: usize = 3;
/// Height of the axes of a panel.
const HEIGHT: f64 = 84.0;
/// Above them: the name of the series.
const NAME: f64 = 22.0;
/// Between two panels beside each other.
const GAP: f64 = 12.0;
/// Above the first: the name of the vertical axis.
const TOP: f64 = 22.0;

/// The drawing; none where nothing is finite.
pub fn drawing(figure: &Figure) -> Option<Drawing> {
    let mut area = Area {
        left: 0.0,
        top: 0.0,
        right: 120.0,
        bottom: HEIGHT,
    };
    let margin = left(&Frame::new(figure, area)?);
    let width = (WIDTH - margin - 12.0 - GAP * (COLUMNS - 1) as f64) / COLUMNS as f64;
    area.right = width;
    // All panels are this one, moved.
    let frame = Frame::new(figure, area)?;
    let is_drawn = |series: &&Series| series.drawn().next().is_some();
    let drawn: Vec<&Series> = figure.series.iter().filter(is_drawn).collect();
    let panels = panels(&drawn);
    let names = figure.x.names();
    let foot = below(names, width);
    let count = panels.len();
    let mut items = vec![heading(figure)];
    for (place, panel) in panels.iter().enumerate() {
        let (row, column) = (place / COLUMNS, place % COLUMNS);
        let by = [
            margin + column as f64 * (width + GAP),
            TOP + row as f64 * (HEIGHT + NAME) + NAME,
        ];
        items.push(Item::Backdrop { by });
        let moved = moved(figure, &area, by)?;
        if column == 0 {
            moved.y_texts(&mut items);
        }
        if place + COLUMNS >= count {
            moved.x_texts(names, GAP / 2.0 - 2.0, &mut items);
        }
        name(panel[0].1, &moved.area, &mut items);
        for (number, series) in panel {
            draw(*number, series, &moved, &mut items);
        }
    }
    let bottom = TOP + count.div_ceil(COLUMNS) as f64 * (HEIGHT + NAME) + foot;
    let whole = Area {
        left: margin,
        right: WIDTH - 12.0,
        ..area
    };
    items.push(footing(figure, &whole, bottom + 13.0));
    Some(Drawing {
        width: WIDTH,
        height: bottom + 20.0,
        items,
        backdrop: backdrop(figure, &frame, &drawn),
    })
}

fn moved(figure: &Figure, area: &Area, [x, y]: [f64; 2]) -> Option<Frame> {
    let area = Area {
        left: area.left + x,
        top: area.top + y,
        right: area.right + x,
        bottom: area.bottom + y,
    };
    Frame::new(figure, area)
}

/// One panel a name, with the series that share it and their places in the table.
fn panels<'a>(drawn: &[&'a Series]) -> Vec<Vec<(usize, &'a Series)>> {
    let mut panels: Vec<Vec<(usize, &Series)>> = Vec::new();
    for (number, series) in drawn.iter().enumerate().filter(|(_, s)| s.is_named) {
        let known = panels
            .iter_mut()
            .find(|panel| panel[0].1.name == series.name);
        match known {
            Some(panel) => panel.push((number, series)),
            None => panels.push(vec![(number, series)]),
        }
    }
    panels
}

fn name(series: &Series, area: &Area, items: &mut Vec<Item>) {
    let look = series.look;
    let place = [area.left + RADIUS + 1.0, area.top - 9.5];
    items.push(marker(look.marker(), place, RADIUS, look.ink()));
    let room = area.right - area.left - 2.0 * RADIUS - 6.0;
    let at = [area.left + 2.0 * RADIUS + 6.0, area.top - 5.0];
    items.push(Words::cut(&series.name, at, room).into());
}

fn draw(number: usize, series: &Series, frame: &Frame, items: &mut Vec<Item>) {
    let marks = Marks {
        frame,
        is_of_rows: false,
        width: 2.0,
        ink: None,
        ground: 0.15,
    };
    items.push(marks.group(number, series));
}

/// The grid, what is read against, and every series in grey.
fn backdrop(figure: &Figure, frame: &Frame, drawn: &[&Series]) -> Vec<Item> {
    let mut items = Vec::new();
    frame.grid(&mut items);
    frame.references(&figure.references, &mut items);
    for series in drawn {
        let marks = Marks {
            frame,
            is_of_rows: false,
            width: 1.0,
            ink: series.is_named.then_some(Ink::Behind),
            ground: 0.15,
        };
        let mut pale = (*series).clone();
        if series.is_named {
            pale.forms
                .retain(|form| *form != Form::Band && *form != Form::Intervals);
            let only_dots = pale.forms.iter().all(|form| *form == Form::Dots);
            pale.forms.retain(|form| *form != Form::Dots || only_dots);
            for form in &mut pale.forms {
                if *form == Form::Dots {
                    *form = Form::SmallDots;
                }
            }
        }
        items.extend(marks.of(&pale));
    }
    if let Some(widest) = figure.references.iter().find(|r| r.is_named) {
        let room = frame.area.right - frame.area.left;
        // A name that would cover a small panel is left to the notes.
        if font::width(&widest.name, FONT) < 0.4 * room {
            frame.names_of(&figure.references, &mut items);
        }
    }
    items
}
