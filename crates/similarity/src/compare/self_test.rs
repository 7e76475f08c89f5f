//! Checks of the measures on the user's own data.

use crate::compare::{CompareError, Scale, compare};
use crate::{Activations, Measure, Null, Options, Reason};

/// How far a layer may be from itself; the rest is rounding.
const TOLERANCE: f64 = 1e-9;

/// Shuffles of the images.
const PERMUTATIONS: usize = 9;

/// What one measure gave of a layer and itself.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SelfTest {
    /// What was measured.
    pub measure: Measure,
    /// The layer compared with itself; 1, or 0 for the angle.
    pub identity: Result<f64, Reason>,
    /// The layer compared with itself, the images of one copy shuffled.
    pub shuffled: Option<Null>,
    /// What independent data would give, where a formula exists.
    pub floor: Option<f64>,
    /// What is wrong, in a sentence; nothing where the measure does as it should, or has no value.
    pub problem: Option<String>,
}

/// Compares `layer` with itself, as it is and with its images shuffled, by the measures and the
/// convention of `options`.
///
/// A layer is perfectly like itself, and less like its own shuffled copy. Where every image is one
/// datapoint, the mean over shuffles is near the floor. [`Measure::CkaPrime`] is not tested: a
/// layer is at no fixed distance from itself.
pub fn self_test(
    layer: &dyn Activations,
    options: &Options,
) -> Result<Vec<SelfTest>, CompareError> {
    let measures = options.measures.iter().copied();
    let options = Options {
        measures: measures
            .filter(|measure| *measure != Measure::CkaPrime)
            .collect(),
        permutations: PERMUTATIONS,
        groups: 0,
        ..options.clone()
    };
    let compared = compare(layer, layer, &options)?;
    let independent = compared.datapoints == compared.images as u64;
    let shuffled = compared.images > 1;
    Ok(compared
        .measured
        .into_iter()
        .map(|measured| {
            let identity = measured.value.as_ref().ok().copied();
            let floor = measured.floor.filter(|_| independent);
            SelfTest {
                measure: measured.measure,
                problem: identity.and_then(|value| {
                    not_perfect(measured.measure, value).or_else(|| {
                        let null = measured.null.filter(|_| shuffled)?;
                        not_at_floor(measured.measure, value, null, floor)
                    })
                }),
                identity: measured.value,
                shuffled: measured.null,
                floor: measured.floor,
            }
        })
        .collect())
}

/// A layer that is not perfectly like itself.
fn not_perfect(measure: Measure, identity: f64) -> Option<String> {
    let scale = Scale::of(measure);
    let perfect = scale.perfect();
    let off = match scale {
        // Near 0 an angle is the root of twice what its cosine lacks.
        Scale::Angle => 1.0 - identity.cos(),
        _ => (identity - perfect).abs(),
    };
    (off > TOLERANCE)
        .then(|| format!("{measure} of the layer with itself is {identity}, not {perfect}"))
}

/// A shuffled layer that is too alike, or far from what independent data give.
fn not_at_floor(measure: Measure, identity: f64, null: Null, floor: Option<f64>) -> Option<String> {
    let scale = Scale::of(measure);
    let mean = null.mean;
    if scale.alike(mean) >= scale.alike(identity) {
        return Some(format!(
            "{measure} of shuffled images is {mean}, as alike as the layer with itself"
        ));
    }
    let floor = floor?;
    let slack = 5.0 * null.sd + 0.05 * (scale.perfect() - floor).abs();
    ((mean - floor).abs() > slack).then(|| {
        format!("{measure} of shuffled images is {mean}, where independent data give {floor}")
    })
}
