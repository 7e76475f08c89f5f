//! `plan`: what a study would do.

mod looks;
mod memory;
mod origins;

use std::path::PathBuf;

use clap::Args;
use devices::{Devices, Room};
use runs::{Estimate, Footprint};
use serde::Serialize;
use study::{Candidate, Fold, RunSpec, StudyPlan, check};

use self::looks::looks;
use self::memory::{Memory, mib};
use self::origins::{Origins, origins_table};
use super::begun::warn;
use super::changes::Changes;
use super::device::DeviceOptions;
use super::device_memory::{Fit, Fits};
use super::disk::{self, Disk};
use super::exit::Exit;
use super::location::{locate, name, study_directory};
use super::output::print_json;
use super::table::{counted, duration, table, thousands};

/// List every run of a study with its cost and an estimate of time; trains nothing
#[derive(Debug, Args)]
pub struct Plan {
    /// The study's configuration
    study: PathBuf,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    device: DeviceOptions,
    /// Plan for a device with so much memory, such as 8GiB, which need not be here
    #[arg(long, value_name = "SIZE")]
    device_memory: Option<Room>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    number: usize,
    id: String,
    arm: String,
    seed: u64,
    /// Fold of cross-validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    fold: Option<Fold>,
    /// The candidate of a trial; none for a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<Candidate>,
    /// Trained numbers.
    parameters: usize,
    /// Multiply-adds of one picture's forward pass.
    macs: u64,
    train_size: usize,
    steps: u64,
    #[serde(flatten)]
    origins: Origins,
    /// Seconds on all processors, estimated.
    estimated_seconds: f64,
    /// Bytes that it takes on all processors, by what they are for.
    memory: Footprint,
    /// Bytes that it takes of a device with memory of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_memory: Option<Fit>,
    /// Bytes that its record takes on disk, at most.
    disk: u64,
}

impl Plan {
    pub fn run(self) -> anyhow::Result<Exit> {
        let devices = match &self.device_memory {
            Some(_) => Devices::processor(),
            None => self.device.open()?,
        };
        let (path, base) = locate(&self.study);
        let (_, spec) = self.changes.read(&path)?;
        let study = check(&spec, &base)?;
        let plan = &study.plan;
        warn(plan);
        let estimate = Estimate::of(&study, devices.first())?;
        let origins: Vec<Origins> = plan
            .arms
            .iter()
            .map(|arm| Origins::of(&study, arm))
            .collect::<Result<_, _>>()?;
        let memory = Memory::of(&study)?;
        let room = self.device_memory.clone();
        let room = room.or_else(|| devices.info().first().map(Room::on));
        let fits = room.map(|room| Fits::of(plan, room)).transpose()?;
        if let Some(fits) = &fits {
            fits.warn(plan);
        }
        let row = |run: &RunSpec, candidate: Option<Candidate>| -> anyhow::Result<Row> {
            let model = plan.arms[run.arm].model;
            Ok(Row {
                number: run.number,
                id: run.id.clone(),
                arm: run.label.clone(),
                seed: run.seed,
                fold: run.fold,
                candidate,
                parameters: plan.models[model].described.parameters,
                macs: plan.models[model].described.macs,
                train_size: run.train_size,
                steps: run.train.max_steps,
                origins: origins[run.arm].clone(),
                estimated_seconds: estimate.run(run),
                memory: memory.alone[run.arm],
                device_memory: fits.as_ref().and_then(|fits| fits.arms[run.arm]),
                disk: disk::of_run(&study, run)?.kept(),
            })
        };
        let tuning = plan.tuning.as_ref();
        let trials: Vec<Row> = tuning
            .iter()
            .flat_map(|tuning| {
                let candidates = &tuning.settings.candidates;
                let trials = tuning.trials.iter();
                trials.map(|trial| row(&trial.run, candidates.get(trial.candidate).copied()))
            })
            .collect::<Result<_, _>>()?;
        let rows: Vec<Row> = plan
            .runs
            .iter()
            .map(|run| row(run, None))
            .collect::<Result<_, _>>()?;
        if self.json {
            let all: Vec<Row> = trials.into_iter().chain(rows).collect();
            print_json(&all)?;
            return Ok(Exit::Done);
        }
        let probed = probes(plan, &estimate);
        let seconds = |rows: &[Row]| rows.iter().map(|r| r.estimated_seconds).sum::<f64>();
        let (of_trials, of_runs) = (seconds(&trials), seconds(&rows));
        let count = rows.len();
        let header = [
            "run",
            "arm",
            "seed",
            "parameters",
            "MMAC",
            "images",
            "steps",
            "about",
            "memory",
            "disk",
        ];
        let cells = rows.into_iter().map(|r| {
            vec![
                r.id,
                r.arm,
                r.fold
                    .map_or_else(|| r.seed.to_string(), |fold| format!("{}, {fold}", r.seed)),
                thousands(r.parameters as u64),
                format!("{:.1}", r.macs as f64 / 1e6),
                r.train_size.to_string(),
                r.steps.to_string(),
                duration(r.estimated_seconds),
                mib(r.memory.bytes()),
                disk::size(r.disk),
            ]
        });
        if count > 0 {
            output!("{}", table(&header, 2, cells));
            output!("{}", origins_table(&plan.arms, &origins));
            output!("{memory}");
            if let Some(fits) = &fits {
                output!("{}", fits.table(plan));
            }
        }
        let directory = match self.study.is_dir() {
            true => self.study.clone(),
            false => study_directory(None, &name(&path)),
        };
        let folder = disk::standing(&directory);
        let disk = Disk::of(&study, |_| true)?;
        match disk::free(&folder) {
            Some(free) => output!("{disk}; {} are free", disk::size(free)),
            None => output!("{disk}"),
        }
        if let Some(probed) = probed {
            output!("{probed}");
        }
        if let Some(analysis) = &plan.analysis {
            output!(
                "analysis: {count} runs before and after training, {} pairs of runs, {} layer × layer maps; not in the estimate",
                analysis.pairs.len(),
                analysis.maps.len()
            );
        }
        if let Some(tuning) = tuning {
            output!(
                "{}, {} of {} candidates for every arm, about {}; then runs with what each arm chose, at most as long as here",
                counted(trials.len(), "trial"),
                counted(tuning.settings.seeds.len(), "seed"),
                tuning.settings.candidates.len(),
                duration(of_trials)
            );
        }
        output!(
            "{count} runs, about {} on this machine; nothing was trained",
            duration(of_trials + of_runs)
        );
        if let Some(looks) = looks(plan, of_trials, of_runs) {
            output!("{looks}");
        }
        Ok(Exit::Done)
    }
}

/// What the probes of frozen features take; the fits themselves are not in the estimate.
fn probes(plan: &StudyPlan, estimate: &Estimate) -> Option<String> {
    let planned = plan.probe.as_ref()?;
    let data = &plan.data;
    let pictures = data.split.train.len() + data.split.validation.len() + data.split.test.len();
    let seconds = planned
        .probes
        .iter()
        .map(|p| estimate.probe(p))
        .sum::<f64>();
    Some(format!(
        "{} probes: features of {} pictures each, about {} and the fits",
        planned.probes.len(),
        thousands(pictures as u64),
        duration(seconds)
    ))
}
