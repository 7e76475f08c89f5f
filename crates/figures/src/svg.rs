//! A drawing as SVG, for a page or as a file of its own.

use std::fmt::Write as _;

use crate::colour::{Ink, Theme};
use crate::drawing::{Anchor, Drawing, FONT, Item, Words};
use crate::font;

/// Words from this width on, and all that were cut to their room, are fitted to their width: a
/// page's own font may be a good deal wider than the one they were measured by, and they would
/// leave the drawing.
const FITTED_FROM: f64 = 180.0;

/// What a drawing is called.
pub struct Named<'a> {
    /// Id of its figure.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it shows.
    pub sentence: &'a str,
}

/// The drawing as an element of a page, which takes its colours and its font from the page.
pub fn element(drawing: &Drawing, named: &Named) -> String {
    let (id, mut svg) = (named.id, String::new());
    let (width, height) = (short(drawing.width), short(drawing.height));
    write!(
        svg,
        "<svg class=\"drawn\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-size=\"{FONT}\" role=\"img\" tabindex=\"0\" aria-labelledby=\"{id}-title {id}-says\">\
         <title id=\"{id}-title\">{}</title><desc id=\"{id}-says\">{}</desc>",
        escaped(named.title),
        escaped(named.sentence)
    )
    .ok();
    write_all(&mut svg, drawing, Theme::Page, id);
    svg + "</svg>"
}

/// The drawing as a file of its own, on white.
pub fn file(drawing: &Drawing, named: &Named) -> String {
    let mut svg = String::new();
    let (width, height) = (short(drawing.width), short(drawing.height));
    write!(
        svg,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"Inter, Helvetica, Arial, sans-serif\" font-size=\"{FONT}\">\n\
         <title>{}</title><desc>{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        escaped(named.title),
        escaped(named.sentence),
        Ink::Page.value(Theme::Paper)
    )
    .ok();
    write_all(&mut svg, drawing, Theme::Paper, named.id);
    svg + "</svg>\n"
}

fn write_all(svg: &mut String, drawing: &Drawing, theme: Theme, id: &str) {
    let mut writer = Writer { svg, theme, id };
    if !drawing.backdrop.is_empty() {
        write!(writer.svg, "<defs><g id=\"{id}-behind\">").ok();
        writer.items(&drawing.backdrop);
        writer.svg.push_str("</g></defs>");
    }
    writer.items(&drawing.items);
}

struct Writer<'a> {
    svg: &'a mut String,
    theme: Theme,
    id: &'a str,
}

