//! Edges of a drawn disc, and what the weights of the edge filter would learn from them.
//!
//! ```text
//! cargo run --release -p kernels --example convolve
//! ```
//! Prints where the disc begins (`+`) and ends (`-`) from top to bottom, and the gradient of half
//! the sum of squares of these edges with respect to the nine weights: ±86 and ±100.

use kernels::{ConvShape, Precision, ShapeError, conv_backward_weight, conv_forward};

const SIDE: usize = 24;

fn main() -> Result<(), ShapeError> {
    let shape = ConvShape {
        batch: 1,
        channels_in: 1,
        height: SIDE,
        width: SIDE,
        channels_out: 1,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [1, 1],
        dilation: [1, 1],
        groups: 1,
    };
    let from_centre = |at: usize| at as f32 - (SIDE / 2) as f32;
    let inside = |at: usize| from_centre(at / SIDE).hypot(from_centre(at % SIDE)) < 8.0;
    let x: Vec<f32> = (0..SIDE * SIDE).map(|at| f32::from(inside(at))).collect();
    let sobel = [-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0];

    let mut y = vec![0.0; shape.output_len()];
    conv_forward(Precision::Single, &shape, &x, &sobel, &mut y)?;
    for row in y.chunks(SIDE) {
        let line = row.iter().map(|edge| match *edge {
            bright if bright > 0.0 => '+',
            dark if dark < 0.0 => '-',
            _ => '.',
        });
        println!("{}", line.collect::<String>());
    }

    // The gradient of half the squares with respect to `y` is `y` itself.
    let mut dw = [0.0; 9];
    conv_backward_weight(Precision::Single, &shape, &x, &y, &mut dw)?;
    println!("{dw:?}");
    Ok(())
}
