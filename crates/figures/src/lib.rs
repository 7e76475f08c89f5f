//! Charts as data, and the pictures and tables that are made of them.
//!
//! A [`Figure`] says what is shown: axes, series of points with their intervals, what they are read
//! against, and a sentence. From it come the same picture as an element of a page, as an SVG file
//! and as a PNG, and its numbers as a table of the page and as CSV. Nothing is computed here but
//! places.
//!
//! ```
//! use figures::{Axis, Figure, Form, Look, Place, Point, Reference, Series};
//!
//! let axes = [Axis::straight("training step"), Axis::straight("validation AUC").digits(3)];
//! let points = [(0.0, 0.50), (50.0, 0.71), (100.0, 0.80)];
//! let points = points.map(|(x, y)| Point::new(x, y).between(Some([y - 0.02, y + 0.02])));
//! let figure = Figure::new("curves-1", "Learning curves", "Transfer rises first.", axes)
//!     .with(Series::band("transfer", Look::of(1), points))
//!     .with(Series::line("random", Look::BASELINE, [[0.0, 0.5], [100.0, 0.7]]).and(Form::Dots))
//!     .against(Reference::new(Place::Y(0.75), "threshold 0.75"));
//!
//! assert!(figure.html().starts_with("<figure"));
//! assert!(figure.svg().contains("xmlns") && figure.csv().contains("transfer,50,0.71,0.69,0.73"));
//! assert_eq!(&figure.png().expect("pixels")[1..4], b"PNG");
//! ```

mod axis;
mod colour;
mod csv;
mod drawing;
mod figure;
mod font;
mod html;
mod layout;
mod look;
mod mapping;
pub mod number;
mod png;
mod reference;
mod series;
mod svg;
#[cfg(test)]
mod tests;
mod ticks;

pub use axis::{Axis, Category, Scale};
pub use csv::cell as csv_cell;
pub use figure::Figure;
pub use look::{Dash, Look, Marker};
pub use reference::{Place, Reference};
pub use series::{Form, Point, Series};

/// What a page's script does with figures: numbers where the pointer is. Pages work without it.
pub const SCRIPT: &str = include_str!("figures.js");

/// The style sheet of figures, light, dark and print.
pub fn style() -> String {
    colour::variables() + include_str!("figures.css")
}

impl Figure {
    /// The figure as an element of a page that has [`style`]: title, sentence, drawing, notes and
    /// its numbers as a table to unfold.
    pub fn html(&self) -> String {
        html::html(self)
    }

    /// The drawing as an SVG file, on white.
    pub fn svg(&self) -> String {
        svg::file(&layout::drawing(self), &self.named())
    }

    /// The drawing as a PNG file, on white, two pixels a unit; none where nothing can be drawn.
    pub fn png(&self) -> Option<Vec<u8>> {
        png::png(&layout::drawing(self))
    }

    /// All its numbers as CSV: series, x, y, low, high and note.
    pub fn csv(&self) -> String {
        csv::csv(self)
    }

    fn named(&self) -> svg::Named<'_> {
        svg::Named {
            id: self.id(),
            title: &self.title,
            sentence: &self.sentence,
        }
    }
}
