//! What of a series is drawn within a pair of axes.

use crate::colour::Ink;
use crate::drawing::Item;
use crate::look::{Look, Marker};
use crate::series::{Form, Point, Series};

use super::clip;
use super::frame::Frame;

/// Radius of a marker.
pub const RADIUS: f64 = 4.0;
/// Strokes and gaps of a line that stands for less.
const DOTTED: &[f32] = &[2.0, 3.0];
/// How far below its row a small dot lies.
const BELOW: f64 = 8.0;

/// A series as it is drawn.
pub struct Marks<'a> {
    /// The axes.
    pub frame: &'a Frame,
    /// Whether the vertical axis has rows, so that intervals lie along the other.
    pub is_of_rows: bool,
    /// Width of lines.
    pub width: f64,
    /// The colour of all marks, in place of their own.
    pub ink: Option<Ink>,
    /// How much the ground between ends hides.
    pub ground: f64,
}

impl Marks<'_> {
    /// The series as one item, and its place in the table.
    pub fn group(&self, number: usize, series: &Series) -> Item {
        Item::Series {
            name: series.name.clone(),
            number,
            points: self.places(series),
            items: self.of(series),
        }
    }

    /// All marks of a series, in the order of its forms.
    pub fn of(&self, series: &Series) -> Vec<Item> {
        let mut items = Vec::new();
        for form in &series.forms {
            match form {
                Form::Line => self.line(series, false, &mut items),
                Form::Stairs => self.line(series, true, &mut items),
                Form::Band => self.band(series, &mut items),
                Form::Intervals => self.intervals(series, &mut items),
                Form::Bars => self.bars(series, &mut items),
                Form::Dots => self.dots(series, &mut items),
                Form::SmallDots => self.small_dots(series, &mut items),
            }
        }
        items
    }

    fn places(&self, series: &Series) -> Vec<[f64; 2]> {
        let area = self.frame.area;
        let places = series.drawn().map(|point| self.frame.place(point));
        places
            .map(|[x, y]| {
                [
                    x.clamp(area.left, area.right),
                    y.clamp(area.top, area.bottom),
                ]
            })
            .collect()
    }

    fn ink(&self, series: &Series, point: Option<&Point>) -> Ink {
        let own = point.and_then(|point| point.look).unwrap_or(series.look);
        self.ink.unwrap_or(own.ink())
    }

    fn line(&self, series: &Series, is_stairs: bool, items: &mut Vec<Item>) {
        for (is_partial, points) in stretches(&series.points) {
            let mut places: Vec<[f64; 2]> = Vec::with_capacity(points.len());
            for point in points {
                let place = self.frame.place(point);
                if let Some([_, height]) = places.last().copied().filter(|_| is_stairs) {
                    places.push([place[0], height]);
                }
                places.push(place);
            }
            let dash = match (self.ink, is_partial) {
                (Some(_), _) => &[],
                (None, true) => DOTTED,
                (None, false) => series.look.dash().pattern(),
            };
            let lines = clip::polyline(&places, &self.frame.area).into_iter();
            items.extend(lines.map(|places| Item::Line {
                places,
                ink: self.ink(series, None),
                width: self.width,
                dash,
            }));
        }
    }

    fn band(&self, series: &Series, items: &mut Vec<Item>) {
        let area = self.frame.area;
        let has_ends = |point: &&Point| point.is_finite() && point.ends.is_some();
        for stretch in series.points.split(|point| !has_ends(&point)) {
            let side = |end: usize| {
                stretch.iter().filter_map(move |point| {
                    let y = self.frame.y.place(point.ends?[end]);
                    let x = self.frame.x.place(point.x);
                    Some([
                        x.clamp(area.left, area.right),
                        y.clamp(area.top, area.bottom),
                    ])
                })
            };
            if stretch.len() > 1 {
                let upper: Vec<_> = side(1).collect();
                items.push(Item::Area {
                    corners: side(0).chain(upper.into_iter().rev()).collect(),
                    ink: self.ink(series, None),
                    opacity: self.ground,
                    edge: None,
                });
            }
        }
    }

    fn intervals(&self, series: &Series, items: &mut Vec<Item>) {
        let area = self.frame.area;
        for point in series.drawn() {
            let Some(ends) = point.ends else { continue };
            let [x, y] = self.frame.place(point);
            let [from, to] = match self.is_of_rows {
                true => ends.map(|v| [self.frame.x.place(v), y]),
                false => ends.map(|v| [x, self.frame.y.place(v)]),
            };
            let Some([from, to]) = clip::segment(from, to, &area) else {
                continue;
            };
            items.push(Item::Line {
                places: vec![from, to],
                ink: self.ink(series, Some(point)),
                width: if self.is_of_rows { 2.5 } else { 1.5 },
                dash: &[],
            });
        }
    }

    fn bars(&self, series: &Series, items: &mut Vec<Item>) {
        let area = self.frame.area;
        for point in series.drawn() {
            let [x, y] = self.frame.place(point);
            let [x, y] = [
                x.clamp(area.left, area.right),
                y.clamp(area.top, area.bottom),
            ];
            let half = 7.0;
            let (from, to) = match self.is_of_rows {
                true => (
                    [self.frame.x.place(self.frame.x.ground()), y - half],
                    [x, y + half],
                ),
                false => (
                    [x - half, y],
                    [x + half, self.frame.y.place(self.frame.y.ground())],
                ),
            };
            items.push(Item::Area {
                corners: vec![from, [to[0], from[1]], to, [from[0], to[1]]],
                ink: self.ink(series, Some(point)),
                opacity: 0.75,
                edge: None,
            });
        }
    }

    fn dots(&self, series: &Series, items: &mut Vec<Item>) {
        for point in self.within(series) {
            let look = point.look.unwrap_or(series.look);
            let ink = self.ink(series, Some(point));
            let place = self.frame.place(point);
            items.push(marker(look.marker(), place, RADIUS, ink));
            if point.is_marked && self.ink.is_none() {
                items.push(ring(place));
            }
        }
    }

    fn small_dots(&self, series: &Series, items: &mut Vec<Item>) {
        // Neighbours of one colour are one item.
        let points: Vec<&Point> = self.within(series).collect();
        let ink = |point: &Point| self.ink(series, Some(point));
        for run in points.chunk_by(|a, b| ink(a) == ink(b)) {
            let places = run.iter().map(|point| {
                let [x, y] = self.frame.place(point);
                [x, if self.is_of_rows { y + BELOW } else { y }]
            });
            items.push(Item::Dots {
                places: places.collect(),
                radius: 2.2,
                ink: ink(run[0]),
                opacity: 0.55,
            });
        }
    }

    fn within<'a>(&self, series: &'a Series) -> impl Iterator<Item = &'a Point> {
        let frame = self.frame;
        let is_within = move |p: &&Point| frame.x.has(p.x) && frame.y.has(p.y);
        series.drawn().filter(is_within)
    }
}

