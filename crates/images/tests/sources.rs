//! Real datasets, read from the folder of shared data; skipped where that folder is absent.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use images::npz::NpzOptions;
use images::table::{TableOptions, Uncertain};
use images::{
    Cache, DataError, Dataset, Fractions, Frame, Label, Partition, Range, Splits, Summary, Task,
    contact_sheet, folder, npz, table,
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

fn nih(split: Option<&str>) -> Option<(tempfile::TempDir, PathBuf, TableOptions)> {
    let (tar, csv) = (shared("nih1000_64px.tar")?, shared("nih1000_labels.csv")?);
    let root = tempfile::tempdir().unwrap();
    let status = Command::new("tar")
        .arg("xf")
        .arg(tar)
        .arg("-C")
        .arg(root.path())
        .status();
    assert!(status.unwrap().success());
    let header = std::fs::read_to_string(&csv).unwrap();
    let findings = header
        .lines()
        .next()
        .unwrap()
        .split(',')
        .skip(6)
        .map(str::to_owned)
        .collect();
    let options = TableOptions {
        root: root.path().into(),
        task: Task::Multilabel,
        image: "image".into(),
        labels: findings,
        patient: Some("patient".into()),
        split: split.map(str::to_owned),
        uncertain: Uncertain::Missing,
        class_names: None,
    };
    Some((root, csv, options))
}

#[test]
fn nih_findings_split_by_patient() {
    let Some((root, csv, options)) = nih(None) else {
        return;
    };
    let dataset = table::read(&csv, &options).unwrap();
    assert_eq!(
        (dataset.len(), dataset.classes.len(), dataset.channels),
        (1000, 14, 3)
    );
    let splits = Splits::of(&dataset, Fractions::default(), 7).unwrap();
    let (cache, unreadable) = Cache::build(&dataset, Frame::new(32, 1), 100 * 32 * 32, 2);
    assert!(unreadable.is_empty());
    assert_eq!(cache.in_memory(), 100);
    let summary = Summary::of(&dataset, &cache, &splits);
    assert!(
        summary.splits.iter().all(|s| s.present[4] > 0),
        "effusion in every split"
    );
    let patients: usize = summary
        .splits
        .iter()
        .map(|split| split.patients.unwrap())
        .sum();
    assert_eq!(patients, 264, "a patient in two splits would count twice");
    let shares: Vec<f64> = summary
        .splits
        .iter()
        .map(|s| s.images as f64 / 1000.0)
        .collect();
    assert!(
        (shares[0] - 0.7).abs() < 0.06 && (shares[2] - 0.2).abs() < 0.06,
        "{shares:?}"
    );

    // A broken picture is named; the other 998 are used.
    std::fs::write(root.path().join("00000231_013.png"), []).unwrap();
    let other = root.path().join("00000234_000.png");
    let bytes = std::fs::read(&other).unwrap();
    std::fs::write(&other, &bytes[..bytes.len() / 2]).unwrap();
    let (cache, unreadable) = Cache::build(&dataset, Frame::new(32, 1), usize::MAX, 2);
    assert_eq!((cache.in_memory(), unreadable.len()), (998, 2));
    assert_eq!(unreadable[0].path, "00000231_013.png");
    assert_eq!(unreadable, dataset.check());
    assert_eq!(
        cache.load(0, &mut vec![0.0; 32 * 32]),
        Err(unreadable[0].clone())
    );
}

#[test]
fn nih_source_split_leaks_patients_and_is_refused() {
    let Some((_root, csv, options)) = nih(Some("source_split")) else {
        return;
    };
    let error = table::read(&csv, &options).unwrap_err();
    assert!(
        matches!(error, DataError::PatientStraddles { .. }),
        "{error}"
    );
}

#[test]
fn class_folders_with_splits_and_jpegs() {
    let Some(tar) = shared("cifar10_jpeg.tar.gz") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let members = ["train/cat", "train/dog", "test/cat", "test/dog"];
    let status = Command::new("tar")
        .arg("xzf")
        .arg(tar)
        .arg("-C")
        .arg(root.path())
        .args(members)
        .status();
    assert!(status.unwrap().success());
    File::create(root.path().join("train/cat/.hidden.jpg")).unwrap();
    File::create(root.path().join("train/cat/notes.txt")).unwrap();
    let dataset = folder::read(root.path(), Task::Multiclass, None).unwrap();
    assert_eq!(dataset.classes, ["cat", "dog"]);
    assert_eq!((dataset.len(), dataset.channels), (12_000, 3));
    assert!(dataset.check().is_empty());
    let splits = Splits::of(&dataset, Fractions::default(), 3).unwrap();
    // 0.1 / (0.7 + 0.1) of each training class of 5000; the official test set stays whole.
    assert_eq!(
        (
            splits.train.len(),
            splits.validation.len(),
            splits.test.len()
        ),
        (8750, 1250, 2000)
    );
    let order = ["dog".to_owned(), "cat".to_owned()];
    let reordered = folder::read(root.path(), Task::Multiclass, Some(&order)).unwrap();
    assert_eq!(reordered.classes, order);
    assert!(folder::read(root.path(), Task::Multiclass, Some(&order[..1])).is_err());
}
