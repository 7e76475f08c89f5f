use burn::backend::TensorMetadata;
use burn::tensor::Device;

use super::*;
use crate::ops::check;

const START: [f32; 4] = [1.0, -2.0, 0.5, 3.0];
const GRADIENTS: [[f32; 4]; 3] = [
    [0.1, -0.2, 0.3, 0.0],
    [-0.5, 0.25, 0.125, 1.0],
    [2.0, -1.0, 0.0, -0.75],
];

fn tensor(values: &[f32]) -> Tensor<1> {
    Tensor::from_floats(values, &Device::flex())
}

fn numbers(tensor: &Tensor<1>) -> Vec<f32> {
    tensor.to_data().try_to_vec().expect("f32")
}

fn primitive(tensor: Tensor<1>) -> FlexTensor {
    tensor.try_into_primitive::<Flex>().expect("flex")
}

/// The weight after three steps.
fn three_sgd_steps(sgd: Sgd) -> Vec<f32> {
    let (mut w, mut velocity) = (tensor(&START), None);
    for gradient in &GRADIENTS {
        let (new, kept) = sgd_step(w, tensor(gradient), velocity, sgd);
        (w, velocity) = (new, Some(kept));
    }
    numbers(&w)
}

/// The weight after three steps.
fn three_adam_steps(adam: Adam) -> Vec<f32> {
    let (mut w, mut moments) = (tensor(&START), None);
    for (gradient, number) in GRADIENTS.iter().zip(1..) {
        let (new, mean, square) = adam_step(w, tensor(gradient), moments, adam, number);
        (w, moments) = (new, Some((mean, square)));
    }
    numbers(&w)
}

// Golden numbers of this and the next test, PyTorch 2.13, float64, rounded:
//   import torch, torch.optim as o; torch.set_default_dtype(torch.float64)
//   def run(make):
//       w = torch.tensor([1., -2., .5, 3.], requires_grad=True); opt = make([w])
//       for g in ([.1, -.2, .3, 0.], [-.5, .25, .125, 1.], [2., -1., 0., -.75]):
//           w.grad = torch.tensor(g); opt.step()
//       print([round(v, 6) for v in w.tolist()])
//   run(lambda p: o.SGD(p, lr=.1))
//   run(lambda p: o.SGD(p, lr=.1, momentum=.9, weight_decay=.01))
//   run(lambda p: o.SGD(p, lr=.1, momentum=.9, weight_decay=.01, nesterov=True))
//   run(lambda p: o.Adam(p, lr=.01))
//   run(lambda p: o.Adam(p, lr=.01, betas=(.8, .99), eps=1e-6, weight_decay=.1))
//   run(lambda p: o.AdamW(p, lr=.01, betas=(.8, .99), eps=1e-6, weight_decay=.1))
#[test]
fn sgd_is_that_of_pytorch() {
    for ((momentum, decay, nesterov), expected) in [
        ((0.0, 0.0, false), [0.84, -1.905, 0.4575, 2.975]),
        (
            (0.9, 0.01, false),
            [0.862283, -1.882141, 0.392274, 2.868284],
        ),
        ((0.9, 0.01, true), [0.712997, -1.793015, 0.359291, 2.847756]),
    ] {
        let sgd = Sgd {
            lr: 0.1,
            momentum,
            weight_decay: decay,
            nesterov,
        };
        check::close("w", &three_sgd_steps(sgd), &expected, 1e-6);
    }
}

#[test]
fn adam_is_that_of_pytorch() {
    let plain = Adam {
        lr: 0.01,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weight_decay: 0.0,
        decoupled: false,
    };
    let decayed = Adam {
        betas: [0.8, 0.99],
        eps: 1e-6,
        weight_decay: 0.1,
        ..plain
    };
    for (adam, expected) in [
        (plain, [0.990935, -1.985926, 0.473958, 2.991792]),
        (decayed, [0.987944, -1.976842, 0.473418, 2.977022]),
        (
            Adam {
                decoupled: true,
                ..decayed
            },
            [0.987777, -1.979985, 0.473286, 2.982896],
        ),
    ] {
        check::close("w", &three_adam_steps(adam), &expected, 1e-6);
    }
}

#[test]
fn a_shared_weight_keeps_its_numbers() {
    let w = tensor(&START);
    let sgd = Sgd {
        lr: 0.1,
        momentum: 0.0,
        weight_decay: 0.0,
        nesterov: false,
    };
    let (stepped, _) = sgd_step(w.clone(), tensor(&GRADIENTS[0]), None, sgd);
    assert_eq!(numbers(&w), START);
    assert_ne!(numbers(&stepped), START);
}

#[test]
fn an_unshared_weight_is_written_in_place() {
    let place = |tensor: Tensor<1>| {
        let primitive = primitive(tensor);
        assert!(primitive.can_mut());
        let at = primitive.bytes().as_ptr();
        (Tensor::<1>::from_primitive::<Flex>(primitive), at)
    };
    let (w, before) = place(tensor(&check::random(1, 1000)));
    let sgd = Sgd {
        lr: 0.1,
        momentum: 0.9,
        weight_decay: 0.1,
        nesterov: false,
    };
    let (w, _) = sgd_step(w, tensor(&check::random(2, 1000)), None, sgd);
    assert_eq!(place(w).1, before);
}
