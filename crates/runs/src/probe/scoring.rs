//! Scores of transferability of one training size, on training and validation pictures. Test
//! pictures have no part in them.

use std::collections::BTreeMap;

use images::{Task, subset};
use stats::{
    Classes, Covariance, FeatureMatrix, Logme, SourceProbabilities, StatsError, gbc, h_score, leep,
    logme, mean_over_findings, nce, regularised_h_score, transrate,
};

use super::features::Features;
use super::source_head::SourceHead;
use record::ProbeScore;
use study::{OpenStudy, PlannedProbe, ProbeSize, TransferScore};

/// The pictures of one training size and group of seeds.
pub(crate) struct Scoring<'a> {
    study: &'a OpenStudy,
    probe: &'a PlannedProbe,
    size: ProbeSize,
    seeds: &'a [u64],
    /// Rows of the features: the training pictures, then the validation partition.
    rows: Vec<usize>,
    /// Positions of the same pictures in the data.
    examples: Vec<usize>,
}

impl<'a> Scoring<'a> {
    pub(crate) fn new(
        study: &'a OpenStudy,
        probe: &'a PlannedProbe,
        size: ProbeSize,
        seeds: &'a [u64],
    ) -> Self {
        let data = &study.plan.data;
        let chosen = match size.is_all {
            true => data.split.train.clone(),
            false => subset(
                &study.dataset.examples,
                &data.split.train,
                size.images,
                seeds[0],
            ),
        };
        let train = data.split.train.iter().enumerate();
        let row: BTreeMap<usize, usize> = train.map(|(row, e)| (*e, row)).collect();
        let validation =
            data.split.train.len()..data.split.train.len() + data.split.validation.len();
        Self {
            study,
            probe,
            size,
            seeds,
            rows: chosen.iter().map(|e| row[e]).chain(validation).collect(),
            examples: [&chosen[..], &data.split.validation].concat(),
        }
    }

    /// The scores of the features of one block.
    pub(crate) fn of_block(&self, block: &str, features: &Features) -> Vec<ProbeScore> {
        let wanted = self.wanted(false);
        if wanted.is_empty() {
            return Vec::new();
        }
        let channels = features.channels();
        let values: Vec<f64> = self
            .rows
            .iter()
            .flat_map(|row| features.row(*row).iter().map(|v| f64::from(*v)))
            .collect();
        let matrix = FeatureMatrix::new(&values, channels);
        let score = |score: TransferScore| {
            let found = matrix.as_ref().map_err(Clone::clone).and_then(|matrix| {
                self.over_labels(|rows, classes| match rows.len() == self.rows.len() {
                    true => of_features(score, matrix, classes),
                    false => {
                        let known: Vec<f64> =
                            rows.iter().flat_map(|r| matrix.row(*r)).copied().collect();
                        of_features(score, &FeatureMatrix::new(&known, channels)?, classes)
                    }
                })
            });
            self.record(score, Some(block), found.map_err(|e| e.to_string()))
        };
        wanted.into_iter().map(score).collect()
    }

    /// The scores of what the source's head says.
    pub(crate) fn of_head(&self, head: &SourceHead) -> Vec<ProbeScore> {
        let score = |score: TransferScore| {
            let found = head.probabilities().map_err(str::to_string).and_then(
                |(probabilities, classes)| {
                    let of = |row: &usize| &probabilities[row * classes..(row + 1) * classes];
                    let found = self.over_labels(|rows, labels| {
                        let rows = rows.iter().map(|r| of(&self.rows[*r]));
                        let values: Vec<f64> = rows.flatten().copied().collect();
                        of_source(score, &SourceProbabilities::new(&values, classes)?, labels)
                    });
                    found.map_err(|e| e.to_string())
                },
            );
            self.record(score, None, found)
        };
        self.wanted(true).into_iter().map(score).collect()
    }

    fn wanted(&self, reads_source_head: bool) -> Vec<TransferScore> {
        let all = self.probe.settings.scores.iter().copied();
        all.filter(|score| score.reads_source_head() == reads_source_head)
            .collect()
    }

    /// A score of the task: of its classes, or the mean over its findings. Rows are counted within
    /// the pictures of this size. With the findings that were left out.
    fn over_labels(
        &self,
        mut score: impl FnMut(&[usize], &Classes) -> Result<f64, StatsError>,
    ) -> Result<(f64, Vec<usize>), StatsError> {
        let data = &self.study.plan.data;
        let classes = data.described.classes.len();
        let all = &self.study.dataset.examples;
        let labels = self.examples.iter().map(|example| &all[*example].label);
        if data.task == Task::Multilabel {
            let labels = labels.flat_map(|label| (0..classes).map(|finding| label.has(finding)));
            let labels: Vec<Option<bool>> = labels.collect();
            let mean = mean_over_findings(&labels, classes, |rows, labels| {
                score(rows, &Classes::new(labels, 2)?)
            })?;
            return Ok((mean.value, mean.skipped));
        }
        let labels: Vec<usize> = labels.filter_map(|label| label.class()).collect();
        let rows: Vec<usize> = (0..self.rows.len()).collect();
        Ok((score(&rows, &Classes::new(&labels, classes)?)?, Vec::new()))
    }

    fn record(
        &self,
        score: TransferScore,
        block: Option<&str>,
        found: Result<(f64, Vec<usize>), String>,
    ) -> ProbeScore {
        let names = &self.study.plan.data.described.classes;
        let (value, left_out) = match found {
            Ok((value, left_out)) => (Ok(value), left_out),
            Err(reason) => (Err(reason), Vec::new()),
        };
        ProbeScore {
            score,
            block: block.map(str::to_string),
            train_size: self.size,
            seeds: self.seeds.to_vec(),
            value,
            left_out: left_out.into_iter().map(|f| names[f].clone()).collect(),
        }
    }
}

fn of_features(
    score: TransferScore,
    features: &FeatureMatrix,
    classes: &Classes,
) -> Result<f64, StatsError> {
    match score {
        TransferScore::Logme => logme(features, classes, Logme::FixedPoint),
        TransferScore::HScore => h_score(features, classes),
        TransferScore::RegularisedHScore => regularised_h_score(features, classes),
        TransferScore::Transrate => transrate(features, classes),
        TransferScore::Gbc => gbc(features, classes, Covariance::Spherical),
        TransferScore::Leep | TransferScore::Nce => unreachable!("reads the source's head"),
    }
}

fn of_source(
    score: TransferScore,
    source: &SourceProbabilities,
    classes: &Classes,
) -> Result<f64, StatsError> {
    match score {
        TransferScore::Leep => leep(source, classes),
        _ => nce(source, classes),
    }
}
