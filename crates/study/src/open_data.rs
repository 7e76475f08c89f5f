//! The pictures of a study: opened, decoded and split.

use std::path::Path;
use std::sync::Arc;

use images::{
    Aspects, Cache, Dataset, Partition, Resampling, Size, Splits, Summary, UnreadableImage,
};

use super::data_spec::{DataSpec, Unreadable};
use super::error::StudyError;
use super::framing;
use super::sample_range::SampleRange;
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
    /// What the user has to be told of how networks see the pictures.
    pub warnings: Vec<String>,
}

impl OpenData {
    /// Opens the data of a specification. `channels` is what the networks read where the
    /// specification leaves it open.
    pub fn new(
        spec: &DataSpec,
        base: &Path,
        channels: Option<usize>,
    ) -> Result<Self, anyhow::Error> {
        framing::check_size(spec.size)?;
        spec.augment.check(spec.size)?;
        let dataset = source::open(spec, base)?;
        let frame = framing::frame(spec, channels, dataset.channels)?;
        let (mut cache, unreadable) = Cache::build(&dataset, frame, spec.cache_mib << 20, 0);
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
        let sample_range = SampleRange::new(spec.range, &cache, &splits.train)?;
        cache.set_range(sample_range.range, 0);
        let mut described = describe(spec, &dataset, &cache, &splits, &unreadable, sha256);
        described.depth = sample_range.depth;
        let warnings = sample_range
            .warning
            .into_iter()
            .chain(framing::stretch(&described));
        let warnings = warnings.collect();
        Ok(Self {
            dataset,
            cache: Arc::new(cache),
            splits,
            described,
            warnings,
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
    let frame_size = cache.frame().size;
    let sizes: Vec<Size> = (0..cache.len())
        .filter_map(|index| cache.stored(index))
        .map(|stored| stored.size)
        .collect();
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
        fit: cache.frame().fit,
        resize: Some(cache.frame().resampling).filter(|resampling| {
            *resampling != Resampling::default() || sizes.iter().any(|size| *size != frame_size)
        }),
        range: cache.range(),
        depth: None,
        aspects: Aspects::of(&sizes, frame_size),
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
