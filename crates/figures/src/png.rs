//! A drawing as PNG, two pixels a unit, on white.

use image::{
    ExtendedColorType, ImageEncoder as _,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform,
};
use ttf_parser::OutlineBuilder;

use crate::colour::Ink;
use crate::drawing::{Anchor, Drawing, FONT, Item, Words};
use crate::font;

/// Pixels a unit.
const SCALE: f32 = 2.0;
/// Pixels of an edge at most; a longer drawing has fewer pixels a unit.
const EDGE: f32 = 16_000.0;

/// The file; none where there are no pixels to draw on.
pub fn png(drawing: &Drawing) -> Option<Vec<u8>> {
    let (width, height) = (drawing.width as f32, drawing.height as f32);
    let scale = SCALE.min(EDGE / width.max(height).max(1.0));
    let size = |length: f32| (length * scale).ceil().max(1.0) as u32;
    let mut pixels = Pixmap::new(size(width), size(height))?;
    pixels.fill(tiny_skia::Color::WHITE);
    let mut painter = Painter {
        pixels: &mut pixels,
        transform: Transform::from_scale(scale, scale),
        backdrop: &drawing.backdrop,
    };
    painter.items(&drawing.items);
    let rgb: Vec<u8> = pixels
        .pixels()
        .iter()
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
        .collect();
    let mut file = Vec::new();
    PngEncoder::new_with_quality(&mut file, CompressionType::Best, FilterType::Adaptive)
        .write_image(
            &rgb,
            pixels.width(),
            pixels.height(),
            ExtendedColorType::Rgb8,
        )
        .ok()?;
    Some(file)
}

struct Painter<'a> {
    pixels: &'a mut Pixmap,
    transform: Transform,
    backdrop: &'a [Item],
}

impl Painter<'_> {
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
            } => {
                if let Some(path) = polygon(places, false) {
                    self.stroke(&path, *ink, *width as f32, dash);
                }
            }
            Item::Area {
                corners,
                ink,
                opacity,
                edge,
            } => {
                if let Some(path) = polygon(corners, true) {
                    self.area(&path, *ink, *opacity, *edge);
                }
            }
            Item::Disc {
                centre: [x, y],
                radius,
                ink,
                opacity,
                edge,
            } => {
                let path = PathBuilder::from_circle(*x as f32, *y as f32, *radius as f32);
                if let Some(path) = path {
                    self.area(&path, *ink, *opacity, *edge);
                }
            }
            Item::Dots {
                places,
                radius,
                ink,
                opacity,
            } => {
                for [x, y] in places {
                    let path = PathBuilder::from_circle(*x as f32, *y as f32, *radius as f32);
                    if let Some(path) = path {
                        self.area(&path, *ink, *opacity, None);
                    }
                }
            }
            Item::Words(words) => self.words(words),
            Item::Series { items, .. } => self.items(items),
            Item::Backdrop { by: [x, y] } => {
                let before = self.transform;
                self.transform = before.pre_translate(*x as f32, *y as f32);
                self.items(self.backdrop);
                self.transform = before;
            }
        }
    }

    fn area(&mut self, path: &Path, ink: Ink, opacity: f64, edge: Option<Ink>) {
        let paint = paint(ink, opacity);
        self.pixels
            .fill_path(path, &paint, FillRule::Winding, self.transform, None);
        if let Some(edge) = edge {
            self.stroke(path, edge, 1.0, &[]);
        }
    }

    fn stroke(&mut self, path: &Path, ink: Ink, width: f32, dash: &[f32]) {
        let stroke = Stroke {
            width,
            line_join: LineJoin::Round,
            line_cap: LineCap::Butt,
            dash: StrokeDash::new(dash.to_vec(), 0.0),
            ..Stroke::default()
        };
        self.pixels
            .stroke_path(path, &paint(ink, 1.0), &stroke, self.transform, None);
    }

    fn words(&mut self, words: &Words) {
        let [x, y] = words.place;
        let width = font::width(&words.text, FONT);
        let start = match words.anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let mut outline = Outline(PathBuilder::new());
        font::outline(&words.text, FONT, [start, y], &mut outline);
        let Some(path) = outline.0.finish() else {
            return;
        };
        let before = self.transform;
        if words.angle != 0.0 {
            let (angle, x, y) = (words.angle as f32, x as f32, y as f32);
            self.transform = before.pre_concat(Transform::from_rotate_at(angle, x, y));
        }
        if words.has_rim {
            self.stroke(&path, Ink::Page, 3.0, &[]);
        }
        self.area(&path, words.ink, 1.0, None);
        if words.is_bold {
            self.stroke(&path, words.ink, 0.45, &[]);
        }
        self.transform = before;
    }
}

fn paint(ink: Ink, opacity: f64) -> Paint<'static> {
    let [red, green, blue] = ink.rgb();
    let mut paint = Paint::default();
    let alpha = (opacity.clamp(0.0, 1.0) * 255.0).round() as u8;
    paint.set_color_rgba8(red, green, blue, alpha);
    paint.anti_alias = true;
    paint
}

fn polygon(places: &[[f64; 2]], is_closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, [x, y]) in places.iter().enumerate() {
        match i {
            0 => path.move_to(*x as f32, *y as f32),
            _ => path.line_to(*x as f32, *y as f32),
        }
    }
    if is_closed {
        path.close();
    }
    path.finish()
}

/// Takes the outlines of signs.
struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
