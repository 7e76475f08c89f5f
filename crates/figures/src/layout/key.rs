//! The key below a drawing: every name with its marks.

use crate::colour::Ink;
use crate::drawing::{FONT, Item, Words};
use crate::font;
use crate::series::Series;

use super::area::WIDTH;
use super::marks::sample;

/// Height of a row.
const ROW: f64 = 19.0;
/// Width of a sample, and room after it.
const SAMPLE: f64 = 26.0;
const AFTER: f64 = 7.0;

/// Rows of names.
pub struct Key<'a> {
    entries: Vec<&'a Series>,
    columns: usize,
}

impl<'a> Key<'a> {
    /// The key of series, each name once.
    pub fn new(series: impl IntoIterator<Item = &'a Series>) -> Self {
        let mut entries: Vec<&Series> = Vec::new();
        for one in series {
            let is_new = entries.iter().all(|known| known.name != one.name);
            if one.is_named && one.drawn().next().is_some() && is_new {
                entries.push(one);
            }
        }
        let widest = entries.iter().map(|s| font::width(&s.name, FONT));
        let widest = widest.fold(0.0, f64::max) + SAMPLE + AFTER + 10.0;
        Self {
            columns: ((WIDTH / widest) as usize).clamp(1, 4),
            entries,
        }
    }

    /// Its height in units.
    pub fn height(&self) -> f64 {
        match self.entries.len() {
            0 => 0.0,
            count => count.div_ceil(self.columns) as f64 * ROW + 6.0,
        }
    }

    /// Drawn from a height on.
    pub fn draw(&self, top: f64, items: &mut Vec<Item>) {
        let width = WIDTH / self.columns as f64;
        for (place, series) in self.entries.iter().enumerate() {
            let x = (place % self.columns) as f64 * width + 2.0;
            let y = top + (place / self.columns) as f64 * ROW + ROW / 2.0;
            items.extend(sample(series, series.look, [x, y], SAMPLE));
            let at = [x + SAMPLE + AFTER, y + 4.5];
            let mut words = Words::cut(&series.name, at, width - SAMPLE - AFTER - 4.0);
            words.ink = Ink::Text;
            items.push(words.into());
        }
    }
}
