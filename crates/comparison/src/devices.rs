//! On which kinds of devices the runs of arms were trained.

use std::collections::BTreeMap;

use super::finished::ArmRuns;
use record::results::{ArmResult, DeviceRuns};

/// Says of every arm how many of its runs were trained on which kind of device, where the study has
/// runs of several kinds; what is alike everywhere is no result.
pub(crate) fn tell(arms: &[ArmRuns], results: &mut [ArmResult]) {
    let counted: Vec<BTreeMap<String, usize>> = arms.iter().map(by_kind).collect();
    let kinds = counted.iter().flat_map(BTreeMap::keys);
    let is_mixed = |first: &String| kinds.clone().any(|kind| kind != first);
    if !kinds.clone().next().is_some_and(is_mixed) {
        return;
    }
    for (result, counted) in results.iter_mut().zip(counted) {
        let runs = counted.into_iter();
        result.devices = runs
            .map(|(device, runs)| DeviceRuns { device, runs })
            .collect();
    }
}

fn by_kind(arm: &ArmRuns) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    let timed = arm.runs.iter().filter_map(|run| run.timing.as_ref());
    for timing in timed.filter(|timing| !timing.device.is_empty()) {
        *counted.entry(timing.device.kinds()).or_default() += 1;
    }
    counted
}
