//! Batches are a pure function of seed and step, whoever prepares them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use images::batches::step_indices;
use images::npz::{self, NpzOptions};
use images::{
    Augmentation, Batch, Cache, Dataset, Feed, Frame, Loader, Normalisation, Task, epoch_order,
};

/// Twenty grey pictures of 6 × 6 pixels in two classes.
fn dataset() -> Dataset {
    let npy = |shape: &str, data: Vec<u8>| {
        let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    };
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let pictures = npy(
        "(20, 6, 6)",
        (0..720).map(|i| (i * 31 % 251) as u8).collect(),
    );
    let labels = npy("(20, 1)", (0..20).map(|i| i % 2).collect());
    for (name, bytes) in [("train_images.npy", pictures), ("train_labels.npy", labels)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let bytes = Cursor::new(zip.finish().unwrap().into_inner());
    npz::parse("drawn", bytes, &NpzOptions::new(Task::Multiclass)).unwrap()
}

fn feed(memory: usize, augmentation: Augmentation) -> Feed {
    let dataset = dataset();
    let (cache, unreadable) = Cache::build(&dataset, Frame::new(4, 3), memory, 1);
    assert!(unreadable.is_empty());
    let normalisation = Normalisation {
        mean: vec![0.5; 3],
        std: vec![0.25; 3],
    };
    Feed::new(Arc::new(cache), &dataset, normalisation, augmentation)
}

fn strong() -> Augmentation {
    Augmentation {
        flip_horizontal: true,
        crop: Some(1),
        rotate_degrees: 15.0,
        brightness: 0.2,
        ..Default::default()
    }
}

#[test]
fn a_run_resumed_at_any_step_sees_the_same_batches() {
    let train: Vec<usize> = (0..13).collect();
    let all = |feed: &Feed, threads, steps| -> Vec<Batch> {
        Loader::training(feed, &train, 5, 9, steps, threads)
            .map(|batch| batch.unwrap())
            .collect()
    };
    let feed_in_memory = feed(usize::MAX, strong());
    let whole = all(&feed_in_memory, 2, 0..12);
    assert_eq!(whole.len(), 12);
    assert_eq!(whole[7..], all(&feed_in_memory, 1, 7..12)[..]);
    assert_eq!(
        whole,
        all(&feed(0, strong()), 1, 0..12),
        "read again from the source"
    );
    assert!(
        whole
            .iter()
            .all(|batch| batch.pixels.len() == 5 * 3 * 4 * 4)
    );
    // Thirteen steps of five are five epochs of thirteen.
    let mut seen: Vec<usize> = (0..13)
        .flat_map(|s| step_indices(&train, 5, 9, s))
        .collect();
    assert_eq!(seen[..13], epoch_order(&train, 9, 0)[..]);
    seen.sort_unstable();
    assert!(
        seen.chunks(5)
            .enumerate()
            .all(|(i, five)| five.iter().all(|&index| index == i))
    );
}

#[test]
fn a_small_training_set_is_one_batch_and_evaluation_ends_partial() {
    let feed = feed(usize::MAX, Augmentation::default());
    let small = feed.training_batch(&[3, 4], 8, 1, 5).unwrap();
    assert_eq!(small.indices.len(), 2);
    let indices: Vec<usize> = (0..20).rev().collect();
    let batches: Vec<Batch> = Loader::evaluation(&feed, &indices, 8, 1)
        .map(|batch| batch.unwrap())
        .collect();
    let sizes: Vec<usize> = batches.iter().map(|batch| batch.indices.len()).collect();
    assert_eq!(sizes, [8, 8, 4]);
    assert_eq!(batches[2].indices, [3, 2, 1, 0]);
    let picture = &small.pixels[..48];
    let same = batches
        .iter()
        .any(|batch| batch.pixels.chunks(48).any(|other| other == picture));
    assert!(
        same,
        "without augmentation a picture is the same in training and evaluation"
    );
}

#[test]
fn a_loader_dropped_early_stops() {
    let feed = feed(usize::MAX, Augmentation::default());
    let mut loader = Loader::training(&feed, &[0, 1, 2], 2, 1, 0..u64::MAX, 1);
    assert_eq!(loader.next().unwrap().unwrap().step, 0);
}

#[test]
fn a_sequence_that_breaks_off_does_not_look_like_one_that_ended() {
    let feed = feed(usize::MAX, Augmentation::default());
    let beyond = std::panic::AssertUnwindSafe(|| Loader::evaluation(&feed, &[99], 8, 1).count());
    assert!(std::panic::catch_unwind(beyond).is_err());
}
