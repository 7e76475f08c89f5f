//! Accuracy on the source task against test AUC here, one figure a source, training size and
//! regime.

use super::number;
use super::transferability::words;
use figures::{Axis, Figure, Look, Point, Series};
use record::results::Results;
use record::results::SourceAccuracy;

/// One figure with its numbers.
pub struct SourceFigure {
    /// The drawing, titled by source, training size and regime.
    pub figure: Figure,
    /// Per network its label, accuracy, and AUC with its interval.
    pub networks: Vec<[String; 3]>,
    /// Coefficient, value, and interval or reason.
    pub associations: Vec<(&'static str, String, String)>,
}

/// The figures of the page.
pub fn figures(results: &Results) -> Vec<SourceFigure> {
    let all = results.source_accuracy.iter().enumerate();
    all.filter_map(|(number, found)| SourceFigure::new(found, number + 1))
        .collect()
}

impl SourceFigure {
    fn new(found: &SourceAccuracy, number: usize) -> Option<Self> {
        let numbers = found.networks.iter().map(|network| {
            let auc = number::fixed(network.auc, 3);
            let [low, high] = [network.low, network.high].map(number::metric);
            [
                network.model.clone(),
                number::fixed(network.top1, 3),
                format!("{auc} ({low} to {high})"),
            ]
        });
        let associations = found.associations.iter().map(|association| {
            let (value, rest) = words(association);
            (association.coefficient.title(), value, rest)
        });
        Some(Self {
            figure: drawing(found, number).drawable()?,
            networks: numbers.collect(),
            associations: associations.collect(),
        })
    }
}

fn drawing(found: &SourceAccuracy, number: usize) -> Figure {
    let regime = match found.regime.beside_full() {
        None => String::new(),
        Some(regime) => format!(", {regime}"),
    };
    let size = number::count(found.train_size as u64);
    let dots = found.networks.iter().enumerate().map(|(place, network)| {
        let ends = network.low.zip(network.high).map(|(low, high)| [low, high]);
        let point = Point::new(network.top1, network.auc).between(ends);
        Series::dots(&network.model, Look::of(place + 1), [point])
    });
    Figure::new(
        &format!("source-accuracy-{number}"),
        format!("{}, {size} training pictures{regime}", found.source),
        format!(
            "Test AUC here of {} networks, against how well each does the task that its weights are from.",
            found.networks.len()
        ),
        [
            Axis::straight("top-1 accuracy at the source").digits(3),
            Axis::straight("test AUC here").digits(3),
        ],
    )
    .with_all(dots)
}
