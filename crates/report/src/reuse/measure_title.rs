//! What a measure is called.

use similarity::Measure;

/// A measure as charts and tables call it: distances say so.
pub fn title(measure: Measure) -> String {
    match measure.is_distance() {
        true => format!("{measure} (smaller is more alike)"),
        false => measure.to_string(),
    }
}
