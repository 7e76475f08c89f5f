//! The pictures of a study: opened, decoded and split.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use images::{
    Aspects, Cache, Dataset, ImageError, Partition, Resampling, Seen, Size, SplitSummary, Splits,
    Summary, UnreadableImage,
};
use sources::Noted;

use super::audited::{self, Watched};
use super::bounds;
use super::characteristics::Characteristics;
use super::data_spec::{DataSpec, Unreadable};
use super::error::StudyError;
use super::flow::{self, Flow};
use super::fold::Folds;
use super::folding::{folding, folds, without_split};
use super::framing;
use super::sample_range::SampleRange;
use super::source;
use super::split::Split;
use super::written_range::WrittenRange;

use crate::described::{DataResult, FoldsResult, PartitionResult};

/// Pictures listed in an error message.
const LISTED: usize = 5;

/// Data that were opened, decoded and split.
pub struct OpenData {
    /// Labels, patients and ids.
    pub dataset: Dataset,
    /// Decoded pictures.
    pub cache: Arc<Cache>,
    /// Partitions and named test sets, without pictures that cannot be read.
    pub split: Split,
    /// The folds of cross-validation, where the study asks; `split` is then the first of them.
    pub folds: Option<Folds>,
    /// What reports say of the data.
    pub described: DataResult,
    /// What the user has to be told of how networks see the pictures.
    pub warnings: Vec<String>,
    /// What the user is told now, and no result depends on.
    pub said: Vec<String>,
}

impl OpenData {
    /// Opens the data of a specification. `channels` is what the networks read where the
    /// specification leaves it open.
    pub fn new(
        spec: &DataSpec,
        base: &Path,
        channels: Option<usize>,
    ) -> Result<Self, anyhow::Error> {
        check_numbers(spec)?;
        spec.augment.check(spec.size)?;
        if spec
            .allow_leaks
            .as_ref()
            .is_some_and(|reason| reason.trim().is_empty())
        {
            return Err(StudyError::Value {
                field: "data.allow_leaks",
                expected: "a reason, which the verdict will say".into(),
                found: "an empty text".into(),
            }
            .into());
        }
        let folding = folding(spec)?;
        let Noted {
            mut dataset,
            mut notes,
            flow: sources,
            said,
        } = source::open(spec, base)?;
        bounds::CLASSES.entries(&dataset.classes)?;
        for class in &dataset.classes {
            bounds::CLASS.text(class)?;
        }
        if folding.is_some() {
            without_split(spec, &mut dataset)?;
        }
        let frame = framing::frame(spec, channels, dataset.channels)?;
        framing::check_packed(&dataset, &frame)?;
        let watched = Watched::new(dataset.len());
        let watch = |index, seen: Seen| watched.see(&dataset, index, seen);
        let memory = spec.cache_mib << 20;
        let (mut cache, unreadable) = Cache::build_watched(&dataset, frame, memory, 0, watch);
        check_pack(&unreadable)?;
        watched.check()?;
        if spec.unreadable == Unreadable::Stop && !unreadable.is_empty() {
            return Err(pictures_error(&unreadable, dataset.len()).into());
        }
        let sha256 = dataset.content_hash();
        let grouped = audited::grouped(&dataset, &watched, &mut notes);
        let unusable: Vec<usize> = unreadable.iter().map(|u| u.index).collect();
        let folds = folding.map(|folding| folds(&folding, &grouped, &unusable));
        let split = match folds.as_ref().and_then(|folds| folds.planned.first()) {
            Some(first) => first.split.clone(),
            None => {
                let fractions = spec.fractions.of_split();
                let mut splits =
                    Splits::with_shared_patients(&grouped, fractions, spec.split_seed)?;
                splits.leave_out(&unusable);
                Split::new(splits, &dataset, &unusable)
            }
        };
        let others = folds.iter().flat_map(|folds| &folds.planned).skip(1);
        for split in [&split].into_iter().chain(others.map(|fold| &fold.split)) {
            check_parts(&dataset, split, &notes)?;
        }
        let audit = audited::audit(&dataset, &split, watched)?;
        audited::check_leaks(spec, &audit)?;
        let sample_range = SampleRange::new(spec.range, &cache, &split.train)?;
        cache
            .set_range(sample_range.range, 0)
            .map_err(|e| pictures_error(&[e], dataset.len()))?;
        let splits = Splits {
            train: split.train.clone(),
            validation: split.validation.clone(),
            test: split.test.clone(),
        };
        let mut described = describe(spec, &dataset, &cache, &splits, &unreadable, sha256);
        if let Some(folds) = &folds {
            let folds = FoldsResult::new(&dataset, folds);
            let (way, by) = (folds.describe(), unit(&dataset));
            described.split = format!("{way}, {by}, stratified, seed {}", spec.split_seed);
            described.folds = Some(folds);
        }
        described.partitions.extend(test_sets(&dataset, &split));
        let parts = flow::parts(&split, folds.as_ref());
        described.flow = Some(Flow::new(sources, &dataset, unusable.len(), &parts));
        described.characteristics = Characteristics::of(&dataset, &parts);
        described.notes = notes;
        described.allowed_leaks = spec.allow_leaks.clone();
        described.audit = Some(audit);
        described.depth = sample_range.depth;
        let warnings = sample_range
            .warning
            .into_iter()
            .chain(framing::stretch(&described));
        let warnings = warnings.collect();
        Ok(Self {
            dataset,
            cache: Arc::new(cache),
            split,
            folds,
            described,
            warnings,
            said,
        })
    }
}

