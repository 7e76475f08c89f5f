//! Small made pictures of every format, each equal to what Pillow reads from it (or to the array
//! that was written). Made by `checks/formats/pillow_files.py`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use formats::{Image, Reading, Samples, decode_with};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

struct Expected {
    shape: [usize; 3],
    kind: String,
    allowed: f64,
    samples: Vec<f64>,
}

fn expected(path: &Path) -> Expected {
    let bytes = std::fs::read(path).unwrap();
    let end = bytes.iter().position(|&b| b == b'\n').unwrap();
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let words: Vec<&str> = head.split(' ').collect();
    let body = &bytes[end + 1..];
    let samples = match words[3] {
        "u8" => body.iter().map(|&b| b.into()).collect(),
        "u16" => body
            .chunks_exact(2)
            .map(|b| u16::from_le_bytes([b[0], b[1]]).into())
            .collect(),
        _ => body
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]).into())
            .collect(),
    };
    Expected {
        shape: [0, 1, 2].map(|at| words[at].parse().unwrap()),
        kind: words[3].into(),
        allowed: words[4].parse().unwrap(),
        samples,
    }
}

fn values(image: &Image) -> (&'static str, Vec<f64>) {
    match &image.samples {
        Samples::U8(s) => ("u8", s.iter().map(|&v| v.into()).collect()),
        Samples::U16(s) => ("u16", s.iter().map(|&v| v.into()).collect()),
        Samples::F32(s) => ("f32", s.iter().map(|&v| v.into()).collect()),
    }
}

fn pictures() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(GOLDEN)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e != "expected"))
        .collect();
    found.sort();
    found
}

/// What differs, in words; `None` where nothing does.
fn difference(path: &Path) -> Option<String> {
    let decoded = match decode_with(&std::fs::read(path).unwrap(), &Reading::default()) {
        Ok(decoded) => decoded,
        Err(error) => return Some(error.to_string()),
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".expected");
    let expected = expected(Path::new(&beside));
    let image = &decoded.image;
    let (kind, found) = values(image);
    let shape = [image.height, image.width, image.channels];
    if (shape, kind) != (expected.shape, expected.kind.as_str()) {
        return Some(format!(
            "{shape:?} {kind}, expected {:?} {}",
            expected.shape, expected.kind
        ));
    }
    let pairs = found.iter().zip(&expected.samples);
    let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    (worst > expected.allowed).then(|| format!("differs by {worst}"))
}

#[test]
fn every_picture_is_what_pillow_reads() {
    let pictures = pictures();
    assert!(pictures.len() >= 70, "{} pictures", pictures.len());
    let different: BTreeMap<_, _> = pictures
        .iter()
        .filter_map(|path| Some((path.file_name().unwrap(), difference(path)?)))
        .collect();
    assert!(different.is_empty(), "{different:#?}");
}
