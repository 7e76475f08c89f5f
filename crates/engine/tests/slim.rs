//! Networks whose later blocks are narrower.

use std::sync::Arc;

use engine::Model;
use engine::tensor::{Device, Tensor};
use networks::Input;
use networks::initialisation::{Initialisation, initialise};
use networks::zoo::{Choice, network};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

fn slim(name: &str, block: &str) -> Choice {
    Choice {
        slim: Some(block.into()),
        ..Choice::named(name)
    }
}

/// Odd widths, fewer heads, gates and concatenations pass through the same layers as ever.
#[test]
fn slim_networks_compute() {
    for (choice, divide) in [
        (slim("resnet18", "stem"), 3),
        (slim("densenet121", "block1"), 3),
        (slim("efficientnet-b0", "block2"), 3),
        (slim("convnext-tiny", "block1"), 5),
        (slim("deit-small", "block6"), 6),
    ] {
        let choice = Choice {
            divide: Some(divide),
            ..choice
        };
        let input = Input {
            channels: 3,
            size: 32,
        };
        let network = Arc::new(network(&choice, input, 5).unwrap());
        let stream = |_: &str| ChaCha8Rng::seed_from_u64(1);
        let (weights, _) = initialise(&network, &Initialisation::random(), None, &stream).unwrap();
        let device = Device::flex();
        let mut model = Model::new(network, &weights, &device).unwrap();
        let x = Tensor::<4>::ones([2, 3, 32, 32], &device);
        let logits = model.forward(x.clone()).into_data();
        let logits = logits.try_into_vec::<f32>().unwrap();
        assert_eq!(logits.len(), 10);
        assert!(logits.iter().all(|v| v.is_finite()), "{}", choice.label());
        let (logits, _tape) = model.forward_train(x);
        assert_eq!(logits.main.dims(), [2, 5]);
    }
}
