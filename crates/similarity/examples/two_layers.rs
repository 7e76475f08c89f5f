//! Compares the activations of two layers, one file each.
//!
//! ```text
//! cargo run --release -p similarity --example two_layers -- a.npy b.npy
//! ```
//! Both hold the same images in the same order, `[images, channels]` or
//! `[images, channels, height, width]`. Without files two invented layers are compared.

use std::error::Error;
use std::path::Path;

use similarity::files::{ArraySet, Axes, Layer};
use similarity::{Activations, MapShape, Memory, Options, compare};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let layers = match &paths[..] {
        [] => [invented(0.0)?, invented(0.5)?],
        [a, b] => [open(a)?, open(b)?],
        _ => return Err("expected two files, a.npy and b.npy".into()),
    };
    let compared = compare(&*layers[0], &*layers[1], &Options::default())?;
    println!(
        "{} images, {} datapoints",
        compared.images, compared.datapoints
    );
    println!(
        "{:22} {:>8} {:>19} {:>9}",
        "measure", "value", "95% interval", "shuffled"
    );
    for measured in &compared.measured {
        let name = measured.measure.to_string();
        let value = match &measured.value {
            Ok(value) => value,
            Err(reason) => {
                println!("{name:22} {reason}");
                continue;
            }
        };
        let interval = measured
            .interval
            .map(|i| format!("{:.3} to {:.3}", i.low, i.high));
        let null = measured.null.map(|null| format!("{:.3}", null.mean));
        let [interval, null] = [interval, null].map(Option::unwrap_or_default);
        println!("{name:22} {value:8.3} {interval:>19} {null:>9}");
    }
    for warning in &compared.warnings {
        println!("note: {warning}");
    }
    Ok(())
}

/// The first array of a file.
fn open(path: &str) -> Result<Box<dyn Activations>, Box<dyn Error>> {
    let set = ArraySet::open(Path::new(path))?;
    let entry = set
        .entries()
        .first()
        .ok_or_else(|| format!("{path} holds no array"))?;
    let axes = match entry.shape.len() {
        2 => Axes::Nc,
        _ => Axes::Nchw,
    };
    Ok(Box::new(Layer::new(entry.open()?, axes)?))
}

/// 200 images of 8 channels; two of them share what `shift` is small against.
fn invented(shift: f32) -> Result<Box<dyn Activations>, Box<dyn Error>> {
    let shape = MapShape {
        images: 200,
        height: 1,
        width: 1,
        channels: 8,
    };
    let value = |place: usize| {
        let (image, channel) = ((place / 8) as f32, (place % 8) as f32);
        (image * (channel + 1.3)).sin() + shift * (image * image * (channel + 2.1)).cos()
    };
    Ok(Box::new(Memory::new(
        shape,
        (0..1600).map(value).collect(),
    )?))
}
