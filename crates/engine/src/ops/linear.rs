//! The fully connected layer.

use burn::tensor::Tensor;
use kernels::Precision;
use networks::ConvGeometry;

use super::bias::add_channel_bias;
use super::conv::conv2d;

/// `x wᵀ + b` for `x` `[batch, features_in]`, `w` `[features_out, features_in]` and
/// `b` `[features_out]`.
///
/// Burn's own product serves here: it is the same bits on any number of threads, and a head costs
/// next to nothing beside the convolutions.
pub fn linear(x: Tensor<2>, w: Tensor<2>, b: Tensor<1>) -> Tensor<2> {
    x.matmul(w.transpose()) + b.unsqueeze()
}

/// [`linear`] at every pixel: `x` is `[batch, features_in, rows, columns]`, `w` `[features_out,
/// features_in]`, `b` `[features_out]`, the output `[batch, features_out, rows, columns]`.
///
/// A 1 × 1 convolution by our own kernels in `precision`, but Burn's product where maps have one pixel.
pub fn linear_pixels(x: Tensor<4>, w: Tensor<2>, b: Tensor<1>, precision: Precision) -> Tensor<4> {
    let [batch, into, rows, columns] = x.dims();
    let [out, _] = w.dims();
    if rows * columns == 1 {
        let y = linear(x.reshape([batch, into]), w, b);
        return y.reshape([batch, out, 1, 1]);
    }
    let geometry = ConvGeometry {
        stride: [1, 1],
        padding: [0, 0],
        dilation: [1, 1],
        groups: 1,
    };
    let y = conv2d(x, w.reshape([out, into, 1, 1]), geometry, precision, None);
    add_channel_bias(y, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn equals_the_double_sum() {
        let (batch, into, out) = (5, 37, 3);
        let inputs = [
            check::random(1, batch * into),
            check::random(2, out * into),
            check::random(3, out),
        ];
        let ours = check::value_and_gradients(&inputs, |v| {
            let x = v[0].clone().reshape([batch, into]);
            linear(x, v[1].clone().reshape([out, into]), v[2].clone()).flatten(0, 1)
        });
        let dy = check::loss_weights(batch * out);
        let [x, w, b] = &inputs;
        let (mut y, mut dx) = (vec![0.0; batch * out], vec![0.0; batch * into]);
        let (mut dw, mut db) = (vec![0.0; out * into], vec![0.0; out]);
        for n in 0..batch {
            for o in 0..out {
                y[n * out + o] = b[o];
                db[o] += dy[n * out + o];
                for i in 0..into {
                    y[n * out + o] += w[o * into + i] * x[n * into + i];
                    dx[n * into + i] += w[o * into + i] * dy[n * out + o];
                    dw[o * into + i] += x[n * into + i] * dy[n * out + o];
                }
            }
        }
        for (name, ours, expected) in [("y", 0, y), ("dx", 1, dx), ("dw", 2, dw), ("db", 3, db)]
            .map(|(a, i, e)| (a, &ours[i], e))
        {
            check::close(name, ours, &expected, 1e-5);
        }
    }

    #[test]
    fn every_pixel_is_a_row() {
        let (batch, into, out) = (2, 13, 6);
        for [rows, columns] in [[1, 1], [1, 7], [13, 1], [4, 5]] {
            let pixels = rows * columns;
            let inputs = [
                check::random(1, batch * into * pixels),
                check::random(2, out * into),
                check::random(3, out),
            ];
            check::agree(
                &inputs,
                |v| {
                    let x = v[0].clone().reshape([batch, into, rows, columns]);
                    let w = v[1].clone().reshape([out, into]);
                    linear_pixels(x, w, v[2].clone(), Precision::Single).flatten(0, 3)
                },
                |v| {
                    let x = v[0].clone().reshape([batch, into, pixels]).swap_dims(1, 2);
                    let x = x.reshape([batch * pixels, into]);
                    let y = linear(x, v[1].clone().reshape([out, into]), v[2].clone());
                    y.reshape([batch, pixels, out])
                        .swap_dims(1, 2)
                        .flatten(0, 2)
                },
            );
        }
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let (batch, into, out) = (64, 512, 100);
        let inputs = [
            check::random(1, batch * into),
            check::random(2, out * into),
            check::random(3, out),
        ];
        check::same_bits_on_any_number_of_threads(&inputs, |v| {
            let x = v[0].clone().reshape([batch, into]);
            linear(x, v[1].clone().reshape([out, into]), v[2].clone()).flatten(0, 1)
        });
    }
}
