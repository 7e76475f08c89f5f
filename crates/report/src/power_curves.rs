//! A page with the chances of a study against its patients, a line for each number of seeds. It
//! needs no JavaScript.

use askama::Template;

use super::ReportError;
use super::plot::{Dot, Line, Plot, Scale};

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

#[derive(Template)]
#[template(path = "power_curves.html", config = "askama.toml")]
struct Page<'a> {
    curves: &'a PowerCurves,
    figures: Vec<(&'a str, Option<Plot>)>,
}

impl PowerCurves {
    /// The page as one HTML document, which loads nothing from anywhere.
    pub fn html(&self) -> Result<String, ReportError> {
        let figures = self.figures.iter();
        let page = Page {
            curves: self,
            figures: figures.map(|f| (f.title.as_str(), f.plot())).collect(),
        };
        Ok(page.render()?)
    }
}

impl PowerFigure {
    fn plot(&self) -> Option<Plot> {
        let lines = self
            .lines
            .iter()
            .enumerate()
            .map(|(colour, (_, points))| Line {
                colour: colour % 7,
                is_dashed: false,
                points: points.clone(),
            });
        let ends = self.lines.iter().enumerate();
        let dots = ends.filter_map(|(colour, (seeds, points))| {
            Some(Dot {
                colour: colour % 7,
                place: *points.last()?,
                error: None,
                label: format!("{seeds} seeds"),
                is_named: true,
            })
        });
        let axes = [
            Scale::logarithmic("test patients"),
            Scale::fixed("power", [0.0, 1.0]),
        ];
        let target = self.lines.first().map(|(_, points)| Line {
            colour: 0,
            is_dashed: true,
            points: points
                .iter()
                .map(|[patients, _]| [*patients, 0.8])
                .collect(),
        });
        let all = target.into_iter().chain(lines).collect();
        Plot::new(self.title.clone(), axes, all, dots.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_seeds_has_a_line_and_nothing_is_loaded() {
        let lines = [3, 5].map(|seeds| (seeds, vec![[100.0, 0.2], [1000.0, 0.9]]));
        let curves = PowerCurves {
            asked: "<b>".into(),
            assumed: String::new(),
            figures: vec![PowerFigure {
                title: "A difference".into(),
                lines: lines.into(),
            }],
        };
        let page = curves.html().expect("a page");
        assert_eq!(page.matches("<polyline").count(), 3);
        assert!(page.contains("5 seeds") && !page.contains("<b>"));
        assert!(!page.contains("src=") && !page.contains("<script"));
    }
}
