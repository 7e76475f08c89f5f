//! The font that pictures are written in and words are measured by: Inter, embedded, so that a
//! picture is the same on a machine without any font.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Inter Regular 3.19, the signs that `assets/README.md` lists.
const BYTES: &[u8] = include_bytes!("assets/Inter-Regular-subset.otf");

/// None only if the file were damaged; then words have an estimated width and no outlines.
static FACE: LazyLock<Option<Face<'static>>> = LazyLock::new(|| Face::parse(BYTES, 0).ok());

/// How much wider a page's font may be.
const SPARE: f64 = 1.05;
/// Width of a sign that the font lacks, as a share of the size.
const UNKNOWN_WIDTH: f64 = 0.65;

/// Width of a line of text at a size. A page's own font is seldom wider than Inter.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|sign| advance(sign) * size).sum()
}

/// The text, or as much of it as fits into a width, with an ellipsis; a little is left for fonts
/// of pages that are wider.
pub fn cut(text: &str, size: f64, room: f64) -> String {
    let room = room / SPARE;
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut used = width("…", size);
    let mut cut = String::new();
    for sign in text.chars() {
        used += advance(sign) * size;
        if used > room {
            break;
        }
        cut.push(sign);
    }
    format!("{}…", cut.trim_end())
}

/// The text in one line or two, broken between words; what does not fit is cut.
pub fn lines(text: &str, size: f64, room: f64) -> Vec<String> {
    let fits = |part: &str| SPARE * width(part, size) <= room;
    if fits(text) {
        return vec![text.to_owned()];
    }
    // Texts are long only where someone means harm: no more is tried than could fit.
    let spaces = text.match_indices(' ').map(|(place, _)| place).take(200);
    match spaces
        .filter(|place| *place > 0 && fits(&text[..*place]))
        .last()
    {
        Some(place) => vec![
            text[..place].to_owned(),
            cut(&text[place + 1..], size, room),
        ],
        None => vec![cut(text, size, room)],
    }
}

fn advance(sign: char) -> f64 {
    let found = FACE.as_ref().and_then(|face| {
        let glyph = face.glyph_index(sign)?;
        let advance = face.glyph_hor_advance(glyph)?;
        Some(f64::from(advance) / f64::from(face.units_per_em()))
    });
    found.unwrap_or(UNKNOWN_WIDTH)
}

/// Draws the outlines of a text from `x`, `y` at its baseline on, `y` downwards.
pub fn outline(text: &str, size: f64, [x, y]: [f64; 2], path: &mut impl OutlineBuilder) {
    let Some(face) = FACE.as_ref() else { return };
    let scale = size / f64::from(face.units_per_em());
    let mut at = x;
    for sign in text.chars() {
        // Signs that the font lacks are drawn as its empty box.
        let glyph = face.glyph_index(sign).unwrap_or(GlyphId(0));
        let mut placed = Placed {
            path,
            scale: scale as f32,
            at: [at as f32, y as f32],
        };
        face.outline_glyph(glyph, &mut placed);
        at += advance(sign) * size;
    }
}

/// An outline that is scaled, turned upside down and moved.
struct Placed<'a, B> {
    path: &'a mut B,
    scale: f32,
    at: [f32; 2],
}

impl<B> Placed<'_, B> {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.at[0] + x * self.scale, self.at[1] - y * self.scale)
    }
}

impl<B: OutlineBuilder> OutlineBuilder for Placed<'_, B> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2)) = (self.place(x1, y1), self.place(x2, y2));
        let (x, y) = self.place(x, y);
        self.path.curve_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fit_where_they_are_cut_to() {
        assert!(FACE.is_some(), "the font can be read");
        let long = "transfer up to block3, frozen, then all with a tenth of the rate";
        for room in [20.0, 60.0, 200.0] {
            let cut = cut(long, 13.0, room);
            assert!(width(&cut, 13.0) <= room && cut.ends_with('…'), "{cut}");
        }
        assert_eq!(cut("short", 13.0, 100.0), "short");
    }

    #[test]
    fn the_font_has_the_signs_that_charts_use() {
        let face = FACE.as_ref().expect("a font");
        for sign in "−–…×·±≥≤≈→←°²³⁰⁴⁹⁻τμαβρ‖★⚠áßčДΩ".chars()
        {
            assert!(face.glyph_index(sign).is_some(), "{sign}");
        }
    }
}
