//! What of the pretrained weights helps: their features, or only their scale.
//!
//! `mean-var` has the scale of the pretrained weights and none of their features. So the gain of
//! `transfer` over random initialisation is the sum of two paired differences (Raghu et al. 2019,
//! section 5; Matsoukas et al. 2022 call the parts weight statistics and feature reuse):
//!
//! gain = scale + features, scale = mean-var − random, features = transfer − mean-var.
//!
//! It says which weights help *under this training*, not what a network computes with them.

use stats::Outcome;

use super::family::Family;
use super::pairs::parts;
use record::results::{AttributionResult, Estimate, Helps, PartResult};
use study::StudyPlan;

/// The gain of every `transfer` arm, where `random` and `mean-var` arms beside it tell its parts.
pub(crate) fn attributions(plan: &StudyPlan, family: &Family) -> Vec<AttributionResult> {
    let found = parts(plan)
        .into_iter()
        .filter_map(|[random, mean_var, transfer]| {
            let gain = family.told([transfer, random])?;
            let scale = family.told([mean_var, random])?;
            let features = family.told([transfer, mean_var])?;
            let arm = &plan.arms[transfer];
            Some(AttributionResult {
                model: plan.models[arm.model].described.label.clone(),
                train_size: arm.train_size,
                is_all: arm.is_all,
                regime: arm.regime.name.as_str().into(),
                helps: conclude(gain.outcome(), scale.outcome(), features.outcome()),
                gain: gain.part(),
                scale: scale.part(),
                features: features.part(),
            })
        });
    found.collect()
}

/// What three outcomes allow one to say.
fn conclude(gain: Outcome, scale: Outcome, features: Outcome) -> Helps {
    use Outcome::{Better, Equivalent, Worse};
    match (gain, scale, features) {
        (Better, Better, Better) => Helps::FeaturesAndScale,
        (Better, _, Better) => Helps::Features,
        (_, Better, Equivalent) => Helps::Scale,
        (Worse, ..) => Helps::Harm,
        (Equivalent, Equivalent, _) => Helps::Nothing,
        _ => Helps::Undecided,
    }
}

/// What features are, wherever they are named first.
const FEATURES: &str = "features (all of the weights beyond each tensor's mean and variance)";

/// One sentence of the verdict; `margin` is the AUC difference that would not matter, `speed` what
/// is told of steps beside it.
pub(crate) fn sentence(found: &AttributionResult, margin: f64, speed: Option<&str>) -> String {
    let part = |p: &PartResult| difference(&p.difference);
    let (scale, features) = (part(&found.scale), part(&found.features));
    let gain = part(&found.gain);
    let place = found.place();
    match found.helps {
        Helps::Features => format!(
            "What helps the AUC of {place} are the {FEATURES} of the pretrained weights, {features} over weights of the same scale; the scale alone changes AUC by {scale}, {}.",
            found.scale.outcome
        ),
        Helps::Scale => format!(
            "What helps the AUC of {place} is the scale of the pretrained weights alone, {scale}; their {FEATURES} change AUC by {features}, which is equivalent to nothing within ± {margin}."
        ),
        Helps::FeaturesAndScale => format!(
            "What helps the AUC of {place} are both the scale of the pretrained weights, {scale}, and their {FEATURES}, {features} more."
        ),
        Helps::Nothing => {
            let beside = match speed {
                Some(speed) => format!(" That is the AUC at the end; on the way, {speed}."),
                None => " That is the AUC at the end, and says nothing of how soon it is reached."
                    .into(),
            };
            format!(
                "Nothing of the pretrained weights helps the AUC of {place}: all of them change it by {gain} and their scale by {scale}, both equivalent to nothing within ± {margin}.{beside}"
            )
        }
        Helps::Harm => format!(
            "The pretrained weights harm the AUC of {place}: {gain}, of which their scale {scale} and their {FEATURES} {features}."
        ),
        Helps::Undecided => format!(
            "Whether the AUC of {place} is helped by {FEATURES} or by scale is undecided: the scale changes it by {scale}, {}, the features by {features} more, {}.",
            found.scale.outcome, found.features.outcome
        ),
    }
}

/// `+0.021 (+0.004 to +0.038)`.
pub(crate) fn difference(d: &Estimate) -> String {
    match d.interval() {
        Some([low, high]) => format!("{:+.3} ({low:+.3} to {high:+.3})", d.value),
        None => format!("{:+.3} ({})", d.value, d.why_no_interval()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conclusions() {
        use Outcome::{Better, Equivalent, Undecided, Worse};
        for (gain, scale, features, expected) in [
            (Better, Equivalent, Better, Helps::Features),
            (Better, Undecided, Better, Helps::Features),
            (Better, Worse, Better, Helps::Features),
            (Better, Better, Better, Helps::FeaturesAndScale),
            (Better, Better, Equivalent, Helps::Scale),
            (Undecided, Better, Equivalent, Helps::Scale),
            (Equivalent, Equivalent, Equivalent, Helps::Nothing),
            (Equivalent, Equivalent, Undecided, Helps::Nothing),
            (Worse, Worse, Equivalent, Helps::Harm),
            // No difference seen is no difference shown.
            (Better, Better, Undecided, Helps::Undecided),
            (Undecided, Undecided, Undecided, Helps::Undecided),
            (Equivalent, Worse, Better, Helps::Undecided),
        ] {
            assert_eq!(conclude(gain, scale, features), expected);
        }
    }
}
