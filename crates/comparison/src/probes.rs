//! What the probes of frozen features found, over seeds.

use std::collections::BTreeMap;
use std::path::Path;

use durable::Manifest;
use images::Partition;
use stats::Arm;

use super::family::estimate;
use record::names::{ERROR, PROBE_RESULT};
use record::results::{Failure, ProbeResult, ProbeSeed, Probes, Progress};
use record::{Job, PredictionTable, ProbeFit, RecordError, StudyDirectory};
use study::{PlannedProbe, ProbeMethod, ProbeSize, StudyPlan};

/// All that the records of the probes say.
pub(crate) struct Collected {
    pub(crate) probes: Option<Probes>,
    pub(crate) results: Vec<ProbeResult>,
    pub(crate) failures: Vec<Failure>,
}

/// Reads the records of the probes in the study at `directory`; wanted are those of seeds below
/// `seeds`.
pub(crate) fn collect(
    directory: &StudyDirectory,
    plan: &StudyPlan,
    seeds: u64,
) -> Result<Collected, RecordError> {
    let mut collected = Collected {
        probes: None,
        results: Vec::new(),
        failures: Vec::new(),
    };
    let Some(planned) = &plan.probe else {
        return Ok(collected);
    };
    let is_wanted = |probe: &&PlannedProbe| Job::Probe(probe).is_of_seeds_below(seeds, plan);
    let wanted: Vec<_> = planned.probes.iter().filter(is_wanted).collect();
    let mut probes = Probes {
        only: planned.only,
        settings: planned.settings.clone(),
        progress: Progress {
            planned: wanted.len(),
            ..Progress::default()
        },
        unconverged: 0,
    };
    let mut cells: Vec<Cell> = Vec::new();
    for probe in wanted {
        let place = directory.probe(probe);
        let record = PROBE_RESULT.read(place.path())?;
        if let Some(record) = &record {
            probes.progress.done += 1;
            let is_unconverged = |fit: &&ProbeFit| fit.converged == Some(false);
            probes.unconverged += record.fits.iter().filter(is_unconverged).count();
        } else if let Some(error) = ERROR.read(place.path())? {
            probes.progress.failed += 1;
            collected.failures.push(Failure {
                run: probe.number,
                arm: format!("probe of {}", probe.label),
                seed: probe.seeds[0],
                fold: None,
                error: error.value.error,
            });
        }
        for cell in Cell::of(probe) {
            let position = cells.iter().position(|c| c.is_same(&cell));
            let position = position.unwrap_or_else(|| {
                cells.push(cell);
                cells.len() - 1
            });
            if let Some(record) = &record {
                for fit in &record.fits {
                    cells[position].take(plan, fit, &record.files, place.path())?;
                }
            }
        }
    }
    collected.results = cells.into_iter().map(|c| c.result()).collect();
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
        files: &Manifest,
        folder: &Path,
    ) -> Result<(), RecordError> {
        if (fit.train_size, fit.block.as_str(), fit.method) != (self.size, self.block, self.method)
        {
            return Ok(());
        }
        let classes = plan.data.described.classes.len();
        let table = PredictionTable::read(files, folder, &fit.file, plan.data.task, classes)?;
        let test = table.part(Partition::Test.name())?;
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

    fn result(self) -> ProbeResult {
        let estimates = self.seeds.values().filter_map(|(_, e)| e.clone());
        let estimates: Vec<_> = estimates.collect();
        let auc = Arm::new(&estimates)
            .ok()
            .map(|a| estimate(&a.summary, Some(a.interval)));
        ProbeResult {
            model: self.probe.of.model(),
            init: self.probe.of.init().into(),
            train_size: self.size.images,
            is_all: self.size.is_all,
            block: self.block.into(),
            method: self.method,
            auc,
            seeds: self.seeds.into_values().map(|(seed, _)| seed).collect(),
        }
    }
}

/// What a study that trains nothing can say.
pub(crate) fn verdict(probes: &Probes) -> Option<String> {
    probes.only.then(|| {
        "Nothing was trained: this study only asks what frozen features can do. Where pretrained \
         features are better separated than drawn ones, they hold something of use; how much \
         of it training keeps is not asked, and no arm is recommended."
            .into()
    })
}

/// What the probes cannot tell yet.
pub(crate) fn open(probes: &Probes) -> Vec<String> {
    let Progress {
        planned,
        done,
        failed,
    } = probes.progress;
    let mut open = Vec::new();
    if done + failed < planned {
        let missing = planned - done - failed;
        open.push(format!("{missing} of {planned} probes are not finished"));
    }
    if probes.unconverged > 0 {
        open.push(format!(
            "{} linear probes ended before they converged; their AUCs may be off",
            probes.unconverged
        ));
    }
    open
}
