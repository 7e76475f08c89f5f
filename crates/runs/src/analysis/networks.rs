//! The networks of finished runs, and what they put out, kept while memory allows.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use engine::{Device, Model};

use super::capture::{Capture, Exposure};
use super::failure::AnalysisFailure;
use super::run::RunNetworks;
use crate::training::{Supply, TrainingPictures};
use record::StudyDirectory;
use study::{AnalysisSettings, OpenStudy, RunSpec};

/// Activations that are kept at most, in bytes.
const KEPT: usize = 2 << 30;

/// Captures of a run's network at its start and at its best checkpoint.
#[derive(Clone)]
pub struct Captured {
    /// At its start.
    pub before: Arc<Capture>,
    /// Its best checkpoint.
    pub after: Arc<Capture>,
}

/// Captures what is asked for, and remembers the latest.
pub struct Networks<'a> {
    /// What runs are made of.
    pub study: &'a OpenStudy,
    /// Where they left their weights.
    pub directory: &'a StudyDirectory,
    /// What they are on.
    pub device: &'a dyn Device,
    /// Whose pictures are shown, and how many datapoints are kept.
    pub settings: &'a AnalysisSettings,
    /// Set to stop.
    pub stop: &'a AtomicBool,
    kept: Vec<(usize, Captured)>,
}

impl<'a> Networks<'a> {
    /// Nothing captured yet.
    pub fn new(
        study: &'a OpenStudy,
        directory: &'a StudyDirectory,
        device: &'a dyn Device,
        settings: &'a AnalysisSettings,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            study,
            directory,
            device,
            settings,
            stop,
            kept: Vec::new(),
        }
    }

    /// What the network of a run puts out; none once asked to stop.
    pub fn capture(&mut self, spec: &RunSpec) -> Result<Option<Captured>, AnalysisFailure> {
        if let Some(place) = self
            .kept
            .iter()
            .position(|(number, _)| *number == spec.number)
        {
            let latest = self.kept.remove(place);
            let captured = latest.1.clone();
            self.kept.push(latest);
            return Ok(Some(captured));
        }
        let networks = RunNetworks::open(self.study, spec, self.directory, self.device)?;
        self.capture_of(spec, &networks.before, &networks.after)
    }

    /// The same, of networks that are open already.
    pub fn capture_of(
        &mut self,
        spec: &RunSpec,
        before: &Model,
        after: &Model,
    ) -> Result<Option<Captured>, AnalysisFailure> {
        let data = &self.study.plan.data;
        let pictures: Vec<usize> = self
            .settings
            .images
            .partitions()
            .iter()
            .flat_map(|partition| data.partition(*partition))
            .copied()
            .collect();
        let exposure = Exposure {
            feed: &TrainingPictures::of(&Supply::of(self.study, spec), spec).feed,
            pictures: &pictures,
            samples: self.study.cache.frame().samples(),
            datapoints: self.settings.datapoints,
        };
        let Some(before) = Capture::new(before, &exposure, self.stop)? else {
            return Ok(None);
        };
        let Some(after) = Capture::new(after, &exposure, self.stop)? else {
            return Ok(None);
        };
        let captured = Captured { before, after };
        self.kept.push((spec.number, captured.clone()));
        let bytes = |kept: &[(usize, Captured)]| -> usize {
            let of = |c: &Captured| c.before.bytes() + c.after.bytes();
            kept.iter().map(|(_, captured)| of(captured)).sum()
        };
        while self.kept.len() > 2 && bytes(&self.kept) > KEPT {
            self.kept.remove(0);
        }
        Ok(Some(captured))
    }
}
