//! Random lists of layers, before it is known what enters them.

use networks::{Activation, PoolGeometry};
use proptest::prelude::*;

/// A layer, or a few that often follow each other. Channels are at most 8.
#[derive(Clone, Debug)]
pub enum Recipe {
    Conv(Filter),
    BatchNorm,
    LayerNorm,
    Activation(Activation),
    MaxPool(PoolGeometry),
    AveragePool(PoolGeometry),
    Scale,
    PadSame {
        kernel: [usize; 2],
        stride: usize,
    },
    ReverseChannels,
    Linear {
        channels: usize,
    },
    /// With a norm at the end of the body, where the channels stay and it is not `projected`
    /// without a shortcut.
    Residual {
        body: Vec<Recipe>,
        norm: bool,
        relu: bool,
        projected: bool,
    },
    Branches(Vec<Vec<Recipe>>),
    Gate(Activation),
    /// Of a function of features, or of the map itself, and of features or the map.
    Product {
        function: Option<Activation>,
        of_itself: bool,
    },
    Auxiliary,
    /// Convolution, batch norm, ReLU, and a pool where there is one.
    Unit {
        filter: Filter,
        pool: Option<PoolGeometry>,
    },
}

/// A convolution.
#[derive(Clone, Debug)]
pub struct Filter {
    pub channels: usize,
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub padding: [usize; 2],
    pub dilation: usize,
    pub grouping: Grouping,
    pub bias: bool,
}

/// How channels are grouped, where their numbers allow it.
#[derive(Clone, Copy, Debug)]
pub enum Grouping {
    None,
    Halves,
    /// One kernel per channel; the channels stay.
    Depthwise,
}

pub fn activation() -> impl Strategy<Value = Activation> {
    prop::sample::select(vec![
        Activation::Relu,
        Activation::Relu6,
        Activation::Silu,
        Activation::Gelu,
        Activation::Sigmoid,
        Activation::HardSwish,
        Activation::HardSigmoid,
        Activation::QuickGelu,
    ])
}

fn filter() -> impl Strategy<Value = Filter> {
    let kernel = prop::sample::select(vec![[3, 3], [1, 1], [1, 7], [7, 1], [2, 2], [5, 5]]);
    let grouping = prop_oneof![
        3 => Just(Grouping::None),
        1 => Just(Grouping::Halves),
        1 => Just(Grouping::Depthwise),
    ];
    let step = prop_oneof![3 => Just(1_usize), 1 => Just(2)];
    let steps = [step.clone(), step.clone()];
    (
        1..=8_usize,
        kernel,
        steps,
        any::<[bool; 2]>(),
        step,
        grouping,
        any::<bool>(),
    )
        .prop_map(
            |(channels, kernel, stride, is_padded, dilation, grouping, bias)| Filter {
                channels,
                kernel,
                stride,
                padding: [0, 1].map(|axis| usize::from(is_padded[axis]) * (kernel[axis] / 2)),
                dilation,
                grouping,
                bias,
            },
        )
}

fn pool() -> impl Strategy<Value = PoolGeometry> {
    let kernel = prop::sample::select(vec![[2, 2], [3, 3], [1, 3], [3, 2]]);
    let stride = prop::sample::select(vec![[2, 2], [1, 1], [2, 1]]);
    (kernel, stride, any::<bool>(), any::<bool>()).prop_map(|(kernel, stride, padded, ceil)| {
        let padding = kernel.map(|pixels| if padded { pixels / 2 } else { 0 });
        PoolGeometry {
            kernel,
            stride,
            padding,
            ceil,
        }
    })
}

fn simple() -> impl Strategy<Value = Recipe> {
    let kernel = prop::sample::select(vec![[3, 3], [2, 2], [5, 1]]);
    prop_oneof![
        4 => filter().prop_map(Recipe::Conv),
        4 => (filter(), prop::option::of(pool()))
            .prop_map(|(filter, pool)| Recipe::Unit { filter, pool }),
        2 => Just(Recipe::BatchNorm),
        1 => Just(Recipe::LayerNorm),
        3 => activation().prop_map(Recipe::Activation),
        1 => pool().prop_map(Recipe::MaxPool),
        1 => pool().prop_map(Recipe::AveragePool),
        1 => Just(Recipe::Scale),
        1 => (kernel, 1..3_usize).prop_map(|(kernel, stride)| Recipe::PadSame { kernel, stride }),
        1 => Just(Recipe::ReverseChannels),
        1 => (1..=8_usize).prop_map(|channels| Recipe::Linear { channels }),
        1 => activation().prop_map(Recipe::Gate),
        1 => (prop::option::of(activation()), any::<bool>())
            .prop_map(|(function, of_itself)| Recipe::Product { function, of_itself }),
        1 => Just(Recipe::Auxiliary),
    ]
}

/// A layer with layers inside, two deep at most.
fn nested() -> impl Strategy<Value = Recipe> {
    simple().prop_recursive(2, 12, 3, |inner| {
        let layers = prop::collection::vec(inner, 0..4);
        let residual = (layers.clone(), any::<[bool; 3]>());
        prop_oneof![
            2 => residual.prop_map(|(body, [norm, relu, projected])| Recipe::Residual {
                body,
                norm,
                relu,
                projected,
            }),
            1 => prop::collection::vec(layers, 2..4).prop_map(Recipe::Branches),
        ]
    })
}

/// The layers of a few blocks.
pub fn blocks() -> impl Strategy<Value = Vec<Vec<Recipe>>> {
    prop::collection::vec(prop::collection::vec(nested(), 1..4), 1..4)
}