/// Refuses numbers that no data could change, and texts too long for a report.
fn check_numbers(spec: &DataSpec) -> Result<(), StudyError> {
    bounds::SIZE.whole(spec.size.height as u64)?;
    bounds::SIZE.whole(spec.size.width as u64)?;
    if let Some(channels) = spec.channels {
        bounds::CHANNELS.whole(channels as u64)?;
    }
    if let Some(WrittenRange::Between(ends)) = spec.range {
        for end in ends {
            bounds::RANGE.number(f64::from(end))?;
        }
    }
    bounds::SPLIT_SEED.whole(spec.split_seed)?;
    bounds::CACHE_MIB.whole(spec.cache_mib as u64)?;
    let shares = &spec.fractions;
    for share in [shares.train, shares.validation, shares.test] {
        bounds::FRACTION.number(share.unwrap_or(0.0))?;
    }
    let augment = &spec.augment;
    bounds::CROP.whole(augment.crop.unwrap_or(0) as u64)?;
    for (bound, found) in [
        (bounds::ROTATE, augment.rotate_degrees),
        (bounds::BRIGHTNESS, augment.brightness),
        (bounds::CONTRAST, augment.contrast),
        (bounds::SATURATION, augment.saturation),
        (bounds::HUE, augment.hue),
    ] {
        bound.number(f64::from(found))?;
    }
    for (bound, text) in [
        (bounds::NAME, &spec.name),
        (bounds::PROPERTY, &spec.property),
        (bounds::ALLOW_LEAKS, &spec.allow_leaks),
    ] {
        text.iter().try_for_each(|text| bound.text(text))?;
    }
    Ok(())
}

/// Refuses a part without a picture: patients and copies that are too few to fill all parts.
fn check_parts(dataset: &Dataset, split: &Split, notes: &[String]) -> Result<(), StudyError> {
    let named = split
        .test_sets
        .iter()
        .map(|set| (set.name.as_str(), &set.examples));
    let parts = [
        ("training", &split.train),
        ("validation", &split.validation),
        ("test", &split.test),
    ];
    match parts
        .into_iter()
        .chain(named)
        .find(|(_, part)| part.is_empty())
    {
        None => Ok(()),
        Some((name, _)) => Err(StudyError::Value {
            field: "data.fractions",
            expected: format!("pictures in every part, {name} included"),
            found: match together(dataset, notes) {
                Some(why) => format!("none there; {why}"),
                None => "none there".into(),
            },
        }),
    }
}

/// Why a split may have too little to divide.
fn together(dataset: &Dataset, notes: &[String]) -> Option<String> {
    let patients: BTreeSet<&str> = dataset
        .examples
        .iter()
        .filter_map(|e| e.patient.as_deref())
        .collect();
    if (1..10).contains(&patients.len()) {
        return Some(format!(
            "all pictures of a patient go into one part, and there are {} patients",
            patients.len()
        ));
    }
    notes
        .iter()
        .find(|note| note.contains("kept in one part"))
        .cloned()
}

/// Refuses a pack in which something was changed since, whatever becomes of pictures that never
/// could be read.
fn check_pack(unreadable: &[UnreadableImage]) -> Result<(), StudyError> {
    let is_damage = |picture: &&UnreadableImage| matches!(picture.reason, ImageError::Pack(_));
    match unreadable.iter().find(is_damage) {
        None => Ok(()),
        Some(picture) => Err(StudyError::DamagedPack {
            id: picture.path.clone(),
            reason: picture.reason.clone(),
        }),
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
    let split = division(dataset, spec.split_seed);
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
        notes: Vec::new(),
        allowed_leaks: None,
        audit: None,
        folds: None,
        flow: None,
        characteristics: None,
        sha256,
    }
}

/// What is kept together where parts are made.
fn unit(dataset: &Dataset) -> &'static str {
    let mut own = dataset.examples.iter().filter(|e| e.test_set.is_none());
    match own.any(|e| e.patient.is_some()) {
        true => "by patient",
        false => "by picture, patients unknown",
    }
}

/// How the parts came about, in words. What was made here is never called official.
fn division(dataset: &Dataset, seed: u64) -> String {
    let own = || dataset.examples.iter().filter(|e| e.test_set.is_none());
    let by = unit(dataset);
    let brought = |partition: Partition| own().any(|e| e.partition == Some(partition));
    let made: Vec<&str> = [Partition::Validation, Partition::Test]
        .into_iter()
        .filter(|partition| !brought(*partition))
        .map(Partition::name)
        .collect();
    match (brought(Partition::Train), &made[..]) {
        (false, _) => format!("made here, {by}, stratified, seed {seed}"),
        (true, []) => "official, as the data bring it".into(),
        (true, made) => {
            let kept = match brought(Partition::Test) {
                true => "training and test as the data bring them",
                false => "training as the data bring it",
            };
            let made = made.join(" and ");
            format!("{kept}; {made} taken from training, {by}, stratified, seed {seed}")
        }
    }
}

/// The named test sets in numbers.
fn test_sets(dataset: &Dataset, split: &Split) -> Vec<PartitionResult> {
    let counted = split.test_sets.iter().map(|set| {
        let summary = SplitSummary::of(dataset, Partition::Test, &set.examples);
        PartitionResult {
            name: set.name.clone(),
            images: summary.images,
            patients: summary.patients,
            per_class: summary.present,
        }
    });
    counted.collect()
}

/// The word for a task in configurations and reports.
fn task_name(task: images::Task) -> &'static str {
    match task {
        images::Task::Multiclass => "multiclass",
        images::Task::Multilabel => "multilabel",
        images::Task::Ordinal => "ordinal",
    }
}
