//! What a program does, step by step.

use kernels::{
    Activation, Border, ConvShape, PoolShape, Precision, Rotation, Tiling, WindowAttention,
};

use super::buffer::BufferId;
use crate::descent::Descent;

/// One step: operands are buffers, results are named `y`, gradients `dx` after what they are the
/// gradient of. Maps are `[batch, channels, height, width]`; a result is overwritten unless its
/// field says otherwise.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "operands are named as in the formulas")]
pub enum Instruction {
    /// Channels in reverse order; its own gradient.
    ReverseChannels { x: BufferId, y: BufferId },
    /// Zeros around a map.
    Pad {
        border: Border,
        x: BufferId,
        y: BufferId,
    },
    /// A map without its border: also the gradient of [`Pad`](Self::Pad), which is its own.
    Crop {
        border: Border,
        dy: BufferId,
        dx: BufferId,
    },
    /// The first token of each sequence, `[batch, features, 1, 1]`.
    FirstToken { x: BufferId, y: BufferId },
    /// The gradient of [`FirstToken`](Self::FirstToken): zero at all other tokens.
    FirstTokenGradient { dy: BufferId, dx: BufferId },
    /// Channels of all parts, one after the other.
    Concatenate { parts: Vec<BufferId>, y: BufferId },
    /// The gradient of [`Concatenate`](Self::Concatenate).
    Split { dy: BufferId, parts: Vec<BufferId> },
    /// Pixels as tokens after a class token and registers, with positions, if there are any, added to
    /// the last tokens: `[batch, features, tokens, 1]`.
    Embed {
        x: BufferId,
        class_token: BufferId,
        registers: Option<BufferId>,
        positions: Option<BufferId>,
        y: BufferId,
    },
    /// Gradients of [`Embed`](Self::Embed).
    EmbedGradient {
        dy: BufferId,
        dx: BufferId,
        dclass_token: BufferId,
        dregisters: Option<BufferId>,
        dpositions: Option<BufferId>,
    },

