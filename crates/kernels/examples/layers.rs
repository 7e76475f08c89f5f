//! Times every convolution of the networks and prints milliseconds and the
//! GFLOP/s of the direct sum (so that fast algorithms may exceed the machine).
//!
//! `cargo run --release -p kernels --example layers [-- PREFIX] [--cpu] [--fft]`;
//! with `--cpu` on one thread, counting its own time only; with `--fft` by Fourier
//! transforms wherever they are possible.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use kernels::{
    Algorithm, ConvShape, MapShape, Pass, PoolShape, PooledNorm, batch_norm_backward,
    batch_norm_train, conv_backward, conv_backward_input_with, conv_backward_weight_with,
    conv_forward_with, release_scratch,
};

/// Name, batch, channels in and out, map size, kernel, stride.
const LAYERS: &[(&str, usize, usize, usize, usize, usize, usize)] = &[
    ("tiny64.1", 32, 3, 32, 64, 5, 1),
    ("tiny64.2", 32, 32, 64, 32, 5, 1),
    ("tiny64.3", 32, 64, 128, 16, 5, 1),
    ("tiny64.4", 32, 128, 256, 8, 5, 1),
    ("tiny64b64.2", 64, 32, 64, 32, 5, 1),
    ("tiny64b64.3", 64, 64, 128, 16, 5, 1),
    ("tiny64b64.4", 64, 128, 256, 8, 5, 1),
    ("wide64b64.2", 64, 64, 128, 32, 5, 1),
    ("wide64b64.3", 64, 128, 256, 16, 5, 1),
    ("wide64b64.4", 64, 256, 512, 8, 5, 1),
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
    ("large64.2", 32, 32, 64, 32, 7, 1),
    ("large64.3", 32, 64, 128, 16, 7, 1),
    ("large64.4", 32, 128, 256, 8, 7, 1),
    ("large64.5", 32, 256, 512, 4, 7, 1),
    ("large224.1", 8, 3, 32, 224, 7, 1),
    ("large224.2", 8, 32, 64, 112, 7, 1),
    ("large224.3", 8, 64, 128, 56, 7, 1),
    ("large224.4", 8, 128, 256, 28, 7, 1),
    ("large224.5", 8, 256, 512, 14, 7, 1),
    ("resnet224.stem", 8, 3, 64, 224, 7, 2),
    ("resnet224.1x1", 8, 256, 64, 56, 1, 1),
    ("resnet224.1x1d", 8, 512, 2048, 7, 1, 1),
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

/// MiB of memory that `work` leaves waiting for reuse: its scratch memory (Linux).
fn scratch_mib(mut work: impl FnMut()) -> f64 {
    let resident_mib = || {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages = statm.split(' ').nth(1).and_then(|p| p.parse::<f64>().ok());
        pages.map_or(f64::NAN, |pages| pages * 4096.0 / (1 << 20) as f64)
    };
    release_scratch();
    let before = resident_mib();
    work();
    resident_mib() - before
}

fn noise(len: usize) -> Vec<f32> {
    let mut state = 12345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

fn main() -> Result<(), kernels::ShapeError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|a| a == "--cpu") {
        // One thread, this one: its clock then sees all the work.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread();
        pool.build_global().ok();
    }
    let fft = arguments.iter().any(|a| a == "--fft");
    let prefix = arguments
        .into_iter()
        .find(|a| !a.starts_with("--"))
        .unwrap_or_default();
    println!(
        "layer             forward ms (GFLOP/s)   input grad ms   weight grad ms   both grads ms   \
         scratch MiB (forward, both grads; x + y)   algorithm"
    );
    for &(name, batch, channels_in, channels_out, size, kernel, stride) in LAYERS {
        if !name.starts_with(&prefix) {
            continue;
        }
        let shape = ConvShape {
            batch,
            channels_in,
            height: size,
            width: size,
            channels_out,
            kernel: [kernel; 2],
            stride: [stride; 2],
            padding: [kernel / 2; 2],
            dilation: [1, 1],
            groups: 1,
        };
        let (x, w) = (noise(shape.input_len()), noise(shape.weight_len()));
        let dy = noise(shape.output_len());
        let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
        let [forward, input, weight] = [Pass::Forward, Pass::Input, Pass::Weight].map(|pass| {
            if fft {
                Algorithm::Fft
            } else {
                Algorithm::choose(&shape, pass)
            }
        });
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
        let both = |dx: &mut [f32], dw: &mut [f32]| {
            conv_backward(&shape, &x, &w, &dy, dx, dw).unwrap_or_default();
        };
        let both_ms = median_ms(|| both(black_box(&mut dx), black_box(&mut dw)));
        let scratch = [
            scratch_mib(|| {
                conv_forward_with(forward, &shape, &x, &w, black_box(&mut y)).unwrap_or_default()
            }),
            scratch_mib(|| both(black_box(&mut dx), black_box(&mut dw))),
        ];
        let maps = (shape.input_len() + shape.output_len()) as f64 / (1 << 18) as f64;
        print!("{name:16}");
        for time in times {
            print!("  {time:8.2} ({:5.0})", shape.macs() as f64 * 2e-6 / time);
        }
        print!("  {both_ms:8.2} ");
        print!("  {:5.1} {:5.1} ({maps:5.1})", scratch[0], scratch[1]);
        println!("  {forward:?} {input:?} {weight:?}");
    }
    for (channels, size) in [(32, 64), (64, 32), (128, 16), (256, 8)] {
        let name = format!("norm{channels}@{size}");
        if name.starts_with(&prefix) {
            norm(
                &name,
                MapShape {
                    batch: 32,
                    channels,
                    height: size,
                    width: size,
                },
            )?;
        }
    }
    Ok(())
}

fn norm(name: &str, map: MapShape) -> Result<(), kernels::ShapeError> {
    let (x, gamma) = (noise(map.checked_len()?), noise(map.channels));
    let beta = gamma.clone();
    let (mut y, mut dx) = (x.clone(), x.clone());
    let (mut dgamma, mut dbeta) = (gamma.clone(), gamma.clone());
    let stats = batch_norm_train(&map, &x, &gamma, &beta, 1e-5, true, &mut y)?;
    let forward = median_ms(|| {
        black_box(batch_norm_train(
            &map, &x, &gamma, &beta, 1e-5, true, &mut y,
        ))
        .ok();
    });
    let saved = y.clone();
    let backward = median_ms(|| {
        let saved = Some(&saved[..]);
        batch_norm_backward(
            &map,
            &x,
            saved,
            &gamma,
            &stats,
            &y,
            black_box(&mut dx),
            &mut dgamma,
            &mut dbeta,
        )
        .unwrap_or_default();
    });
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
    let pooled_forward = median_ms(|| {
        black_box(fused.forward(&x, &gamma, &beta, &mut pooled, &mut argmax)).ok();
    });
    let dy = pooled.clone();
    let pooled_backward = median_ms(|| {
        fused
            .backward(
                &x,
                &pooled,
                &gamma,
                &stats,
                &argmax,
                &dy,
                black_box(&mut dx),
                &mut dgamma,
                &mut dbeta,
            )
            .unwrap_or_default();
    });
    println!(
        "{name:12} norm+relu {forward:.2} / {backward:.2} ms, with pooling {pooled_forward:.2} / {pooled_backward:.2} ms"
    );
    Ok(())
}
