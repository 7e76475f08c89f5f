//! Times every convolution of the networks and prints milliseconds and the
//! GFLOP/s of the direct sum (so that fast algorithms may exceed the machine),
//! then batch norm with ReLU (`norm`), with pooling (`pooled`) and with a residual
//! sum (`residual`), each as `CHANNELS@SIZExBATCH`.
//!
//! `cargo run --release -p kernels --example layers [-- PREFIX] [--cpu] [--bf16] [--fft | --winograd]`;
//! with `--cpu` on one thread, counting its own time only; with `--bf16` products of
//! rounded operands; with `--fft` or `--winograd`
//! by that algorithm wherever it is possible.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use kernels::{
    Algorithm, ConvShape, MapShape, Pass, PoolShape, PooledNorm, Precision,
    batch_norm_add_relu_backward, batch_norm_add_relu_train, batch_norm_backward, batch_norm_train,
    conv_backward_input_with, conv_backward_weight_with, conv_forward_with,
};

/// Name, batch, channels in and out, map size, kernel, stride.
const LAYERS: &[(&str, usize, usize, usize, usize, usize, usize)] = &[
    ("tiny64.1", 32, 3, 32, 64, 5, 1),
    ("tiny64.2", 32, 32, 64, 32, 5, 1),
    ("tiny64.3", 32, 64, 128, 16, 5, 1),
    ("tiny64.4", 32, 128, 256, 8, 5, 1),
    ("small64.1", 32, 3, 32, 64, 7, 1),
    ("small64.2", 32, 32, 64, 32, 7, 1),
    ("small64.3", 32, 64, 128, 16, 7, 1),
    ("small64.4", 32, 128, 256, 8, 7, 1),
    ("small28.1", 32, 3, 32, 28, 7, 1),
    ("small28.2", 32, 32, 64, 14, 7, 1),
    ("small28.3", 32, 64, 128, 7, 7, 1),
    ("small28.4", 32, 128, 256, 4, 7, 1),
    ("resnet28.stem", 64, 3, 64, 28, 3, 1),
    ("resnet28.1", 64, 64, 64, 28, 3, 1),
    ("resnet28.2a", 64, 64, 128, 28, 3, 2),
    ("resnet28.2s", 64, 64, 128, 28, 1, 2),
    ("resnet28.2", 64, 128, 128, 14, 3, 1),
    ("resnet28.3a", 64, 128, 256, 14, 3, 2),
    ("resnet28.3s", 64, 128, 256, 14, 1, 2),
    ("resnet28.3", 64, 256, 256, 7, 3, 1),
    ("resnet28.4a", 64, 256, 512, 7, 3, 2),
    ("resnet28.4s", 64, 256, 512, 7, 1, 2),
    ("resnet28.4", 64, 512, 512, 4, 3, 1),
    ("resnet64.1", 32, 64, 64, 16, 3, 1),
    ("resnet64.2", 32, 128, 128, 8, 3, 1),
    ("resnet64.3", 32, 256, 256, 4, 3, 1),
    ("resnet64.4", 32, 512, 512, 2, 3, 1),
    ("large224.1", 8, 3, 32, 224, 7, 1),
    ("large224.2", 8, 32, 64, 112, 7, 1),
    ("large224.3", 8, 64, 128, 56, 7, 1),
    ("large224.4", 8, 128, 256, 28, 7, 1),
    ("large224.5", 8, 256, 512, 14, 7, 1),
    ("resnet224.stem", 8, 3, 64, 224, 7, 2),
    ("resnet224.1", 8, 64, 64, 56, 3, 1),
    ("resnet224.2", 8, 128, 128, 28, 3, 1),
    ("resnet224.3", 8, 256, 256, 14, 3, 1),
    ("resnet224.4", 8, 512, 512, 7, 3, 1),
    ("resnet224.1x1", 8, 256, 64, 56, 1, 1),
    ("resnet224.1x1d", 8, 512, 2048, 7, 1, 1),
    ("r64.stem", 32, 3, 64, 64, 7, 2),
    ("r64.64-64@16", 32, 64, 64, 16, 1, 1),
    ("r64.64-256@16", 32, 64, 256, 16, 1, 1),
    ("r64.256-64@16", 32, 256, 64, 16, 1, 1),
    ("r64.256-128@16", 32, 256, 128, 16, 1, 1),
    ("r64.128-512@8", 32, 128, 512, 8, 1, 1),
    ("r64.512-128@8", 32, 512, 128, 8, 1, 1),
    ("r64.256-512/2", 32, 256, 512, 16, 1, 2),
    ("r64.3x3/2.128", 32, 128, 128, 16, 3, 2),
    ("r64.512-256@8", 32, 512, 256, 8, 1, 1),
    ("r64.256-1024@4", 32, 256, 1024, 4, 1, 1),
    ("r64.1024-256@4", 32, 1024, 256, 4, 1, 1),
    ("r64.512-1024/2", 32, 512, 1024, 8, 1, 2),
    ("r64.3x3/2.256", 32, 256, 256, 8, 3, 2),
    ("r64.1024-512@4", 32, 1024, 512, 4, 1, 1),
    ("r64.512-2048@2", 32, 512, 2048, 2, 1, 1),
    ("r64.2048-512@2", 32, 2048, 512, 2, 1, 1),
    ("r64.1024-2048/2", 32, 1024, 2048, 4, 1, 2),
    ("r64.3x3/2.512", 32, 512, 512, 4, 3, 2),
    ("r224.64-64@56", 8, 64, 64, 56, 1, 1),
    ("r224.64-256@56", 8, 64, 256, 56, 1, 1),
    ("r224.256-64@56", 8, 256, 64, 56, 1, 1),
    ("r224.256-128@56", 8, 256, 128, 56, 1, 1),
    ("r224.128-512@28", 8, 128, 512, 28, 1, 1),
    ("r224.512-128@28", 8, 512, 128, 28, 1, 1),
    ("r224.256-512/2", 8, 256, 512, 56, 1, 2),
    ("r224.3x3/2.128", 8, 128, 128, 56, 3, 2),
    ("r224.512-256@28", 8, 512, 256, 28, 1, 1),
    ("r224.256-1024@14", 8, 256, 1024, 14, 1, 1),
    ("r224.1024-256@14", 8, 1024, 256, 14, 1, 1),
    ("r224.512-1024/2", 8, 512, 1024, 28, 1, 2),
    ("r224.3x3/2.256", 8, 256, 256, 28, 3, 2),
    ("r224.1024-512@14", 8, 1024, 512, 14, 1, 1),
    ("r224.512-2048@7", 8, 512, 2048, 7, 1, 1),
    ("r224.2048-512@7", 8, 2048, 512, 7, 1, 1),
    ("r224.1024-2048/2", 8, 1024, 2048, 14, 1, 2),
    ("r224.3x3/2.512", 8, 512, 512, 14, 3, 2),
    ("first.3-32.5x5@64", 64, 3, 32, 64, 5, 1),
    ("first.3-64.5x5@64", 64, 3, 64, 64, 5, 1),
];

