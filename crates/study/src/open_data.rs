//! The pictures of a study: opened, decoded and split.

use std::path::Path;
use std::sync::Arc;

use images::{Cache, Dataset, Frame, Partition, Splits, Summary, UnreadableImage};

use super::data_spec::{DataSpec, Unreadable};
use super::error::StudyError;
use super::source;

use crate::described::{DataResult, PartitionResult};

/// Pictures listed in an error message.
const LISTED: usize = 5;

/// Data that were opened, decoded and split.
pub struct OpenData {
    /// Labels, patients and ids.
    pub dataset: Dataset,
    /// Decoded pictures.
    pub cache: Arc<Cache>,
    /// Partitions, without pictures that cannot be read.
    pub splits: Splits,
    /// What reports say of the data.
    pub described: DataResult,
}

impl OpenData {
    /// Opens the data of a specification. `channels` is what the networks read where the
    /// specification leaves it open.
    pub fn new(
        spec: &DataSpec,
        base: &Path,
        channels: Option<usize>,
    ) -> Result<Self, anyhow::Error> {
        if !(8..=1024).contains(&spec.size) {
            return Err(StudyError::Value {
                field: "data.size",
                expected: "8 to 1024 pixels".into(),
                found: spec.size.to_string(),
            }
            .into());
        }
        if let Some(found) = spec.channels.filter(|c| ![1, 3].contains(c)) {
            return Err(StudyError::Value {
                field: "data.channels",
                expected: "1 (grey) or 3 (RGB)".into(),
                found: found.to_string(),
            }
            .into());
        }
        spec.augment.check(spec.size)?;
        let dataset = source::open(spec, base)?;
        let channels = spec.channels.or(channels).unwrap_or(dataset.channels);
        let frame = Frame::new(spec.size, channels);
        let (cache, unreadable) = Cache::build(&dataset, frame, spec.cache_mib << 20, 0);
        if spec.unreadable == Unreadable::Stop && !unreadable.is_empty() {
            return Err(pictures_error(&unreadable, dataset.len()).into());
        }
        let sha256 = dataset.content_hash();
        let mut splits = Splits::of(&dataset, spec.fractions, spec.split_seed)?;
        for part in [&mut splits.train, &mut splits.validation, &mut splits.test] {
            part.retain(|index| unreadable.iter().all(|u| u.index != *index));
        }
        for (name, part) in [
            ("training", &splits.train),
            ("validation", &splits.validation),
            ("test", &splits.test),
        ] {
            if part.is_empty() {
                return Err(StudyError::Value {
                    field: "data.fractions",
                    expected: format!("pictures in every partition, {name} included"),
                    found: "none there".into(),
                }
                .into());
            }
        }
        let described = describe(spec, &dataset, &cache, &splits, &unreadable, sha256);
        Ok(Self {
            dataset,
            cache: Arc::new(cache),
            splits,
            described,
        })
    }
}

fn pictures_error(unreadable: &[UnreadableImage], total: usize) -> StudyError {
    let mut first: Vec<_> = unreadable
        .iter()
        .take(LISTED)
        .map(|u| format!("{} ({})", u.path, u.reason))
        .collect();
    if unreadable.len() > LISTED {
        first.push(format!("and {} more", unreadable.len() - LISTED));
    }
    StudyError::Pictures {
        count: unreadable.len(),
        total,
        first: first.join("; "),
    }
}

fn describe(
    spec: &DataSpec,
    dataset: &Dataset,
    cache: &Cache,
    splits: &Splits,
    unreadable: &[UnreadableImage],
    sha256: String,
) -> DataResult {
    let summary = Summary::of(dataset, cache, splits);
    let extent =
        |e: Option<images::summary::Extent>| e.map_or([0; 3], |e| [e.min, e.median, e.max]);
    let is_official = dataset.examples.iter().any(|e| e.partition.is_some());
    let is_carved = Partition::ALL
        .iter()
        .any(|p| dataset.examples.iter().all(|e| e.partition != Some(*p)));
    let has_patients = dataset.examples.iter().any(|e| e.patient.is_some());
    let split = match (is_official, has_patients) {
        (true, _) if is_carved => format!(
            "official; what it lacks was taken from its training part, seed {}",
            spec.split_seed
        ),
        (true, _) => "official, as the data bring it".to_string(),
        (false, true) => format!("by patient, stratified, seed {}", spec.split_seed),
        (false, false) => format!(
            "by picture, stratified, seed {}; patients unknown",
            spec.split_seed
        ),
    };
    DataResult {
        name: summary.name,
        task: task_name(dataset.task).into(),
        classes: summary.classes,
        property: spec.property.clone(),
        size: cache.frame().size,
        channels: cache.frame().channels,
        stored_width: extent(summary.width),
        stored_height: extent(summary.height),
        split,
        partitions: summary
            .splits
            .into_iter()
            .map(|s| PartitionResult {
                name: match s.partition {
                    Partition::Train => "training".into(),
                    other => other.name().into(),
                },
                images: s.images,
                patients: s.patients,
                per_class: s.present,
            })
            .collect(),
        unreadable: unreadable
            .iter()
            .map(|u| (u.path.clone(), u.reason.to_string()))
            .collect(),
        sha256,
    }
}

/// The word for a task in configurations and reports.
fn task_name(task: images::Task) -> &'static str {
    match task {
        images::Task::Multiclass => "multiclass",
        images::Task::Multilabel => "multilabel",
        images::Task::Ordinal => "ordinal",
    }
}
