//! C2: small plain networks match the large standard one.

use crate::c1::difference;
use crate::casting::Cast;
use crate::finished_study::FinishedStudy;
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// One part a small network: its test AUC less that of the large one, not below the margin. Each
/// from its best start by validation AUC, so that no test picture chooses.
pub(crate) fn parts(cast: &Cast, study: &FinishedStudy) -> Vec<Asked> {
    let asked = cast.small.names().iter().map(|small| {
        let starts = [small, &cast.large].map(|network| best_start(study, network, cast));
        let [ours, theirs] = starts.clone().map(|start| start.unwrap_or("no start"));
        let found = || {
            let [ours, theirs] = starts;
            difference(study, [(small, ours?), (&cast.large, theirs?)], None)
        };
        Asked {
            what: format!(
                "test AUC, {small} from {ours} − {} from {theirs}",
                cast.large
            ),
            study: study.name.clone(),
            rule: Rule::NotBelow {
                margin: study.margin(),
            },
            found: found(),
        }
    });
    asked.collect()
}

/// The start with the higher mean validation AUC, of random and transfer; random where they are
/// equal.
fn best_start<'a>(study: &FinishedStudy, network: &str, cast: &'a Cast) -> Result<&'a str, Lack> {
    let mut best: Option<(f64, &str)> = None;
    let mut lack = None;
    for init in [cast.random.as_str(), cast.transfer.as_str()] {
        let mean = study.arm(network, init, None).and_then(|arm| {
            let runs = study.runs.get(arm).map_or(&[][..], Vec::as_slice);
            let sum: f64 = runs.iter().map(|run| run.validation_auc).sum();
            match runs.is_empty() {
                true => Err(Lack(format!("no run of {network} from {init} is finished"))),
                false => Ok(sum / runs.len() as f64),
            }
        });
        match mean {
            Ok(mean) if best.is_none_or(|(highest, _)| mean > highest) => {
                best = Some((mean, init));
            }
            Ok(_) => {}
            Err(why) => lack = Some(why),
        }
    }
    let none = || Lack(format!("no run of {network} is finished"));
    best.map(|(_, init)| init)
        .ok_or_else(|| lack.unwrap_or_else(none))
}
