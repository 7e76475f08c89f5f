//! How the tests compare one operation with another, values and gradients alike.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use burn::tensor::{Device, Tensor};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Where the operations composed by Burn itself run.
pub(super) type Reference = Autodiff<Flex>;

/// Flex with gradients.
pub(super) fn device() -> Device {
    Device::flex().autodiff()
}

/// The primitive inside a tensor of [`device`].
pub(super) fn input<const D: usize>(tensor: Tensor<D>) -> FloatTensor<Reference> {
    tensor
        .try_into_primitive::<Reference>()
        .expect("a tensor of `check::device`")
}

/// The tensor around a primitive.
pub(super) fn output<const D: usize>(primitive: FloatTensor<Reference>) -> Tensor<D> {
    Tensor::from_primitive::<Reference>(primitive)
}

/// `n` numbers, uniform between -1 and 1.
pub(super) fn random(seed: u64, n: usize) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()
}

/// Weights of the outputs in the scalar that gradients are taken of.
pub(super) fn loss_weights(n: usize) -> Vec<f32> {
    random(9, n)
}

/// The output of `f` at `inputs`, then the gradient of the weighted sum of its outputs with
/// respect to each input.
pub(super) fn value_and_gradients(
    inputs: &[Vec<f32>],
    f: impl Fn(&[Tensor<1>]) -> Tensor<1>,
) -> Vec<Vec<f32>> {
    let device = device();
    let inputs: Vec<Tensor<1>> = inputs
        .iter()
        .map(|values| Tensor::<1>::from_floats(values.as_slice(), &device).require_grad())
        .collect();
    let y = f(&inputs);
    let weights = Tensor::<1>::from_floats(loss_weights(y.dims()[0]).as_slice(), &device);
    let gradients = (y.clone() * weights).sum().backward();
    let numbers = |tensor: Tensor<1>| tensor.into_data().try_to_vec::<f32>().expect("f32");
    let mut all = vec![numbers(y)];
    for input in &inputs {
        all.push(numbers(input.grad(&gradients).expect("tracked")));
    }
    all
}

/// Whether `ours` and `reference` are the same function to within 1e-4 of the largest number of
/// each output and each gradient.
pub(super) fn agree(
    inputs: &[Vec<f32>],
    ours: impl Fn(&[Tensor<1>]) -> Tensor<1>,
    reference: impl Fn(&[Tensor<1>]) -> Tensor<1>,
) {
    let ours = value_and_gradients(inputs, ours);
    let reference = value_and_gradients(inputs, reference);
    for (which, (ours, reference)) in ours.iter().zip(&reference).enumerate() {
        let name = if which == 0 {
            "output".into()
        } else {
            format!("gradient {which}")
        };
        close(&name, ours, reference, 1e-4);
    }
}

/// Whether `ours` lies within `tolerance` of `expected`, relative to its largest number.
pub(super) fn close(name: &str, ours: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), expected.len(), "{name}: length");
    let scale = expected.iter().fold(1e-3_f32, |max, v| max.max(v.abs()));
    for (i, (a, b)) in ours.iter().zip(expected).enumerate() {
        assert!(
            (a - b).abs() <= tolerance * scale,
            "{name}[{i}]: {a}, expected {b}, largest {scale}"
        );
    }
}

/// Whether one, two and three threads give the same bits, values and gradients.
pub(super) fn same_bits_on_any_number_of_threads(
    inputs: &[Vec<f32>],
    f: impl Fn(&[Tensor<1>]) -> Tensor<1> + Sync,
) {
    let bits = |threads| -> Vec<Vec<u32>> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a thread pool");
        pool.install(|| value_and_gradients(inputs, &f))
            .into_iter()
            .map(|values| values.into_iter().map(f32::to_bits).collect())
            .collect()
    };
    let one = bits(1);
    assert_eq!(one, bits(2));
    assert_eq!(one, bits(3));
}
