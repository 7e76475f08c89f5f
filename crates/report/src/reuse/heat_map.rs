//! Every block of one network against every block of another, as a table whose cells are coloured:
//! it needs no script and prints.

use super::super::number;
use super::cell::heat;
use record::results::LayerMap;

/// One map.
pub struct HeatMap {
    /// The two networks.
    pub title: String,
    /// The measure.
    pub measure: String,
    /// Blocks of the second network, one a column.
    pub columns: Vec<String>,
    /// Blocks of the first network, with their cells.
    pub rows: Vec<(String, Vec<HeatCell>)>,
    /// Whether any cell has no value.
    pub has_gaps: bool,
}

/// Two blocks.
pub struct HeatCell {
    /// The number, or a dash.
    pub value: String,
    /// Depth of the colour in percent, deeper where more alike; none without a value.
    pub heat: Option<u8>,
}

impl HeatMap {
    /// The map; cells beyond the names of the blocks are left out.
    pub fn new(map: &LayerMap) -> Self {
        let alike = |value: f64| heat(map.measure.likeness(value), [0.0, 1.0]);
        let cell = |value: Option<&Option<f64>>| {
            let value = value.copied().flatten();
            HeatCell {
                value: value.map_or(number::UNKNOWN.into(), |value| number::fixed(value, 2)),
                heat: value.and_then(alike),
            }
        };
        let rows: Vec<(String, Vec<HeatCell>)> = map
            .blocks_a
            .iter()
            .enumerate()
            .map(|(i, block)| {
                let values = map.values.get(i);
                let columns = 0..map.blocks_b.len();
                let cells = columns.map(|j| cell(values.and_then(|values| values.get(j))));
                (block.clone(), cells.collect())
            })
            .collect();
        let ((a, seed_a), (b, seed_b)) = (&map.a, &map.b);
        Self {
            title: format!("{a}, seed {seed_a} (down) and {b}, seed {seed_b} (across)"),
            measure: map.measure.to_string(),
            columns: map.blocks_b.clone(),
            has_gaps: rows
                .iter()
                .any(|(_, cells)| cells.iter().any(|c| c.heat.is_none())),
            rows,
        }
    }
}