impl Writer<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Line {
                places,
                ink,
                width,
                dash,
            } => self.line(places, *ink, *width, dash),
            Item::Area {
                corners,
                ink,
                opacity,
                edge,
            } => {
                let points = points(corners);
                write!(self.svg, "<polygon points=\"{points}\"").ok();
                self.fill(*ink, *opacity, *edge);
            }
            Item::Disc {
                centre: [x, y],
                radius,
                ink,
                opacity,
                edge,
            } => {
                let [x, y, radius] = [*x, *y, *radius].map(short);
                write!(self.svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"").ok();
                self.fill(*ink, *opacity, *edge);
            }
            Item::Dots {
                places,
                radius,
                ink,
                opacity,
            } => {
                let starts = places
                    .iter()
                    .map(|[x, y]| format!("M{},{}h0", short(*x), short(*y)));
                let (path, ink) = (starts.collect::<String>(), ink.value(self.theme));
                let (width, opacity) = (short(2.0 * radius), short(*opacity));
                write!(
                    self.svg,
                    "<path d=\"{path}\" stroke=\"{ink}\" stroke-width=\"{width}\" \
                     stroke-linecap=\"round\" stroke-opacity=\"{opacity}\"/>"
                )
                .ok();
            }
            Item::Words(words) => self.words(words),
            Item::Series {
                name,
                number,
                points: at,
                items,
            } => {
                self.svg.push_str("<g");
                if self.theme == Theme::Page {
                    let at = points(at);
                    write!(self.svg, " data-series=\"{number}\" data-at=\"{at}\"").ok();
                }
                write!(self.svg, "><title>{}</title>", escaped(name)).ok();
                self.items(items);
                self.svg.push_str("</g>");
            }
            Item::Moved { by: [x, y], items } => {
                let [x, y] = [*x, *y].map(short);
                write!(self.svg, "<g transform=\"translate({x} {y})\">").ok();
                self.items(items);
                self.svg.push_str("</g>");
            }
            Item::Backdrop { by: [x, y] } => {
                let (id, x, y) = (self.id, short(*x), short(*y));
                write!(self.svg, "<use href=\"#{id}-behind\" x=\"{x}\" y=\"{y}\"/>").ok();
            }
        }
    }

    fn line(&mut self, places: &[[f64; 2]], ink: Ink, width: f64, dash: &[f32]) {
        let ink = ink.value(self.theme);
        match places {
            [[x1, y1], [x2, y2]] => {
                let [x1, y1, x2, y2] = [*x1, *y1, *x2, *y2].map(short);
                write!(
                    self.svg,
                    "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\""
                )
                .ok();
            }
            _ => {
                let points = points(places);
                write!(self.svg, "<polyline points=\"{points}\" fill=\"none\"").ok();
            }
        }
        write!(self.svg, " stroke=\"{ink}\"").ok();
        if width != 1.0 {
            write!(self.svg, " stroke-width=\"{}\"", short(width)).ok();
        }
        if places.len() > 2 {
            self.svg.push_str(" stroke-linejoin=\"round\"");
        }
        if !dash.is_empty() {
            let lengths: Vec<String> = dash.iter().map(|d| short(f64::from(*d))).collect();
            write!(self.svg, " stroke-dasharray=\"{}\"", lengths.join(" ")).ok();
        }
        self.svg.push_str("/>");
    }

    fn fill(&mut self, ink: Ink, opacity: f64, edge: Option<Ink>) {
        write!(self.svg, " fill=\"{}\"", ink.value(self.theme)).ok();
        if opacity < 1.0 {
            write!(self.svg, " fill-opacity=\"{}\"", short(opacity)).ok();
        }
        if let Some(edge) = edge {
            write!(self.svg, " stroke=\"{}\"", edge.value(self.theme)).ok();
        }
        self.svg.push_str("/>");
    }

    fn words(&mut self, words: &Words) {
        let [x, y] = words.place.map(short);
        let ink = words.ink.value(self.theme);
        write!(self.svg, "<text x=\"{x}\" y=\"{y}\" fill=\"{ink}\"").ok();
        match words.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.svg.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.svg.push_str(" text-anchor=\"end\""),
        }
        if words.is_bold {
            self.svg.push_str(" font-weight=\"600\"");
        }
        let width = font::width(&words.text, FONT);
        if words.whole.is_some() || width >= FITTED_FROM {
            let width = short(width);
            write!(
                self.svg,
                " textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\""
            )
            .ok();
        }
        if words.has_rim {
            let rim = Ink::Page.value(self.theme);
            write!(
                self.svg,
                " stroke=\"{rim}\" stroke-width=\"3\" paint-order=\"stroke\""
            )
            .ok();
        }
        if words.angle != 0.0 {
            let angle = short(words.angle);
            write!(self.svg, " transform=\"rotate({angle} {x} {y})\"").ok();
        }
        self.svg.push('>');
        if let Some(whole) = &words.whole {
            write!(self.svg, "<title>{}</title>", escaped(whole)).ok();
        }
        write!(self.svg, "{}</text>", escaped(&words.text)).ok();
    }
}

fn points(places: &[[f64; 2]]) -> String {
    let mut text = String::with_capacity(12 * places.len());
    for [x, y] in places {
        if !text.is_empty() {
            text.push(' ');
        }
        write!(text, "{},{}", short(*x), short(*y)).ok();
    }
    text
}

/// A place to a tenth of a unit; what is not finite is at 0, and there is nothing of the kind.
fn short(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    match rounded.is_finite() {
        true if (value - rounded).abs() > 1e-9 && value.abs() < 1.0 => {
            format!("{:.2}", value).trim_end_matches('0').to_owned()
        }
        true => format!("{}", rounded + 0.0),
        false => "0".into(),
    }
}

/// Text that stays text in SVG and HTML, without the signs that XML cannot hold and those that
/// turn the direction of what follows.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            sign if sign.is_control() => escaped.push('\u{fffd}'),
            sign => escaped.push(sign),
        }
    }
    escaped
}
