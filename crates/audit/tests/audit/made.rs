//! Pictures and subjects that are drawn from a seed.

use audit::{Audit, Finding, Kind, Picture, Subject, Traits};
use images::{Image, Label, Task};
use rand::RngExt as _;
use streams::stream;

/// A grey picture of soft forms and fine texture; another seed gives another.
pub fn image(seed: u64, width: usize, height: usize) -> Image {
    Image::from_u8(width, height, 1, shades(seed, width, height, |x, y| (x, y)))
}

/// The same left for right.
pub fn mirrored(seed: u64, width: usize, height: usize) -> Image {
    Image::from_u8(
        width,
        height,
        1,
        shades(seed, width, height, |x, y| (1.0 - x, y)),
    )
}

/// The same, of which `share` is cut away at each side.
pub fn cropped(seed: u64, side: usize, share: f32) -> Image {
    let inside = move |at: f32| share + at * (1.0 - 2.0 * share);
    Image::from_u8(
        side,
        side,
        1,
        shades(seed, side, side, |x, y| (inside(x), inside(y))),
    )
}

fn shades(
    seed: u64,
    width: usize,
    height: usize,
    place: impl Fn(f32, f32) -> (f32, f32),
) -> Vec<u8> {
    let mut random = stream(seed, "made picture", 0);
    // Frequencies up to what 24 cells can hold, weaker the finer they are.
    let waves: Vec<[f32; 4]> = (0..40)
        .map(|_| {
            let [u, v] = [0; 2].map(|_| random.random_range(-9.0..9.0f32));
            let weight = 1.0 / (1.0 + 0.2 * (u * u + v * v).sqrt());
            [u, v, random.random_range(0.0..6.3), weight]
        })
        .collect();
    (0..width * height)
        .map(|at| {
            let (x, y) = ((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
            let (x, y) = place(x / width as f32, y / height as f32);
            let wave =
                |w: &[f32; 4]| w[3] * (std::f32::consts::PI * (w[0] * x + w[1] * y) + w[2]).sin();
            (128.0 + 14.0 * waves.iter().map(wave).sum::<f32>()).clamp(0.0, 255.0) as u8
        })
        .collect()
}

/// A picture of its own look, of class 0, in part 0.
pub fn picture(id: impl Into<String>, seed: u64) -> Picture {
    shown(id, &image(seed, 40, 40))
}

/// A picture that shows `image`, of class 0, in part 0; its file is its id and its pixels.
pub fn shown(id: impl Into<String>, image: &Image) -> Picture {
    let id = id.into();
    let images::Samples::U8(samples) = &image.samples else {
        panic!("made pictures have 8 bits");
    };
    Picture {
        traits: Some(Traits::of(samples, image)),
        id,
        label: Label::Class(0),
        patient: None,
        part: 0,
        attributes: Vec::new(),
    }
}

/// Two classes, two parts.
pub fn subject(pictures: Vec<Picture>) -> Subject {
    Subject {
        classes: vec!["healthy".into(), "ill".into()],
        task: Task::Multiclass,
        parts: vec!["training".into(), "test".into()],
        attributes: Vec::new(),
        pictures,
    }
}

/// The findings of these kinds.
pub fn of_kind(audit: &Audit, wanted: impl Fn(&Kind) -> bool) -> Vec<&Finding> {
    audit
        .findings
        .iter()
        .filter(|finding| wanted(&finding.kind))
        .collect()
}

/// The ids of the first example of a finding, in order of name.
pub fn first_example(finding: &Finding) -> Vec<&str> {
    let mut ids: Vec<_> = finding.examples[0]
        .members
        .iter()
        .map(|m| m.id.as_str())
        .collect();
    ids.sort_unstable();
    ids
}
