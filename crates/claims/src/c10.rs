//! C10: a slim hybrid equals full transfer, and Gabor filters the pretrained first convolution.

use crate::c1::difference;
use crate::casting::Cast;
use crate::finished_study::FinishedStudy;
use crate::part::Asked;
use crate::rule::Rule;

/// Two differences of test AUC, each within the margin.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let rule = Rule::Within {
        margin: study.margin(),
    };
    let (hybrid, whole) = (&cast.hybrid, &cast.whole);
    let pairs = [
        (
            format!("test AUC after {}, {hybrid} − {whole}", cast.transfer),
            [(hybrid, &cast.transfer), (whole, &cast.transfer)],
        ),
        (
            format!("{whole}: test AUC, {} − {}", cast.gabor, cast.conv1),
            [(whole, &cast.gabor), (whole, &cast.conv1)],
        ),
    ];
    let asked = pairs.into_iter().map(|(what, pair)| Asked {
        what,
        study: study.name.clone(),
        rule,
        found: difference(
            study,
            pair.map(|(network, init)| (network.as_str(), init.as_str())),
            None,
        ),
    });
    asked.collect()
}
