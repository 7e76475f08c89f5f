//! The cells of the grid: arms, and their runs.

use images::Normalisation;
use networks::zoo::Choice;
use regimes::Regime;

use super::entry::{InitEntry, TrainSize};
use super::error::StudyError;
use super::grid_spec::{GridSpec, WithoutWeights};
use super::planned::{PlannedArm, PlannedData, PlannedModel};
use super::run_spec::{DeviceName, RunSpec};
use super::unique::unique;

use crate::train::TrainPlan;

/// Every combination of model, initialisation, regime and training size; `regimes` are those of
/// each model, and `all` is the size of the training partition.
pub(crate) fn arms(
    grid: &GridSpec,
    models: &[PlannedModel],
    regimes: &[Vec<Regime>],
    all: usize,
) -> Result<Vec<PlannedArm>, StudyError> {
    let mut arms: Vec<PlannedArm> = Vec::new();
    for (model, planned) in models.iter().enumerate() {
        let has_weights = planned.source.is_some();
        for init in grid
            .init
            .iter()
            .filter(|init| !is_left_out(grid, init, has_weights))
        {
            for regime in &regimes[model] {
                for size in &grid.train_size {
                    let (train_size, is_all) = count(*size, all)?;
                    let mut label = format!("{}, {}", planned.described.label, init.0.name);
                    if !regime.is_full() {
                        label.push_str(&format!(", {}", regime.name));
                    }
                    if !is_all {
                        label.push_str(&format!(", {train_size} images"));
                    }
                    arms.push(PlannedArm {
                        label,
                        model,
                        init: init.0.clone(),
                        regime: regime.clone(),
                        train_size,
                        is_all,
                    });
                }
            }
        }
    }
    unique("grid.train_size", arms.iter().map(|a| a.label.clone()))?;
    Ok(arms)
}

/// Training pictures of a size, of `all`, and whether that is all of them.
fn count(size: TrainSize, all: usize) -> Result<(usize, bool), StudyError> {
    match size {
        TrainSize::All => Ok((all, true)),
        TrainSize::Count(n) if n <= all => Ok((n, n == all)),
        TrainSize::Count(n) => Err(StudyError::Value {
            field: "grid.train_size",
            expected: format!("at most {all}, the pictures of the training partition"),
            found: n.to_string(),
        }),
    }
}

/// Whether the study skips `init` for a model with or without weights.
pub(crate) fn is_left_out(grid: &GridSpec, init: &InitEntry, has_weights: bool) -> bool {
    grid.without_weights == WithoutWeights::Skip && init.0.needs_weights() && !has_weights
}

/// All arms of a fold before the next fold, and all folds of a seed before the next seed, so that
/// an unfinished study can already compare. `normalisations`: of each model in each fold.
pub(crate) fn runs(
    seeds: u64,
    arms: &[PlannedArm],
    models: &[PlannedModel],
    normalisations: &[Vec<Normalisation>],
    data: &PlannedData,
    train: &TrainPlan,
) -> Result<Vec<RunSpec>, StudyError> {
    let mut runs = Vec::new();
    let folds = data.folds();
    let places = (0..seeds).flat_map(|seed| folds.iter().enumerate().map(move |f| (seed, f)));
    for (seed, (place, fold)) in places {
        let all = data.split_of(*fold).train.len();
        for (arm, planned) in arms.iter().enumerate() {
            let model = &models[planned.model];
            let choice: Choice = model.described.choice.clone();
            let spec = RunSpec {
                number: runs.len(),
                id: String::new(),
                data: data.of_run(*fold),
                arm,
                label: planned.label.clone(),
                model: choice,
                adaptation: model.adaptation.filter(|_| planned.init.needs_weights()),
                weights_sha256: model
                    .source
                    .as_ref()
                    .filter(|_| planned.init.needs_weights())
                    .map(|s| s.sha256.clone()),
                weights_part: model
                    .source
                    .as_ref()
                    .filter(|_| planned.init.needs_weights())
                    .and_then(|s| s.part.clone()),
                init: planned.init.clone(),
                regime: planned.regime.clone(),
                train_size: if planned.is_all {
                    all
                } else {
                    planned.train_size
                },
                seed,
                fold: *fold,
                normalisation: normalisations[planned.model][place].clone(),
                is_all: planned.is_all,
                augment: data.augment.clone(),
                train: train.clone(),
                tuning: None,
                device: DeviceName::Cpu,
            };
            runs.push(spec.identified());
        }
    }
    Ok(runs)
}
