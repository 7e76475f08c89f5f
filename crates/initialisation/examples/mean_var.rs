//! A ResNet-18 whose convolutions have nothing of the pretrained ones but mean and variance
//! (Raghu et al. 2019, "Mean Var Init"), from a weights file that is made on the fly:
//! `cargo run --release -p initialisation --example mean_var`.

use std::error::Error;

use initialisation::{Initialisation, InputAdaptation, Source, initialise};
use networks::zoo::{self, Choice};
use networks::{Input, Pretrained, Weights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};

/// A tensor's own stream, so that it is drawn alike whatever happens to the others.
fn stream(path: &str) -> ChaCha8Rng {
    ChaCha8Rng::from_seed(Sha256::digest(path).into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let choice = Choice::named("resnet18");
    let input = Input::square(3, 64);
    let of_classes = |classes| zoo::network(&choice, input, classes);

    // Where a real file would be read: `Weights::read(path)`.
    let (drawn, _) = initialise(&of_classes(1000)?, &Initialisation::random(), None, &stream)?;
    let file = Weights::from_bytes(&drawn.to_bytes(None), "resnet18.safetensors".as_ref())?;
    let pretrained = Pretrained::of(choice.clone(), of_classes(1000)?, file.weights);

    let network = of_classes(5)?;
    let source = Source {
        pretrained: &pretrained,
        input: InputAdaptation::Sum,
    };
    let init = Initialisation::mean_var();
    let (weights, report) = initialise(&network, &init, Some(source), &stream)?;
    println!(
        "{}: {} tensors with pretrained moments, {} drawn afresh",
        report.initialisation, report.rescaled, report.drawn
    );
    let first = &weights.tensors["conv1.weight"];
    println!(
        "conv1.weight {:?} begins {:.4?}",
        first.shape,
        &first.values[..3]
    );
    Ok(())
}
