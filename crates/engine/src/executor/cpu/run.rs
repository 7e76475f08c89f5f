//! From instructions to kernels: one match, and no instruction without its kernel.

mod in_place;
mod loss;
mod norm;
mod tokens;
mod update;

use kernels::{BatchStats, PooledNorm, ShapeError};

use super::memory::Memory;
use crate::executor::Step;
use crate::program::{BufferId, Instruction, Program};

/// Runs one instruction.
///
/// # Panics
/// Panics where a buffer does not fit its instruction: lowering makes none that does not.
pub(super) fn run(program: &Program, instruction: &Instruction, step: Step, memory: &mut Memory) {
    if let Err(error) = compute(program, instruction, step, memory) {
        panic!("{instruction:?}: {error}");
    }
}

fn compute(
    program: &Program,
    instruction: &Instruction,
    step: Step,
    memory: &mut Memory,
) -> Result<(), ShapeError> {
    use Instruction as I;
    let map = |id: BufferId| program.buffer(id).map();
    match instruction {
        I::ReverseChannels { x, y } => {
            let [from, to] = memory.floats([*x, *y]);
            kernels::reverse_channels(&map(*x), from, to)
        }
        I::Pad { border, x, y } => {
            let [from, to] = memory.floats([*x, *y]);
            border.pad(&map(*x), from, to)
        }
        I::Crop { border, dy, dx } => {
            let [from, to] = memory.floats([*dy, *dx]);
            border.crop(&map(*dx), from, to)
        }
        I::FirstToken { x, y } => tokens::first(memory, map(*x).height, [*x, *y]),
        I::FirstTokenGradient { dy, dx } => {
            tokens::first_gradient(memory, map(*dx).height, [*dy, *dx])
        }
        I::Concatenate { parts, y } => {
            let wanted: Vec<BufferId> = parts.iter().chain([y]).copied().collect();
            let mut slices = memory.many(&wanted);
            let to = slices.pop().unwrap_or_default();
            let slices: Vec<&[f32]> = slices.into_iter().map(|slice| &*slice).collect();
            kernels::join_channels(map(*y).batch, &slices, to)
        }
        I::Split { dy, parts } => {
            let wanted: Vec<BufferId> = parts.iter().chain([dy]).copied().collect();
            let mut slices = memory.many(&wanted);
            let from = slices.pop().unwrap_or_default();
            kernels::split_channels(map(*dy).batch, from, &mut slices)
        }
        I::Embed {
            x,
            class_token,
            registers,
            positions,
            y,
        } => {
            let wanted = [*x, *class_token, *y];
            tokens::embed(memory, &map(*x), wanted, [*registers, *positions])
        }
        I::EmbedGradient {
            dy,
            dx,
            dclass_token,
            dregisters,
            dpositions,
        } => {
            let wanted = [*dy, *dx, *dclass_token];
            tokens::embed_gradient(memory, &map(*dx), wanted, [*dregisters, *dpositions])
        }
        I::Conv {
            shape,
            precision,
            x,
            w,
            y,
        } => {
            let [x, w, y] = memory.floats([*x, *w, *y]);
            kernels::conv_forward(*precision, shape, x, w, y)
        }
        I::ConvGradients {
            shape,
            precision,
            x,
            w,
            dy,
            dx,
            dw,
        } => {
            let [x, w, dy, dx, dw] = memory.floats([*x, *w, *dy, *dx, *dw]);
            kernels::conv_backward(*precision, shape, x, w, dy, dx, dw)
        }
        I::ConvInputGradient {
            shape,
            precision,
            w,
            dy,
            dx,
        } => {
            let [w, dy, dx] = memory.floats([*w, *dy, *dx]);
            kernels::conv_backward_input(*precision, shape, w, dy, dx)
        }
        I::ConvWeightGradient {
            shape,
            precision,
            x,
            dy,
            dw,
        } => {
            let [x, dy, dw] = memory.floats([*x, *dy, *dw]);
            kernels::conv_backward_weight(*precision, shape, x, dy, dw)
        }
        I::AddBias { x, b, y } => in_place::add_bias(memory, &map(*y), [*x, *b, *y]),
        I::BiasGradient { dy, db } => {
            let [from, to] = memory.floats([*dy, *db]);
            kernels::bias_grad(&map(*dy), from, to)
        }
        I::Linear { x, w, b, y } => {
            let [from, w, b, to] = memory.floats([*x, *w, *b, *y]);
            kernels::linear(map(*x).batch, from, w, b, to)
        }
        I::LinearInputGradient { w, dy, dx } => {
            let [w, from, to] = memory.floats([*w, *dy, *dx]);
            kernels::linear_backward_input(map(*dy).batch, w, from, to)
        }
        I::LinearWeightGradient { x, dy, dw } => {
            let [from, gradient, to] = memory.floats([*x, *dy, *dw]);
            kernels::linear_backward_weight(map(*x).batch, from, gradient, to)
        }
        I::Rotate { rotation, x, y } => {
            let [from, to] = memory.floats([*x, *y]);
            rotation.turn(&map(*x), from, to)
        }
        I::Attention { heads, qkv, y } => {
            let [from, to] = memory.floats([*qkv, *y]);
            kernels::attention(&program.attention(*heads, *qkv), from, to)
        }
        I::AttentionGradient {
            heads,
            qkv,
            dy,
            dqkv,
        } => {
            let [from, gradient, to] = memory.floats([*qkv, *dy, *dqkv]);
            kernels::attention_backward(&program.attention(*heads, *qkv), from, gradient, to)
        }
        I::Tile { tiling, x, y } => {
            let [from, to] = memory.floats([*x, *y]);
            tiling.tile(&map(*x), from, to)
        }
        I::Untile { tiling, y, x } => {
            let [from, to] = memory.floats([*y, *x]);
            tiling.untile(&map(*x), from, to)
        }
        I::WindowAttention {
            attention,
            qkv,
            table,
            y,
        } => {
            let [from, table, to] = memory.floats([*qkv, *table, *y]);
            attention.forward(from, table, to)
        }
        I::WindowAttentionGradient {
            attention,
            qkv,
            table,
            dy,
            dqkv,
            dtable,
        } => {
            let [from, table, dy, to, dtable] = memory.floats([*qkv, *table, *dy, *dqkv, *dtable]);
            attention.backward(from, table, dy, to, dtable)
        }
        I::ResponseFactors {
            epsilon,
            x,
            gamma,
            norms,
            factors,
        } => {
            let [from, gamma, norms, to] = memory.floats([*x, *gamma, *norms, *factors]);
            kernels::response_factors(&map(*x), *epsilon, from, gamma, norms, to)
        }
        I::ResponseFactorsGradient {
            epsilon,
            gamma,
            norms,
            dfactors,
            slopes,
            dgamma,
        } => {
            let [gamma, norms, from, to, dgamma] =
                memory.floats([*gamma, *norms, *dfactors, *slopes, *dgamma]);
            kernels::response_factors_backward(*epsilon, gamma, norms, from, to, dgamma)
        }
        I::BatchNorm {
            epsilon,
            relu,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => {
            let operands = memory.floats([*x, *gamma, *beta, *statistics, *y]);
            norm::batch_norm(&map(*x), *epsilon, *relu, operands)
        }
        I::BatchNormAgain {
            relu,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => {
            let operands = memory.floats([*x, *gamma, *beta, *statistics, *y]);
            norm::batch_norm_again(&map(*x), *relu, operands)
        }
        I::BatchNormGradient {
            relu,
            x,
            gamma,
            beta,
            statistics,
            dy,
            dx,
            dgamma,
            dbeta,
        } => {
            if memory.is_same(*dy, *dx) {
                let wanted = [*x, *gamma, *beta, *statistics, *dx, *dgamma, *dbeta];
                return norm::batch_norm_gradient_in_place(&map(*x), *relu, memory.floats(wanted));
            }
            let wanted = [*x, *gamma, *beta, *statistics, *dy, *dx, *dgamma, *dbeta];
            norm::batch_norm_gradient(&map(*x), *relu, memory.floats(wanted))
        }
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
            let norm = PooledNorm {
                pool: *pool,
                eps: *epsilon,
            };
            let ([x, gamma, beta, statistics, y], places) =
                memory.with_bytes([*x, *gamma, *beta, *statistics, *y], Some(*places));
            norm.forward(x, gamma, beta, y, places)?.write(statistics)
        }
        I::BatchNormPoolGradient {
            epsilon,
            pool,
            x,
            gamma,
            beta,
            statistics,
            places,
            dy,
            dx,
            dgamma,
            dbeta,
        } => {
            let norm = PooledNorm {
                pool: *pool,
                eps: *epsilon,
            };
            let wanted = [*x, *gamma, *beta, *statistics, *dy, *dx, *dgamma, *dbeta];
            let ([x, gamma, beta, statistics, dy, dx, dgamma, dbeta], places) =
                memory.with_bytes(wanted, Some(*places));
            let statistics = BatchStats::read(statistics);
            norm.backward(x, gamma, beta, &statistics, places, dy, dx, dgamma, dbeta)
        }
        I::BatchNormAdd {
            epsilon,
            x,
            gamma,
            beta,
            residual,
            statistics,
            y,
        } => {
            let wanted = [*x, *gamma, *beta, *residual, *statistics, *y];
            norm::batch_norm_add(&map(*x), *epsilon, memory.floats(wanted))
        }
        I::BatchNormAddAgain {
            x,
            gamma,
            beta,
            residual,
            statistics,
            y,
        } => {
            let wanted = [*x, *gamma, *beta, *residual, *statistics, *y];
            norm::batch_norm_add_again(&map(*x), memory.floats(wanted))
        }
        I::BatchNormAddGradient {
            x,
            gamma,
            statistics,
            y,
            dy,
            dx,
            dresidual,
            dgamma,
            dbeta,
        } => {
            if memory.is_same(*dy, *dresidual) {
                let wanted = [x, gamma, statistics, y, dx, dresidual, dgamma, dbeta];
                let operands = memory.floats(wanted.map(|id| *id));
                return norm::batch_norm_add_gradient_in_place(&map(*x), operands);
            }
            let wanted = [x, gamma, statistics, y, dy, dx, dresidual, dgamma, dbeta];
            norm::batch_norm_add_gradient(&map(*x), memory.floats(wanted.map(|id| *id)))
        }
        I::Running {
            statistics,
            mean,
            variance,
        } => {
            let [statistics, mean, variance] = memory.floats([*statistics, *mean, *variance]);
            BatchStats::read(statistics).follow(mean, variance)
        }
        I::NormLine {
            epsilon,
            gamma,
            beta,
            mean,
            variance,
            line,
        } => {
            let [gamma, beta, mean, variance, line] =
                memory.floats([*gamma, *beta, *mean, *variance, *line]);
            kernels::norm_line([gamma, beta, mean, variance], *epsilon, line)
        }
        I::ScaleShift { relu, x, line, y } => {
            in_place::scale_shift(memory, &map(*y), *relu, [*x, *line, *y])
        }
        I::ScaleShiftInputGradient { line, dy, dx } => {
            let [line, from, to] = memory.floats([*line, *dy, *dx]);
            let scale = &line[..line.len() / 2];
            kernels::scale_planes(&map(*dy), from, scale, to)
        }
        I::NormLineGradient {
            epsilon,
            x,
            mean,
            variance,
            dy,
            dgamma,
            dbeta,
        } => {
            let [from, mean, variance, dy, dgamma, dbeta] =
                memory.floats([*x, *mean, *variance, *dy, *dgamma, *dbeta]);
            let statistics = [&*mean, &*variance];
            kernels::norm_line_backward(&map(*x), from, statistics, *epsilon, dy, dgamma, dbeta)
        }
        I::LayerNorm {
            epsilon,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => {
            let operands = memory.floats([*x, *gamma, *beta, *statistics, *y]);
            norm::layer_norm(&map(*x), *epsilon, operands)
        }
        I::LayerNormGradient {
            x,
            gamma,
            statistics,
            dy,
            dx,
            dgamma,
            dbeta,
        } => {
            let operands = memory.floats([*x, *gamma, *statistics, *dy, *dx, *dgamma, *dbeta]);
            norm::layer_norm_gradient(&map(*x), operands)
        }
        I::Activate { function, x, y } => in_place::activate(memory, *function, [*x, *y]),
        I::ActivateGradient {
            function,
            kept,
            dy,
            dx,
        } => in_place::activate_gradient(memory, *function, [*kept, *dy, *dx]),
        I::MaxPool { pool, x, places, y } => {
            let ([x, y], places) = memory.with_bytes([*x, *y], Some(*places));
            kernels::max_pool_forward(pool, x, y, places)
        }
        I::MaxPoolGradient {
            pool,
            places,
            dy,
            dx,
        } => {
            let ([dy, dx], places) = memory.with_bytes([*dy, *dx], Some(*places));
            kernels::max_pool_backward(pool, places, dy, dx)
        }
        I::AveragePool { pool, x, y } => {
            let [x, y] = memory.floats([*x, *y]);
            kernels::average_pool_forward(pool, true, x, y)
        }
        I::AveragePoolGradient { pool, dy, dx } => {
            let [dy, dx] = memory.floats([*dy, *dx]);
            kernels::average_pool_backward(pool, true, dy, dx)
        }
        I::GlobalAverage { x, y } => {
            let [from, to] = memory.floats([*x, *y]);
            kernels::global_average_pool_forward(&map(*x), from, to)
        }
        I::GlobalAverageGradient { dy, dx } => {
            let [from, to] = memory.floats([*dy, *dx]);
            kernels::global_average_pool_backward(&map(*dx), from, to)
        }
        I::Scale { x, factors, y } => {
            let [from, factors, to] = memory.floats([*x, *factors, *y]);
            kernels::scale_planes(&map(*x), from, factors, to)
        }
        I::FactorsGradient { x, dy, dfactors } => {
            let [from, dy, to] = memory.floats([*x, *dy, *dfactors]);
            kernels::scale_planes_grad(&map(*x), from, dy, to)
        }
        I::Add { a, b, y } => in_place::add(memory, [*a, *b, *y]),
        I::AddRelu { a, b, y } => in_place::add_relu(memory, [*a, *b, *y]),
        I::Multiply { a, b, y } => in_place::multiply(memory, [*a, *b, *y]),
        I::CrossEntropy {
            weight,
            logits,
            targets,
            loss,
            dlogits,
        } => {
            let operands = memory.floats([*logits, *targets, *loss, *dlogits]);
            loss::cross_entropy(map(*logits).channels, *weight, operands)
        }
        I::BinaryCrossEntropy {
            weight,
            logits,
            targets,
            loss,
            dlogits,
        } => {
            let operands = memory.floats([*logits, *targets, *loss, *dlogits]);
            loss::binary_cross_entropy(*weight, operands)
        }
        I::Pull {
            strength,
            w,
            start,
            gradient,
        } => match start {
            Some(start) => {
                let [w, start, gradient] = memory.floats([*w, *start, *gradient]);
                kernels::pull(*strength, w, Some(start), gradient)
            }
            None => {
                let [w, gradient] = memory.floats([*w, *gradient]);
                kernels::pull(*strength, w, None, gradient)
            }
        },
        I::Update {
            descent,
            rate,
            gradient,
            w,
            moments,
        } => {
            let w = [*gradient, *w];
            update::update(memory, *descent, step, *rate, w, moments)
        }
        I::Average {
            decay,
            values,
            average,
        } => {
            let [values, average] = memory.floats([*values, *average]);
            kernels::average(step.share(*decay) as f32, values, average)
        }
    }
}
