//! Times every convolution of the benchmark's networks by every algorithm that can compute it:
//! the measurement behind the table in `kernels::Algorithm::choose`.
//!
//! ```text
//! cargo run --release -p bench --bin layers -- [PREFIX] [--cpu] [--bf16] [--json]
//! ```
//! Prints milliseconds, and behind them the GFLOP/s of the direct sum (so that fast algorithms may
//! exceed the machine). `*` marks the algorithm that the table chooses, `!` a faster one where the
//! choice is more than a tenth slower. With `--cpu` on one thread, counting its own time only; with
//! `--bf16` the operands of products are rounded to bfloat16.

use std::hint::black_box;
use std::time::Instant;

use kernels::{
    Algorithm, ConvShape, Pass, Precision, ShapeError, conv_backward_input_with,
    conv_backward_weight_with, conv_forward_with,
};

/// Name, batch, channels in and out, side of the map, side of the kernel, stride.
type Layer = (&'static str, usize, usize, usize, usize, usize, usize);

const LAYERS: &[Layer] = &[
    ("larget64.1", 32, 3, 32, 64, 7, 1),
    ("larget64.2", 32, 32, 64, 32, 7, 1),
    ("larget64.3", 32, 64, 128, 16, 7, 1),
    ("larget64.4", 32, 128, 256, 8, 7, 1),
    ("larget64.5", 32, 256, 512, 4, 7, 1),
    ("larget224.1", 8, 3, 32, 224, 7, 1),
    ("larget224.2", 8, 32, 64, 112, 7, 1),
    ("larget224.3", 8, 64, 128, 56, 7, 1),
    ("larget224.4", 8, 128, 256, 28, 7, 1),
    ("larget224.5", 8, 256, 512, 14, 7, 1),
    ("tiny64.1", 64, 3, 32, 64, 5, 1),
    ("tiny64.2", 64, 32, 64, 32, 5, 1),
    ("tiny64.3", 64, 64, 128, 16, 5, 1),
    ("tiny64.4", 64, 128, 256, 8, 5, 1),
    ("text64.1", 64, 3, 64, 64, 5, 1),
    ("text64.2", 64, 64, 128, 32, 5, 1),
    ("text64.3", 64, 128, 256, 16, 5, 1),
    ("text64.4", 64, 256, 512, 8, 5, 1),
    ("resnet18-28.stem", 64, 3, 64, 28, 3, 1),
    ("resnet18-28.1", 64, 64, 64, 28, 3, 1),
    ("resnet18-28.2a", 64, 64, 128, 28, 3, 2),
    ("resnet18-28.2s", 64, 64, 128, 28, 1, 2),
    ("resnet18-28.2", 64, 128, 128, 14, 3, 1),
    ("resnet18-28.3a", 64, 128, 256, 14, 3, 2),
    ("resnet18-28.3s", 64, 128, 256, 14, 1, 2),
    ("resnet18-28.3", 64, 256, 256, 7, 3, 1),
    ("resnet18-28.4a", 64, 256, 512, 7, 3, 2),
    ("resnet18-28.4s", 64, 256, 512, 7, 1, 2),
    ("resnet18-28.4", 64, 512, 512, 4, 3, 1),
    ("resnet50-64.stem", 32, 3, 64, 64, 7, 2),
    ("resnet50-64.1.in", 32, 256, 64, 16, 1, 1),
    ("resnet50-64.1.mid", 32, 64, 64, 16, 3, 1),
    ("resnet50-64.1.out", 32, 64, 256, 16, 1, 1),
    ("resnet50-64.2.short", 32, 256, 512, 16, 1, 2),
    ("resnet50-64.2.down", 32, 128, 128, 16, 3, 2),
    ("resnet50-64.2.in", 32, 512, 128, 8, 1, 1),
    ("resnet50-64.2.mid", 32, 128, 128, 8, 3, 1),
    ("resnet50-64.2.out", 32, 128, 512, 8, 1, 1),
    ("resnet50-64.3.short", 32, 512, 1024, 8, 1, 2),
    ("resnet50-64.3.down", 32, 256, 256, 8, 3, 2),
    ("resnet50-64.3.in", 32, 1024, 256, 4, 1, 1),
    ("resnet50-64.3.mid", 32, 256, 256, 4, 3, 1),
    ("resnet50-64.3.out", 32, 256, 1024, 4, 1, 1),
    ("resnet50-64.4.short", 32, 1024, 2048, 4, 1, 2),
    ("resnet50-64.4.down", 32, 512, 512, 4, 3, 2),
    ("resnet50-64.4.in", 32, 2048, 512, 2, 1, 1),
    ("resnet50-64.4.mid", 32, 512, 512, 2, 3, 1),
    ("resnet50-64.4.out", 32, 512, 2048, 2, 1, 1),
    ("resnet50-224.stem", 8, 3, 64, 224, 7, 2),
    ("resnet50-224.1.in", 8, 256, 64, 56, 1, 1),
    ("resnet50-224.1.mid", 8, 64, 64, 56, 3, 1),
    ("resnet50-224.1.out", 8, 64, 256, 56, 1, 1),
    ("resnet50-224.2.short", 8, 256, 512, 56, 1, 2),
    ("resnet50-224.2.down", 8, 128, 128, 56, 3, 2),
    ("resnet50-224.2.in", 8, 512, 128, 28, 1, 1),
    ("resnet50-224.2.mid", 8, 128, 128, 28, 3, 1),
    ("resnet50-224.2.out", 8, 128, 512, 28, 1, 1),
    ("resnet50-224.3.short", 8, 512, 1024, 28, 1, 2),
    ("resnet50-224.3.down", 8, 256, 256, 28, 3, 2),
    ("resnet50-224.3.in", 8, 1024, 256, 14, 1, 1),
    ("resnet50-224.3.mid", 8, 256, 256, 14, 3, 1),
    ("resnet50-224.3.out", 8, 256, 1024, 14, 1, 1),
    ("resnet50-224.4.short", 8, 1024, 2048, 14, 1, 2),
    ("resnet50-224.4.down", 8, 512, 512, 14, 3, 2),
    ("resnet50-224.4.in", 8, 2048, 512, 7, 1, 1),
    ("resnet50-224.4.mid", 8, 512, 512, 7, 3, 1),
    ("resnet50-224.4.out", 8, 512, 2048, 7, 1, 1),
];

const PASSES: [Pass; 3] = [Pass::Forward, Pass::Input, Pass::Weight];

fn shape(&(_, batch, channels_in, channels_out, side, kernel, stride): &Layer) -> ConvShape {
    ConvShape {
        batch,
        channels_in,
        height: side,
        width: side,
        channels_out,
        kernel: [kernel; 2],
        stride: [stride; 2],
        padding: [kernel / 2; 2],
        dilation: [1, 1],
        groups: 1,
    }
}

/// Milliseconds that this thread has worked (Linux): other programs hardly disturb them.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    nanoseconds.map_or(f64::NAN, |nanoseconds| nanoseconds * 1e-6)
}

