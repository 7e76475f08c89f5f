//! What the runs were asked to do: the plan without its lists.

use images::{Augmentation, Normalisation, Task};
use initialisation::{Initialisation, InputAdaptation};
use regimes::Regime;
use serde::{Deserialize, Serialize};
use study::{ComparePlan, Headline, StudyPlan, TrainPlan};

/// What the runs were asked to do, as the methods tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// The kind of question.
    pub task: Task,
    /// What the headline AUC tells apart.
    pub headline: Headline,
    /// Random changes to training pictures.
    pub augment: Augmentation,
    /// One a network, in the order of the results; with folds, of the first.
    pub scaling: Vec<Scaling>,
    /// Every initialisation of the grid, in the order of the arms.
    pub inits: Vec<Initialisation>,
    /// Every regime, in the order of the arms; `gradual` is that of the first network.
    pub regimes: Vec<Regime>,
    /// How runs are trained; where the study tunes, the longest that can be chosen.
    pub train: TrainPlan,
    /// How arms are compared.
    pub compare: ComparePlan,
    /// Seeds of the runs, at most; 0 where nothing is trained.
    pub seeds: usize,
}

/// How samples reach one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// Label of the network.
    pub model: String,
    /// Mean and standard deviation by which samples are scaled.
    pub normalisation: Normalisation,
    /// What becomes of the first convolution of its weights, where they expect other channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptation: Option<InputAdaptation>,
}

impl Protocol {
    /// That of a plan.
    pub fn of(plan: &StudyPlan) -> Self {
        let mut inits: Vec<Initialisation> = Vec::new();
        let mut regimes: Vec<Regime> = Vec::new();
        for arm in &plan.arms {
            if !inits.contains(&arm.init) {
                inits.push(arm.init.clone());
            }
            if !regimes.iter().any(|known| known.name == arm.regime.name) {
                regimes.push(arm.regime.clone());
            }
        }
        let scaling = plan.models.iter().map(|model| Scaling {
            model: model.described.label.clone(),
            normalisation: model.normalisation.clone(),
            adaptation: model.adaptation,
        });
        let seeds = plan.runs.iter().map(|run| run.seed as usize + 1).max();
        Self {
            task: plan.data.task,
            headline: plan.data.headline.clone(),
            augment: plan.data.augment.clone(),
            scaling: scaling.collect(),
            inits,
            regimes,
            train: plan.train.clone(),
            compare: plan.compare.clone(),
            seeds: seeds.unwrap_or(0),
        }
    }
}
