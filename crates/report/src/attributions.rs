//! What of the pretrained weights helps: the gain of transfer in its two parts.

use super::arms::DifferenceCell;
use super::interval_bar::Axis;
use record::results::{Helps, PartResult, Results};

/// The table and the axis that its bars share.
pub struct AttributionTable {
    /// Range of the bars.
    pub axis: Option<Axis>,
    /// One per model and training size.
    pub rows: Vec<AttributionRow>,
}

/// One gain.
pub struct AttributionRow {
    /// Model, with the regime and the training size where they are not the usual ones.
    pub place: String,
    /// What may be concluded, in words.
    pub finding: &'static str,
    /// Gain, scale and features.
    pub parts: [DifferenceCell; 3],
}

impl AttributionTable {
    /// The table of the results; without rows where no model has the arms that tell.
    pub fn new(results: &Results) -> Self {
        let parts = results
            .attributions
            .iter()
            .flat_map(|a| [&a.gain, &a.scale, &a.features]);
        let ends = parts.flat_map(|part| {
            let (difference, margin) = (part.difference, results.margin);
            let known = [Some(difference.value), difference.low, difference.high];
            known.into_iter().flatten().chain([margin, -margin])
        });
        let axis = Axis::around(ends, 0.01, 2);
        let rows = results.attributions.iter().map(|a| {
            let cell = |p: &PartResult| {
                DifferenceCell::new(axis, &p.difference, p.outcome, results.margin)
            };
            AttributionRow {
                place: a.place(),
                finding: match a.helps {
                    Helps::Features => "the features help",
                    Helps::Scale => "only the scale helps",
                    Helps::FeaturesAndScale => "features and scale help",
                    Helps::Nothing => "nothing helps",
                    Helps::Harm => "transfer harms",
                    Helps::Undecided => "undecided",
                },
                parts: [&a.gain, &a.scale, &a.features].map(cell),
            }
        });
        Self {
            rows: rows.collect(),
            axis,
        }
    }
}
