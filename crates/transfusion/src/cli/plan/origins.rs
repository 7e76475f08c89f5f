//! Where the parameters of an arm come from, and how many of them stay as they are.

use std::sync::Arc;

use anyhow::Context as _;
use initialisation::{Origin, Source, preview};
use regimes::Tuning;
use serde::Serialize;
use study::{OpenStudy, PlannedArm};

use crate::cli::table::{table, thousands};

/// Numbers of an arm that can be trained; `loaded + rescaled + drawn` are all of them, and so are
/// `frozen + trained` in each phase. Running statistics are not counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Origins {
    /// Copied from pretrained weights.
    pub loaded: usize,
    /// Made from statistics of pretrained tensors, or from their values in other places.
    pub rescaled: usize,
    /// Without any part of pretrained weights, what the regime adds included.
    pub drawn: usize,
    /// Frozen, in each phase of the training.
    pub frozen: Vec<usize>,
    /// Trained, in each phase of the training.
    pub trained: Vec<usize>,
}

impl Origins {
    /// What `arm` would start from; nothing is drawn.
    pub fn of(study: &OpenStudy, arm: &PlannedArm) -> anyhow::Result<Self> {
        let plan = &study.plan;
        let model = &plan.models[arm.model];
        let network = model.network(&plan.data.described)?;
        let source = study
            .weights
            .get(&model.described.label)
            .map(|pretrained| Source {
                pretrained: Arc::as_ref(pretrained),
                input: model.adaptation.unwrap_or_default(),
            });
        let report =
            preview(&network, &arm.init, source).with_context(|| format!("arm `{}`", arm.label))?;
        let of = |origin| report.values(origin).trained;
        let grown = arm.regime.network(&network)?;
        let (mut frozen, mut trained) = (Vec::new(), Vec::new());
        for phase in &arm.regime.phases {
            let tuning = Tuning::of(phase, &grown)?;
            let stays = tuning.frozen().iter().filter(|p| p.kind.is_trained());
            frozen.push(stays.map(|p| p.len()).sum());
            let parameters = grown.parameters().into_iter();
            let moves = parameters.filter(|p| tuning.is_trained(&p.path));
            trained.push(moves.map(|p| p.len()).sum());
        }
        let added = grown.parameter_count() - network.parameter_count();
        Ok(Self {
            loaded: of(Origin::Loaded) + of(Origin::Adapted),
            rescaled: of(Origin::Rescaled),
            drawn: of(Origin::Drawn) + added,
            frozen,
            trained,
        })
    }
}

/// One row an arm.
pub fn origins_table(arms: &[PlannedArm], origins: &[Origins]) -> String {
    let header = [
        "arm",
        "parameters",
        "loaded",
        "from statistics",
        "drawn",
        "frozen",
        "trained",
    ];
    let count = |n: usize| thousands(n as u64);
    let rows = arms.iter().zip(origins).map(|(arm, of)| {
        let phases = |counts: &[usize]| {
            let mut counts: Vec<String> = counts.iter().map(|n| count(*n)).collect();
            counts.dedup();
            counts.join(", then ")
        };
        vec![
            arm.label.clone(),
            count(of.loaded + of.rescaled + of.drawn),
            count(of.loaded),
            count(of.rescaled),
            count(of.drawn),
            phases(&of.frozen),
            phases(&of.trained),
        ]
    });
    table(&header, 1, rows).to_string()
}
