//! The paper's small plain networks: convolution, batch norm, ReLU, max-pool 3×3 of stride 2.
//!
//! | network | kernel | channels | pools |
//! |---|---|---|---|
//! | CBR-LargeT(all) | 7×7 | 32 64 128 256 512 | between layers |
//! | CBR-LargeW(ide) | 7×7 | 64 128 256 512 | after every layer |
//! | CBR-Small | 7×7 | 32 64 128 256 | after every layer |
//! | CBR-Tiny | 5×5 | 32 64 128 256 | after every layer |
//! | CBR-Tiny as in the text | 5×5 | 64 128 256 512 | after every layer |

use super::choice::Padding;
use super::request::{Built, Request};
use crate::draws::Draws;
use crate::layer::PoolGeometry;
use crate::layer::{Conv, Layer, Norm};
use crate::network::Block;
use crate::network_error::NetworkError;

pub(super) enum Pools {
    AfterEveryLayer,
    BetweenLayers,
}

pub(super) fn network(
    request: &Request,
    widths: &[usize],
    kernel: usize,
    pools: Pools,
) -> Result<Built, NetworkError> {
    let (conv_padding, pool_padding) = match request.choice.padding.unwrap_or_default() {
        Padding::Same => (kernel / 2, 1),
        Padding::Valid => (0, 0),
    };
    let mut blocks = Vec::new();
    let mut previous = request.input.channels;
    for (index, &width) in widths.iter().enumerate() {
        let block = match index {
            0 => "stem".to_string(),
            _ => format!("block{index}"),
        };
        let conv = Conv::new(format!("{block}.conv"), [previous, width], kernel);
        let mut layers = vec![
            Layer::Conv(conv.padding(conv_padding)),
            Layer::batch_norm(Norm::new(format!("{block}.bn"), width)),
            Layer::RELU,
        ];
        let is_last = index + 1 == widths.len();
        if matches!(pools, Pools::AfterEveryLayer) || !is_last {
            layers.push(Layer::max_pool(PoolGeometry {
                kernel: [3; 2],
                stride: [2; 2],
                padding: [pool_padding; 2],
                ceil: false,
            }));
        }
        blocks.push(Block::new(block, layers));
        previous = width;
    }
    blocks.push(Block::linear_head("fc", previous, request.classes));
    Ok(Built {
        blocks,
        draws: Draws::RESNET,
    })
}
