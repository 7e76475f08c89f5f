//! What the probes of frozen features found, over seeds.

use std::collections::BTreeMap;

use images::Partition;
use serde::{Deserialize, Serialize};
use stats::Arm;

use super::pairs::estimate;
use super::results::{Estimate, Failure, Progress};
use crate::record::{Predictions, ProbeFit, ProbeRecord, RunError, StudyDirectory, read_json};
use crate::study::{PlannedProbe, ProbeMethod, ProbeSettings, ProbeSize, StudyError, StudyPlan};

/// Probes of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probes {
    /// Whether nothing was trained.
    pub only: bool,
    /// How features were probed.
    pub settings: ProbeSettings,
    /// Planned, finished and failed probes: one for every network with weights of its own.
    pub progress: Progress,
    /// Fits of logistic regression that ended before their tolerance was reached.
    pub unconverged: usize,
}

/// One method on the features of one block, from one initialisation and training size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// Label of the model.
    pub model: String,
    /// Name of the initialisation.
    pub init: String,
    /// Training pictures of the probe.
    pub train_size: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
    /// Name of the block.
    pub block: String,
    /// How its features were probed.
    pub method: ProbeMethod,
    /// Test AUC over seeds; none until a probe is done or where it is undefined.
    pub auc: Option<Estimate>,
    /// One per finished seed. Seeds that share features and training pictures have one value.
    pub seeds: Vec<ProbeSeed>,
}

/// A probe with the features and training pictures of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeSeed {
    /// Seed.
    pub seed: u64,
    /// Headline AUC on the validation partition.
    pub validation_auc: f64,
    /// Headline AUC on the test partition.
    pub test_auc: Option<f64>,
    /// Linear: the C that the validation partition chose.
    pub strength: Option<f64>,
}

/// All that the records of the probes say.
pub(super) struct Collected {
    pub(super) probes: Option<Probes>,
    pub(super) results: Vec<ProbeResult>,
    pub(super) failures: Vec<Failure>,
}

/// Reads the records of the probes in the study at `directory`.
pub(super) fn collect(
    directory: &StudyDirectory,
    plan: &StudyPlan,
) -> Result<Collected, StudyError> {
    let mut collected = Collected {
        probes: None,
        results: Vec::new(),
        failures: Vec::new(),
    };
    let Some(planned) = &plan.probe else {
        return Ok(collected);
    };
    let mut probes = Probes {
        only: planned.only,
        settings: planned.settings.clone(),
        progress: Progress {
            planned: planned.probes.len(),
            ..Progress::default()
        },
        unconverged: 0,
    };
    let mut cells: Vec<Cell> = Vec::new();
    for probe in &planned.probes {
        let place = directory.probe(probe);
        let record = read_json::<ProbeRecord>(&place.file("result.json"))?;
        if let Some(record) = &record {
            probes.progress.done += 1;
            let is_unconverged = |fit: &&ProbeFit| fit.converged == Some(false);
            probes.unconverged += record.fits.iter().filter(is_unconverged).count();
        } else if let Some(error) = read_json::<RunError>(&place.file("error.json"))? {
            probes.progress.failed += 1;
            collected.failures.push(Failure {
                run: probe.number,
                arm: format!("probe of {}", probe.label),
                seed: probe.seeds[0],
                error: error.error,
            });
        }
        for cell in Cell::of(probe) {
            let position = cells.iter().position(|c| c.is_same(&cell));
            let position = position.unwrap_or_else(|| {
                cells.push(cell);
                cells.len() - 1
            });
            for fit in record.iter().flat_map(|r| &r.fits) {
                cells[position].take(plan, fit, &place.file(&fit.file))?;
            }
        }
    }
    collected.results = cells.into_iter().map(|c| c.result(plan)).collect();
    collected.probes = Some(probes);
    Ok(collected)
}

/// A result in the making.
struct Cell<'a> {
    probe: &'a PlannedProbe,
    size: ProbeSize,
    block: &'a str,
    method: ProbeMethod,
    seeds: BTreeMap<u64, (ProbeSeed, Option<stats::Estimate>)>,
}

impl<'a> Cell<'a> {
    /// The results that `probe` has a part in, in the order of the plan.
    fn of(probe: &'a PlannedProbe) -> Vec<Self> {
        let mut cells = Vec::new();
        for size in &probe.train_sizes {
            for method in &probe.settings.methods {
                for block in &probe.blocks {
                    cells.push(Self {
                        probe,
                        size: *size,
                        block,
                        method: *method,
                        seeds: BTreeMap::new(),
                    });
                }
            }
        }
        cells
    }

    fn is_same(&self, other: &Self) -> bool {
        self.probe.label == other.probe.label
            && (self.size, self.block, self.method) == (other.size, other.block, other.method)
    }

    /// Takes over a fit if it belongs here.
    fn take(
        &mut self,
        plan: &StudyPlan,
        fit: &ProbeFit,
        file: &std::path::Path,
    ) -> Result<(), StudyError> {
        if (fit.train_size, fit.block.as_str(), fit.method) != (self.size, self.block, self.method)
        {
            return Ok(());
        }
        let classes = plan.data.described.classes.len();
        let test = Predictions::read(file, plan.data.task, classes, Partition::Test)?;
        let headline = &plan.data.headline;
        let estimate = headline.estimate(&test.probabilities, &test.labels, classes);
        let estimate = estimate.ok();
        for seed in &fit.seeds {
            let found = ProbeSeed {
                seed: *seed,
                validation_auc: fit.validation_auc,
                test_auc: fit.test_auc,
                strength: fit.strength,
            };
            self.seeds.insert(*seed, (found, estimate.clone()));
        }
        Ok(())
    }

    fn result(self, plan: &StudyPlan) -> ProbeResult {
        let estimates = self.seeds.values().filter_map(|(_, e)| e.clone());
        let estimates: Vec<_> = estimates.collect();
        let auc = Arm::new(&estimates)
            .ok()
            .map(|a| estimate(&a.summary, a.interval.lower, a.interval.upper));
        ProbeResult {
            model: plan.models[self.probe.model].described.label.clone(),
            init: self.probe.init.name.clone(),
            train_size: self.size.images,
            is_all: self.size.is_all,
            block: self.block.into(),
            method: self.method,
            auc,
            seeds: self.seeds.into_values().map(|(seed, _)| seed).collect(),
        }
    }
}

impl Probes {
    /// What a study that trains nothing can say.
    pub(super) fn verdict(&self) -> Option<String> {
        self.only.then(|| {
            "Nothing was trained: this study only asks what frozen features can do. Where pretrained \
             features are better separated than drawn ones, they hold something of use; how much \
             of it training keeps is not asked, and no arm is recommended."
                .into()
        })
    }

    /// What the probes cannot tell yet.
    pub(super) fn open(&self) -> Vec<String> {
        let Progress {
            planned,
            done,
            failed,
        } = self.progress;
        let mut open = Vec::new();
        if done + failed < planned {
            let missing = planned - done - failed;
            open.push(format!("{missing} of {planned} probes are not finished"));
        }
        if self.unconverged > 0 {
            open.push(format!(
                "{} linear probes ended before they converged; their AUCs may be off",
                self.unconverged
            ));
        }
        open
    }
}
