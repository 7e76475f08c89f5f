//! One run, before against after training.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use durable::FileError;
use engine::{Device, Model};
use networks::{Network, Weights};
use similarity::Measured;

use super::failure::AnalysisFailure;
use super::filters::filters;
use super::movement::movements;
use super::neighbours::neighbour_aucs;
use super::reset::{drawn_anew, replaced};
use crate::training::{RunFailure, Supply, TrainingPictures, grow};
use record::names::{MODEL, RUN_RESULT};
use record::{BlockAnalysis, FinishedRun, RunAnalysis, StudyDirectory};
use study::{AnalysisSettings, OpenStudy, RunSpec};

/// How alike one block of two networks is.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockSimilarity {
    /// Channels of its map.
    pub channels: usize,
    /// Datapoints.
    pub datapoints: u64,
    /// In the order of the settings' measures.
    pub measured: Vec<Measured>,
}

/// The network of a finished run, before and after training.
pub struct RunNetworks {
    /// Its blocks.
    pub network: Arc<Network>,
    /// What the run was trained on.
    pub pictures: TrainingPictures,
    /// Its start, made again from plan and seed.
    pub start: Weights,
    /// What it left in `model.safetensors`.
    pub weights: Weights,
    /// The network at its start.
    pub before: Model,
    /// The network that it left.
    pub after: Model,
}

impl RunNetworks {
    /// The networks of the finished run `spec`, on `device`.
    pub fn open(
        study: &OpenStudy,
        spec: &RunSpec,
        directory: &StudyDirectory,
        device: &dyn Device,
    ) -> Result<Self, AnalysisFailure> {
        let supply = Supply::of(study, spec);
        let pictures = TrainingPictures::of(&supply, spec);
        let (network, mut start, _) = pictures.start(&supply, spec)?.weights()?;
        let network = match spec.regime.staying() {
            Some(_) => grow(spec, Arc::unwrap_or_clone(network), &mut start, spec.seed)?.into(),
            None => network,
        };
        let before = model(device, &network, &start)?;
        let (after, weights) = trained(&network, spec, directory, device)?;
        Ok(Self {
            network,
            pictures,
            start,
            weights,
            before,
            after,
        })
    }
}

/// Compares every block but the head of two models of one network, before and after training; none
/// once it was asked to stop.
pub type Similar<'a> =
    dyn FnMut(&Model, &Model) -> Result<Option<Vec<BlockSimilarity>>, AnalysisFailure> + 'a;

/// Analyses the finished run `spec` on `device`: its start, made again from plan and seed, against its
/// `model.safetensors`. What it returns depends on the plan and the kind of device alone, not on the number of threads.
/// None once `stop` is set.
pub fn analyse_run(
    study: &OpenStudy,
    spec: &RunSpec,
    directory: &StudyDirectory,
    device: &dyn Device,
    settings: &AnalysisSettings,
    similar: &mut Similar<'_>,
    stop: &AtomicBool,
) -> Result<Option<RunAnalysis>, AnalysisFailure> {
    let RunNetworks {
        network,
        pictures,
        start,
        weights,
        before,
        after,
    } = RunNetworks::open(study, spec, directory, device)?;
    let moved = movements(&network, &start, &weights)?;
    let filters = filters(&network, &start, &weights);
    drop((start, weights));

    let is_stopped = || stop.load(Ordering::Relaxed);
    if is_stopped() {
        return Ok(None);
    }
    let Some(alike) = similar(&before, &after)? else {
        return Ok(None);
    };
    let neighbours = |model| match settings.neighbours {
        0 => Ok(Some(vec![None; network.blocks.len() - 1])),
        k => neighbour_aucs(model, study, &pictures, k, stop),
    };
    let Some(neighbours_before) = neighbours(&before)? else {
        return Ok(None);
    };
    let Some(neighbours_after) = neighbours(&after)? else {
        return Ok(None);
    };
    let fresh = match settings.reset {
        true => Some(model(
            device,
            &network,
            &drawn_anew(&network, "analysis/reset", spec.seed)?,
        )?),
        false => None,
    };
    let others: Vec<&Model> = match &fresh {
        Some(fresh) => vec![&before, fresh],
        None => Vec::new(),
    };
    let Some(reset) = replaced(&after, &others, study, &pictures, stop)? else {
        return Ok(None);
    };
    let blocks = network.blocks.iter().zip(alike).zip(&moved).enumerate();
    let blocks = blocks.map(|(place, ((block, alike), moved))| {
        let reset = |other: usize| reset.blocks[place].get(other).copied().flatten();
        BlockAnalysis {
            block: block.name.clone(),
            channels: alike.channels,
            datapoints: alike.datapoints,
            before_after: alike.measured,
            movement: moved.relative(),
            movement_rms: moved.rms(),
            reset_to_start: reset(0),
            reset_to_random: reset(1),
            neighbours_before: neighbours_before[place],
            neighbours_after: neighbours_after[place],
        }
    });
    Ok(Some(RunAnalysis {
        id: spec.id.clone(),
        intact_auc: reset.intact,
        blocks: blocks.collect(),
        filters,
    }))
}

fn model(
    device: &dyn Device,
    network: &Arc<Network>,
    weights: &Weights,
) -> Result<Model, AnalysisFailure> {
    let executor = device.executor().map_err(RunFailure::from)?;
    let model = Model::on(executor, network.clone(), weights);
    Ok(model.map_err(RunFailure::from)?)
}

/// The network that `spec` left, on `device`, which must be whole and of the run's shape.
pub(crate) fn trained(
    network: &Arc<Network>,
    spec: &RunSpec,
    directory: &StudyDirectory,
    device: &dyn Device,
) -> Result<(Model, Weights), AnalysisFailure> {
    let place = directory.run(spec);
    let finished = FinishedRun::open(&place, &spec.id)?.ok_or_else(|| FileError::Damaged {
        path: place.file(RUN_RESULT),
        reason: "expected the record of a finished run, found no file".into(),
    })?;
    let weights = finished.weights(MODEL)?;
    let executor = device.executor().map_err(RunFailure::from)?;
    let model = Model::on(executor, network.clone(), &weights);
    let model = model.map_err(|source| AnalysisFailure::Trained {
        run: spec.id.clone(),
        source,
    })?;
    Ok((model, weights))
}
