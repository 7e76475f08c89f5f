//! A figure on a page: its title, what it shows, the drawing, and its numbers as a table.

use std::fmt::Write as _;

use crate::axis::Axis;
use crate::figure::Figure;
use crate::layout::drawing;
use crate::mapping::Mapping;
use crate::series::Series;
use crate::svg::{Named, element, escaped};

/// The element, which needs [`style`](crate::style) and nothing else.
pub fn html(figure: &Figure) -> String {
    let id = figure.id();
    let named = Named {
        id,
        title: &figure.title,
        sentence: &figure.sentence,
    };
    let mut html = format!(
        "<figure class=\"figure\" id=\"figure-{id}\"><figcaption>{}</figcaption>",
        escaped(&figure.title)
    );
    if !figure.sentence.is_empty() {
        write!(html, "<p class=\"says\">{}</p>", escaped(&figure.sentence)).ok();
    }
    html.push_str(&element(&drawing(figure), &named));
    for note in &figure.notes {
        write!(html, "<p class=\"figure-note\">{}</p>", escaped(note)).ok();
    }
    table(figure, &mut html);
    html + "</figure>"
}

/// Every point that is drawn, series by series.
fn table(figure: &Figure, html: &mut String) {
    let columns = Columns::new(figure);
    html.push_str("<details class=\"numbers\"><summary>Numbers</summary><table><thead><tr>");
    for heading in columns.headings(figure) {
        write!(html, "<th scope=\"col\">{}</th>", escaped(&heading)).ok();
    }
    html.push_str("</tr></thead>");
    for series in figure.series.iter().filter(|s| s.drawn().next().is_some()) {
        columns.series(series, html);
    }
    html.push_str("</table></details>");
}

/// How numbers stand in the table.
struct Columns<'a> {
    x: Told<'a>,
    y: Told<'a>,
    /// Whether rows are named by the vertical axis.
    is_of_rows: bool,
    has_ends: bool,
    has_notes: bool,
}

/// One axis, as a table tells its values.
struct Told<'a> {
    axis: &'a Axis,
    mapping: Option<Mapping>,
}

impl Told<'_> {
    fn value(&self, value: f64) -> String {
        match (self.axis.names(), &self.mapping) {
            (Some(names), _) => names
                .get(value.round().max(0.0) as usize)
                .map_or_else(String::new, |name| name.name.clone()),
            (None, Some(mapping)) => mapping.told(value),
            (None, None) => "–".into(),
        }
    }
}

impl<'a> Columns<'a> {
    fn new(figure: &'a Figure) -> Self {
        let points = || figure.series.iter().flat_map(|series| series.drawn());
        let told = |axis: &'a Axis, value: fn(&crate::series::Point) -> f64| Told {
            axis,
            mapping: Mapping::new(axis, points().map(value), [0.0, 1.0]),
        };
        Self {
            x: told(&figure.x, |point| point.x),
            y: told(&figure.y, |point| point.y),
            is_of_rows: figure.y.names().is_some(),
            has_ends: points().any(|point| point.ends.is_some()),
            has_notes: points().any(|point| point.note.is_some()),
        }
    }

    fn headings(&self, figure: &Figure) -> Vec<String> {
        let (x, y) = (figure.x.heading(), figure.y.heading());
        let mut headings = match self.is_of_rows {
            true => vec![y, x],
            false => vec![x, y],
        };
        headings.extend(self.has_ends.then(|| "Interval or range".into()));
        headings.extend(self.has_notes.then(|| "Note".into()));
        headings
    }

    fn series(&self, series: &Series, html: &mut String) {
        let count = 2 + usize::from(self.has_ends) + usize::from(self.has_notes);
        let name = escaped(&series.name);
        write!(
            html,
            "<tbody><tr><th scope=\"rowgroup\" colspan=\"{count}\">{name}</th></tr>"
        )
        .ok();
        for point in series.drawn() {
            let (x, y) = (self.x.value(point.x), self.y.value(point.y));
            let (name, value, told) = match self.is_of_rows {
                true => (y, x, &self.x),
                false => (x, y, &self.y),
            };
            let (name, value) = (escaped(&name), escaped(&value));
            write!(html, "<tr><th scope=\"row\">{name}</th><td>{value}</td>").ok();
            if self.has_ends {
                let ends = point.ends.map(|ends| ends.map(|end| told.value(end)));
                let ends = ends.map_or("–".into(), |[low, high]| format!("{low} to {high}"));
                write!(html, "<td>{ends}</td>").ok();
            }
            if self.has_notes {
                let note = escaped(point.note.as_deref().unwrap_or_default());
                write!(html, "<td>{note}</td>").ok();
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody>");
    }
}
