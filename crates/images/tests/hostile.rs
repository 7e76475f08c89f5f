//! Data meant to break a reader: every case ends in an error that says where and why.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Cursor, Write as _};

use formats::decode::{DECODER, decode};
use images::npz::{self, NpzOptions};
use images::{DataError, ImageError, Label, Task};
use zip::write::SimpleFileOptions;

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn archive(members: &[(&str, Vec<u8>)]) -> Cursor<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let mut bytes = zip.finish().unwrap();
    bytes.set_position(0);
    bytes
}

fn npz_error(task: Task, members: &[(&str, Vec<u8>)]) -> String {
    npz::parse("x.npz", archive(members), &NpzOptions::new(task))
        .unwrap_err()
        .to_string()
}

fn pair(images: Vec<u8>, labels: Vec<u8>) -> [(&'static str, Vec<u8>); 2] {
    [("train_images.npy", images), ("train_labels.npy", labels)]
}

#[test]
fn archives_with_wrong_members_are_refused_by_name() {
    let good = || npy("|u1", "(2, 2, 2)", &[0; 8]);
    let cases = [
        (
            npy("|u1", "(2, 8)", &[0; 16]),
            npy("|u1", "(2,)", &[0; 2]),
            "train_images.npy: expected",
        ),
        (
            npy("<f8", "(2, 2, 2)", &[0; 64]),
            npy("|u1", "(2,)", &[0; 2]),
            "int16 or float32 images, found float64",
        ),
        (
            npy("|u1", "(2, 2, 2, 65)", &[0; 520]),
            npy("|u1", "(2,)", &[0; 2]),
            "at most 64 channels",
        ),
        (
            good(),
            npy("<f4", "(2,)", &[0; 8]),
            "an integer element type, found float32",
        ),
        (
            npy("|u1", "(2, 2, 2)", &[0; 7]),
            npy("|u1", "(2,)", &[0; 2]),
            "found 7 bytes",
        ),
        (
            npy("|u1", "(2, 2, 2)", &[0; 9]),
            npy("|u1", "(2,)", &[0; 2]),
            "more than that",
        ),
        (
            npy("|u1", "(9999999999, 28, 28)", &[0; 9]),
            npy("|u1", "(2,)", &[0; 2]),
            "at most",
        ),
        (
            npy("|u1", "(4294967296, 4294967296, 3)", &[]),
            npy("|u1", "(2,)", &[]),
            "at most",
        ),
        (
            npy("|u1", "(1000000, 0, 0)", &[]),
            npy("|u1", "(1000000,)", &[]),
            "shape [n, height",
        ),
        (
            good(),
            npy("|u1", "(3,)", &[0; 3]),
            "expected shape [2], [2, 1] or [2, k]",
        ),
        (
            good(),
            npy("|i1", "(2,)", &[0, 0xff]),
            "train/1: label -1 is outside",
        ),
        (
            good(),
            npy("<i8", "(2,)", &[0xff; 16].map(|b| b & 0x7f)),
            "fewer than 10000 classes",
        ),
        (
            good(),
            npy("|u1", "(2, 3)", &[0; 6]),
            "set the task to multilabel",
        ),
        (good(), vec![], "a .npy header"),
        (vec![b'x'; 4000], vec![], "the .npy signature"),
    ];
    for (images, labels, message) in cases {
        let error = npz_error(Task::Multiclass, &pair(images, labels));
        assert!(error.contains(message), "expected `{message}` in: {error}");
    }
    let error = npz_error(
        Task::Multilabel,
        &pair(good(), npy("|u1", "(2, 2)", &[0, 1, 2, 0])),
    );
    assert!(
        error.contains("label 2 is outside the task, expected 0 (absent)"),
        "{error}"
    );
    let error = npz_error(Task::Multiclass, &pair(good(), vec![])[..1]);
    assert!(
        error.contains("train_labels.npy: expected labels beside the images"),
        "{error}"
    );
    let error = npz_error(Task::Multiclass, &[]);
    assert!(error.contains("no pictures"), "{error}");
    let nothing = npz::parse("x.npz", Cursor::new([]), &NpzOptions::new(Task::Ordinal));
    assert!(matches!(nothing.unwrap_err(), DataError::Archive { .. }));
}

#[test]
fn an_archive_of_zeros_stops_at_the_bound() {
    // 64 MiB of zeros compress a thousandfold.
    let mut options = NpzOptions::new(Task::Multiclass);
    options.limit_bytes = 1 << 20;
    let zeros = npy("|u1", "(65536, 32, 32)", &vec![0; 64 << 20]);
    let bytes = archive(&pair(zeros, npy("|u1", "(65536,)", &[0; 65536])));
    let error = npz::parse("x.npz", bytes.clone(), &options)
        .unwrap_err()
        .to_string();
    assert!(error.contains("at most 1048576 bytes"), "{error}");

    // An archive that lies about the size of its members gets no further.
    let mut lying = bytes.into_inner();
    let declared = ((64 << 20) + lying_header_bytes()) as u32;
    let mut replaced = 0;
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == declared.to_le_bytes() {
            lying[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
            replaced += 1;
        }
    }
    assert!(replaced > 0);
    let error = npz::parse("x.npz", Cursor::new(lying), &options)
        .unwrap_err()
        .to_string();
    assert!(error.contains("train_images.npy"), "{error}");
}

fn lying_header_bytes() -> usize {
    npy("|u1", "(65536, 32, 32)", &[]).len()
}

#[test]
fn multilabel_arrays_are_findings() {
    let images = npy("<u2", "(2, 1, 1, 3)", &[0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6]);
    let labels = npy(
        ">i4",
        "(2, 2)",
        &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    );
    let dataset = npz::parse(
        "x",
        archive(&pair(images, labels)),
        &NpzOptions::new(Task::Multilabel),
    )
    .unwrap();
    assert_eq!(
        dataset.examples[0].label,
        Label::Findings(vec![Some(true), Some(false)])
    );
    assert_eq!(
        dataset.image(1).unwrap().samples,
        images::Samples::U16(vec![1024, 1280, 1536])
    );
}

fn encoded(format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture =
        image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 9]));
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn a_picture_cut_short_anywhere_is_refused() {
    for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg] {
        let bytes = encoded(format);
        assert_eq!(decode(&bytes).unwrap().width, 40);
        // The last 12 bytes of a PNG carry nothing but its end.
        let whole = if format == image::ImageFormat::Png {
            12
        } else {
            1
        };
        for length in 0..=bytes.len() - whole - 1 {
            assert!(
                decode(&bytes[..length]).is_err(),
                "{format:?} cut to {length} bytes"
            );
        }
        // Trailing bytes, as some cameras append them, do no harm.
        let padded = [bytes.as_slice(), &[0; 100]].concat();
        assert!(decode(&padded).is_ok());
    }
    assert_eq!(decode(&[]), Err(ImageError::Empty));
    assert!(decode(b"GIF89a and more").is_err());
}

#[test]
fn a_picture_of_a_huge_declared_size_is_refused_before_decoding() {
    let mut png = encoded(image::ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let error = decode(&png).unwrap_err();
    assert!(matches!(error, ImageError::TooManyPixels { .. }), "{error}");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| {
            (c >> 1) ^ (0xedb8_8320 & (c & 1).wrapping_neg())
        })
    })
}

#[test]
fn the_recorded_decoder_is_the_one_in_use() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    for decoder in DECODER.split(", ") {
        let (name, version) = decoder.split_once(' ').unwrap();
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"");
        assert!(
            lock.contains(&entry),
            "{decoder} is not in Cargo.lock; correct DECODER"
        );
    }
}
