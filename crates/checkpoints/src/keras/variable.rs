//! What Keras calls the variables of layers, by generation.

/// The variable that a legacy file names: `conv1/kernel:0`, `conv1/kernel_1:0`, `conv1_W:0`.
pub(super) fn of_legacy(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or(name);
    let last = last.split(':').next().unwrap_or(last);
    let last = unnumbered(last);
    // Keras 1, which has the name of the layer before them; its `std` is a variance.
    let old = [
        ("_W", "kernel"),
        ("_b", "bias"),
        ("_gamma", "gamma"),
        ("_beta", "beta"),
        ("_running_mean", "moving_mean"),
        ("_running_std", "moving_variance"),
    ];
    let old = old.iter().find(|(end, _)| last.ends_with(end));
    old.map_or(last, |(_, variable)| variable)
}

/// The variable of a number in a layer of `count`; `has_gamma` is whether a norm of three has a scale
/// and no shift, where that is known. None where it could be either, and for other classes of layer.
pub(super) fn of_newer(
    class: &str,
    number: usize,
    count: usize,
    has_gamma: Option<bool>,
) -> Option<&'static str> {
    let all: &[&str] = match (class, count) {
        ("batch_normalization", 4) => &["gamma", "beta", "moving_mean", "moving_variance"],
        ("batch_normalization", 3) => match has_gamma {
            Some(true) => &["gamma", "moving_mean", "moving_variance"],
            Some(false) => &["beta", "moving_mean", "moving_variance"],
            None => &[],
        },
        ("batch_normalization", 2) => &["moving_mean", "moving_variance"],
        ("layer_normalization" | "group_normalization", 2) => &["gamma", "beta"],
        ("separable_conv2d", _) => &["depthwise_kernel", "pointwise_kernel", "bias"],
        ("depthwise_conv2d", _) => &["depthwise_kernel", "bias"],
        ("dense" | "conv1d" | "conv2d" | "conv3d" | "conv2d_transpose", _) => &["kernel", "bias"],
        ("normalization", _) => &["mean", "variance", "count"],
        _ => &[],
    };
    all.get(number).copied()
}

/// A name without `_` and a number at its end.
pub(super) fn unnumbered(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((before, number))
            if !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) =>
        {
            before
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generation_has_the_same_variables() {
        for (name, variable) in [
            ("conv1/kernel:0", "kernel"),
            ("conv1/kernel_1:0", "kernel"),
            ("resnet50/conv1_conv/kernel", "kernel"),
            ("res2a_branch2a_W:0", "kernel"),
            ("fc1000_b_1:0", "bias"),
            ("bn_conv1_running_std:0", "moving_variance"),
            ("bn_conv1/moving_variance:0", "moving_variance"),
            ("dw/depthwise_kernel:0", "depthwise_kernel"),
        ] {
            assert_eq!(of_legacy(name), variable, "{name}");
        }
    }
}
