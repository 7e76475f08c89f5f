//! A pair of axes with its grid, its names and what values are read against.

use crate::axis::Category;
use crate::colour::Ink;
use crate::drawing::{Anchor, FONT, Item, Words};
use crate::figure::Figure;
use crate::font;
use crate::mapping::{Mapping, Tick};
use crate::reference::{Place, Reference};
use crate::series::{Form, Point};

use super::area::Area;
use super::clip;

/// Units between the texts of ticks, at least.
const APART: f64 = 14.0;
/// Signs of a tick of a horizontal axis, about, with the room around it.
const TICK: f64 = 58.0;
/// Room for names that are turned.
const TURNED: f64 = 96.0;
/// Degrees that they are turned by.
const ANGLE: f64 = -42.0;

/// A pair of axes.
pub struct Frame {
    /// Where it is.
    pub area: Area,
    /// The horizontal axis.
    pub x: Mapping,
    /// The vertical axis.
    pub y: Mapping,
}

impl Frame {
    /// The axes of a figure over all its series, in an area; none where nothing is finite.
    pub fn new(figure: &Figure, area: Area) -> Option<Self> {
        let points = || figure.series.iter().flat_map(|series| series.drawn());
        let is_of_rows = figure.y.names().is_some();
        let ends = |along_x: bool| {
            let ends = points().filter(move |_| along_x == is_of_rows);
            ends.filter_map(|point: &Point| point.ends).flatten()
        };
        let zero = figure.series.iter().any(|series| series.has(Form::Bars));
        let zero = |is_along: bool| (zero && is_along).then_some(0.0);
        let (mut across, mut up) = (Vec::new(), Vec::new());
        for reference in figure.references.iter().filter(|r| r.is_finite()) {
            match reference.place {
                Place::X(value) => across.push(value),
                Place::Y(value) => up.push(value),
                Place::BetweenX(ends) => across.extend(ends),
                Place::BetweenY(ends) => up.extend(ends),
                Place::Diagonal => {}
            }
        }
        let x = points()
            .map(|point| point.x)
            .chain(ends(true))
            .chain(zero(is_of_rows));
        let y = points()
            .map(|point| point.y)
            .chain(ends(false))
            .chain(zero(!is_of_rows));
        Some(Self {
            x: Mapping::new(&figure.x, x.chain(across), [area.left, area.right])?,
            y: Mapping::new(&figure.y, y.chain(up), [area.bottom, area.top])?,
            area,
        })
    }

    /// Where a point is.
    pub fn place(&self, point: &Point) -> [f64; 2] {
        [self.x.place(point.x), self.y.place(point.y)]
    }

    /// Round values of the vertical axis.
    pub fn y_ticks(&self) -> Vec<Tick> {
        let count = (self.area.bottom - self.area.top) / (2.6 * APART);
        self.y.ticks((count as usize).clamp(3, 8))
    }

    /// Round values of the horizontal axis, none so near to another that their texts would touch.
    pub fn x_ticks(&self) -> Vec<Tick> {
        let width = self.area.right - self.area.left;
        let mut count = ((width / TICK) as usize).clamp(2, 8);
        loop {
            let ticks = self.x.ticks(count);
            let reach = |tick: &Tick| font::width(&tick.text, FONT) / 2.0;
            let touches = ticks.windows(2).any(|pair| {
                let room = (pair[1].place - pair[0].place).abs();
                reach(&pair[0]) + reach(&pair[1]) + 6.0 > room
            });
            match touches && count > 1 {
                true => count -= 1,
                false => return ticks,
            }
        }
    }

    /// Lines of the grid.
    pub fn grid(&self, items: &mut Vec<Item>) {
        let Area {
            left,
            top,
            right,
            bottom,
        } = self.area;
        for tick in self.y_ticks() {
            items.push(Item::rule(
                [left, tick.place],
                [right, tick.place],
                Ink::Grid,
            ));
        }
        for tick in self.x_ticks() {
            items.push(Item::rule(
                [tick.place, top],
                [tick.place, bottom],
                Ink::Grid,
            ));
        }
    }

    /// Texts beside the vertical axis.
    pub fn y_texts(&self, items: &mut Vec<Item>) {
        for tick in self.y_ticks() {
            let place = [self.area.left - 6.0, tick.place + 4.5];
            let words = Words::new(tick.text, place).quiet();
            items.push(words.anchored(Anchor::End).into());
        }
    }

