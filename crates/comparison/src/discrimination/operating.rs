//! What the thresholds of an arm's runs make of the test pictures.

use record::results::{MeanResult, OperatingMean, RangeResult};
use stats::{Counts, Rate};
use study::StudyPlan;

use crate::finished::ArmRuns;
use crate::question::Question;

/// Over all runs of an arm; none where one has no threshold.
pub(super) fn operating(
    plan: &StudyPlan,
    arm: &ArmRuns,
    (place, question): (usize, &Question),
    [sensitivity, specificity]: [MeanResult; 2],
) -> Option<OperatingMean> {
    let classes = plan.data.described.classes.len();
    let runs = arm.runs.iter().map(|run| {
        let threshold = run.thresholds.get(place).copied().flatten()?;
        let asked = question.ask_of(&run.test, classes);
        let counts = Counts::at(&asked.labels, &asked.scores, threshold).ok()?;
        Some((threshold, counts))
    });
    let runs: Vec<(f64, Counts)> = runs.collect::<Option<_>>()?;
    let count = |of: &dyn Fn(&Counts) -> u64| {
        RangeResult::of(runs.iter().map(|(_, counts)| of(counts) as f64))
    };
    let rate = |rate: Rate| {
        let shares = runs.iter().filter_map(|(_, counts)| counts.rate(rate).ok());
        RangeResult::of(shares.map(|share| share.share))
    };
    Some(OperatingMean {
        rule: plan.compare.operating.describe(),
        threshold: RangeResult::of(runs.iter().map(|(threshold, _)| *threshold))?,
        sensitivity,
        specificity,
        counts: [
            count(&|c| c.true_positives)?,
            count(&|c| c.false_negatives)?,
            count(&|c| c.false_positives)?,
            count(&|c| c.true_negatives)?,
        ],
        ppv: rate(Rate::Ppv),
        npv: rate(Rate::Npv),
    })
}
