//! Networks whose later blocks are narrower.

mod formula;

use std::sync::Arc;

use engine::{Maps, Model};
use initialisation::{Initialisation, initialise};
use networks::Input;
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
        (slim("swin-tiny", "block1"), 3),
        (slim("convnext-v2-tiny", "block1"), 5),
    ] {
        let choice = Choice {
            divide: Some(divide),
            ..choice
        };
        let input = Input::square(3, 32);
        let network = Arc::new(network(&choice, input, 5).unwrap());
        let stream = |_: &str| ChaCha8Rng::seed_from_u64(1);
        let (weights, _) = initialise(&network, &Initialisation::random(), None, &stream).unwrap();
        let model = Model::new(network, &weights).unwrap();
        let x = Maps::filled([2, 3, 32, 32], 1.0);
        let logits = model.forward(&x).into_values();
        assert_eq!(logits.len(), 10);
        assert!(logits.iter().all(|v| v.is_finite()), "{}", choice.label());
        let loss = formula::trainer(model).step(&x, &formula::targets(2, 5), 1e-3);
        assert!(loss.is_finite(), "{}", choice.label());
    }
}
