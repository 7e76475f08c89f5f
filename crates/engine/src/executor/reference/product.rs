//! Convolutions, linear layers and their biases.

use kernels::{ConvShape, MapShape};

/// Shows `each` the three places of every product of a convolution: in its input, its weight and
/// its output.
fn products(shape: &ConvShape, mut each: impl FnMut(usize, usize, usize)) {
    let inputs = shape.channels_in / shape.groups;
    let outputs = shape.channels_out / shape.groups;
    let [rows, columns] = shape.output();
    let [kernel_rows, kernel_columns] = shape.kernel;
    // The pixel of the input under a tap, if it is no zero of the border.
    let pixel = |axis: usize, output: usize, tap: usize| {
        let place = output * shape.stride[axis] + tap * shape.dilation[axis];
        let place = place.checked_sub(shape.padding[axis])?;
        (place < [shape.height, shape.width][axis]).then_some(place)
    };
    for image in 0..shape.batch {
        for out in 0..shape.channels_out {
            for row in 0..rows {
                for column in 0..columns {
                    let y = ((image * shape.channels_out + out) * rows + row) * columns + column;
                    for input in 0..inputs {
                        let channel = out / outputs * inputs + input;
                        let plane = image * shape.channels_in + channel;
                        for tap_row in 0..kernel_rows {
                            let Some(from_row) = pixel(0, row, tap_row) else {
                                continue;
                            };
                            for tap_column in 0..kernel_columns {
                                let Some(from) = pixel(1, column, tap_column) else {
                                    continue;
                                };
                                let x = (plane * shape.height + from_row) * shape.width + from;
                                let tap = tap_row * kernel_columns + tap_column;
                                let w = (out * inputs + input) * kernel_rows * kernel_columns + tap;
                                each(x, w, y);
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn conv(shape: &ConvShape, x: &[f64], w: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; shape.output_len()];
    products(shape, |from, weight, to| y[to] += x[from] * w[weight]);
    y
}

pub(super) fn conv_input_gradient(shape: &ConvShape, w: &[f64], dy: &[f64]) -> Vec<f64> {
    let mut dx = vec![0.0; shape.input_len()];
    products(shape, |from, weight, to| dx[from] += w[weight] * dy[to]);
    dx
}

pub(super) fn conv_weight_gradient(shape: &ConvShape, x: &[f64], dy: &[f64]) -> Vec<f64> {
    let mut dw = vec![0.0; shape.weight_len()];
    products(shape, |from, weight, to| dw[weight] += x[from] * dy[to]);
    dw
}

/// `x + b`, `b` `[channels]`.
pub(super) fn add_bias(map: &MapShape, x: &[f64], b: &[f64]) -> Vec<f64> {
    let channel = |place: usize| place / map.plane() % map.channels;
    let values = x.iter().enumerate();
    values.map(|(place, x)| x + b[channel(place)]).collect()
}

/// `Σ dy` over images and pixels, `[channels]`.
pub(super) fn bias_gradient(map: &MapShape, dy: &[f64]) -> Vec<f64> {
    let mut db = vec![0.0; map.channels];
    for (place, dy) in dy.iter().enumerate() {
        db[place / map.plane() % map.channels] += dy;
    }
    db
}

/// `x wᵀ + b`: `x` `[batch, into]`, `w` `[out, into]`, `b` `[out]`.
pub(super) fn linear(x: &[f64], w: &[f64], b: &[f64]) -> Vec<f64> {
    let into = w.len() / b.len();
    let mut y = Vec::new();
    for x in x.chunks(into) {
        for (w, b) in w.chunks(into).zip(b) {
            let products = x.iter().zip(w).map(|(x, w)| x * w);
            y.push(products.sum::<f64>() + b);
        }
    }
    y
}

/// `dy w`: `dy` `[batch, out]`, `w` `[out, into]`.
pub(super) fn linear_input_gradient(batch: usize, w: &[f64], dy: &[f64]) -> Vec<f64> {
    let out = dy.len() / batch;
    let into = w.len() / out;
    let mut dx = vec![0.0; batch * into];
    for (dx, dy) in dx.chunks_mut(into).zip(dy.chunks(out)) {
        for (w, dy) in w.chunks(into).zip(dy) {
            for (dx, w) in dx.iter_mut().zip(w) {
                *dx += w * dy;
            }
        }
    }
    dx
}

/// `dyᵀ x`: `x` `[batch, into]`, `dy` `[batch, out]`.
pub(super) fn linear_weight_gradient(batch: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
    let (into, out) = (x.len() / batch, dy.len() / batch);
    let mut dw = vec![0.0; out * into];
    for (x, dy) in x.chunks(into).zip(dy.chunks(out)) {
        for (dw, dy) in dw.chunks_mut(into).zip(dy) {
            for (dw, x) in dw.iter_mut().zip(x) {
                *dw += x * dy;
            }
        }
    }
    dw
}
