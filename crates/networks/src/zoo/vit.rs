//! ViT-S/16 (Dosovitskiy et al. 2021; the small one of Touvron et al. 2021, DeiT-S), with timm's
//! paths. `deit-small` and `vit-small` are the same network: two names of published weights.
//!
//! | block | output | layers |
//! |---|---|---|
//! | stem | (size / 16)² + 1 tokens of 384 | 16×16, 384, /16; class token; positions |
//! | block1 to block12 | same | layer norm, attention of 6 heads; layer norm, 1536, GELU, 384 |
//! | | | behind block12: layer norm |
//! | head | 1 | the class token, linear |
//!
//! Layer norms have ε 1e-6. Stochastic depth is left out: it does not act in inference.

use super::request::{Built, Request};
use crate::draws::Draws;
use crate::layer::Activation;
use crate::layer::{Attention, Conv, Embed, Layer, Norm, Residual};
use crate::network::Block;
use crate::network_error::NetworkError;

/// Edge of a patch, in pixels.
const PATCH: usize = 16;
/// Units.
const DEPTH: usize = 12;

pub(super) fn network(
    request: &Request,
    features: usize,
    heads: usize,
) -> Result<Built, NetworkError> {
    let input = request.input;
    let size = input.shorter();
    let refused = match () {
        () if input.height != input.width => {
            Some("a square of a multiple of 16 pixels: its positions stand on a square grid")
        }
        () if size == 0 || !size.is_multiple_of(PATCH) => Some("a multiple of 16 pixels"),
        () => None,
    };
    if let Some(expected) = refused {
        return Err(NetworkError::Size {
            name: request.choice.name.clone(),
            found: input.pixels(),
            expected,
        });
    }
    let channels = [request.input.channels, features];
    let patches = Conv::new("patch_embed.proj".into(), channels, PATCH);
    let stem = vec![
        Layer::Conv(patches.stride(PATCH).padding(0).with_bias()),
        Layer::Embed(Embed {
            class_token: "cls_token".into(),
            positions: "pos_embed".into(),
            features,
            tokens: (size / PATCH).pow(2) + 1,
        }),
    ];
    let mut blocks = vec![Block::new("stem", stem)];
    for index in 0..DEPTH {
        let mut layers = unit(&format!("blocks.{index}"), features, heads);
        if index + 1 == DEPTH {
            layers.push(layer_norm("norm".into(), features));
        }
        blocks.push(Block::new(format!("block{}", index + 1), layers));
    }
    let classifier = Layer::linear("head", [features, request.classes]);
    blocks.push(Block::new("head", vec![Layer::FirstToken, classifier]));
    Ok(Built {
        blocks,
        draws: Draws::TRANSFORMER,
    })
}

fn unit(path: &str, features: usize, heads: usize) -> Vec<Layer> {
    let attend = vec![
        layer_norm(format!("{path}.norm1"), features),
        Layer::linear(format!("{path}.attn.qkv"), [features, 3 * features]),
        Layer::Attention(Attention { heads, features }),
        Layer::linear(format!("{path}.attn.proj"), [features, features]),
    ];
    let think = vec![
        layer_norm(format!("{path}.norm2"), features),
        Layer::linear(format!("{path}.mlp.fc1"), [features, 4 * features]),
        Layer::Activation(Activation::Gelu),
        Layer::linear(format!("{path}.mlp.fc2"), [4 * features, features]),
    ];
    let residual = |body| {
        Layer::Residual(Residual {
            body,
            shortcut: Vec::new(),
            relu: false,
        })
    };
    vec![residual(attend), residual(think)]
}

fn layer_norm(path: String, channels: usize) -> Layer {
    Layer::layer_norm(Norm::new(path, channels).epsilon(1e-6))
}
