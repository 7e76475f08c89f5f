//! Where the parameters of an arm come from, and how many of them stay as they are.

use std::sync::Arc;

use anyhow::Context as _;
use networks::initialisation::{Origin, Source, preview};
use networks::regime::Tuning;
use serde::Serialize;
use study::{OpenStudy, PlannedArm};

use crate::cli::table::{table, thousands};

/// Trained numbers of an arm; `loaded + rescaled + drawn` are all of them. Running statistics are
/// not counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Origins {
    /// Copied from pretrained weights.
    pub loaded: usize,
    /// Made from statistics of pretrained tensors, or from their values in other places.
    pub rescaled: usize,
    /// Without any part of pretrained weights.
    pub drawn: usize,
    /// Frozen, in each phase of the training.
    pub frozen: Vec<usize>,
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
        let trained = |origin| report.values(origin).trained;
        let frozen = arm.regime.phases.iter().map(|phase| {
            let tuning = Tuning::of(phase, &network)?;
            let trained = tuning.frozen().iter().filter(|p| p.kind.is_trained());
            Ok(trained.map(|p| p.len()).sum())
        });
        Ok(Self {
            loaded: trained(Origin::Loaded) + trained(Origin::Adapted),
            rescaled: trained(Origin::Rescaled),
            drawn: trained(Origin::Drawn),
            frozen: frozen.collect::<anyhow::Result<_>>()?,
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
    ];
    let count = |n: usize| thousands(n as u64);
    let rows = arms.iter().zip(origins).map(|(arm, of)| {
        let mut frozen: Vec<String> = of.frozen.iter().map(|n| count(*n)).collect();
        frozen.dedup();
        vec![
            arm.label.clone(),
            count(of.loaded + of.rescaled + of.drawn),
            count(of.loaded),
            count(of.rescaled),
            count(of.drawn),
            frozen.join(", then "),
        ]
    });
    table(&header, 1, rows).to_string()
}
