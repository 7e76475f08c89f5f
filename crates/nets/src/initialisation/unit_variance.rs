//! LSUV: weights scaled until every layer writes with variance 1.

use std::collections::BTreeMap;
use std::sync::Arc;

use burn::tensor::Tensor;

use super::{Action, Initialisation, InitialisationError, MatchReport, Policy};
use crate::model::Model;
use crate::network::Network;
use crate::parameter::Kind;
use crate::weights::Weights;

/// Scales the weights that `init` says are to write with variance 1, on the batch `pixels`
/// `[batch, channels, height, width]`: layer after layer in the order of the forward pass, each
/// weight of a convolution or linear layer is divided by the standard deviation of what the layer
/// writes (over all its entries, bias included), until the variance is within 0.1 of 1 or ten times.
/// Batch norms normalise by the batch, as in training; running statistics stay as they are. Factors
/// go into `report`. `weights` are those that [`initialise`](super::initialise) made.
///
/// Layer-sequential unit variance, Mishkin & Matas 2016. Not a normalisation of what each channel
/// writes, and not of gradients.
pub fn unit_variance(
    network: &Arc<Network>,
    init: &Initialisation,
    weights: &mut Weights,
    report: &mut MatchReport,
    pixels: Tensor<4>,
) -> Result<(), InitialisationError> {
    let wanted = init
        .policies(network)?
        .into_iter()
        .filter(|(parameter, policy)| {
            *policy == Policy::UnitVariance
                && matches!(parameter.kind, Kind::ConvWeight | Kind::LinearWeight)
        })
        .map(|(parameter, _)| (parameter.path, 1.0))
        .collect::<BTreeMap<String, f32>>();
    let model = Model::new(network.clone(), weights, &pixels.device())?;
    let factors = model.unit_variance_factors(pixels, wanted);
    for (path, factor) in &factors {
        if let Some(tensor) = weights.tensors.get_mut(path) {
            tensor.values.iter_mut().for_each(|value| *value *= factor);
        }
    }
    for tensor in &mut report.tensors {
        if let Some(factor) = factors.get(&tensor.path) {
            let factor = f64::from(*factor);
            tensor.action = Action::UnitVariance { factor };
        }
    }
    Ok(())
}
