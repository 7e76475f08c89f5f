//! Networks with attention within windows, merged patches and response norms.

use networks::{
    Activation, Attention, Block, Conv, FromWindows, Input, Layer, Network, Norm, Residual,
    ResponseNorm, ToWindows, WindowAttention, Windows,
};

use crate::network::{self, CLASSES};

/// Two units of attention within windows of `edge`, the second shifted, behind each 2 × 2 pixels as
/// one; then a unit with a response norm. A head has `features`.
pub fn network(edge: usize, [heads, features]: [usize; 2], input: Input) -> Network {
    let features = features * heads;
    let first = Conv::new("patch".into(), [input.channels, features], 1);
    let mut blocks = vec![Block::new("stem", vec![Layer::Conv(first.with_bias())])];
    let [mut height, mut width] = [input.height, input.width];
    for index in 0..2 {
        let windows = Windows {
            height,
            width,
            edge,
            shift: index * (edge / 2),
        };
        let attention = Attention { heads, features };
        let path = |name: &str| format!("block{index}.{name}");
        let attend = vec![
            norm(path("norm"), features),
            Layer::ToWindows(ToWindows(windows)),
            Layer::linear(path("qkv"), [features, 3 * features]),
            Layer::WindowAttention(WindowAttention {
                path: path("table"),
                attention,
                windows,
            }),
            Layer::FromWindows(FromWindows(windows)),
            Layer::linear(path("projection"), [features; 2]),
        ];
        let merge = Conv::new(path("merge"), [4 * features, features], 1);
        let layers = vec![residual(attend), Layer::MergePatches, Layer::Conv(merge)];
        blocks.push(Block::new(format!("block{}", index + 1), layers));
        [height, width] = [height, width].map(|side| side.div_ceil(2));
    }
    let think = vec![
        Layer::linear("widen", [features, 8]),
        Layer::Activation(Activation::Gelu),
        Layer::ResponseNorm(ResponseNorm {
            path: "response".into(),
            channels: 8,
            epsilon: 1e-6,
        }),
        Layer::linear("narrow", [8, features]),
    ];
    blocks.push(Block::new("block3", vec![residual(think)]));
    let head = vec![
        Layer::GlobalAverage,
        Layer::linear("head", [features, CLASSES]),
    ];
    blocks.push(Block::new("head", head));
    network::network(blocks, input)
}

fn norm(path: String, channels: usize) -> Layer {
    Layer::layer_norm(Norm::new(path, channels).epsilon(1e-2))
}

fn residual(body: Vec<Layer>) -> Layer {
    Layer::Residual(Residual {
        body,
        shortcut: Vec::new(),
        relu: false,
    })
}
