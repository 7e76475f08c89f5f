//! How often something is found in sets in which nothing is wrong.
//!
//! ```text
//! cargo run --release -p audit --example clean_sets -- 1000 [3000]
//! ```
//! Each set has up to so many pictures (3,000), at least a fifteenth of that, of patients with one to four each, two to five classes by
//! patient, parts by patient, and sizes, intensities, files, sex, age and site that know of
//! neither. Told are the sets with a finding, by kind.

use std::collections::BTreeMap;

use audit::{Audit, Digest, Kind, Picture, Signature, Subject, Traits};
use images::{Label, Task};
use rand::RngExt as _;
use rayon::prelude::*;
use streams::stream;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |or: usize| arguments.next().and_then(|n| n.parse().ok()).unwrap_or(or);
    let (sets, most) = (number(1000), number(3000).max(30));
    let found: Vec<Vec<&'static str>> = (0..sets as u64)
        .into_par_iter()
        .map(|seed| {
            let audit = Audit::of(&clean(seed, most)).unwrap_or_else(|error| panic!("{error}"));
            let mut kinds: Vec<_> = audit.findings.iter().map(|f| name(&f.kind)).collect();
            kinds.dedup();
            kinds
        })
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in found.iter().flatten() {
        *counts.entry(kind).or_default() += 1;
    }
    println!("{sets} sets");
    for (kind, count) in counts {
        println!("{count:6} sets with {kind}");
    }
}

fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::LabelReadable { .. } => "a label readable",
        Kind::PartReadable { .. } => "a part readable",
        Kind::TooFewToTell => "too few to tell",
        Kind::FewInPart => "few of a class in a part",
        Kind::AbsentFromPart => "a class absent from a part",
        Kind::PatientLabelsDiffer => "labels of a patient that differ",
        Kind::Imbalance => "imbalance",
        _ => "something else",
    }
}

fn clean(seed: u64, most: usize) -> Subject {
    let mut random = stream(seed, "clean set", 0);
    let pictures = random.random_range(most / 15..most);
    let classes = random.random_range(2..=5usize);
    let mut made: Vec<Picture> = Vec::with_capacity(pictures + 4);
    let mut patient = 0;
    while made.len() < pictures {
        let class = random.random_range(0..classes);
        let part = [0, 0, 0, 0, 0, 0, 0, 1, 2, 2][random.random_range(0..10)];
        let (sex, age) = (
            ["F", "M"][random.random_range(0..2)],
            random.random_range(18..95),
        );
        let site = random.random_range(0..6);
        // What the device of a patient does to all of his or her pictures.
        let (light, width) = (
            random.random_range(-0.1..0.1f32),
            512 + 64 * random.random_range(0..4u32),
        );
        for _ in 0..random.random_range(1..=4) {
            let index = made.len() as u64;
            let digest = Digest::of_bytes(&index.to_le_bytes());
            made.push(Picture {
                id: format!("{index}.{}", ["png", "jpg"][random.random_range(0..2)]),
                label: Label::Class(class),
                patient: Some(format!("{patient:05}")),
                part,
                attributes: vec![sex.into(), format!("{age}"), format!("site {site}")],
                traits: Some(Traits {
                    file: digest,
                    pixels: digest,
                    look: None,
                    width,
                    height: random.random_range(400..800),
                    channels: [1, 3][random.random_range(0..2)],
                    depth: 8,
                    mean: 0.5 + light + random.random_range(-0.1..0.1f32),
                    spread: random.random_range(0.1..0.3),
                    file_bytes: random.random_range(10_000..500_000),
                    signature: Signature::Other,
                    jpeg_quality: [None, Some(75), Some(90), Some(95)][random.random_range(0..4)],
                }),
            });
        }
        patient += 1;
    }
    Subject {
        classes: (0..classes).map(|class| format!("grade {class}")).collect(),
        task: Task::Multiclass,
        parts: ["training", "validation", "test"].map(str::to_owned).into(),
        attributes: ["sex", "age", "site"].map(str::to_owned).into(),
        pictures: made,
    }
}
