//! Every convolution of the benchmark's networks, by every algorithm that can compute it.

use std::hint::black_box;

use kernels::{
    Algorithm, ConvShape, Pass, ShapeError, conv_backward, conv_backward_input_with,
    conv_backward_weight_with, conv_forward_with,
};

use crate::clock::{milliseconds, noise};
use crate::{Options, tokens};

/// Name, batch, channels in and out, side of the map, side of the kernel, stride.
type Square = (&'static str, usize, usize, usize, usize, usize, usize);

const SQUARE: &[Square] = &[
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

/// Name, channels, side of the map, kernel, dilation, groups; 16 images.
type Unusual = (&'static str, usize, usize, [usize; 2], usize, usize);

/// Layers of other networks.
const UNUSUAL: &[Unusual] = &[
    ("odd.1x7", 128, 17, [1, 7], 1, 1),
    ("odd.7x1", 128, 17, [7, 1], 1, 1),
    ("odd.dilated", 64, 32, [3, 3], 2, 1),
    ("odd.grouped", 128, 28, [3, 3], 1, 32),
    ("odd.depthwise3", 128, 28, [3, 3], 1, 128),
    ("odd.depthwise5", 256, 14, [5, 5], 1, 256),
];

const PASSES: [Pass; 3] = [Pass::Forward, Pass::Input, Pass::Weight];

fn layers() -> impl Iterator<Item = (&'static str, ConvShape)> {
    let square = SQUARE.iter().map(
        |&(name, batch, channels_in, channels_out, side, kernel, stride)| {
            let shape = ConvShape {
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
            };
            (name, shape)
        },
    );
    let unusual = UNUSUAL
        .iter()
        .map(|&(name, channels, side, kernel, dilation, groups)| {
            let shape = ConvShape {
                batch: 16,
                channels_in: channels,
                height: side,
                width: side,
                channels_out: channels,
                kernel,
                stride: [1, 1],
                padding: kernel.map(|taps| taps / 2 * dilation),
                dilation: [dilation; 2],
                groups,
            };
            (name, shape)
        });
    square.chain(unusual).chain(tokens::convolutions())
}

/// Prints a line for each pass of each layer.
pub fn report(options: &Options) -> Result<(), ShapeError> {
    for (name, shape) in layers().filter(|layer| layer.0.starts_with(&options.prefix)) {
        for pass in PASSES {
            // The input of a network needs no gradient.
            if pass == Pass::Input && shape.channels_in == 3 {
                continue;
            }
            let times = times(options, &shape, pass)?;
            let chosen = Algorithm::choose(&shape, pass);
            let best = times.iter().map(|t| t.1).fold(f64::INFINITY, f64::min);
            let used = times.iter().find(|t| t.0 == chosen).map_or(best, |t| t.1);
            print!("{name:22}{:8}", format!("{pass:?}"));
            for (algorithm, ms) in times {
                let mark = match algorithm == chosen {
                    true => '*',
                    false if ms == best && used > 1.1 * best => '!',
                    false => ' ',
                };
                let rate = rate(&shape, ms);
                print!(
                    "  {:10}{ms:8.2} ({rate:5.0}){mark}",
                    format!("{algorithm:?}")
                );
            }
            println!();
        }
        if shape.channels_in != 3 {
            let ms = both(options, &shape)?;
            println!(
                "{name:22}{:8}{:21}{ms:8.2} ({:5.0})",
                "both",
                "",
                2.0 * rate(&shape, ms)
            );
        }
    }
    Ok(())
}

/// GFLOP/s of the direct sum.
fn rate(shape: &ConvShape, ms: f64) -> f64 {
    shape.macs() as f64 * 2e-6 / ms
}

/// Milliseconds of one pass by every algorithm that supports it.
fn times(
    options: &Options,
    shape: &ConvShape,
    pass: Pass,
) -> Result<Vec<(Algorithm, f64)>, ShapeError> {
    let precision = options.precision;
    let (x, w) = (noise(shape.input_len()), noise(shape.weight_len()));
    let dy = noise(shape.output_len());
    let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
    let algorithms = Algorithm::ALL.into_iter().filter(|a| a.supports(shape));
    algorithms
        .map(|algorithm| {
            let ms = milliseconds(options.cpu, || match pass {
                Pass::Forward => {
                    conv_forward_with(algorithm, precision, shape, &x, &w, black_box(&mut y))
                }
                Pass::Input => conv_backward_input_with(
                    algorithm,
                    precision,
                    shape,
                    &w,
                    &dy,
                    black_box(&mut dx),
                ),
                Pass::Weight => conv_backward_weight_with(
                    algorithm,
                    precision,
                    shape,
                    &x,
                    &dy,
                    black_box(&mut dw),
                ),
            })?;
            Ok((algorithm, ms))
        })
        .collect()
}

/// Milliseconds of both gradients in one call.
fn both(options: &Options, shape: &ConvShape) -> Result<f64, ShapeError> {
    let (x, w) = (noise(shape.input_len()), noise(shape.weight_len()));
    let dy = noise(shape.output_len());
    let (mut dx, mut dw) = (x.clone(), w.clone());
    milliseconds(options.cpu, || {
        let (dx, dw) = (black_box(&mut dx), black_box(&mut dw));
        conv_backward(options.precision, shape, &x, &w, &dy, dx, dw)
    })
}
