//! LSUV: a forward pass that scales weights on its way, so that layers write with variance 1.

use std::sync::Arc;

use initialisation::{Initialisation, InitialisationError, MatchReport, UnitVariance};
use networks::{Network, Weights};

use super::{Model, tensor_of};
use crate::executor::Step;
use crate::lower::{Mode, Part, lower};
use crate::maps::Maps;
use crate::program::{Program, Weighted};

/// Scales the weights that `init` says are to write with variance 1, on the batch `pixels`
/// `[batch, channels, height, width]`: layer after layer in the order of the forward pass, each
/// weight of a convolution or linear layer is divided by the standard deviation of what the layer
/// writes (over all its entries, bias included), until the variance is within 0.1 of 1 or ten times.
/// Batch norms normalise by the batch, as in training; running statistics stay as they are. Factors
/// go into `report`. `weights` are those that [`initialise`](initialisation::initialise)
/// made.
///
/// Layer-sequential unit variance, Mishkin & Matas 2016. Not a normalisation of what each channel
/// writes, and not of gradients.
pub fn unit_variance(
    network: &Arc<Network>,
    init: &Initialisation,
    weights: &mut Weights,
    report: &mut MatchReport,
    pixels: &Maps,
) -> Result<(), InitialisationError> {
    let mut factors = UnitVariance::of(network, init)?;
    let part = Part {
        blocks: 0..network.blocks.len(),
        input: pixels.shape(),
    };
    let program = Arc::new(lower(network, &part, &Mode::Observation)?);
    // On the processor wherever training goes on: what a run starts from depends on no device.
    let mut model = Model::new(network.clone(), weights)?;
    model.device_mut().begin(&program, pixels.into());
    let mut done = 0;
    for layer in &program.weighted {
        if factors.factor(&layer.path).is_none() {
            continue;
        }
        let executor = &mut model.device_mut().executor;
        executor.run(done..layer.instructions.end, Step::NONE);
        done = layer.instructions.end;
        model.scale(&program, layer, weights, &mut factors);
    }
    factors.apply(weights, report);
    Ok(())
}

impl Model {
    /// Repeats a layer that has just been run, until it writes with variance 1.
    fn scale(
        &mut self,
        program: &Program,
        layer: &Weighted,
        weights: &Weights,
        factors: &mut UnitVariance,
    ) {
        let Some(weight) = weights.tensors.get(&layer.path) else {
            return;
        };
        let executor = &mut self.device_mut().executor;
        debug_assert!(program.instructions.len() >= layer.instructions.end);
        for _ in 0..UnitVariance::ROUNDS {
            if !factors.adjust(&layer.path, &executor.download(layer.output)) {
                break;
            }
            let factor = factors.factor(&layer.path).unwrap_or(1.0);
            let scaled = weight.values.iter().map(|value| value * factor);
            executor.put(&tensor_of(&layer.path), scaled.collect());
            executor.run(layer.instructions.clone(), Step::NONE);
        }
    }
}