/// Name, batch, channels in and out, map size, kernel, dilation, groups.
type Unusual = (
    &'static str,
    usize,
    usize,
    usize,
    usize,
    [usize; 2],
    usize,
    usize,
);

/// Layers whose kernel is no plain square.
const UNUSUAL: &[Unusual] = &[
    ("odd.1x7", 16, 128, 128, 17, [1, 7], 1, 1),
    ("odd.7x1", 16, 128, 128, 17, [7, 1], 1, 1),
    ("odd.dilated", 16, 64, 64, 32, [3, 3], 2, 1),
    ("odd.grouped", 16, 128, 128, 28, [3, 3], 1, 32),
    ("odd.depthwise3", 16, 128, 128, 28, [3, 3], 1, 128),
    ("odd.depthwise5", 16, 256, 256, 14, [5, 5], 1, 256),
];

/// Batch, channels and size of the maps to normalise.
const MAPS: &[(usize, usize, usize)] = &[
    (32, 32, 64),
    (64, 32, 64),
    (64, 64, 32),
    (32, 64, 32),
    (32, 128, 16),
    (32, 256, 8),
    (8, 32, 224),
    (32, 256, 16),
    (32, 512, 8),
    (32, 1024, 4),
    (32, 2048, 2),
    (8, 64, 56),
    (8, 512, 28),
    (8, 256, 14),
    (8, 2048, 7),
];

