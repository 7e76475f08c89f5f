//! The paper's small plain networks: convolution, batch norm, ReLU, max-pool 3×3 of stride 2.
//!
//! | network | kernel | channels | pools |
//! |---|---|---|---|
//! | CBR-LargeT(all) | 7×7 | 32 64 128 256 512 | between layers |
//! | CBR-LargeW(ide) | 7×7 | 64 128 256 512 | after every layer |
//! | CBR-Small | 7×7 | 32 64 128 256 | after every layer |
//! | CBR-Tiny | 5×5 | 32 64 128 256 | after every layer |
//! | CBR-Tiny as in the text | 5×5 | 64 128 256 512 | after every layer |

use super::Padding;
use crate::layer::{Conv, Layer};
use crate::network::{Block, Network};
use crate::ops::{ConvGeometry, PoolGeometry};

pub(super) enum Pools {
    AfterEveryLayer,
    BetweenLayers,
}

pub(super) fn network(
    name: &str,
    widths: &[usize],
    kernel: usize,
    pools: Pools,
    padding: Padding,
    channels_in: usize,
    classes: usize,
) -> Network {
    let (conv_padding, pool_padding) = match padding {
        Padding::Same => (kernel / 2, 1),
        Padding::Valid => (0, 0),
    };
    let mut blocks = Vec::new();
    let mut previous = channels_in;
    for (index, &width) in widths.iter().enumerate() {
        let block = if index == 0 {
            "stem".to_string()
        } else {
            format!("block{index}")
        };
        let mut layers = vec![
            Layer::Conv(Conv {
                path: format!("{block}.conv"),
                channels_in: previous,
                channels_out: width,
                kernel: [kernel; 2],
                geometry: ConvGeometry {
                    stride: [1; 2],
                    padding: [conv_padding; 2],
                    dilation: [1; 2],
                    groups: 1,
                },
            }),
            Layer::BatchNorm {
                path: format!("{block}.bn"),
                channels: width,
            },
            Layer::Relu,
        ];
        let is_last = index + 1 == widths.len();
        if matches!(pools, Pools::AfterEveryLayer) || !is_last {
            layers.push(Layer::MaxPool(PoolGeometry {
                kernel: [3; 2],
                stride: [2; 2],
                padding: [pool_padding; 2],
                ceil: false,
            }));
        }
        blocks.push(Block {
            name: block,
            layers,
        });
        previous = width;
    }
    blocks.push(Block::linear_head(previous, classes));
    Network {
        name: name.into(),
        channels_in,
        classes,
        blocks,
    }
}
