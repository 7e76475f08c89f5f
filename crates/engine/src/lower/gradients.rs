//! The gradients of a forward pass, written down from its end to its beginning.

use super::backward::Backward;
use super::mode::Training;
use super::norm::Normed;
use super::{
    activation, arrange, conv, joint, linear, loss, norm, pool, remake, response, tokens, windows,
};
use crate::program::{BufferId, Instruction, MemoryPlan, Program};

/// The step of training whose forward pass is `forward`, without a memory plan.
pub(super) fn step(forward: Program, training: &Training) -> Program {
    written(forward, Some(training)).program
}

/// The forward pass `forward` with the gradient of what enters it, without a memory plan.
pub(super) fn sensitivity(forward: Program) -> Program {
    let backward = written(forward, None);
    let sensitivity = backward.gradient(backward.program.pixels);
    Program {
        sensitivity,
        ..backward.program
    }
}

fn written<'a>(forward: Program, training: Option<&'a Training<'a>>) -> Backward<'a> {
    // What the backward pass reads shows only when it is written down.
    let mut trial = Backward::new(forward.clone(), training);
    write(&mut trial);
    let mut backward = Backward::new(forward, training);
    backward.remade = remake::remade(backward.forward(), trial.read());
    write(&mut backward);
    backward.average();
    backward.program.memory = MemoryPlan::default();
    backward
}

fn write(of: &mut Backward) {
    let logits = of.program.logits.clone();
    loss::losses(of, &logits, of.objective());
    of.program.forward = of.program.instructions.len();
    for instruction in of.forward().to_vec().into_iter().rev() {
        differentiate(of, instruction);
    }
}

fn differentiate(of: &mut Backward, instruction: Instruction) {
    use Instruction as I;
    match instruction {
        I::ReverseChannels { x, y } => arrange::reverse_channels_gradient(of, [x, y]),
        I::Pad { border, x, y } => arrange::pad_gradient(of, border, [x, y]),
        I::Crop { border, dy, dx } => arrange::crop_gradient(of, border, [dy, dx]),
        I::FirstToken { x, y } => tokens::first_token_gradient(of, [x, y]),
        I::Concatenate { parts, y } => joint::concatenate_gradient(of, &parts, y),
        I::Embed {
            x,
            class_token,
            registers,
            positions,
            y,
        } => tokens::embed_gradient(of, [x, class_token, y], [registers, positions]),
        I::Conv {
            shape,
            precision,
            x,
            w,
            y,
        } => conv::gradient(of, (shape, precision), [x, w, y]),
        I::AddBias { x, b, y } => conv::bias_gradient(of, [x, b, y]),
        I::Linear { x, w, b, y } => linear::gradient(of, [x, w, b, y]),
        I::Rotate { rotation, x, y } => tokens::rotate_gradient(of, rotation, [x, y]),
        I::Attention { heads, qkv, y } => tokens::attention_gradient(of, heads, [qkv, y]),
        I::Tile { tiling, x, y } => windows::tile_gradient(of, tiling, [x, y]),
        I::Untile { tiling, y, x } => windows::untile_gradient(of, tiling, [y, x]),
        I::WindowAttention {
            attention,
            qkv,
            table,
            y,
        } => windows::attention_gradient(of, attention, [qkv, table, y]),
        I::ResponseFactors {
            epsilon,
            x,
            gamma,
            norms,
            factors,
        } => response::gradient(of, epsilon, [x, gamma, norms, factors]),
        I::BatchNorm {
            relu,
            x,
            gamma,
            beta,
            statistics,
            y,
            ..
        } => normed([x, gamma, beta, statistics, y]).gradient(of, relu),
        I::BatchNormPool {
            epsilon,
            pool,
            x,
            gamma,
            beta,
            statistics,
            places,
            y,
        } => {
            let norm = normed([x, gamma, beta, statistics, y]);
            norm.pool_gradient(of, epsilon, pool, places);
        }
        I::BatchNormAdd {
            x,
            gamma,
            beta,
            residual,
            statistics,
            y,
            ..
        } => normed([x, gamma, beta, statistics, y]).add_gradient(of, residual),
        I::ScaleShift { relu, x, line, y } => {
            norm::scale_shift_gradient(of, relu, [x, line, y]);
        }
        I::LayerNorm {
            x,
            gamma,
            beta,
            statistics,
            y,
            ..
        } => normed([x, gamma, beta, statistics, y]).layer_gradient(of),
        I::Activate { function, x, y } => activation::gradient(of, function, [x, y]),
        I::MaxPool { pool, x, places, y } => {
            pool::maximum_gradient(of, pool, [x, places, y]);
        }
        I::AveragePool { pool, x, y } => pool::average_gradient(of, pool, [x, y]),
        I::GlobalAverage { x, y } => pool::global_average_gradient(of, [x, y]),
        I::Scale { x, factors, y } => joint::scale_gradient(of, [x, factors, y]),
        I::Add { a, b, y } => joint::add_gradient(of, [a, b, y]),
        I::AddRelu { a, b, y } => joint::add_relu_gradient(of, [a, b, y]),
        I::Multiply { a, b, y } => joint::multiply_gradient(of, [a, b, y]),
        // The line of a norm goes with its map; running statistics are no part of the loss.
        I::NormLine { .. } | I::Running { .. } => {}
        // What only a backward pass has.
        I::FirstTokenGradient { .. }
        | I::Split { .. }
        | I::EmbedGradient { .. }
        | I::ConvGradients { .. }
        | I::ConvInputGradient { .. }
        | I::ConvWeightGradient { .. }
        | I::BiasGradient { .. }
        | I::LinearInputGradient { .. }
        | I::LinearWeightGradient { .. }
        | I::AttentionGradient { .. }
        | I::WindowAttentionGradient { .. }
        | I::ResponseFactorsGradient { .. }
        | I::BatchNormAgain { .. }
        | I::BatchNormGradient { .. }
        | I::BatchNormPoolGradient { .. }
        | I::BatchNormAddAgain { .. }
        | I::BatchNormAddGradient { .. }
        | I::ScaleShiftInputGradient { .. }
        | I::NormLineGradient { .. }
        | I::LayerNormGradient { .. }
        | I::ActivateGradient { .. }
        | I::MaxPoolGradient { .. }
        | I::AveragePoolGradient { .. }
        | I::GlobalAverageGradient { .. }
        | I::FactorsGradient { .. }
        | I::CrossEntropy { .. }
        | I::BinaryCrossEntropy { .. }
        | I::Pull { .. }
        | I::Update { .. }
        | I::Average { .. } => {}
    }
}

fn normed([x, gamma, beta, statistics, y]: [BufferId; 5]) -> Normed {
    Normed {
        x,
        gamma,
        beta,
        statistics,
        y,
    }
}