/// Whether to count the CPU time of this thread instead of wall-clock time.
static CPU: LazyLock<bool> = LazyLock::new(|| std::env::args().any(|a| a == "--cpu"));

/// Milliseconds that this thread has worked (Linux), which other programs on the
/// machine hardly disturb; exact to a few milliseconds.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat
        .split(' ')
        .next()
        .and_then(|first| first.parse::<f64>().ok());
    nanoseconds.map_or(f64::NAN, |nanoseconds| nanoseconds * 1e-6)
}

/// Median milliseconds of up to 15 calls within about 0.6 s, or mean CPU time.
fn median_ms(mut work: impl FnMut()) -> f64 {
    work();
    let start = Instant::now();
    let cpu = cpu_ms();
    let mut times = Vec::new();
    while times.len() < 3 || (times.len() < 15 && start.elapsed().as_secs_f64() < 0.6) {
        let call = Instant::now();
        work();
        times.push(call.elapsed().as_secs_f64() * 1e3);
    }
    if *CPU {
        while cpu_ms() - cpu < 200.0 {
            work();
            times.push(0.0);
        }
        return (cpu_ms() - cpu) / times.len() as f64;
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn noise(len: usize) -> Vec<f32> {
    let mut state = 12345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

fn layers() -> impl Iterator<Item = (&'static str, ConvShape)> {
    let square = LAYERS
        .iter()
        .map(|&(name, batch, from, to, size, kernel, stride)| {
            let shape = ConvShape {
                batch,
                channels_in: from,
                height: size,
                width: size,
                channels_out: to,
                kernel: [kernel; 2],
                stride: [stride; 2],
                padding: [kernel / 2; 2],
                dilation: [1, 1],
                groups: 1,
            };
            (name, shape)
        });
    let unusual = UNUSUAL
        .iter()
        .map(|&(name, batch, from, to, size, kernel, dilation, groups)| {
            let shape = ConvShape {
                batch,
                channels_in: from,
                height: size,
                width: size,
                channels_out: to,
                kernel,
                stride: [1, 1],
                padding: kernel.map(|taps| taps / 2 * dilation),
                dilation: [dilation; 2],
                groups,
            };
            (name, shape)
        });
    square.chain(unusual)
}

fn main() -> Result<(), kernels::ShapeError> {
    let precision = match std::env::args().any(|argument| argument == "--bf16") {
        true => Precision::Bf16,
        false => Precision::Single,
    };
    precision.with(run)
}

fn run() -> Result<(), kernels::ShapeError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|a| a == "--cpu") {
        // One thread, this one: its clock then sees all the work.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread();
        pool.build_global().ok();
    }
    let asked = |name: &str| arguments.iter().any(|a| a == name);
    let forced = match (asked("--fft"), asked("--winograd")) {
        (true, _) => Some(Algorithm::Fft),
        (_, true) => Some(Algorithm::Winograd),
        _ => None,
    };
    let prefix = arguments
        .into_iter()
        .find(|a| !a.starts_with("--"))
        .unwrap_or_default();
    println!("layer             forward ms (GFLOP/s)   input grad ms   weight grad ms   algorithm");
    for (name, shape) in layers().filter(|(name, _)| name.starts_with(&prefix)) {
        let (x, w) = (noise(shape.input_len()), noise(shape.weight_len()));
        let dy = noise(shape.output_len());
        let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
        let [forward, input, weight] = [Pass::Forward, Pass::Input, Pass::Weight]
            .map(|pass| forced.unwrap_or_else(|| Algorithm::choose(&shape, pass)));
        let times = [
            median_ms(|| {
                conv_forward_with(forward, &shape, &x, &w, black_box(&mut y)).unwrap_or_default()
            }),
            median_ms(|| {
                conv_backward_input_with(input, &shape, &w, &dy, black_box(&mut dx))
                    .unwrap_or_default()
            }),
            median_ms(|| {
                conv_backward_weight_with(weight, &shape, &x, &dy, black_box(&mut dw))
                    .unwrap_or_default()
            }),
        ];
        print!("{name:16}");
        for time in times {
            print!("  {time:8.2} ({:5.0})", shape.macs() as f64 * 2e-6 / time);
        }
        println!("  {forward:?} {input:?} {weight:?}");
    }
    for &(batch, channels, size) in MAPS {
        let map = MapShape {
            batch,
            channels,
            height: size,
            width: size,
        };
        norm(&prefix, map)?;
    }
    Ok(())
}

/// Prints `forward / backward` of the case, if it is asked for.
fn report(name: &str, prefix: &str, forward: impl FnMut(), backward: impl FnMut()) {
    if name.starts_with(prefix) {
        let (forward, backward) = (median_ms(forward), median_ms(backward));
        println!("{name:20} {forward:8.3} / {backward:8.3} ms");
    }
}

fn norm(prefix: &str, map: MapShape) -> Result<(), kernels::ShapeError> {
    let case = format!("{}@{}x{}", map.channels, map.height, map.batch);
    if !["norm", "pooled", "residual"]
        .iter()
        .any(|kind| format!("{kind}{case}").starts_with(prefix))
    {
        return Ok(());
    }
    let (x, gamma) = (noise(map.checked_len()?), noise(map.channels));
    let beta = gamma.clone();
    let (mut y, mut dx) = (x.clone(), x.clone());
    let (mut dgamma, mut dbeta) = (gamma.clone(), gamma.clone());
    let stats = batch_norm_train(&map, &x, &gamma, &beta, 1e-5, true, &mut y)?;
    let saved = y.clone();
    report(
        &format!("norm{case}"),
        prefix,
        || {
            black_box(batch_norm_train(
                &map, &x, &gamma, &beta, 1e-5, true, &mut y,
            ))
            .ok();
        },
        || {
            batch_norm_backward(
                &map,
                &x,
                &gamma,
                &beta,
                &stats,
                true,
                &saved,
                black_box(&mut dx),
                &mut dgamma,
                &mut dbeta,
            )
            .unwrap_or_default();
        },
    );
    let pool = PoolShape {
        map,
        kernel: [3, 3],
        stride: [2, 2],
        padding: [1, 1],
        ceil_mode: false,
    };
    let fused = PooledNorm { pool, eps: 1e-5 };
    let mut pooled = vec![0.0; pool.output_len()];
    let mut argmax = vec![0; pooled.len()];
    let stats = fused.forward(&x, &gamma, &beta, &mut pooled, &mut argmax)?;
    let (dy, winners) = (pooled.clone(), argmax.clone());
    report(
        &format!("pooled{case}"),
        prefix,
        || {
            black_box(fused.forward(&x, &gamma, &beta, &mut pooled, &mut argmax)).ok();
        },
        || {
            fused
                .backward(
                    &x,
                    &gamma,
                    &beta,
                    &stats,
                    &winners,
                    &dy,
                    black_box(&mut dx),
                    &mut dgamma,
                    &mut dbeta,
                )
                .unwrap_or_default();
        },
    );
    let mut sum = x.clone();
    report(
        &format!("residual{case}"),
        prefix,
        || {
            batch_norm_add_relu_train(&map, &x, &gamma, &beta, 1e-5, &saved, black_box(&mut sum))
                .ok();
        },
        || {
            batch_norm_add_relu_backward(
                &map,
                &x,
                &saved,
                &gamma,
                &stats,
                &x,
                black_box(&mut dx),
                &mut y,
                &mut dgamma,
                &mut dbeta,
            )
            .unwrap_or_default();
        },
    );
    Ok(())
}
