//! The fully connected layer.

use burn::tensor::Tensor;

/// `x wᵀ + b` for `x` `[batch, features_in]`, `w` `[features_out, features_in]` and
/// `b` `[features_out]`.
///
/// Burn's own product serves here: it is the same bits on any number of threads, and a head costs
/// next to nothing beside the convolutions.
pub fn linear(x: Tensor<2>, w: Tensor<2>, b: Tensor<1>) -> Tensor<2> {
    x.matmul(w.transpose()) + b.unsqueeze()
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
