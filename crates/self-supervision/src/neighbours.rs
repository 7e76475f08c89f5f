//! What the labels say of features that were learned without them.

use engine::{Maps, Model};
use images::{Dataset, Feed, Task, looked_at, subset};
use stats::{ClassScores, FeatureRows, Labels, NearestNeighbours, accuracy};
use study::{Split, class_labels};

use crate::error::SelfSupervisionError;

/// Training pictures that vote, at most.
pub const KNOWN: usize = 5000;
/// Validation pictures that are asked about, at most.
pub const ASKED: usize = 2000;
/// Neighbours that vote, and the temperature of their votes: those of the paper.
const NEIGHBOURS: usize = 200;
const TEMPERATURE: f64 = 0.1;
/// Pictures that go through the network at once.
const BATCH: usize = 128;

/// Pictures whose classes are known, and others that are asked about. No weight depends on them.
#[derive(Clone, Debug)]
pub(crate) struct Neighbours {
    known: Vec<usize>,
    known_labels: Vec<usize>,
    asked: Vec<usize>,
    asked_labels: Vec<usize>,
    classes: usize,
}

impl Neighbours {
    /// Stratified parts of training and validation pictures; none where a picture has no class of its
    /// own, or all have the same.
    pub fn new(dataset: &Dataset, split: &Split) -> Option<Self> {
        let classes = dataset.classes.len();
        if dataset.task == Task::Multilabel || classes < 2 {
            return None;
        }
        let all = &dataset.examples;
        let known = subset(all, &split.train, KNOWN, 0);
        let asked = looked_at(all, &split.validation, ASKED);
        let labels = |indices: &[usize]| {
            let labels: Vec<_> = indices.iter().map(|i| all[*i].label.clone()).collect();
            class_labels(&labels)
        };
        Some(Self {
            known_labels: labels(&known),
            asked_labels: labels(&asked),
            known,
            asked,
            classes,
        })
    }

    /// Pictures that are asked about.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Share of those that are asked about which have the class that most of them have.
    pub fn majority(&self) -> f64 {
        let count = |class: usize| self.asked_labels.iter().filter(|l| **l == class).count();
        let most = (0..self.classes).map(count).max().unwrap_or(0);
        most as f64 / self.asked.len().max(1) as f64
    }

    /// Share, in [0, 1], of those that are asked about whose nearest known pictures name their class,
    /// by what block number `block` of `model` puts out.
    pub fn accuracy(
        &self,
        model: &Model,
        feed: &Feed,
        block: usize,
    ) -> Result<f64, SelfSupervisionError> {
        let known = features(model, feed, block, &self.known)?;
        let asked = features(model, feed, block, &self.asked)?;
        let channels = known.len() / self.known.len().max(1);
        let rows = |count: usize| (0..count).collect::<Vec<usize>>();
        let (known_rows, asked_rows) = (rows(self.known.len()), rows(self.asked.len()));
        let labels = Labels::Classes {
            of_case: &self.known_labels,
            classes: self.classes,
        };
        let known = FeatureRows::new(&known, channels, &known_rows)?;
        let asked = FeatureRows::new(&asked, channels, &asked_rows)?;
        let neighbours = NearestNeighbours::new(known, labels)?;
        let scores = neighbours.scores(asked, NEIGHBOURS, TEMPERATURE)?;
        let scores = ClassScores::new(&scores, self.classes)?;
        Ok(accuracy(&scores, &self.asked_labels)?)
    }
}

/// What a block puts out for pictures as they are, averaged over positions, `[pictures, channels]`.
fn features(
    model: &Model,
    feed: &Feed,
    block: usize,
    pictures: &[usize],
) -> Result<Vec<f32>, SelfSupervisionError> {
    let input = model.network().input;
    let mut all = Vec::new();
    for (step, indices) in pictures.chunks(BATCH).enumerate() {
        let batch = feed.evaluation_batch(step as u64, indices)?;
        let pixels = Maps::new(input.batch(indices.len()), batch.pixels);
        let mut found = model.features(&pixels);
        all.append(&mut found[block]);
    }
    Ok(all)
}
