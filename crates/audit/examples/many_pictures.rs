//! Time and memory of an audit of many pictures.
//!
//! ```text
//! cargo run --release -p audit --example many_pictures -- 60000 [hostile]
//! ```
//! Pictures of 32 × 32 pixels are drawn from their number, one in fifty a near duplicate of
//! another; `hostile`: all are shades of one. Peak memory is that of the process, as Linux counts
//! it, with the subject in it.

use std::time::Instant;

use audit::{Audit, Picture, Subject, Traits};
use images::{Image, Label, Task};
use rayon::prelude::*;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count = arguments
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(60_000usize);
    let hostile = arguments.next().is_some();
    let start = Instant::now();
    let subject = Subject {
        classes: vec!["healthy".into(), "ill".into()],
        task: Task::Multiclass,
        parts: vec!["training".into(), "test".into()],
        attributes: vec!["sex".into()],
        pictures: (0..count)
            .into_par_iter()
            .map(|index| picture(index, hostile))
            .collect(),
    };
    let made = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let audit = Audit::of(&subject).unwrap_or_else(|error| panic!("{error}"));
    let audited = start.elapsed().as_secs_f64();
    println!(
        "{count} pictures: made in {made:.1} s, audited in {audited:.1} s, peak {}",
        peak()
    );
    for finding in &audit.findings {
        println!("  {:?}: {}", finding.severity, finding.found);
    }
}

fn picture(index: usize, hostile: bool) -> Picture {
    let drawn = match (hostile, index % 50) {
        (true, _) => 1,
        (false, 49) => index - 7,
        _ => index,
    };
    let mut state = (drawn as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut samples: Vec<u8> = (0..32 * 32)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 56) as u8
        })
        .collect();
    // No two have the same pixels.
    let marks = (index as u64).to_le_bytes();
    samples[..4]
        .iter_mut()
        .zip(&marks)
        .for_each(|(sample, mark)| *sample = *mark);
    let image = Image::from_u8(32, 32, 1, samples.clone());
    Picture {
        id: format!("pictures/of/a/study/{index:08}.png"),
        label: Label::Class(index % 2),
        patient: Some(format!("patient {}", index / 3)),
        part: usize::from(index / 3 % 5 == 4),
        attributes: vec![["F", "M"][index / 3 % 2].into()],
        traits: Some(Traits::of(&samples, &image)),
    }
}

/// The most memory that the process had.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.map_or("unknown".into(), |line| {
        line.replace("VmHWM:", "").trim().to_owned()
    })
}
