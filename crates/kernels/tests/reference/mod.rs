//! Slow, obvious versions in `f64` of what the kernels compute.
#![allow(dead_code)]

use kernels::ConvShape;

/// Deterministic values in `−1 .. 1`.
pub fn values(len: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            ((state >> 40) as f32 / (1_u64 << 23) as f32) - 1.0
        })
        .collect()
}

/// `‖got − expected‖ / ‖expected‖`
pub fn relative_error(got: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let square = |v: f64| v * v;
    let off: f64 = got
        .iter()
        .zip(expected)
        .map(|(g, e)| square(f64::from(*g) - e))
        .sum();
    let norm: f64 = expected.iter().map(|e| square(*e)).sum();
    (off / norm.max(f64::MIN_POSITIVE)).sqrt()
}

/// Calls `each(x index, w index, y index)` for every product of a convolution.
pub fn for_products(s: &ConvShape, mut each: impl FnMut(usize, usize, usize)) {
    let [oh, ow] = s.output();
    let (ci, co) = (s.channels_in / s.groups, s.channels_out / s.groups);
    for n in 0..s.batch {
        for o in 0..s.channels_out {
            for oy in 0..oh {
                for ox in 0..ow {
                    for c in 0..ci {
                        for ky in 0..s.kernel[0] {
                            for kx in 0..s.kernel[1] {
                                let y = (oy * s.stride[0] + ky * s.dilation[0])
                                    .checked_sub(s.padding[0])
                                    .filter(|y| *y < s.height);
                                let x = (ox * s.stride[1] + kx * s.dilation[1])
                                    .checked_sub(s.padding[1])
                                    .filter(|x| *x < s.width);
                                let (Some(y), Some(x)) = (y, x) else { continue };
                                let channel = o / co * ci + c;
                                each(
                                    ((n * s.channels_in + channel) * s.height + y) * s.width + x,
                                    ((o * ci + c) * s.kernel[0] + ky) * s.kernel[1] + kx,
                                    ((n * s.channels_out + o) * oh + oy) * ow + ox,
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `y` from `x` and `w`.
pub fn forward(s: &ConvShape, x: &[f32], w: &[f32]) -> Vec<f64> {
    let mut y = vec![0.0; s.output_len()];
    for_products(s, |i, k, o| y[o] += f64::from(x[i]) * f64::from(w[k]));
    y
}

/// `dx` from `w` and `dy`.
pub fn backward_input(s: &ConvShape, w: &[f32], dy: &[f32]) -> Vec<f64> {
    let mut dx = vec![0.0; s.input_len()];
    for_products(s, |i, k, o| dx[i] += f64::from(w[k]) * f64::from(dy[o]));
    dx
}

/// `dw` from `x` and `dy`.
pub fn backward_weight(s: &ConvShape, x: &[f32], dy: &[f32]) -> Vec<f64> {
    let mut dw = vec![0.0; s.weight_len()];
    for_products(s, |i, k, o| dw[k] += f64::from(x[i]) * f64::from(dy[o]));
    dw
}

/// Random cases of each property: `PROPTEST_CASES`, or 60.
pub fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(60)
}
