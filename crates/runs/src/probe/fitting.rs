//! The fits of one training size: each method on the features of each block.

use std::collections::BTreeMap;

use images::{Partition, subset};
use stats::{LogisticRegression, NearestNeighbours, StatsError};

use super::failure::ProbeFailure;
use super::features::Features;
use super::labels::KnownLabels;
use record::{JobDirectory, Predictions, ProbeFit};
use study::{OpenStudy, PlannedProbe, ProbeMethod, ProbeSize};

/// The pictures of one training size and group of seeds.
pub(crate) struct Fitting<'a> {
    study: &'a OpenStudy,
    probe: &'a PlannedProbe,
    size: ProbeSize,
    seeds: &'a [u64],
    /// Rows of the features to fit on, and their labels.
    rows: Vec<usize>,
    labels: KnownLabels,
}

impl<'a> Fitting<'a> {
    pub(crate) fn new(
        study: &'a OpenStudy,
        probe: &'a PlannedProbe,
        size: ProbeSize,
        seeds: &'a [u64],
    ) -> Self {
        let train = &study.plan.data.split.train;
        let all = &study.dataset.examples;
        let chosen = match size.is_all {
            true => train.clone(),
            false => subset(all, train, size.images, seeds[0]),
        };
        let row: BTreeMap<usize, usize> = train.iter().enumerate().map(|(r, e)| (*e, r)).collect();
        Self {
            study,
            probe,
            size,
            seeds,
            rows: chosen.iter().map(|example| row[example]).collect(),
            labels: KnownLabels::new(
                chosen.iter().map(|example| &all[*example].label),
                study.plan.data.task,
                study.plan.data.described.classes.len(),
            ),
        }
    }

    /// Fits one method on the features of one block, and writes its predictions.
    pub(crate) fn fit(
        &self,
        block: &str,
        features: &Features,
        method: ProbeMethod,
        directory: &JobDirectory,
    ) -> Result<ProbeFit, ProbeFailure> {
        let (strength, probe, validation, test) = match method {
            ProbeMethod::Linear => {
                let (strength, probe) = self.linear(features)?;
                let of = |part| probe.probabilities(features.of(&self.rows_of(part)));
                let (validation, test) = (of(Partition::Validation)?, of(Partition::Test)?);
                (Some(strength), Some(probe), validation, test)
            }
            ProbeMethod::Knn => {
                let neighbours = self.neighbours(features)?;
                let settings = &self.probe.settings;
                let of = |part| {
                    let rows = self.rows_of(part);
                    neighbours.scores(features.of(&rows), settings.k, settings.temperature)
                };
                (None, None, of(Partition::Validation)?, of(Partition::Test)?)
            }
        };
        let data = &self.study.plan.data;
        let test = Predictions::new(&self.study.dataset, &data.split.test, test);
        let file = self.file(block, method);
        Predictions::write(
            &directory.path().join(&file),
            data.task,
            &data.described.classes,
            &self.study.dataset.attributes,
            &[(Partition::Test.name(), &test)],
        )?;
        Ok(ProbeFit {
            block: block.into(),
            method,
            train_size: self.size,
            seeds: self.seeds.to_vec(),
            strength,
            steps: probe.as_ref().map(|p| p.iterations),
            converged: probe.as_ref().map(|p| p.converged),
            validation_auc: self.study.auc(Partition::Validation, &validation)?,
            test_auc: self.study.auc(Partition::Test, &test.probabilities).ok(),
            file,
        })
    }

    /// The C with the best validation AUC, of equal ones the smallest, and its fit.
    fn linear(&self, features: &Features) -> Result<(f64, LogisticRegression), ProbeFailure> {
        let strengths = &self.probe.settings.strengths;
        let path =
            LogisticRegression::path(features.of(&self.rows), self.labels.view(), strengths)?;
        let rows = self.rows_of(Partition::Validation);
        let mut best: Option<(f64, f64, LogisticRegression)> = None;
        for (strength, probe) in strengths.iter().zip(path) {
            let probabilities = probe.probabilities(features.of(&rows))?;
            let auc = self.study.auc(Partition::Validation, &probabilities)?;
            if best.as_ref().is_none_or(|(most, ..)| auc > *most) {
                best = Some((auc, *strength, probe));
            }
        }
        let (_, strength, probe) = best.expect("a plan has a strength");
        Ok((strength, probe))
    }

    fn neighbours(&self, features: &Features) -> Result<NearestNeighbours<'_>, StatsError> {
        NearestNeighbours::new(features.of(&self.rows), self.labels.view())
    }

    /// Rows of a partition in the features.
    fn rows_of(&self, partition: Partition) -> Vec<usize> {
        let data = &self.study.plan.data;
        let first = match partition {
            Partition::Train => 0,
            Partition::Validation => data.split.train.len(),
            Partition::Test => data.split.train.len() + data.split.validation.len(),
        };
        (first..first + data.partition(partition).len()).collect()
    }

    fn file(&self, block: &str, method: ProbeMethod) -> String {
        let method = method.name();
        match self.size {
            ProbeSize { is_all: true, .. } => format!("{block}-{method}-all.csv"),
            ProbeSize { images, .. } => {
                format!("{block}-{method}-{images}-seed{}.csv", self.seeds[0])
            }
        }
    }
}
