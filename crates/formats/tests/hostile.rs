//! Damaged pictures of every format: each ends in a picture or an error, within bounds.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod made;

use std::sync::Mutex;

use formats::decode::MAX_PIXELS;
use formats::dicom::{steps, tags};
use formats::{FrameChoice, ImageError, Reading, Window, decode, decode_with};
use made::Made;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(format!("{GOLDEN}/{name}")).unwrap()
}

/// One file of every kind.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds: Vec<(String, Vec<u8>)> = std::fs::read_dir(GOLDEN)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|e| e != "expected"))
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    seeds.sort();
    seeds.extend(dicom_seeds());
    seeds
}

fn dicom_seeds() -> Vec<(String, Vec<u8>)> {
    let table = Made::default()
        .words(0x0028, 0x3002, b"US", &[3, 0, 16])
        .words(0x0028, 0x3006, b"OW", &[1, 2, 3]);
    let grey = || Made::grey(17, 22, 16, 12, false);
    let eight = || Made::grey(17, 22, 8, 8, false);
    let cells: Vec<u16> = (0..17 * 22 * 2).collect();
    let (one, two) = (&cells[..17 * 22], &cells);
    let packed: Vec<u8> = [
        &[1, 0, 0, 0, 64, 0, 0, 0][..],
        &[0; 56],
        &[129, 7, 129, 8, 130, 9],
    ]
    .concat();
    let levels: Vec<u16> = (0..17 * 22).map(|at| at * 11 % 4096).collect();
    let mut jls = Vec::new();
    jpegls::encode(&levels, 22, 17, &mut jls).unwrap();
    let syntax = |last: &str| format!("1.2.840.10008.1.2.{last}");
    let frames = || grey().text(0x0028, 0x0008, b"IS", "2");
    vec![
        (
            "plain".into(),
            grey().window("40", "400").pixels16(one).plain(),
        ),
        ("frames".into(), frames().pixels16(two).plain()),
        (
            "table".into(),
            grey().item(0x0028, 0x3000, table).pixels16(one).plain(),
        ),
        (
            "rle".into(),
            eight().fragments(&[&packed]).file(&syntax("5")),
        ),
        (
            "jpeg".into(),
            eight()
                .fragments(&[&golden("grey.jpg")])
                .file(&syntax("4.50")),
        ),
        (
            "jpeg 2000".into(),
            eight()
                .fragments(&[&golden("grey.j2k")])
                .file(&syntax("4.90")),
        ),
        (
            "jpeg-ls".into(),
            grey().fragments(&[&jls]).file(&syntax("4.80")),
        ),
        ("two fragments".into(), {
            let jpeg = golden("grey.jpg");
            let (head, tail) = jpeg.split_at(100);
            eight().fragments(&[head, tail]).file(&syntax("4.50"))
        }),
    ]
}

/// Numbers that look random (xorshift), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    fn damaged(&mut self, seed: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(3) {
            // Headers matter more than samples.
            let reach = if self.below(3) == 0 {
                bytes.len()
            } else {
                bytes.len().min(400)
            };
            let at = self.below(reach);
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => bytes[at] ^= 1 << self.below(8),
                2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                3 => {
                    let end = (at + 4).min(bytes.len());
                    bytes[at..end].fill([0, 0xff, 0x7f][self.below(3)]);
                }
                4 => {
                    let from = self.below(other.len());
                    let end = (from + 1 + self.below(40)).min(other.len());
                    bytes.splice(at..at, other[from..end].iter().copied());
                }
                _ => {
                    bytes.drain(at..(at + 1 + self.below(20)).min(bytes.len()));
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        bytes
    }
}

/// Most resident memory of this process so far, in MiB; where the system tells it.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

#[test]
fn damage_ends_in_a_picture_or_an_error() {
    static OURS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    // Decoders may panic, which `decode` turns into an error; our own code must not.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        if place.starts_with("crates/formats/src") {
            OURS.lock().unwrap().push(format!("{place}: {info}"));
        }
    }));
    let seeds = seeds();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for round in 0..1000 {
        for (at, (_, seed)) in seeds.iter().enumerate() {
            let other = &seeds[(at + round + 1) % seeds.len()].1;
            let bytes = numbers.damaged(seed, other);
            let reading = Reading {
                frame: [FrameChoice::Middle, FrameChoice::All][round % 2],
                ..Reading::default()
            };
            if let Ok(decoded) = decode_with(&bytes, &reading) {
                let image = decoded.image;
                let count = image.width * image.height * image.channels;
                assert_eq!(image.samples.len(), count);
                assert!(image.width as u64 * image.height as u64 <= MAX_PIXELS);
            }
        }
    }
    drop(std::panic::take_hook());
    let ours = OURS.lock().unwrap();
    assert!(ours.is_empty(), "{ours:#?}");
    if let Some(peak) = peak_mib() {
        assert!(peak < 2500, "{peak} MiB at the peak");
    }
}

#[test]
fn the_steps_of_damaged_dicom_files_end_too() {
    let mut numbers = Numbers(7);
    let seeds = dicom_seeds();
    for round in 0..400 {
        let (_, seed) = &seeds[round % seeds.len()];
        let bytes = numbers.damaged(seed, &seeds[(round + 1) % seeds.len()].1);
        std::panic::catch_unwind(|| (tags(&bytes).is_ok(), steps(&bytes, 0, Window::File).is_ok()))
            .map_err(|_| round)
            .unwrap();
    }
}

#[test]
fn every_picture_cut_in_its_middle_is_refused() {
    let kept: Vec<String> = seeds()
        .into_iter()
        // The first frame, the one that is read, is whole.
        .filter(|(name, _)| !name.starts_with("animated"))
        .filter(|(_, bytes)| decode(&bytes[..bytes.len() * 6 / 10]).is_ok())
        .map(|(name, _)| name)
        .collect();
    assert!(kept.is_empty(), "{kept:?}");
}

#[test]
fn sizes_are_refused_before_memory_is_taken() {
    let huge = Made::grey(65_535, 65_535, 16, 12, false)
        .pixels16(&[0; 8])
        .plain();
    let error = decode(&huge).unwrap_err();
    assert!(matches!(error, ImageError::TooManyPixels { .. }), "{error}");
    let short = Made::grey(9_000, 9_000, 16, 12, false)
        .pixels16(&[0; 8])
        .plain();
    assert_eq!(decode(&short).unwrap_err(), ImageError::Truncated);
    // A frame of another size than the data set declares.
    let file = Made::grey(9, 9, 8, 8, false)
        .fragments(&[&golden("grey.jpg")])
        .file("1.2.840.10008.1.2.4.50");
    let error = decode(&file).unwrap_err().to_string();
    assert!(error.contains("22×17") && error.contains("9×9"), "{error}");
    // Deeply nested sequences end.
    let nested = (0..2000).fold(Made::default(), |inner, _| {
        Made::default().item(0x0008, 0x1140, inner)
    });
    assert!(decode(&nested.plain()).is_err());
    let mut open = Made::default().plain();
    for _ in 0..100_000 {
        open.extend(b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff");
    }
    assert!(decode(&open).is_err());
}