/// Median milliseconds of up to 15 calls within about 0.5 s, or mean CPU time over 0.15 s.
fn milliseconds(
    cpu: bool,
    mut work: impl FnMut() -> Result<(), ShapeError>,
) -> Result<f64, ShapeError> {
    work()?;
    let (start, began) = (Instant::now(), cpu_ms());
    let mut times = Vec::new();
    if cpu {
        let mut calls = 0.0;
        while calls < 2.0 || cpu_ms() - began < 150.0 {
            work()?;
            calls += 1.0;
        }
        return Ok((cpu_ms() - began) / calls);
    }
    while times.len() < 3 || (times.len() < 15 && start.elapsed().as_secs_f64() < 0.5) {
        let call = Instant::now();
        work()?;
        times.push(call.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

fn noise(len: usize) -> Vec<f32> {
    let mut state = 12345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// Milliseconds of one pass by every algorithm that supports it.
fn times(cpu: bool, shape: &ConvShape, pass: Pass) -> Result<Vec<(Algorithm, f64)>, ShapeError> {
    let (x, w) = (noise(shape.input_len()), noise(shape.weight_len()));
    let dy = noise(shape.output_len());
    let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
    let algorithms = Algorithm::ALL.into_iter().filter(|a| a.supports(shape));
    algorithms
        .map(|algorithm| {
            let ms = milliseconds(cpu, || match pass {
                Pass::Forward => conv_forward_with(algorithm, shape, &x, &w, black_box(&mut y)),
                Pass::Input => {
                    conv_backward_input_with(algorithm, shape, &w, &dy, black_box(&mut dx))
                }
                Pass::Weight => {
                    conv_backward_weight_with(algorithm, shape, &x, &dy, black_box(&mut dw))
                }
            })?;
            Ok((algorithm, ms))
        })
        .collect()
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let (cpu, json) = (has("--cpu"), has("--json"));
    let precision = match has("--bf16") {
        true => Precision::Bf16,
        false => Precision::Single,
    };
    if cpu {
        // One thread, this one: its clock then sees all the work.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread();
        pool.build_global()?;
    }
    let prefix = arguments.iter().find(|a| !a.starts_with("--"));
    let prefix = prefix.map_or("", String::as_str);
    let mut rows = Vec::new();
    for layer in LAYERS.iter().filter(|layer| layer.0.starts_with(prefix)) {
        let shape = shape(layer);
        for pass in PASSES {
            // The input of a network needs no gradient.
            if pass == Pass::Input && shape.channels_in == 3 {
                continue;
            }
            let times = precision.with(|| times(cpu, &shape, pass))?;
            let chosen = Algorithm::choose(&shape, pass);
            let best = times.iter().map(|t| t.1).fold(f64::INFINITY, f64::min);
            let used = times.iter().find(|t| t.0 == chosen).map_or(best, |t| t.1);
            if json {
                let (name, batch, channels_in, channels_out, side, kernel, stride) = layer;
                rows.push(format!(
                    "{{\"layer\": \"{name}\", \"pass\": \"{pass:?}\", \"batch\": {batch}, \
                     \"channels_in\": {channels_in}, \"channels_out\": {channels_out}, \
                     \"side\": {side}, \"kernel\": {kernel}, \"stride\": {stride}, \
                     \"algorithm\": \"{chosen:?}\", \"ms\": {used}, \"macs\": {}}}",
                    shape.macs()
                ));
                continue;
            }
            print!("{:22}{:8}", layer.0, format!("{pass:?}"));
            for (algorithm, ms) in times {
                let mark = match algorithm == chosen {
                    true => '*',
                    false if ms == best && used > 1.1 * best => '!',
                    false => ' ',
                };
                let rate = shape.macs() as f64 * 2e-6 / ms;
                print!(
                    "  {:10}{ms:8.2} ({rate:5.0}){mark}",
                    format!("{algorithm:?}")
                );
            }
            println!();
        }
    }
    if json {
        println!("[{}]", rows.join(",\n "));
    }
    Ok(())
}
