//! Real datasets, read from the folder of shared data; skipped where that folder is absent.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::PathBuf;

use images::npz::NpzOptions;
use images::{
    Cache, Dataset, Fractions, Frame, Label, Partition, Range, Splits, Summary, Task,
    contact_sheet, npz,
};

fn shared(name: &str) -> Option<PathBuf> {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no {}", path.display());
    None
}

fn class_counts(dataset: &Dataset, partition: Partition) -> Vec<usize> {
    let mut counts = vec![0; dataset.classes.len()];
    for example in dataset
        .examples
        .iter()
        .filter(|e| e.partition == Some(partition))
    {
        counts[example.label.class().unwrap()] += 1;
    }
    counts
}

#[test]
fn retinamnist_has_the_published_split_and_statistics() {
    let Some(path) = shared("retinamnist.npz") else {
        return;
    };
    let dataset = npz::read(&path, &NpzOptions::new(Task::Ordinal)).unwrap();
    assert_eq!((dataset.len(), dataset.channels), (1600, 3));
    assert_eq!(
        class_counts(&dataset, Partition::Train),
        [486, 128, 206, 194, 66]
    );
    assert_eq!(dataset.examples[1080].id, "val/0");

    let splits = Splits::of(&dataset, Fractions::default(), 1).unwrap();
    assert_eq!(
        (
            splits.train.len(),
            splits.validation.len(),
            splits.test.len()
        ),
        (1080, 120, 400)
    );
    let (cache, unreadable) = Cache::build(&dataset, Frame::new(28, 3), usize::MAX, 2);
    assert!(unreadable.is_empty());
    // z = numpy.load("retinamnist.npz")["train_images"] / 255
    // z.mean((0, 1, 2)), z.std((0, 1, 2))
    let normalisation = cache.normalisation(&splits.train);
    let close = |a: &[f32], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
    assert!(close(&normalisation.mean, RETINA_MEAN), "{normalisation:?}");
    assert!(close(&normalisation.std, RETINA_STD), "{normalisation:?}");

    let summary = Summary::of(&dataset, &cache, &splits);
    assert_eq!(summary.splits[0].present, [486, 128, 206, 194, 66]);
    assert_eq!(summary.width.unwrap().median, 28);
    assert!(
        serde_json::to_string(&summary)
            .unwrap()
            .contains("\"ordinal\"")
    );
    let sheet = contact_sheet(&dataset, &splits.train, 6, 28, Range::Full, 1).unwrap();
    let sheet = images::decode(&sheet).unwrap();
    assert_eq!((sheet.width, sheet.height), (6 * 28 + 5 * 2, 28));

    let hash = dataset.content_hash();
    assert_eq!(
        hash,
        npz::read(&path, &NpzOptions::new(Task::Ordinal))
            .unwrap()
            .content_hash()
    );
    let mut relabelled = dataset.clone();
    let class = dataset.examples[3].label.class().unwrap();
    relabelled.examples[3].label = Label::Class((class + 1) % 5);
    assert_ne!(hash, relabelled.content_hash());
}

const RETINA_MEAN: [f32; 3] = [0.398389, 0.244727, 0.155753];
const RETINA_STD: [f32; 3] = [0.298286, 0.200482, 0.150660];

#[test]
fn labels_of_one_and_of_two_axes_are_classes() {
    for (name, train, total) in [
        ("breastmnist.npz", [147, 399], 780),
        ("pneumoniamnist.npz", [1214, 3494], 5856),
    ] {
        let Some(path) = shared(name) else { return };
        let dataset = npz::read(&path, &NpzOptions::new(Task::Multiclass)).unwrap();
        assert_eq!((dataset.len(), dataset.channels), (total, 1));
        assert_eq!(class_counts(&dataset, Partition::Train), train, "{name}");
        assert!(dataset.check().is_empty());
    }
}
