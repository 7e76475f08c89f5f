//! A small pair of axes for each of many series, all others grey behind it.

use crate::colour::Ink;
use crate::drawing::{Drawing, FONT, Item, Words};
use crate::figure::Figure;
use crate::font;
use crate::series::{Form, Series};

use super::area::{Area, WIDTH};
use super::frame::{Frame, below};
use super::marks::{Marks, RADIUS, marker};
use super::plain::{footing, heading, left};

/// Height of the axes of a panel.
const HEIGHT: f64 = 84.0;
/// Above them: the name of the series, a line of it and the room around it.
const LINE: f64 = 15.5;
const AROUND: f64 = 7.0;
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
    let is_drawn = |series: &&Series| series.drawn().next().is_some();
    let drawn: Vec<&Series> = figure.series.iter().filter(is_drawn).collect();
    let panels = panels(&drawn);
    // Two beside each other, with names of two lines, where names need them.
    let width =
        |columns: usize| (WIDTH - margin - 12.0 - GAP * (columns - 1) as f64) / columns as f64;
    let is_long = panels
        .iter()
        .any(|panel| lines(panel[0].1, width(3)).len() > 1);
    let (columns, width) = if is_long {
        (2, width(2))
    } else {
        (3, width(3))
    };
    let name_lines = panels
        .iter()
        .map(|panel| lines(panel[0].1, width).len())
        .max()?;
    let above = AROUND + LINE * name_lines as f64;
    area.right = width;
    // All panels are this one, moved.
    let frame = Frame::new(figure, area)?;
    let names = figure.x.names();
    let foot = below(names, width);
    let count = panels.len();
    let mut items = vec![heading(figure)];
    for (place, panel) in panels.iter().enumerate() {
        let (row, column) = (place / columns, place % columns);
        let by = [
            margin + column as f64 * (width + GAP),
            TOP + row as f64 * (HEIGHT + above) + above,
        ];
        items.push(Item::Backdrop { by });
        let moved = moved(figure, &area, by)?;
        if column == 0 {
            moved.y_texts(&mut items);
        }
        if place + columns >= count {
            moved.x_texts(names, GAP / 2.0 - 2.0, &mut items);
        }
        name(panel[0].1, &moved.area, &mut items);
        for (number, series) in panel {
            draw(*number, series, &moved, &mut items);
        }
    }
    let bottom = TOP + count.div_ceil(columns) as f64 * (HEIGHT + above) + foot;
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

/// Room beside the marker of a name.
const MARKER: f64 = 2.0 * RADIUS + 6.0;

fn lines(series: &Series, width: f64) -> Vec<String> {
    font::lines(&series.name, FONT, width - MARKER)
}

fn name(series: &Series, area: &Area, items: &mut Vec<Item>) {
    let lines = lines(series, area.right - area.left);
    let top = area.top - 5.0 - LINE * (lines.len() as f64 - 1.0);
    let place = [area.left + RADIUS + 1.0, top - 4.5];
    let look = series.look;
    items.push(marker(look.marker(), place, RADIUS, look.ink()));
    for (number, line) in lines.into_iter().enumerate() {
        let at = [area.left + MARKER, top + LINE * number as f64];
        let mut words = Words::new(line, at);
        words.whole = words.text.ends_with('…').then(|| series.name.clone());
        items.push(words.into());
    }
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
