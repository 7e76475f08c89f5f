//! What convolutions take beside their operands.

use super::algorithm::Algorithm;
use super::pass::Pass;
use super::shape::ConvShape;
use super::{direct, fft, product, stem, weight_gradient, winograd};
use crate::isa::Isa;
use crate::precision::Precision;
use crate::scratch::Demand;

/// What one pass of a shape that passes its check takes on `threads` threads:
/// [`conv_forward`](super::conv_forward),
/// [`conv_backward_input`](super::conv_backward_input) or
/// [`conv_backward_weight`](super::conv_backward_weight).
pub fn conv_demand(precision: Precision, shape: &ConvShape, pass: Pass, threads: usize) -> Demand {
    let algorithm = Algorithm::choose(shape, pass);
    conv_demand_with(algorithm, precision, shape, pass, threads)
}

/// [`conv_demand`] by the given algorithm, or by the product where the algorithm does
/// not support the shape.
pub fn conv_demand_with(
    algorithm: Algorithm,
    precision: Precision,
    shape: &ConvShape,
    pass: Pass,
    threads: usize,
) -> Demand {
    let isa = Isa::current();
    match (algorithm.or_product(shape), pass) {
        (Algorithm::Product, Pass::Forward) => {
            product::forward_demand(isa, precision, shape, threads)
        }
        (Algorithm::Product, Pass::Input) => {
            product::backward_input_demand(isa, precision, shape, threads)
        }
        (Algorithm::Product, Pass::Weight) => {
            weight_gradient::demand(isa, precision, shape, threads)
        }
        (Algorithm::Fft, Pass::Forward) => fft::forward_demand(isa, shape, threads),
        (Algorithm::Fft, Pass::Input) => fft::backward_input_demand(isa, shape, threads),
        (Algorithm::Fft, Pass::Weight) => fft::backward_weight_demand(isa, shape, threads),
        (Algorithm::Winograd, Pass::Forward) => {
            winograd::forward_demand(isa, precision, shape, threads)
        }
        (Algorithm::Winograd, Pass::Input) => {
            winograd::backward_input_demand(isa, precision, shape, threads)
        }
        (Algorithm::Winograd, Pass::Weight) => {
            winograd::backward_weight_demand(isa, shape, threads)
        }
        (Algorithm::Direct, pass) => direct::demand(isa, shape, pass, threads),
        (Algorithm::Stem, Pass::Forward) => stem::forward_demand(shape, threads),
        (Algorithm::Stem, Pass::Input) => {
            product::backward_input_demand(isa, Precision::Single, shape, threads)
        }
        (Algorithm::Stem, Pass::Weight) => stem::backward_weight_demand(isa, shape, threads),
    }
}

/// What [`conv_backward`](super::conv_backward) takes on `threads` threads.
pub fn conv_backward_demand(precision: Precision, shape: &ConvShape, threads: usize) -> Demand {
    let passes = [Pass::Input, Pass::Weight];
    if passes.map(|pass| Algorithm::choose(shape, pass)) == [Algorithm::Fft; 2] {
        return fft::backward_demand(Isa::current(), shape, threads);
    }
    let [input, weight] = passes.map(|pass| conv_demand(precision, shape, pass, threads));
    input.then(weight)
}
