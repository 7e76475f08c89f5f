//! What operations keep for their backward pass, and what they write in place.

use std::alloc::System;

use engine::ops::{
    activate, add, add_channel_bias, attention, concatenate, embed, first_token, gate, layer_norm,
    pad, reverse_channels, scale_channels,
};
use engine::tensor::{Device, Tensor};
use kernels::{LargeBlocks, memory_use, restart_peak};
use networks::Activation;

#[global_allocator]
static ALLOCATOR: LargeBlocks<System> = LargeBlocks(System);

/// Extents of the map that every operation gets; its size is in whole pages.
const SHAPE: [usize; 4] = [4, 24, 1024, 1];
/// Its bytes.
const MAP: usize = 4 * 24 * 1024 * size_of::<f32>();
/// Less than this, in bytes, is not counted: statistics and small blocks.
const SLACK: usize = MAP / 4;

/// Bytes of maps, in whole maps, that stay after `operation` on a map that nobody else holds,
/// without its output; and those that it takes at most meanwhile.
fn kept_and_taken(operation: impl Fn(Tensor<4>) -> Tensor<4> + Sync) -> [usize; 2] {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    pool.expect("a thread pool").install(|| {
        // The first time leaves the thread's scratch memory behind.
        measure(&operation);
        measure(&operation)
    })
}

fn measure(operation: impl Fn(Tensor<4>) -> Tensor<4>) -> [usize; 2] {
    let device = Device::flex().autodiff();
    let leaf = Tensor::<4>::ones(SHAPE, &device).require_grad();
    let x = leaf.clone().mul_scalar(2.0);
    let before = memory_use().used;
    restart_peak();
    let y = operation(x);
    let taken = memory_use().peak - before;
    let output = y.dims().iter().product::<usize>() * size_of::<f32>();
    // What was there includes the input.
    let kept = memory_use().used + MAP - before - output;
    let gradients = y.sum().backward();
    assert!(leaf.grad(&gradients).is_some());
    [kept, taken].map(|bytes| (bytes + SLACK) / MAP)
}

#[test]
#[cfg(unix)]
fn operations_keep_what_they_say() {
    let vector = |x: &Tensor<4>, n: usize| Tensor::<1>::ones([n], &x.device());
    let [batch, channels, ..] = SHAPE;

    // In place, and nothing kept.
    let bias = kept_and_taken(|x| {
        let b = vector(&x, channels);
        add_channel_bias(x, b)
    });
    assert_eq!(bias, [0, 0]);

    for (name, kept) in [
        ("pad", kept_and_taken(|x| pad(x, [1, 1, 0, 0]))),
        ("reverse", kept_and_taken(reverse_channels)),
    ] {
        assert_eq!(kept, [0, 1], "{name}");
    }
    assert_eq!(kept_and_taken(first_token), [0, 0]);
    // The other summand is the test's own, and the sum takes its place.
    let sum = kept_and_taken(|x| {
        let other = x.clone().mul_scalar(3.0);
        add(x, other)
    });
    assert_eq!(sum, [0, 1]);
    let joined = kept_and_taken(|x| {
        let other = x.clone().mul_scalar(3.0);
        concatenate(vec![x, other])
    });
    assert_eq!(joined, [0, 3]);
    let embedded = kept_and_taken(|x| {
        let positions = vector(&x, 1025 * channels);
        let token = vector(&x, channels);
        embed(x, token, positions)
    });
    assert_eq!(embedded, [0, 1]);

    // One map, the input or the output.
    for (activation, expected) in [
        (Activation::Relu, [0, 1]),
        (Activation::Relu6, [0, 1]),
        (Activation::Sigmoid, [0, 1]),
        (Activation::Silu, [1, 1]),
        (Activation::Gelu, [1, 1]),
    ] {
        // An output that is kept is not counted: it is there anyway.
        let kept = kept_and_taken(|x| activate(x, activation));
        assert_eq!(kept, expected, "{activation:?}");
    }
    let norm = kept_and_taken(|x| {
        let [gamma, beta] = [vector(&x, channels), vector(&x, channels)];
        layer_norm(x, gamma, beta, 1e-6)
    });
    assert_eq!(norm, [1, 1]);
    let scaled = kept_and_taken(|x| {
        let scale = vector(&x, channels);
        scale_channels(x, scale)
    });
    assert_eq!(scaled, [1, 1]);
    let gated = kept_and_taken(|x| {
        let g = Tensor::ones([batch, channels, 1, 1], &x.device());
        gate(x, g)
    });
    assert_eq!(gated, [1, 1]);
    // Nothing of the size of the probabilities, which are 21 times the input.
    let attended = kept_and_taken(|x| attention(x, 2));
    assert_eq!(attended[0], 1);
    assert!(attended[1] <= 2, "{attended:?}");
}
