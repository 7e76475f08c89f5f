//! The walk through the layers.

use kernels::Tiling;
use networks::{Block, Layer, NetworkError};

use super::forward::Forward;
use super::{
    activation, arrange, conv, drop, joint, linear, norm, pool, response, tokens, windows,
};
use crate::program::BufferId;

/// Writes down the forward pass of blocks.
pub(super) fn blocks(of: &mut Forward, blocks: &[Block]) -> Result<(), NetworkError> {
    let mut x = of.pixels();
    for block in blocks {
        x = layers(of, &block.layers, x)?;
        of.end_block(x);
    }
    Ok(())
}

/// What leaves the layers when `x` enters the first.
fn layers(of: &mut Forward, all: &[Layer], x: BufferId) -> Result<BufferId, NetworkError> {
    all.iter().try_fold(x, |x, one| layer(of, one, x))
}

fn layer(of: &mut Forward, layer: &Layer, x: BufferId) -> Result<BufferId, NetworkError> {
    let output = of.output(layer, x)?;
    let y = match layer {
        Layer::ReverseChannels => arrange::reverse_channels(&mut of.builder, x),
        Layer::PadSame(pad) => {
            arrange::pad_same(&mut of.builder, x, pad.kernel, pad.stride, output)
        }
        Layer::Conv(conv) => conv::forward(of, conv, x, output),
        Layer::BatchNorm(norm) => norm::batch_norm(of, &norm.0, x),
        Layer::LayerNorm(norm) => norm::layer_norm(&mut of.builder, &norm.0, x),
        Layer::Activation(function) => activation::forward(&mut of.builder, *function, x),
        Layer::MaxPool(pool) => pool::maximum(&mut of.builder, &pool.0, x, output),
        Layer::AveragePool(pool) => pool::average(&mut of.builder, &pool.0, x, output),
        Layer::GlobalAverage => pool::global_average(&mut of.builder, x, output),
        Layer::Residual(residual) => {
            let a = layers(of, &residual.body, x)?;
            let a = drop::body(of, residual, a);
            let b = layers(of, &residual.shortcut, x)?;
            joint::sum(&mut of.builder, [a, b], residual.relu)
        }
        Layer::Branches(branches) => {
            let branches = branches.0.iter();
            let parts: Result<Vec<_>, _> = branches.map(|branch| layers(of, branch, x)).collect();
            joint::concatenation(&mut of.builder, &parts?, output)
        }
        Layer::Gate(gate) => {
            let factors = layers(of, &gate.0, x)?;
            joint::scale(&mut of.builder, x, factors)
        }
        Layer::Product(product) => {
            let [first, second] = &product.0;
            let a = layers(of, first, x)?;
            let b = layers(of, second, x)?;
            joint::product(&mut of.builder, [a, b])
        }
        Layer::Scale(scale) => {
            joint::scale_channels(&mut of.builder, &scale.path, scale.channels, x)
        }
        Layer::Linear(linear) => {
            let x = drop::features(of, &linear.path, x);
            linear::forward(of, linear, x, output)
        }
        Layer::Added(added) => layers(of, &added.0, x)?,
        Layer::Factor(factor) => {
            joint::scale_channels(&mut of.builder, &factor.path, factor.channels, x)
        }
        Layer::Embed(embed) => tokens::embed(&mut of.builder, embed, x, output),
        Layer::RotaryPositions(positions) => tokens::rotate(&mut of.builder, positions, x),
        Layer::Attention(attention) => {
            tokens::attention(&mut of.builder, attention.heads, x, output)
        }
        Layer::FirstToken => tokens::first_token(&mut of.builder, x, output),
        Layer::PatchTokens(tokens) => {
            arrange::without_first(&mut of.builder, x, tokens.skipped, output)
        }
        Layer::ToWindows(cut) => {
            let tiling = Tiling::Windows(windows::of_layer(&cut.0));
            windows::tile(&mut of.builder, tiling, x, output)
        }
        Layer::WindowAttention(attention) => {
            windows::attention(&mut of.builder, attention, x, output)
        }
        Layer::FromWindows(cut) => {
            let tiling = Tiling::Windows(windows::of_layer(&cut.0));
            windows::untile(&mut of.builder, tiling, x, output)
        }
        Layer::MergePatches => windows::tile(&mut of.builder, Tiling::Patches, x, output),
        Layer::ResponseNorm(norm) => response::norm(&mut of.builder, norm, x),
        Layer::Auxiliary(auxiliary) => {
            if of.is_training() {
                let logits = layers(of, &auxiliary.0, x)?;
                of.auxiliary(logits);
            }
            x
        }
    };
    Ok(y)
}
