//! Weights that are scaled on a batch.

use std::sync::Arc;

use engine::{Maps, unit_variance};
use initialisation::{Action, Initialisation, initialise};
use kernels::{ConvShape, Precision, conv_forward};
use networks::zoo::{self, Choice};
use networks::{Input, Kind, Layer};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};

fn stream(seed: u64) -> impl Fn(&str) -> ChaCha8Rng {
    move |path| ChaCha8Rng::from_seed(Sha256::digest(format!("{seed} {path}")).into())
}

/// Variance over all entries, in f64.
fn variance(values: &[f32]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    squares.sum::<f64>() / n
}

/// After scaling, every convolution and linear layer but the classifier writes with variance
/// within 0.1 of 1: a second scaling leaves all weights as they are, and what the first convolution
/// writes is computed apart. Nothing but the weights has changed.
#[test]
fn layers_write_with_unit_variance() {
    for (name, size) in [("cbr-tiny", 32), ("resnet18", 32), ("vit-small", 32)] {
        let input = Input::square(3, size);
        let network = zoo::network(&Choice::named(name), input, 5).unwrap();
        let network = Arc::new(network);
        let init = Initialisation::named("lsuv").unwrap();
        assert!(init.needs_batch());
        let (before, mut report) = initialise(&network, &init, None, &stream(7)).unwrap();
        let mut after = before.clone();
        let values = (0..4 * 3 * size * size).map(|i| (0.37 * (i as f64)).sin() as f32 * 1.7);
        let pixels = Maps::new([4, 3, size, size], values.collect());
        unit_variance(&network, &init, &mut after, &mut report, &pixels).unwrap();
        let mut again = report.clone();
        let mut unchanged = after.clone();
        unit_variance(&network, &init, &mut unchanged, &mut again, &pixels).unwrap();
        assert_eq!(unchanged, after, "{name}: a layer was not within 0.1");
        let layers = &network.blocks[0].layers;
        let Some(Layer::Conv(first)) = layers.iter().find(|l| matches!(l, Layer::Conv(_))) else {
            panic!("{name}")
        };
        let weight = &after.tensors[&format!("{}.weight", first.path)];
        let shape = ConvShape {
            batch: 4,
            channels_in: 3,
            height: size,
            width: size,
            channels_out: first.channels_out,
            kernel: first.kernel,
            stride: first.geometry.stride,
            padding: first.geometry.padding,
            dilation: first.geometry.dilation,
            groups: first.geometry.groups,
        };
        let mut written = vec![0.0; shape.output_len()];
        let (x, w) = (pixels.values(), &weight.values);
        conv_forward(Precision::Single, &shape, x, w, &mut written).unwrap();
        let variance = variance(&written);
        assert!((variance - 1.0).abs() < 0.1, "{name}: {variance}");
        for (p, m) in network.parameters().iter().zip(&report.tensors) {
            let is_weight = matches!(p.kind, Kind::ConvWeight | Kind::LinearWeight);
            let factor = match m.action {
                Action::UnitVariance { factor } => factor as f32,
                _ => 1.0,
            };
            assert_eq!(
                is_weight && !p.is_classifier,
                matches!(m.action, Action::UnitVariance { .. })
            );
            for (a, b) in after.tensors[&p.path]
                .values
                .iter()
                .zip(&before.tensors[&p.path].values)
            {
                assert_eq!(*a, b * factor, "{name} {}", p.path);
            }
        }
    }
}