    /// Texts below the horizontal axis: round values, or names. They reach at most `beyond` the
    /// ends of the axis.
    pub fn x_texts(&self, names: Option<&[Category]>, beyond: f64, items: &mut Vec<Item>) {
        let bottom = self.area.bottom;
        for tick in self.x_ticks() {
            let reach = font::width(&tick.text, FONT) / 2.0;
            let x = tick.place.min(self.area.right + beyond - reach);
            let x = x.max(self.area.left - beyond + reach);
            let words = Words::new(tick.text, [x, bottom + 17.0]).quiet();
            items.push(words.anchored(Anchor::Middle).into());
        }
        let names = names.unwrap_or_default();
        let is_turned = is_turned(names, self.area.right - self.area.left);
        for (number, name) in names.iter().enumerate() {
            let x = self.x.place(number as f64);
            let words = match is_turned {
                true => Words::cut(&name.name, [x + 4.0, bottom + 13.0], TURNED)
                    .anchored(Anchor::End)
                    .turned(ANGLE),
                false => Words::new(&name.name, [x, bottom + 17.0]).anchored(Anchor::Middle),
            };
            items.push(words.quiet().into());
        }
    }

    /// Lines and zones that values are read against.
    pub fn references(&self, references: &[Reference], items: &mut Vec<Item>) {
        for reference in references.iter().filter(|r| r.is_finite()) {
            self.reference(reference, items);
        }
    }

    /// Their names.
    pub fn names_of(&self, references: &[Reference], items: &mut Vec<Item>) {
        let named = references.iter().filter(|r| r.is_finite() && r.is_named);
        items.extend(named.filter_map(|r| self.name_of(r)).map(Item::from));
    }

    fn reference(&self, reference: &Reference, items: &mut Vec<Item>) {
        let area = self.area;
        let mut line = |from, to| {
            if let Some([from, to]) = clip::segment(from, to, &area) {
                items.push(Item::Line {
                    places: vec![from, to],
                    ink: Ink::Quiet,
                    width: 1.0,
                    dash: &[3.0, 3.0],
                });
            }
        };
        match reference.place {
            Place::X(value) if self.x.has(value) => {
                let x = self.x.place(value);
                line([x, area.top], [x, area.bottom]);
            }
            Place::Y(value) if self.y.has(value) => {
                let y = self.y.place(value);
                line([area.left, y], [area.right, y]);
            }
            Place::Diagonal => {
                let at = |value| [self.x.place(value), self.y.place(value)];
                let ([x0, x1], [y0, y1]) = (self.x.range(), self.y.range());
                line(at(x0.min(y0)), at(x1.max(y1)));
            }
            Place::BetweenX(ends) => {
                let [left, right] = ends.map(|v| self.x.place(v).clamp(area.left, area.right));
                items.push(zone([left, area.top], [right, area.bottom]));
            }
            Place::BetweenY(ends) => {
                let [low, high] = ends.map(|v| self.y.place(v).clamp(area.top, area.bottom));
                items.push(zone([area.left, high], [area.right, low]));
            }
            Place::X(_) | Place::Y(_) => {}
        }
    }

    fn name_of(&self, reference: &Reference) -> Option<Words> {
        let area = self.area;
        let room = area.right - area.left - 12.0;
        let words = |place| Words::cut(&reference.name, place, room).quiet().rimmed();
        match reference.place {
            Place::X(value) if self.x.has(value) => {
                let x = self.x.place(value);
                Some(match x > (area.left + area.right) / 2.0 {
                    true => words([x - 4.0, area.top + 12.0]).anchored(Anchor::End),
                    false => words([x + 4.0, area.top + 12.0]),
                })
            }
            Place::Y(value) if self.y.has(value) => {
                let y = self.y.place(value);
                let y = if y - area.top < 16.0 {
                    y + 13.0
                } else {
                    y - 4.0
                };
                Some(words([area.left + 5.0, y]))
            }
            Place::BetweenX([low, _]) => Some(words([self.x.place(low) + 4.0, area.top + 12.0])),
            Place::BetweenY([_, high]) => Some(words([area.left + 5.0, self.y.place(high) + 13.0])),
            _ => None,
        }
    }
}

/// Room below a horizontal axis for its texts.
pub fn below(names: Option<&[Category]>, width: f64) -> f64 {
    let names = names.unwrap_or_default();
    if !is_turned(names, width) {
        return 22.0;
    }
    let longest = names.iter().map(|name| font::width(&name.name, FONT));
    let longest = longest.fold(0.0, f64::max).min(TURNED);
    18.0 + longest * -ANGLE.to_radians().sin()
}

/// Whether names are too long to stand beside each other.
fn is_turned(names: &[Category], width: f64) -> bool {
    let room = width / names.len().max(1) as f64;
    names
        .iter()
        .any(|name| font::width(&name.name, FONT) + 6.0 > room)
}

fn zone([left, top]: [f64; 2], [right, bottom]: [f64; 2]) -> Item {
    Item::Area {
        corners: vec![[left, top], [right, top], [right, bottom], [left, bottom]],
        ink: Ink::Zone,
        opacity: 1.0,
        edge: None,
    }
}