/// A marker around a place, with an edge in the colour of the ground.
pub fn marker(marker: Marker, [x, y]: [f64; 2], radius: f64, ink: Ink) -> Item {
    match marker {
        Marker::Circle => Item::Disc {
            centre: [x, y],
            radius,
            ink,
            opacity: 1.0,
            edge: Some(Ink::Page),
        },
        other => Item::Area {
            corners: other
                .corners()
                .iter()
                .map(|[dx, dy]| [x + dx * radius, y + dy * radius])
                .collect(),
            ink,
            opacity: 1.0,
            edge: Some(Ink::Page),
        },
    }
}

/// A ring that sets a marker apart.
fn ring([x, y]: [f64; 2]) -> Item {
    let corners = (0..=24).map(|i| {
        let (sine, cosine) = (f64::from(i) * std::f64::consts::PI / 12.0).sin_cos();
        [x + 8.0 * cosine, y + 8.0 * sine]
    });
    Item::Line {
        places: corners.collect(),
        ink: Ink::Text,
        width: 1.5,
        dash: &[],
    }
}

/// A short line with a marker, as a key shows a series.
pub fn sample(series: &Series, look: Look, [x, y]: [f64; 2], width: f64) -> Vec<Item> {
    let mut items = Vec::new();
    if series.has(Form::Band) {
        items.push(Item::Area {
            corners: vec![
                [x, y - 5.0],
                [x + width, y - 5.0],
                [x + width, y + 5.0],
                [x, y + 5.0],
            ],
            ink: look.ink(),
            opacity: 0.15,
            edge: None,
        });
    }
    if series.has(Form::Line) || series.has(Form::Stairs) {
        items.push(Item::Line {
            places: vec![[x, y], [x + width, y]],
            ink: look.ink(),
            width: 2.0,
            dash: look.dash().pattern(),
        });
    }
    items.push(marker(
        look.marker(),
        [x + width / 2.0, y],
        RADIUS,
        look.ink(),
    ));
    items
}

/// Stretches of points without a gap whose lines look alike: whether they are partial, and the
/// points, the last of one again the first of the next.
fn stretches(points: &[Point]) -> Vec<(bool, Vec<&Point>)> {
    let mut stretches: Vec<(bool, Vec<&Point>)> = Vec::new();
    let mut before: Option<&Point> = None;
    for point in points {
        if !point.is_finite() {
            before = None;
            continue;
        }
        if let Some(from) = before {
            let is_partial = from.is_partial || point.is_partial;
            match stretches.last_mut() {
                Some((kind, stretch))
                    if *kind == is_partial
                        && stretch.last().is_some_and(|last| std::ptr::eq(*last, from)) =>
                {
                    stretch.push(point);
                }
                _ => stretches.push((is_partial, vec![from, point])),
            }
        }
        before = Some(point);
    }
    stretches
}
