//! The gradient of what enters a part of a network, against differences of its logits.

mod formula;

use std::sync::Arc;

use engine::{Maps, Model, Reference};
use networks::zoo::{Choice, Stem, network};
use networks::{Input, Network};

use formula::{doubles, images, uniform, weights};

const CLASSES: usize = 3;
/// Pictures at once.
const BATCH: usize = 2;

/// Networks with every kind of layer of the zoo, the edge of their pictures, and a block whose
/// input is looked at besides that of the head.
fn cases() -> Vec<(Choice, usize, usize)> {
    let mut resnet = Choice::named("resnet18");
    resnet.stem = Some(Stem::Small);
    let mut swin = Choice::named("swin-tiny");
    swin.truncate = Some("block2".into());
    let named = |name: &str, size, block| (Choice::named(name), size, block);
    vec![
        named("cbr-tiny", 16, 2),
        (resnet, 16, 4),
        named("densenet121", 32, 4),
        named("efficientnet-b0", 32, 6),
        named("mobilenet-v2", 32, 6),
        named("convnext-tiny", 32, 4),
        named("convnext-v2-tiny", 32, 4),
        (swin, 32, 1),
    ]
}

/// Not the same for every class and picture, so that none can stand for another.
fn by_logits(logits: &Maps) -> Vec<f32> {
    let share = |at: usize| 0.5 - 0.7 * at as f32;
    (0..logits.values().len()).map(share).collect()
}

/// The function of the logits that has that gradient.
fn weighed(logits: &Maps) -> f64 {
    let shares = by_logits(logits);
    let pairs = logits.values().iter().zip(&shares);
    pairs.map(|(l, s)| f64::from(*l) * f64::from(*s)).sum()
}

/// What enters block `block`.
fn entering(model: &Model, block: usize, pixels: &Maps) -> Maps {
    let mut at = 0;
    let mut found = pixels.clone();
    model.each_block(pixels, |map| {
        at += 1;
        if at == block {
            found = map;
        }
    });
    found
}

/// `x` moved by `step` along `along`.
fn moved(x: &Maps, along: &[f64], step: f64) -> Maps {
    let values = x.values().iter().zip(along);
    let values = values.map(|(x, v)| (f64::from(*x) + step * v) as f32);
    let shape = x.shape();
    Maps::new(
        [shape.batch, shape.channels, shape.height, shape.width],
        values.collect(),
    )
}

#[test]
fn it_is_what_small_changes_do_to_the_logits() {
    for (choice, size, block) in cases() {
        let network: Arc<Network> = network(&choice, Input::square(3, size), CLASSES)
            .expect("a network of the zoo")
            .into();
        let tensors = weights(&network, 1.0, 0.5);
        let exact = Model::on(Box::new(Reference::default()), network.clone(), &tensors)
            .expect("weights that fit");
        let single = Model::new(network.clone(), &tensors).expect("weights that fit");
        let pixels = images(BATCH, size);
        for block in [block, network.blocks.len() - 1] {
            let x = entering(&single, block, &pixels);
            let gradient = exact.sensitivity(block, &x, by_logits);
            let along: Vec<f64> = uniform("direction", x.values().len()).collect();
            let slope: f64 = doubles(gradient.values())
                .iter()
                .zip(&along)
                .map(|(g, v)| g * v)
                .sum();
            let step = 1e-3;
            let [ahead, behind] = [step, -step]
                .map(|step| weighed(&exact.logits_behind(block, &moved(&x, &along, step))));
            let expected = (ahead - behind) / (2.0 * step);
            let name = &choice.name;
            assert!(
                (slope - expected).abs() < 0.01 * expected.abs().max(0.1),
                "{name}, block {block}: {slope} and {expected}"
            );
            let rounded = single.sensitivity(block, &x, by_logits);
            let apart =
                formula::difference(&doubles(rounded.values()), &doubles(gradient.values()));
            assert!(apart < 1e-4, "{name}, block {block}: {apart}");
        }
    }
}
