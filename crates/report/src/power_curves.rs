//! A page with the chances of a study against its patients, a line for each number of seeds. It
//! needs no JavaScript.

use askama::Template;
use figures::{Axis, Figure, Look, Place, Reference, Series};

use super::ReportError;

/// What studies of several sizes could show.
pub struct PowerCurves {
    /// What was asked, in words.
    pub asked: String,
    /// What is assumed, in words.
    pub assumed: String,
    /// One figure each.
    pub figures: Vec<PowerFigure>,
}

/// The chances to show one thing.
pub struct PowerFigure {
    /// What is to be shown.
    pub title: String,
    /// Number of seeds, and patients and chance along its line.
    pub lines: Vec<(usize, Vec<[f64; 2]>)>,
}

/// The chance that a study is usually planned for.
const TARGET: f64 = 0.8;

#[derive(Template)]
#[template(path = "power_curves.html", config = "askama.toml")]
struct Page<'a> {
    curves: &'a PowerCurves,
    figures: Vec<Figure>,
    style: String,
}

impl PowerCurves {
    /// The page as one HTML document, which loads nothing from anywhere.
    pub fn html(&self) -> Result<String, ReportError> {
        let figures = self.figures.iter().enumerate();
        let page = Page {
            curves: self,
            figures: figures
                .filter_map(|(number, figure)| figure.drawn(number + 1))
                .collect(),
            style: figures::style(),
        };
        Ok(page.render()?)
    }
}

impl PowerFigure {
    fn drawn(&self, number: usize) -> Option<Figure> {
        let lines = self.lines.iter().enumerate();
        let lines = lines.map(|(place, (seeds, points))| {
            let name = format!("{seeds} seeds");
            Series::line(name, Look::of(place + 1), points.iter().copied())
        });
        Figure::new(
            &format!("power-{number}"),
            &self.title,
            "The chance to show it rises with the test patients, and with the seeds while they add more than the patients do.",
            [
                Axis::logarithmic("test patients"),
                Axis::straight("power").between(0.0, 1.0).digits(2),
            ],
        )
        .with_all(lines)
        .against(Reference::new(Place::Y(TARGET), "80%"))
        .drawable()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_seeds_has_a_line_and_nothing_is_loaded() {
        let lines = [3, 5].map(|seeds| (seeds, vec![[100.0, 0.2], [300.0, 0.6], [1000.0, 0.9]]));
        let curves = PowerCurves {
            asked: "<b>".into(),
            assumed: String::new(),
            figures: vec![PowerFigure {
                title: "A difference".into(),
                lines: lines.into(),
            }],
        };
        let page = curves.html().expect("a page");
        assert_eq!(page.matches("data-series=").count(), 2);
        assert!(page.contains("5 seeds") && !page.contains("<b>"));
        assert!(!page.contains("src=") && !page.contains("<script"));
    }
}
