//! Every block of one network against every block of another.

use similarity::{Activations, Convention, Measure, Options, layer_map};

use super::capture::Capture;
use super::failure::AnalysisFailure;
use record::MapAnalysis;

/// The measure of maps: of few datapoints in many dimensions, still without bias.
const MEASURE: Measure = Measure::DebiasedCka;

/// Compares pooled activations: blocks differ in the size of their maps.
pub fn compare_blocks(a: &Capture, b: &Capture) -> Result<MapAnalysis, AnalysisFailure> {
    let options = Options {
        measures: vec![MEASURE],
        convention: Convention::Pooled,
        permutations: 0,
        groups: 0,
        ..Options::default()
    };
    let names = |capture: &Capture| -> Vec<String> {
        capture
            .blocks
            .iter()
            .map(|block| block.name.clone())
            .collect()
    };
    let of_a: Vec<&dyn Activations> = a.blocks.iter().map(|b| &b.pooled as _).collect();
    let of_b: Vec<&dyn Activations> = b.blocks.iter().map(|b| &b.pooled as _).collect();
    let measured = layer_map(&of_a, &of_b, &options);
    let measured = measured.map_err(|source| AnalysisFailure::Compare {
        layers: "every block with every block".into(),
        source,
    })?;
    Ok(MapAnalysis {
        blocks_a: names(a),
        blocks_b: names(b),
        measured: measured
            .into_iter()
            .map(|row| row.into_iter().flatten().collect())
            .collect(),
    })
}
