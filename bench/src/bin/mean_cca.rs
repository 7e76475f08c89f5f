//! Our side of the comparison of similarity: `mean_cca A.npy B.npy THREADS` prints the seconds
//! that the mean CCA of two files `[datapoints, channels]` took, the most memory in MiB that the
//! process held beyond what it maps of the files, and the value.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, anyhow, bail};
use bench::memory::{file_mib, peak_mib, resident_mib};
use kernels::Panels;
use similarity::files::{ArraySet, Axes, Layer};
use similarity::{Activations as _, CrossMoments, Measure, Moments, OwnedPair, Values};

/// Values of a block: with them, both packed views stay in the caches.
const BLOCK: usize = 1 << 20;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [a, b, threads] = &arguments[..] else {
        bail!("expected A.npy B.npy THREADS, found {arguments:?}");
    };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.parse().context("THREADS is no number")?)
        .build_global()?;
    let before = resident_mib()? - file_mib()?;
    let start = Instant::now();
    let value = mean_cca(&open(a.as_ref())?, &open(b.as_ref())?)?;
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak_mib()? - file_mib()?;
    println!("{seconds} {} {value}", peak - before);
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<Layer> {
    let set = ArraySet::open(path)?;
    let [entry] = set.entries() else {
        bail!("{} holds no single array", path.display());
    };
    Ok(Layer::new(entry.open()?, Axes::Nc)?)
}

fn mean_cca(a: &Layer, b: &Layer) -> anyhow::Result<f64> {
    let (shape, channels) = (a.shape(), [a.shape().channels, b.shape().channels]);
    let mut pair = OwnedPair {
        a: Moments::new(channels[0]),
        b: Moments::new(channels[1]),
        cross: CrossMoments::new(channels[0], channels[1]),
    };
    {
        let mut panels = (Panels::new(), Panels::new());
        let mut values = [Values::Single(Vec::new()), Values::Single(Vec::new())];
        let rows = (BLOCK / channels[0].max(channels[1])).clamp(512, 2048);
        for start in (0..shape.images).step_by(rows) {
            let range = start..shape.images.min(start + rows);
            let [values_a, values_b] = &mut values;
            let side =
                |layer: &Layer, moments: &mut Moments, panels: &mut Panels, values: &mut Values| {
                    layer.read(range.clone(), values)?;
                    moments.pack(values, panels)?;
                    anyhow::Ok(moments.add(panels)?)
                };
            let (of_a, of_b) = rayon::join(
                || side(a, &mut pair.a, &mut panels.0, values_a),
                || side(b, &mut pair.b, &mut panels.1, values_b),
            );
            of_a.and(of_b)?;
            pair.cross.add(&panels.0, &panels.1)?;
        }
    }
    let values = pair.measure_all(&[Measure::MeanCca]);
    let [value] = &values[..] else {
        bail!("one measure has {} values", values.len());
    };
    value.clone().map_err(|reason| anyhow!("{reason}"))
}
