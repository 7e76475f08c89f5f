//! Radiographs as archives hand them out, read from the folder of shared data; skipped where that
//! folder is absent.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Read as _;
use std::path::PathBuf;

use formats::{Colour, Decoded, Reading, Samples, Window, decode_with, dicom};

fn shared(name: &str) -> Option<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/dicom");
    let bytes = std::fs::read(PathBuf::from(folder).join(name)).ok()?;
    if !name.ends_with(".gz") {
        return Some(bytes);
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    Some(unpacked)
}

fn levels(decoded: &Decoded) -> &[u16] {
    match &decoded.image.samples {
        Samples::U16(levels) => levels,
        _ => panic!("grey of 16 bits"),
    }
}

fn read(name: &str) -> Option<Decoded> {
    Some(decode_with(&shared(name)?, &Reading::default()).unwrap())
}

#[test]
fn monochrome1_is_the_negative_of_monochrome2() {
    let (Some(second), Some(first)) = (
        read("rsna_cr_chest_pa_1024_jpeg_baseline.dcm"),
        read("rsna_cr_chest_pa_1024_monochrome1.dcm"),
    ) else {
        return;
    };
    assert_eq!((first.image.width, first.image.height), (1024, 1024));
    assert_eq!(first.facts.colour, Colour::GreyInverted);
    assert_eq!(second.facts.colour, Colour::Grey);
    let pairs = levels(&first).iter().zip(levels(&second));
    assert!(pairs.into_iter().all(|(a, b)| a + b == 65_535));
}

/// The lossy copy is near the original: so both went through the same steps.
#[test]
fn jpeg_2000_shows_the_picture_that_was_stored_plainly() {
    let (Some(plain), Some(compressed)) = (
        read("rg1_cr_chest_pa_uncompressed.dcm.gz"),
        read("rg1_cr_chest_pa_jpeg2000.dcm"),
    ) else {
        return;
    };
    assert_eq!((plain.image.height, plain.image.width), (1955, 1841));
    assert_eq!(plain.facts.bits, 15);
    let distance: f64 = levels(&plain)
        .iter()
        .zip(levels(&compressed))
        .map(|(&a, &b)| f64::from(a.abs_diff(b)))
        .sum();
    let mean = distance / levels(&plain).len() as f64;
    assert!(mean < 400.0, "{mean} levels of 65535 apart on average");
    let facts = plain.facts.dicom.unwrap();
    assert!(facts.window.starts_with("window "), "{}", facts.window);
}

#[test]
fn steps_and_attributes_agree_with_the_picture() {
    let Some(bytes) = shared("rg1_cr_chest_pa_uncompressed.dcm.gz") else {
        return;
    };
    let tags = dicom::tags(&bytes).unwrap();
    assert!(tags.contains(&("modality", "CR".into())), "{tags:?}");
    let steps = dicom::steps(&bytes, 0, Window::File).unwrap();
    let decoded = decode_with(&bytes, &Reading::default()).unwrap();
    let inverted = |level: f64| 65_535 - (level * 65_535.0 + 0.5) as u16;
    let expected = steps.voi.iter().map(|&level| inverted(level));
    assert!(expected.eq(levels(&decoded).iter().copied()));
}
