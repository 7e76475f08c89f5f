//! A page with one heat map of layers for every measure. It needs no JavaScript.

use askama::Template;
use similarity::{Measure, Measured};

use super::ReportError;
use super::number::{UNKNOWN, fixed};

/// Every layer of one network beside every layer of another.
pub struct LayerMap<'a> {
    /// What the first network is called.
    pub a: String,
    /// What the second network is called.
    pub b: String,
    /// Names of the layers of the first network.
    pub layers_a: Vec<String>,
    /// Names of the layers of the second network.
    pub layers_b: Vec<String>,
    /// What a datapoint is, in words.
    pub datapoints: String,
    /// Images.
    pub images: usize,
    /// What was measured.
    pub measures: &'a [Measure],
    /// `[layer of a][layer of b][measure]`
    pub map: &'a [Vec<Vec<Measured>>],
}

#[derive(Template)]
#[template(path = "layer_map.html", config = "askama.toml")]
struct Page<'a> {
    map: &'a LayerMap<'a>,
    figures: Vec<Figure>,
}

/// The heat map of one measure.
struct Figure {
    measure: String,
    legend: &'static str,
    rows: Vec<(String, Vec<Cell>)>,
}

/// One pair of layers.
struct Cell {
    text: String,
    /// What the pointer shows: the pair, or the reason why there is no number.
    title: String,
    /// CSS colours of the ground and of the text on it; none without a number.
    colours: Option<(String, &'static str)>,
}

impl LayerMap<'_> {
    /// The page as one HTML document, which loads nothing from anywhere.
    pub fn html(&self) -> Result<String, ReportError> {
        let figures = self.measures.iter().enumerate();
        let figures = figures.map(|(place, measure)| self.figure(place, *measure));
        let page = Page {
            map: self,
            figures: figures.collect(),
        };
        Ok(page.render()?)
    }

    fn figure(&self, place: usize, measure: Measure) -> Figure {
        let rows = self.layers_a.iter().zip(self.map).map(|(a, row)| {
            let cells = self.layers_b.iter().zip(row);
            let cells = cells.map(|(b, pair)| Cell::new(a, b, measure, pair.get(place)));
            (a.clone(), cells.collect())
        });
        Figure {
            measure: measure.to_string(),
            legend: match measure {
                Measure::AngularProcrustes => "a distance: light is 0, dark is π/2",
                _ if measure.is_distance() => "a distance: light is 0, dark is 1",
                _ => "a similarity: light is 1, dark is 0 or less",
            },
            rows: rows.collect(),
        }
    }
}

impl Cell {
    fn new(a: &str, b: &str, measure: Measure, measured: Option<&Measured>) -> Self {
        match measured.map(|measured| &measured.value) {
            Some(Ok(value)) => Self {
                text: fixed(*value, 2),
                title: format!("{a} and {b}: {}", fixed(*value, 4)),
                colours: Some(colours(measure.likeness(*value))),
            },
            found => Self {
                text: UNKNOWN.into(),
                title: match found {
                    Some(Err(reason)) => format!("{a} and {b}: {reason}"),
                    _ => format!("{a} and {b}: not measured"),
                },
                colours: None,
            },
        }
    }
}

/// From dark to light in steps that look even, also in grey and to the colour-blind: five colours
/// of viridis (van der Walt and Smith, 2015).
const RAMP: [[f64; 3]; 5] = [
    [68.0, 1.0, 84.0],
    [59.0, 82.0, 139.0],
    [33.0, 145.0, 140.0],
    [94.0, 201.0, 98.0],
    [253.0, 231.0, 37.0],
];

/// Ground and text for a share in `[0, 1]`.
fn colours(share: f64) -> (String, &'static str) {
    let place = share * (RAMP.len() - 1) as f64;
    let step = (place as usize).min(RAMP.len() - 2);
    let part = place - step as f64;
    let [r, g, b] =
        [0, 1, 2].map(|i| (RAMP[step][i] * (1.0 - part) + RAMP[step + 1][i] * part).round() as u8);
    let text = if share > 0.55 { "#000" } else { "#fff" };
    (format!("#{r:02x}{g:02x}{b:02x}"), text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use similarity::{Convention, Reason};

    #[test]
    fn a_map_shows_numbers_reasons_and_hostile_names_as_text() {
        let measured = |measure, value| Measured {
            measure,
            convention: Convention::Pooled,
            value,
            floor: None,
            null: None,
            interval: None,
        };
        let measures = [Measure::DebiasedCka, Measure::AngularProcrustes];
        let missing = Err(Reason::NoSignal { side: 'a' });
        let map = vec![vec![
            vec![
                measured(measures[0], Ok(1.0)),
                measured(measures[1], Ok(0.0)),
            ],
            vec![
                measured(measures[0], missing),
                measured(measures[1], Ok(9.0)),
            ],
        ]];
        let page = LayerMap {
            a: "a.npz".into(),
            b: "b.npz".into(),
            layers_a: vec!["<script>".into()],
            layers_b: vec!["x".into(), "y".into()],
            datapoints: "pooled".into(),
            images: 10,
            measures: &measures,
            map: &map,
        };
        let html = page.html().expect("a page");
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("is not positive"), "{html}");
        assert_eq!(html.matches("background:#fde725").count(), 2, "{html}");
        assert_eq!(html.matches("background:#440154").count(), 1, "{html}");
        for forbidden in ["http://", "https://", "src="] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }
}
