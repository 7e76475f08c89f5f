//! From instructions to launches: one match, and no instruction without its launches.

use engine::Instruction;

use super::builder::Builder;
use super::{
    arrange, attention, batch_norm, layer_norm, linear, loss, norm_line, pointwise, pool, product,
    rotation,
};

/// Adds the launches of one instruction.
pub(super) fn schedule(b: &mut Builder, instruction: &Instruction) {
    use Instruction as I;
    match instruction {
        I::ReverseChannels { x, y } => arrange::reverse_channels(b, *x, *y),
        I::Pad { border, x, y } => arrange::pad(b, border, *x, *y),
        I::Crop { border, dy, dx } => arrange::crop(b, border, *dy, *dx),
        I::FirstToken { x, y } => arrange::first_token(b, *x, *y),
        I::FirstTokenGradient { dy, dx } => arrange::first_token_gradient(b, *dy, *dx),
        I::Concatenate { parts, y } => arrange::concatenate(b, parts, *y),
        I::Split { dy, parts } => arrange::split(b, *dy, parts),
        I::Embed {
            x,
            class_token,
            registers,
            positions,
            y,
        } => arrange::embed(b, *x, *class_token, [*registers, *positions], *y),
        I::EmbedGradient {
            dy,
            dx,
            dclass_token,
            dregisters,
            dpositions,
        } => arrange::embed_gradient(b, [*dy, *dx], *dclass_token, [*dregisters, *dpositions]),
        I::Conv { shape, x, w, y, .. } => product::conv(b, shape, *x, *w, *y),
        I::ConvGradients {
            shape,
            x,
            w,
            dy,
            dx,
            dw,
            ..
        } => {
            product::conv_input_gradient(b, shape, *w, *dy, *dx);
            product::conv_weight_gradient(b, shape, *x, *dy, *dw);
        }
        I::ConvInputGradient {
            shape, w, dy, dx, ..
        } => product::conv_input_gradient(b, shape, *w, *dy, *dx),
        I::ConvWeightGradient {
            shape, x, dy, dw, ..
        } => product::conv_weight_gradient(b, shape, *x, *dy, *dw),
        I::AddBias { x, b: bias, y } => pointwise::add_bias(b, *x, *bias, *y),
        I::BiasGradient { dy, db } => pointwise::bias_gradient(b, *dy, *db),
        I::Linear { x, w, b: bias, y } => linear::linear(b, *x, *w, *bias, *y),
        I::LinearInputGradient { w, dy, dx } => linear::linear_input_gradient(b, *w, *dy, *dx),
        I::LinearWeightGradient { x, dy, dw } => linear::linear_weight_gradient(b, *x, *dy, *dw),
        I::Rotate { rotation, x, y } => rotation::rotate(b, rotation, *x, *y),
        I::Attention { heads, qkv, y } => attention::attention(b, *heads, *qkv, *y),
        I::AttentionGradient {
            heads,
            qkv,
            dy,
            dqkv,
        } => attention::attention_gradient(b, *heads, *qkv, *dy, *dqkv),
        I::BatchNorm {
            epsilon,
            relu,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => batch_norm::batch_norm(b, *epsilon, *relu, *x, *gamma, *beta, *statistics, *y),
        I::BatchNormAgain {
            relu,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => batch_norm::batch_norm_again(b, *relu, *x, *gamma, *beta, *statistics, *y),
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
        } => batch_norm::batch_norm_gradient(
            b,
            *relu,
            *x,
            *gamma,
            *beta,
            *statistics,
            *dy,
            *dx,
            *dgamma,
            *dbeta,
        ),
        I::BatchNormPool {
            epsilon,
            pool,
            x,
            gamma,
            beta,
            statistics,
            places,
            y,
        } => batch_norm::batch_norm_pool(
            b,
            *epsilon,
            pool,
            *x,
            *gamma,
            *beta,
            *statistics,
            *places,
            *y,
        ),
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
        } => batch_norm::batch_norm_pool_gradient(
            b,
            *epsilon,
            pool,
            *x,
            *gamma,
            *beta,
            *statistics,
            *places,
            *dy,
            *dx,
            *dgamma,
            *dbeta,
        ),
        I::BatchNormAdd {
            epsilon,
            x,
            gamma,
            beta,
            residual,
            statistics,
            y,
        } => batch_norm::batch_norm_add(b, *epsilon, *x, *gamma, *beta, *residual, *statistics, *y),
        I::BatchNormAddAgain {
            x,
            gamma,
            beta,
            residual,
            statistics,
            y,
        } => batch_norm::batch_norm_add_again(b, *x, *gamma, *beta, *residual, *statistics, *y),
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
        } => batch_norm::batch_norm_add_gradient(
            b,
            *x,
            *gamma,
            *statistics,
            *y,
            *dy,
            *dx,
            *dresidual,
            *dgamma,
            *dbeta,
        ),
        I::NormLine {
            epsilon,
            gamma,
            beta,
            mean,
            variance,
            line,
        } => norm_line::norm_line(b, *epsilon, *gamma, *beta, *mean, *variance, *line),
        I::ScaleShift { relu, x, line, y } => norm_line::scale_shift(b, *relu, *x, *line, *y),
        I::ScaleShiftInputGradient { line, dy, dx } => {
            norm_line::scale_shift_input_gradient(b, *line, *dy, *dx)
        }
        I::NormLineGradient {
            epsilon,
            x,
            mean,
            variance,
            dy,
            dgamma,
            dbeta,
        } => norm_line::norm_line_gradient(b, *epsilon, *x, *mean, *variance, *dy, *dgamma, *dbeta),
        I::LayerNorm {
            epsilon,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => layer_norm::layer_norm(b, *epsilon, *x, *gamma, *beta, *statistics, *y),
        I::LayerNormGradient {
            x,
            gamma,
            statistics,
            dy,
            dx,
            dgamma,
            dbeta,
        } => layer_norm::layer_norm_gradient(b, *x, *gamma, *statistics, *dy, *dx, *dgamma, *dbeta),
        I::Activate { function, x, y } => pointwise::activate(b, *function, *x, *y),
        I::ActivateGradient {
            function,
            kept,
            dy,
            dx,
        } => pointwise::activate_gradient(b, *function, *kept, *dy, *dx),
        I::MaxPool { pool, x, places, y } => pool::max_pool(b, pool, *x, *places, *y),
        I::MaxPoolGradient {
            pool,
            places,
            dy,
            dx,
        } => pool::max_pool_gradient(b, pool, *places, *dy, *dx),
        I::AveragePool { pool, x, y } => pool::average_pool(b, pool, *x, *y),
        I::AveragePoolGradient { pool, dy, dx } => pool::average_pool_gradient(b, pool, *dy, *dx),
        I::GlobalAverage { x, y } => pool::global_average(b, *x, *y),
        I::GlobalAverageGradient { dy, dx } => pool::global_average_gradient(b, *dy, *dx),
        I::Scale { x, factors, y } => pointwise::scale(b, *x, *factors, *y),
        I::FactorsGradient { x, dy, dfactors } => {
            pointwise::factors_gradient(b, *x, *dy, *dfactors)
        }
        I::Add { a, b: other, y } => pointwise::add(b, *a, *other, *y),
        I::AddRelu { a, b: other, y } => pointwise::add_relu(b, *a, *other, *y),
        I::CrossEntropy {
            weight,
            logits,
            targets,
            loss,
            dlogits,
        } => loss::cross_entropy(b, *weight, *logits, *targets, *loss, *dlogits),
        I::BinaryCrossEntropy {
            weight,
            logits,
            targets,
            loss,
            dlogits,
        } => loss::binary_cross_entropy(b, *weight, *logits, *targets, *loss, *dlogits),
        // `refusal` speaks of these before any schedule is made.
        I::Tile { .. }
        | I::Untile { .. }
        | I::WindowAttention { .. }
        | I::WindowAttentionGradient { .. }
        | I::ResponseFactors { .. }
        | I::ResponseFactorsGradient { .. } => unreachable!("{instruction:?} has no kernel"),
        // Made together for all tensors.
        I::Running { .. } | I::Pull { .. } | I::Update { .. } | I::Average { .. } => {}
    }
}
