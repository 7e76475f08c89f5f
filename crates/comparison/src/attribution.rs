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

use super::pairs::{Seeds, compare, estimate};
use record::results::{AttributionResult, Helps, PartResult};

/// Splits the gain of `transfer` over `random`, seeds paired; none without a seed that all share.
pub(crate) fn attribute(
    random: &Seeds,
    mean_var: &Seeds,
    transfer: &Seeds,
    margin: f64,
) -> Option<(Helps, [PartResult; 3])> {
    let gain = compare(transfer, random, margin)?;
    let scale = compare(mean_var, random, margin)?;
    let features = compare(transfer, mean_var, margin)?;
    let helps = conclude(gain.outcome, scale.outcome, features.outcome);
    let part = |c: &stats::Comparison| PartResult {
        difference: estimate(&c.difference, c.interval.lower, c.interval.upper),
        outcome: c.outcome.into(),
    };
    Some((helps, [part(&gain), part(&scale), part(&features)]))
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

/// One sentence of the verdict; `margin` is the AUC difference that would not matter.
pub(crate) fn sentence(found: &AttributionResult, margin: f64) -> String {
    let part = |p: &PartResult| {
        let d = p.difference;
        format!("{:+.3} ({:+.3} to {:+.3})", d.value, d.low, d.high)
    };
    let (scale, features) = (part(&found.scale), part(&found.features));
    let gain = part(&found.gain);
    let place = found.place();
    match found.helps {
        Helps::Features => format!(
            "What helps {place} are the features of the pretrained weights, {features} over weights of the same scale; the scale alone changes AUC by {scale}, {}.",
            found.scale.outcome
        ),
        Helps::Scale => format!(
            "What helps {place} is the scale of the pretrained weights alone, {scale}; their features change AUC by {features}, which is equivalent to nothing within ± {margin}."
        ),
        Helps::FeaturesAndScale => format!(
            "What helps {place} are both the scale of the pretrained weights, {scale}, and their features, {features} more."
        ),
        Helps::Nothing => format!(
            "Nothing of the pretrained weights helps {place}: all of them change AUC by {gain} and their scale by {scale}, both equivalent to nothing within ± {margin}."
        ),
        Helps::Harm => format!(
            "The pretrained weights harm {place}: {gain}, of which their scale {scale} and their features {features}."
        ),
        Helps::Undecided => format!(
            "Whether {place} is helped by features or by scale is undecided: the scale changes AUC by {scale}, {}, the features by {features} more, {}.",
            found.scale.outcome, found.features.outcome
        ),
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
