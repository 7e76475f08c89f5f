//! A plan that another hand or program wrote is not half understood.

use std::path::Path;

use serde_json::Value;
use study::{StudyPlan, StudySpec, check, parse};

const STUDY: &str = r#"
title = "Small"
[data]
source = "phantom-fundus"
task = "ordinal"
positive = ">=2"
size = 16
count = 60
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 2
[probe]
[analysis]
[tune]
lr = [1e-3, 1e-2]
[train]
batch_size = 8
max_steps = 4
eval_every = 2
"#;

#[test]
fn unknown_keys_are_refused_wherever_they_are() {
    let spec: StudySpec = parse(STUDY, Path::new("study.toml")).expect("a study");
    let plan = check(&spec, Path::new(".")).expect("a plan").plan;
    let whole = serde_json::to_value(&plan).expect("JSON");
    let read: StudyPlan = serde_json::from_value(whole.clone()).expect("a plan");
    assert_eq!(read, plan);
    for place in [
        "",
        "/data",
        "/data/described",
        "/data/described/partitions/0",
        "/models/0",
        "/models/0/described",
        "/arms/0",
        "/runs/0",
        "/runs/0/data",
        "/runs/0/train",
        "/train",
        "/compare",
        "/tuning",
        "/tuning/settings",
        "/tuning/trials/0",
        "/probe",
        "/probe/settings",
        "/probe/probes/0",
        "/analysis",
        "/analysis/settings",
        "/analysis/runs/0",
    ] {
        let mut changed = whole.clone();
        let at: &mut Value = changed
            .pointer_mut(place)
            .unwrap_or_else(|| panic!("no {place}"));
        at["weighting"] = 2.into();
        let refused = serde_json::from_value::<StudyPlan>(changed).map_err(|e| e.to_string());
        let says = |e: &String| e.starts_with("unknown field `weighting`");
        assert!(refused.as_ref().is_err_and(says), "{place}: {refused:?}");
    }
}