    /// Convolution without bias.
    Conv {
        shape: ConvShape,
        precision: Precision,
        x: BufferId,
        w: BufferId,
        y: BufferId,
    },
    /// Both gradients of [`Conv`](Self::Conv).
    ConvGradients {
        shape: ConvShape,
        precision: Precision,
        x: BufferId,
        w: BufferId,
        dy: BufferId,
        dx: BufferId,
        dw: BufferId,
    },
    /// The gradient of what [`Conv`](Self::Conv) reads.
    ConvInputGradient {
        shape: ConvShape,
        precision: Precision,
        w: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    /// The gradient of the weight of [`Conv`](Self::Conv).
    ConvWeightGradient {
        shape: ConvShape,
        precision: Precision,
        x: BufferId,
        dy: BufferId,
        dw: BufferId,
    },
    /// `y = x + b`, `b` `[channels]` over pixels.
    AddBias {
        x: BufferId,
        b: BufferId,
        y: BufferId,
    },
    /// `db = Σ dy` over images and pixels.
    BiasGradient { dy: BufferId, db: BufferId },
    /// `y = x wᵀ + b` of vectors: `x` `[batch, into, 1, 1]`, `w` `[out, into]`.
    Linear {
        x: BufferId,
        w: BufferId,
        b: BufferId,
        y: BufferId,
    },
    /// `dx = dy w`
    LinearInputGradient {
        w: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    /// `dw = dyᵀ x`
    LinearWeightGradient {
        x: BufferId,
        dy: BufferId,
        dw: BufferId,
    },
    /// Rotary positions of the queries and keys of `x` `[batch, 3 · features, tokens, 1]`; its gradient is
    /// the rotation back.
    Rotate {
        rotation: Rotation,
        x: BufferId,
        y: BufferId,
    },
    /// Self-attention: `qkv` `[batch, 3 · features, tokens, 1]`.
    Attention {
        heads: usize,
        qkv: BufferId,
        y: BufferId,
    },
    /// The gradient of [`Attention`](Self::Attention).
    AttentionGradient {
        heads: usize,
        qkv: BufferId,
        dy: BufferId,
        dqkv: BufferId,
    },

    /// The numbers of a map in the order of its tiles; its gradient is [`Untile`](Self::Untile).
    Tile {
        tiling: Tiling,
        x: BufferId,
        y: BufferId,
    },
    /// The map `x` whose tiles are `y`; its gradient is [`Tile`](Self::Tile).
    Untile {
        tiling: Tiling,
        y: BufferId,
        x: BufferId,
    },
    /// Self-attention within windows: `qkv` `[batch, 3 · features, windows, tokens]`, `table`
    /// `[distances, heads]` added to the scores.
    WindowAttention {
        attention: WindowAttention,
        qkv: BufferId,
        table: BufferId,
        y: BufferId,
    },
    /// The gradients of [`WindowAttention`](Self::WindowAttention).
    WindowAttentionGradient {
        attention: WindowAttention,
        qkv: BufferId,
        table: BufferId,
        dy: BufferId,
        dqkv: BufferId,
        dtable: BufferId,
    },
    /// `factors = 1 + gamma · norms / (mean norm of the image + epsilon)`, `[batch, channels, 1, 1]`,
    /// where `norms` `[batch, channels]` are those of the maps `x`.
    ResponseFactors {
        epsilon: f32,
        x: BufferId,
        gamma: BufferId,
        norms: BufferId,
        factors: BufferId,
    },
    /// Gradients of [`ResponseFactors`](Self::ResponseFactors): that of `x` is `slopes · x`, one
    /// factor per channel of each image.
    ResponseFactorsGradient {
        epsilon: f32,
        gamma: BufferId,
        norms: BufferId,
        dfactors: BufferId,
        slopes: BufferId,
        dgamma: BufferId,
    },

    /// Normalisation by the batch, then `max(·, 0)` if `relu`. Statistics are `[4, channels]`:
    /// mean, `1 / √(variance + epsilon)`, biased and unbiased variance.
    BatchNorm {
        epsilon: f32,
        relu: bool,
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        statistics: BufferId,
        y: BufferId,
    },
    /// The output of [`BatchNorm`](Self::BatchNorm) again, from its statistics.
    BatchNormAgain {
        relu: bool,
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        statistics: BufferId,
        y: BufferId,
    },
    /// Gradients of [`BatchNorm`](Self::BatchNorm).
    BatchNormGradient {
        relu: bool,
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        statistics: BufferId,
        dy: BufferId,
        dx: BufferId,
        dgamma: BufferId,
        dbeta: BufferId,
    },
    /// [`BatchNorm`](Self::BatchNorm) with ReLU, then the maximum of windows.
    BatchNormPool {
        epsilon: f32,
        pool: PoolShape,
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        statistics: BufferId,
        places: BufferId,
        y: BufferId,
    },
    /// Gradients of [`BatchNormPool`](Self::BatchNormPool).
    BatchNormPoolGradient {
        epsilon: f32,
        pool: PoolShape,
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        statistics: BufferId,
        places: BufferId,
        dy: BufferId,
        dx: BufferId,
        dgamma: BufferId,
        dbeta: BufferId,
    },
    /// [`BatchNorm`](Self::BatchNorm) without ReLU, then `max(· + residual, 0)`.
    BatchNormAdd {
        epsilon: f32,
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        residual: BufferId,
        statistics: BufferId,
        y: BufferId,
    },
    /// The output of [`BatchNormAdd`](Self::BatchNormAdd) again, from its statistics.
    BatchNormAddAgain {
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        residual: BufferId,
        statistics: BufferId,
        y: BufferId,
    },
    /// Gradients of [`BatchNormAdd`](Self::BatchNormAdd), from its output `y` too.
    BatchNormAddGradient {
        x: BufferId,
        gamma: BufferId,
        statistics: BufferId,
        y: BufferId,
        dy: BufferId,
        dx: BufferId,
        dresidual: BufferId,
        dgamma: BufferId,
        dbeta: BufferId,
    },
    /// `running ← 0.9 running + 0.1 batch` for mean and unbiased variance, in place.
    Running {
        statistics: BufferId,
        mean: BufferId,
        variance: BufferId,
    },
    /// Batch norm by given statistics as a line per channel, `[2, channels]`:
    /// scale `gamma / √(variance + epsilon)` and shift `beta − mean · scale`.
    NormLine {
        epsilon: f32,
        gamma: BufferId,
        beta: BufferId,
        mean: BufferId,
        variance: BufferId,
        line: BufferId,
    },
    /// `y = scale x + shift` per channel, then `max(·, 0)` if `relu`.
    ScaleShift {
        relu: bool,
        x: BufferId,
        line: BufferId,
        y: BufferId,
    },
    /// `dx = scale dy` per channel.
    ScaleShiftInputGradient {
        line: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    /// Gradients of gamma and beta of a norm by given statistics.
    NormLineGradient {
        epsilon: f32,
        x: BufferId,
        mean: BufferId,
        variance: BufferId,
        dy: BufferId,
        dgamma: BufferId,
        dbeta: BufferId,
    },
    /// Normalisation over the channels of every pixel. Statistics are `[2, batch · pixels]`: mean
    /// and `1 / √(variance + epsilon)`.
    LayerNorm {
        epsilon: f32,
        x: BufferId,
        gamma: BufferId,
        beta: BufferId,
        statistics: BufferId,
        y: BufferId,
    },
    /// Gradients of [`LayerNorm`](Self::LayerNorm).
    LayerNormGradient {
        x: BufferId,
        gamma: BufferId,
        statistics: BufferId,
        dy: BufferId,
        dx: BufferId,
        dgamma: BufferId,
        dbeta: BufferId,
    },

    /// A function of every number.
    Activate {
        function: Activation,
        x: BufferId,
        y: BufferId,
    },
    /// The gradient of [`Activate`](Self::Activate), from its output where the function keeps it,
    /// else from its input.
    ActivateGradient {
        function: Activation,
        kept: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    /// Maximum of windows; `places` is the index of each within its window.
    MaxPool {
        pool: PoolShape,
        x: BufferId,
        places: BufferId,
        y: BufferId,
    },
    /// The gradient of [`MaxPool`](Self::MaxPool).
    MaxPoolGradient {
        pool: PoolShape,
        places: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    /// Mean of windows; zeros of the border count.
    AveragePool {
        pool: PoolShape,
        x: BufferId,
        y: BufferId,
    },
    /// The gradient of [`AveragePool`](Self::AveragePool).
    AveragePoolGradient {
        pool: PoolShape,
        dy: BufferId,
        dx: BufferId,
    },
    /// Mean of each map, `[batch, channels, 1, 1]`.
    GlobalAverage { x: BufferId, y: BufferId },
    /// The gradient of [`GlobalAverage`](Self::GlobalAverage).
    GlobalAverageGradient { dy: BufferId, dx: BufferId },
    /// `y = x · factors`, one factor per channel, or per channel of each image.
    Scale {
        x: BufferId,
        factors: BufferId,
        y: BufferId,
    },
    /// The gradient of the factors of [`Scale`](Self::Scale).
    FactorsGradient {
        x: BufferId,
        dy: BufferId,
        dfactors: BufferId,
    },
    /// `y = a + b`
    Add {
        a: BufferId,
        b: BufferId,
        y: BufferId,
    },
    /// `y = max(a + b, 0)`
    AddRelu {
        a: BufferId,
        b: BufferId,
        y: BufferId,
    },
    /// `y = a · b`, number by number; so are the gradients of both.
    Multiply {
        a: BufferId,
        b: BufferId,
        y: BufferId,
    },

    /// `loss = −Σ targets · log softmax(logits)` and its gradient times `weight`. Targets are
    /// `[batch, classes]`, each with its share of the mean.
    CrossEntropy {
        weight: f32,
        logits: BufferId,
        targets: BufferId,
        loss: BufferId,
        dlogits: BufferId,
    },
    /// `loss = −Σ (present · ln σ(logits) + absent · ln σ(−logits))` and its gradient times
    /// `weight`. Targets are `[2, batch, classes]`: present, then absent, each with its share.
    BinaryCrossEntropy {
        weight: f32,
        logits: BufferId,
        targets: BufferId,
        loss: BufferId,
        dlogits: BufferId,
    },
    /// Adds `strength (w − start)` to a gradient in place; without a start, `strength w`.
    Pull {
        strength: f32,
        w: BufferId,
        start: Option<BufferId>,
        gradient: BufferId,
    },
    /// One step of the optimiser on `w` and its moments, in place, at `rate` times the learning
    /// rate of the step.
    Update {
        descent: Descent,
        rate: f64,
        gradient: BufferId,
        w: BufferId,
        moments: Vec<BufferId>,
    },
    /// `average + share (values − average)` in place, after everything has moved. After step t the
    /// share is (1 − decay) / (1 − decayᵗ): the weight of a step falls by `decay` from one to the
    /// step before, and all weights sum to 1.
    Average {
        decay: f64,
        values: BufferId,
        average: BufferId,
    },
}
