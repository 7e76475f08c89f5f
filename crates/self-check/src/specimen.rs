//! Two small networks with every kind of layer that networks of the zoo are made of.

use networks::{
    Activation, Attention, Block, Conv, Draws, Embed, HostTensor, Input, Kind, Layer, Network,
    Norm, PoolGeometry, Residual, Weights,
};

use crate::numbers::coarse;

/// Outputs.
pub const CLASSES: usize = 3;
/// What both read.
const INPUT: Input = Input::square(3, 48);

/// Convolutions with and without groups, batch norms, pools, residual blocks and a gate.
pub fn convolutional() -> Network {
    let conv = |path: &str, channels, kernel| Conv::new(path.into(), channels, kernel);
    let norm = |path: &str, channels| Layer::batch_norm(Norm::new(path.into(), channels));
    let silu = || Layer::Activation(Activation::Silu);
    let pool = PoolGeometry {
        kernel: [3; 2],
        stride: [2; 2],
        padding: [1; 2],
        ceil: false,
    };
    let stem = vec![
        Layer::Conv(conv("stem.conv", [3, 24], 7).stride(2)),
        norm("stem.norm", 24),
        Layer::RELU,
        Layer::max_pool(pool),
    ];
    let same = Layer::Residual(Residual {
        body: vec![
            Layer::Conv(conv("block1.conv1", [24, 24], 3)),
            norm("block1.norm1", 24),
            Layer::RELU,
            Layer::Conv(conv("block1.conv2", [24, 24], 3)),
            norm("block1.norm2", 24),
        ],
        shortcut: vec![],
        relu: true,
    });
    let smaller = Layer::Residual(Residual {
        body: vec![
            Layer::Conv(conv("block2.conv1", [24, 40], 3).stride(2)),
            norm("block2.norm1", 40),
            Layer::RELU,
            Layer::Conv(conv("block2.conv2", [40, 40], 3)),
            norm("block2.norm2", 40),
        ],
        shortcut: vec![
            Layer::Conv(conv("block2.conv3", [24, 40], 1).stride(2)),
            norm("block2.norm3", 40),
        ],
        relu: true,
    });
    let inverted = vec![
        Layer::Conv(conv("block3.conv1", [40, 80], 1)),
        norm("block3.norm1", 80),
        silu(),
        Layer::Conv(conv("block3.conv2", [80, 80], 3).depthwise()),
        norm("block3.norm2", 80),
        silu(),
        Layer::gate(vec![
            Layer::GlobalAverage,
            Layer::linear("block3.gate1", [80, 10]),
            silu(),
            Layer::linear("block3.gate2", [10, 80]),
            Layer::Activation(Activation::Sigmoid),
        ]),
        Layer::Conv(conv("block3.conv3", [80, 40], 1)),
        norm("block3.norm3", 40),
    ];
    let head = vec![Layer::GlobalAverage, Layer::linear("head", [40, CLASSES])];
    network(
        "convolutional",
        vec![stem, vec![same], vec![smaller], inverted, head],
    )
}

/// Patches as tokens, attention, layer norms and GELU.
pub fn transformer() -> Network {
    let features = 48;
    let norm = |path: &str| Layer::layer_norm(Norm::new(path.into(), features));
    let sum = |body| {
        Layer::Residual(Residual {
            body,
            shortcut: vec![],
            relu: false,
        })
    };
    let stem = vec![
        Layer::Conv(
            Conv::new("stem.conv".into(), [3, features], 8)
                .stride(8)
                .padding(0)
                .with_bias(),
        ),
        Layer::Embed(Embed {
            class_token: "stem.token".into(),
            registers: None,
            positions: Some("stem.positions".into()),
            features,
            tokens: 37,
        }),
    ];
    let block = vec![
        sum(vec![
            norm("block1.norm1"),
            Layer::linear("block1.qkv", [features, 3 * features]),
            Layer::Attention(Attention { heads: 3, features }),
            Layer::linear("block1.projection", [features, features]),
        ]),
        sum(vec![
            norm("block1.norm2"),
            Layer::linear("block1.mlp1", [features, 100]),
            Layer::Activation(Activation::Gelu),
            Layer::linear("block1.mlp2", [100, features]),
        ]),
    ];
    let head = vec![
        norm("head.norm"),
        Layer::FirstToken,
        Layer::linear("head", [features, CLASSES]),
    ];
    network("transformer", vec![stem, block, head])
}

fn network(name: &str, blocks: Vec<Vec<Layer>>) -> Network {
    let last = blocks.len() - 1;
    let named = |(index, layers): (usize, Vec<Layer>)| {
        let name = match index {
            0 => "stem".into(),
            index if index == last => "head".into(),
            index => format!("block{index}"),
        };
        Block::new(name, layers)
    };
    Network {
        name: name.into(),
        input: INPUT,
        classes: CLASSES,
        blocks: blocks.into_iter().enumerate().map(named).collect(),
        draws: Draws::RESNET,
        first_new: None,
    }
}

/// Weights that keep maps at about the same size, and let most units through; multiples of 1/65536.
pub fn weights(network: &Network) -> Weights {
    let tensors = network.parameters().into_iter().map(|p| {
        let (middle, width) = match p.kind {
            Kind::ConvWeight | Kind::LinearWeight => (0.0, (3.0 / p.fan_in() as f32).sqrt()),
            Kind::NormShift => (0.5, 0.25),
            Kind::Bias | Kind::RunningMean => (0.0, 0.125),
            Kind::NormScale | Kind::RunningVariance | Kind::Factor => (1.0, 0.25),
            Kind::LayerScale | Kind::ResponseScale => (0.5, 0.25),
            Kind::ClassToken | Kind::Positions | Kind::RelativePositions => (0.0, 0.5),
        };
        let fine = |value: f32| (value * 65536.0).round() / 65536.0;
        let values = coarse(&p.path, p.len()).map(|u| fine(middle + width * u));
        let tensor = HostTensor {
            shape: p.shape.clone(),
            values: values.collect(),
        };
        (p.path, tensor)
    });
    Weights {
        tensors: tensors.collect(),
    }
}
