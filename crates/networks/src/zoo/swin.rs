//! Swin-T, -S and -B (Liu et al. 2021), with torchvision's paths; those of timm, Microsoft and the package
//! transformers as further dialects.
//!
//! Of Swin-T; -S has 18 units in block3, -B as many, 4/3 of the channels and 4 8 16 32 heads.
//!
//! | block | output | layers |
//! |---|---|---|
//! | stem | 1/4 | 4×4, 96, /4; layer norm |
//! | block1 | 1/4 | 2 × [attention of 3 heads, 384, 96] |
//! | block2 | 1/8 | 2×2 pixels as one, layer norm, 192; 2 × [attention of 6 heads, 768, 192] |
//! | block3 | 1/16 | the same, 384; 6 × [attention of 12 heads, 1536, 384] |
//! | block4 | 1/32 | the same, 768; 2 × [attention of 24 heads, 3072, 768]; layer norm |
//! | head | 1 | global average, linear |
//!
//! Attention is within windows of 7×7 pixels, which every second unit shifts by 3. Layer norms stand
//! before attention and before the two linear layers, GELU between these. Layer norms have ε 1e-5.
//!
//! Maps whose sides are no multiples of 7 get zeros behind them, and then are rolled, as in
//! torchvision. timm makes windows of smaller maps smaller, and rolls before it adds zeros: at 224
//! pixels and its multiples that is the same network, at other sizes it is not.
//! Stochastic depth is left out: it does not act in inference.

use super::dialect::Dialect;
use super::request::{Built, Request};
use crate::draws::Draws;
use crate::layer::{
    Activation, Attention, Conv, FromWindows, Layer, Norm, Residual, ToWindows, WindowAttention,
    Windows,
};
use crate::network::Block;
use crate::network_error::NetworkError;

/// Rows and columns of a window, in pixels.
const EDGE: usize = 7;

/// `width`: channels of block1, which double from block to block.
pub(super) fn network(
    request: &Request,
    width: usize,
    repeats: [usize; 4],
    heads: [usize; 4],
) -> Result<Built, NetworkError> {
    let dialect = request.dialect;
    let [patches, norm] = match dialect {
        Dialect::Torchvision => ["features.0.0", "features.0.2"],
        Dialect::Transformers => ["embeddings.patch_embeddings.projection", "embeddings.norm"],
        _ => ["patch_embed.proj", "patch_embed.norm"],
    };
    let first = Conv::new(patches.into(), [request.input.channels, width], 4);
    let stem = vec![
        Layer::Conv(first.stride(4).padding(0).with_bias()),
        layer_norm(norm.into(), width),
    ];
    let mut blocks = vec![Block::new("stem", stem)];
    let mut map = [request.input.height, request.input.width].map(|side| side / 4);
    let mut channels = width;
    for (stage, (repeats, heads)) in repeats.into_iter().zip(heads).enumerate() {
        let mut layers = Vec::new();
        if stage > 0 {
            let path = match dialect {
                Dialect::Torchvision => format!("features.{}", 2 * stage),
                Dialect::Transformers => format!("encoder.layers.{}.downsample", stage - 1),
                Dialect::Microsoft => format!("layers.{}.downsample", stage - 1),
                _ => format!("layers.{stage}.downsample"),
            };
            let merge = Conv::new(format!("{path}.reduction"), [4 * channels, 2 * channels], 1);
            layers.extend([
                Layer::MergePatches,
                layer_norm(format!("{path}.norm"), 4 * channels),
                Layer::Conv(merge),
            ]);
            map = map.map(|side| side.div_ceil(2));
            channels *= 2;
        }
        for index in 0..repeats {
            let windows = Windows {
                height: map[0],
                width: map[1],
                edge: EDGE,
                shift: index % 2 * (EDGE / 2),
            };
            let attention = Attention {
                heads,
                features: channels,
            };
            layers.extend(unit(&Names::of(dialect, stage, index), attention, windows));
        }
        if stage == 3 {
            let norm = match dialect {
                Dialect::Transformers => "layernorm",
                _ => "norm",
            };
            layers.push(layer_norm(norm.into(), channels));
        }
        blocks.push(Block::new(format!("block{}", stage + 1), layers));
    }
    let head = match dialect {
        Dialect::Timm => "head.fc",
        Dialect::Transformers => "classifier",
        _ => "head",
    };
    blocks.push(Block::linear_head(head, channels, request.classes));
    Ok(Built {
        blocks,
        draws: Draws::TRANSFORMER,
    })
}

/// Paths of the layers of a unit.
struct Names {
    unit: String,
    norm1: &'static str,
    qkv: &'static str,
    table: &'static str,
    projection: &'static str,
    norm2: &'static str,
    widen: &'static str,
    narrow: &'static str,
}

impl Names {
    fn of(dialect: Dialect, stage: usize, index: usize) -> Self {
        let timm = Self {
            unit: format!("layers.{stage}.blocks.{index}"),
            norm1: "norm1",
            qkv: "attn.qkv",
            table: "attn.relative_position_bias_table",
            projection: "attn.proj",
            norm2: "norm2",
            widen: "mlp.fc1",
            narrow: "mlp.fc2",
        };
        match dialect {
            Dialect::Torchvision => Self {
                unit: format!("features.{}.{index}", 2 * stage + 1),
                widen: "mlp.0",
                narrow: "mlp.3",
                ..timm
            },
            Dialect::Transformers => Self {
                unit: format!("encoder.{}", timm.unit),
                norm1: "layernorm_before",
                qkv: "attention.self.query+key+value",
                table: "attention.self.relative_position_bias_table",
                projection: "attention.output.dense",
                norm2: "layernorm_after",
                widen: "intermediate.dense",
                narrow: "output.dense",
            },
            _ => timm,
        }
    }
}

fn unit(names: &Names, attention: Attention, windows: Windows) -> [Layer; 2] {
    let width = attention.features;
    let path = |name: &str| format!("{}.{name}", names.unit);
    let attend = vec![
        layer_norm(path(names.norm1), width),
        Layer::ToWindows(ToWindows(windows)),
        Layer::linear(path(names.qkv), [width, 3 * width]),
        Layer::WindowAttention(WindowAttention {
            path: path(names.table),
            attention,
            windows,
        }),
        Layer::FromWindows(FromWindows(windows)),
        Layer::linear(path(names.projection), [width; 2]),
    ];
    let think = vec![
        layer_norm(path(names.norm2), width),
        Layer::linear(path(names.widen), [width, 4 * width]),
        Layer::Activation(Activation::Gelu),
        Layer::linear(path(names.narrow), [4 * width, width]),
    ];
    [attend, think].map(|body| {
        Layer::Residual(Residual {
            body,
            shortcut: Vec::new(),
            relu: false,
        })
    })
}

fn layer_norm(path: String, channels: usize) -> Layer {
    Layer::layer_norm(Norm::new(path, channels))
}
