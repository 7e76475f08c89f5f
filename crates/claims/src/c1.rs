//! C1: transfer changes final performance little.

use crate::casting::Cast;
use crate::effect::Effect;
use crate::finished_study::FinishedStudy;
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// One part a network: transfer less random at full data, within the margin.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let inits = [cast.transfer.as_str(), cast.random.as_str()];
    let networks = study.networks(cast.networks.as_deref(), &inits);
    let asked = networks.iter().map(|network| Asked {
        what: format!("{network}: test AUC, {} − {}", cast.transfer, cast.random),
        study: study.name.clone(),
        rule: Rule::Within {
            margin: study.margin(),
        },
        found: difference(study, [(network, inits[0]), (network, inits[1])], None),
    });
    asked.collect()
}

/// Test AUC of one network and start less that of another, on all training pictures or on `size`.
pub(crate) fn difference(
    study: &FinishedStudy,
    pair: [(&str, &str); 2],
    size: Option<usize>,
) -> Result<Effect, Lack> {
    let [ours, theirs] = pair.map(|(network, init)| study.arm(network, init, size));
    let contrast = study.contrast([ours?, theirs?])?;
    Ok(Effect::Contrast(Box::new(contrast)))
}
