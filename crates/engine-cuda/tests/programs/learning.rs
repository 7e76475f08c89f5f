//! Models that learn on a device: steps that are queued, steps that are waited for, and losses that
//! are no numbers.

use std::sync::Arc;

use engine::{Descent, Maps, Model, Targets, Trainer};
use engine_cuda::{Cuda, Options};
use initialisation::{Initialisation, initialise};
use kernels::Precision;
use networks::zoo::{self, Choice};
use networks::{Input, Network, Weights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use regimes::Rule;

pub const BATCH: usize = 4;
pub const SIZE: usize = 16;
pub const CLASSES: usize = 3;

fn start() -> (Arc<Network>, Weights) {
    let input = Input::square(3, SIZE);
    let network = zoo::network(&Choice::named("cbr-tiny"), input, CLASSES).expect("a network");
    let stream = |_: &str| ChaCha8Rng::seed_from_u64(3);
    let (weights, _) =
        initialise(&network, &Initialisation::random(), None, &stream).expect("weights");
    (network.into(), weights)
}

pub fn trainer(executor: Box<dyn engine::Executor>, precision: Precision) -> Trainer {
    let (network, weights) = start();
    let model = Model::on(executor, network, &weights).expect("weights that fit");
    Trainer::new(model, descent(), precision)
}

pub fn descent() -> Descent {
    let rule = Rule::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-3,
        decoupled: true,
    };
    Descent {
        rule,
        weight_decay: 0.01,
    }
}

/// Another batch at every step.
fn batch(step: usize) -> (Maps, Targets) {
    let shape = [BATCH, 3, SIZE, SIZE];
    let len: usize = shape.iter().product();
    let pixels = (0..len).map(|at| ((at + 31 * step) * 7919 % 1009) as f32 / 504.5 - 1.0);
    let mut targets = vec![0.0; BATCH * CLASSES];
    for (image, row) in targets.chunks_exact_mut(CLASSES).enumerate() {
        row[(image + step) % CLASSES] = 1.0 / BATCH as f32;
    }
    (
        Maps::new(shape, pixels.collect()),
        Targets::Classes(targets),
    )
}

fn largest_difference(a: &Weights, b: &Weights) -> f32 {
    let pairs = a.tensors.iter().zip(&b.tensors);
    pairs
        .flat_map(|((_, a), (_, b))| a.values.iter().zip(&b.values))
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn queued_steps_are_those_that_are_waited_for_and_those_of_the_processor() {
    if !crate::emulator::is_possible() {
        return;
    }
    let mut processor = trainer(Box::new(engine::Cpu::default()), Precision::Single);
    let expected: Vec<f32> = (0..6)
        .map(|step| {
            let (pixels, targets) = batch(step);
            processor.step(&pixels, &targets, 0.01)
        })
        .collect();

    let (device, _alone) = crate::device();
    let mut waiting = trainer(Box::new(device), Precision::Single);
    let second = Cuda::open(0, Options::default()).expect("a second on one device");
    let mut queueing = trainer(Box::new(second), Precision::Single);
    let mut waited = Vec::new();
    let mut queued = Vec::new();
    for step in 0..6 {
        let (pixels, targets) = batch(step);
        waited.push(waiting.step(&pixels, &targets, 0.01));
        queued.extend(queueing.advance(&pixels, &targets, 0.01));
        assert_eq!(queued.len(), (step + 1).saturating_sub(Trainer::AHEAD));
    }
    queued.extend(queueing.settle());
    assert_eq!(waited, queued);
    assert_eq!(waiting.model().weights(), queueing.model().weights());
    assert_eq!(waiting.momentum(), queueing.momentum());
    for (found, expected) in waited.iter().zip(&expected) {
        assert!(
            (found - expected).abs() < 1e-4,
            "{waited:?} for {expected:?}"
        );
    }
    let off = largest_difference(&waiting.model().weights(), &processor.model().weights());
    assert!(off < 1e-3, "{off}");
}

#[test]
fn a_loss_that_is_no_number_moves_no_weight_of_its_step_or_those_behind_it() {
    if !crate::emulator::is_possible() {
        return;
    }
    let (device, _alone) = crate::device();
    let mut trainer = trainer(Box::new(device), Precision::Single);
    let (pixels, targets) = batch(0);
    trainer.step(&pixels, &targets, 0.01);
    let momentum = trainer.momentum();
    let before: Vec<_> = moved(&trainer);

    let nothing = Targets::Classes(vec![f32::NAN; BATCH * CLASSES]);
    let mut losses: Vec<f32> = trainer
        .advance(&pixels, &nothing, 0.01)
        .into_iter()
        .collect();
    losses.extend(trainer.advance(&pixels, &targets, 0.01));
    losses.extend(trainer.settle());
    assert!(losses[0].is_nan());
    assert_eq!(moved(&trainer), before);
    assert_eq!(trainer.momentum().moments, momentum.moments);

    // Once it was told, steps are steps again.
    assert!(trainer.step(&pixels, &targets, 0.01).is_finite());
    assert_ne!(moved(&trainer), before);
}

/// What an update moves: everything but running statistics, which follow every batch.
fn moved(trainer: &Trainer) -> Vec<Vec<f32>> {
    let tensors = trainer.model().weights().tensors;
    let of_updates = tensors
        .into_iter()
        .filter(|(path, _)| !path.contains("running"));
    of_updates.map(|(_, tensor)| tensor.values).collect()
}
