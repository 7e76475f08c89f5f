//! Accuracy on the source task against test AUC here, one figure a source, training size and
//! regime.

use super::number;
use super::plot::{Dot, Plot, Scale};
use super::transferability::words;
use record::results::Results;
use record::results::SourceAccuracy;

/// Number of the colour of its dots.
const COLOUR: usize = 1;

/// One figure with its numbers.
pub struct SourceFigure {
    /// The drawing, titled by source, training size and regime.
    pub plot: Plot,
    /// Per network its label, accuracy, and AUC with its interval.
    pub networks: Vec<[String; 3]>,
    /// Coefficient, value, and interval or reason.
    pub associations: Vec<(&'static str, String, String)>,
}

/// The figures of the page.
pub fn figures(results: &Results) -> Vec<SourceFigure> {
    let all = results.source_accuracy.iter();
    all.filter_map(SourceFigure::new).collect()
}

impl SourceFigure {
    fn new(found: &SourceAccuracy) -> Option<Self> {
        let regime = match found.regime.beside_full() {
            None => String::new(),
            Some(regime) => format!(", {regime}"),
        };
        let size = number::count(found.train_size as u64);
        let dots = found.networks.iter().map(|network| Dot {
            colour: COLOUR,
            place: [network.top1, network.auc],
            error: network.low.zip(network.high).map(|(low, high)| [low, high]),
            label: network.model.clone(),
            is_named: true,
        });
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
            plot: Plot::new(
                format!("{}, {size} training pictures{regime}", found.source),
                [
                    Scale::open("top-1 accuracy at the source"),
                    Scale::open("test AUC here"),
                ],
                Vec::new(),
                dots.collect(),
            )?,
            networks: numbers.collect(),
            associations: associations.collect(),
        })
    }
}
