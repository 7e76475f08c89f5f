//! How many made near duplicates are found, and what else is called one.
//!
//! ```text
//! cargo run --release -p audit --example near_duplicates -- folder [pictures]
//! ```
//! Reads all pictures below a folder, audits them, then adds a changed copy of each of the first
//! `pictures` (300), a kind of change at a time, and counts how many are found as copies of their
//! original, surely or perhaps.

use std::error::Error;
use std::path::{Path, PathBuf};

use audit::{Audit, Kind, Likeness, Picture, Subject, Traits};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage};
use images::{Image, Label, Samples, Task, decode};
use rayon::prelude::*;

const CHANGES: [&str; 11] = [
    "JPEG at quality 75",
    "JPEG at quality 30",
    "sized by 0.9",
    "sized by 1.1",
    "sized by 0.5",
    "brightness −5 %",
    "brightness +5 %",
    "cut by 1 % a side",
    "cut by 2 % a side",
    "mirrored",
    "PNG in grey",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("expected a folder")?;
    let count = arguments.next().map_or(Ok(300), |n| n.parse())?;
    let mut paths = Vec::new();
    list(Path::new(&folder), &mut paths)?;
    paths.sort();
    let pictures: Vec<(Picture, Option<GrayImage>)> = paths
        .par_iter()
        .enumerate()
        .filter_map(|(index, path)| read(path, index, paths.len(), count))
        .collect();
    let (originals, kept): (Vec<_>, Vec<_>) = pictures.into_iter().unzip();
    let kept: Vec<(usize, GrayImage)> = kept
        .into_iter()
        .enumerate()
        .filter_map(|(i, image)| Some((i, image?)))
        .collect();
    let subject = |pictures| Subject {
        classes: vec!["a".into()],
        task: Task::Multiclass,
        parts: vec!["originals".into(), "changed".into()],
        attributes: vec![],
        pictures,
    };
    let audit = Audit::of(&subject(originals.clone()))?;
    println!("{} pictures, {:?}", originals.len(), audit.standard);
    for finding in audit
        .findings
        .iter()
        .filter(|f| matches!(f.kind, Kind::Copies { .. }))
    {
        println!("  {}", finding.found);
        for example in &finding.examples {
            let ids: Vec<&str> = example.members.iter().map(|m| m.id.as_str()).collect();
            println!("    {}", ids.join(" = "));
        }
    }
    for change in CHANGES {
        let (mut sure, mut perhaps) = (0, 0);
        // A few at a time, so that every group is among the examples.
        for chunk in kept.chunks(20) {
            let mut pictures = originals.clone();
            let added = chunk
                .iter()
                .map(|(index, image)| copy(*index, image, change));
            pictures.extend(added);
            let audit = Audit::of(&subject(pictures))?;
            let (a, b) = found(&audit, originals.len());
            sure += a;
            perhaps += b;
        }
        let share = |n: usize| 100.0 * n as f64 / kept.len() as f64;
        println!(
            "{change:20} sure {:5.1} %, perhaps {:5.1} %",
            share(sure),
            share(perhaps)
        );
    }
    Ok(())
}

/// Copies that are in one group with their original: surely, and perhaps.
fn found(audit: &Audit, originals: usize) -> (usize, usize) {
    let (mut sure, mut perhaps) = (0, 0);
    for finding in &audit.findings {
        let Kind::Copies {
            likeness,
            relation: audit::Relation::AcrossParts,
        } = &finding.kind
        else {
            continue;
        };
        let hit = |example: &&audit::Example| {
            let copy = example.members.iter().find(|m| m.picture >= originals);
            copy.is_some_and(|copy| {
                let original = copy.id.strip_prefix("copy of ");
                example.members.iter().any(|m| {
                    m.picture < originals && Some(m.picture.to_string().as_str()) == original
                })
            })
        };
        let hits = finding.examples.iter().filter(hit).count();
        match likeness {
            Likeness::Perhaps => perhaps += hits,
            _ => sure += hits,
        }
    }
    (sure, perhaps)
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => list(&path, paths)?,
            false => paths.push(path),
        }
    }
    Ok(())
}

/// The picture, and its pixels if it is one of `count` of `all` that are copied.
fn read(
    path: &Path,
    index: usize,
    all: usize,
    count: usize,
) -> Option<(Picture, Option<GrayImage>)> {
    let bytes = std::fs::read(path).ok()?;
    let decoded = decode(&bytes).ok()?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    let copied = index.is_multiple_of((all / count.max(1)).max(1));
    let grey = copied.then(|| grey(&decoded)).flatten();
    Some((entry(name, 0, Traits::of(&bytes, &decoded)), grey))
}

fn entry(id: String, part: usize, traits: Traits) -> Picture {
    Picture {
        id,
        label: Label::Class(0),
        patient: None,
        part,
        attributes: vec![],
        traits: Some(traits),
    }
}

fn grey(image: &Image) -> Option<GrayImage> {
    let Samples::U8(samples) = &image.samples else {
        return None;
    };
    let first = samples.iter().step_by(image.channels).copied().collect();
    GrayImage::from_raw(image.width as u32, image.height as u32, first)
}

fn copy(original: usize, image: &GrayImage, change: &str) -> Picture {
    let (width, height) = image.dimensions();
    let sized = |by: f32| {
        let size = |extent: u32| (extent as f32 * by).round() as u32;
        imageops::resize(image, size(width), size(height), FilterType::Triangle)
    };
    let lit = |by: f32| {
        let mut lit = image.clone();
        lit.iter_mut()
            .for_each(|s| *s = (f32::from(*s) * by).round().min(255.0) as u8);
        lit
    };
    let cut = |share: f32| {
        let edge = |extent: u32| ((extent as f32 * share).round() as u32).max(1);
        let (x, y) = (edge(width), edge(height));
        imageops::crop_imm(image, x, y, width - 2 * x, height - 2 * y).to_image()
    };
    let changed = match change {
        "JPEG at quality 75" => as_jpeg(image, 75),
        "JPEG at quality 30" => as_jpeg(image, 30),
        "sized by 0.9" => sized(0.9),
        "sized by 1.1" => sized(1.1),
        "sized by 0.5" => sized(0.5),
        "brightness −5 %" => lit(0.95),
        "brightness +5 %" => lit(1.05),
        "cut by 1 % a side" => cut(0.01),
        "cut by 2 % a side" => cut(0.02),
        "mirrored" => imageops::flip_horizontal(image),
        _ => image.clone(),
    };
    let (width, height) = changed.dimensions();
    let samples = changed.into_raw();
    let image = Image::from_u8(width as usize, height as usize, 1, samples.clone());
    let traits = Traits::of(&samples, &image);
    entry(format!("copy of {original}"), 1, traits)
}

fn as_jpeg(image: &GrayImage, quality: u8) -> GrayImage {
    let mut bytes = Vec::new();
    let written = DynamicImage::from(image.clone())
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality));
    let decoded = written.ok().and_then(|()| decode(&bytes).ok());
    decoded
        .and_then(|decoded| grey(&decoded))
        .unwrap_or_else(|| image.clone())
}
