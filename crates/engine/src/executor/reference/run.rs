//! From instructions to formulas: one match, and no instruction without its formula.

use kernels::{Activation, MapShape};

use super::activation::{self, relu_if};
use super::memory::Memory;
use super::norm::{self, Normed};
use super::{arrange, joint, loss, pool, product, response, tokens, update, windows};
use crate::executor::Step;
use crate::program::{BufferId, Instruction, Program};

/// Runs one instruction.
///
/// # Panics
/// Panics where a buffer does not fit its instruction: lowering makes none that does not.
pub(super) fn run(program: &Program, instruction: &Instruction, step: Step, m: &mut Memory) {
    use Instruction as I;
    let map = |id: &BufferId| program.buffer(*id).map();
    match instruction {
        I::ReverseChannels { x, y } => m.set(*y, arrange::reverse_channels(&map(x), m.get(*x))),
        I::Pad { border, x, y } => m.set(*y, arrange::pad(border, &map(x), m.get(*x))),
        I::Crop { border, dy, dx } => m.set(*dx, arrange::crop(border, &map(dx), m.get(*dy))),
        I::FirstToken { x, y } => m.set(*y, tokens::first_token(&map(x), m.get(*x))),
        I::FirstTokenGradient { dy, dx } => {
            m.set(*dx, tokens::first_token_gradient(&map(dx), m.get(*dy)));
        }
        I::Concatenate { parts, y } => {
            let parts: Vec<&[f64]> = parts.iter().map(|part| m.get(*part)).collect();
            m.set(*y, arrange::concatenate(map(y).batch, &parts));
        }
        I::Split { dy, parts } => {
            let lens: Vec<usize> = parts.iter().map(|part| m.get(*part).len()).collect();
            let found = arrange::split(map(dy).batch, m.get(*dy), &lens);
            m.set_all(parts, found);
        }
        I::Embed {
            x,
            class_token,
            registers,
            positions,
            y,
        } => {
            let none = |id: &Option<BufferId>| id.map_or(&[][..], |id| m.get(id));
            let first = tokens::First {
                class_token: m.get(*class_token),
                registers: none(registers),
            };
            let found = tokens::embed(&map(x), m.get(*x), first, none(positions));
            m.set(*y, found);
        }
        I::EmbedGradient {
            dy,
            dx,
            dclass_token,
            dregisters,
            dpositions,
        } => {
            let rows = |id: &BufferId| program.buffer(*id).len() / map(dx).channels;
            let [count, places] = [dregisters, dpositions].map(|id| id.as_ref().map_or(0, rows));
            let [x, class_token, registers, positions] =
                tokens::embed_gradient(&map(dx), m.get(*dy), count, places);
            m.set_all(&[*dx, *dclass_token], [x, class_token]);
            for (id, found) in [(dregisters, registers), (dpositions, positions)] {
                if let Some(id) = id {
                    m.set(*id, found);
                }
            }
        }
        I::Conv { shape, x, w, y, .. } => {
            m.set(*y, product::conv(shape, m.get(*x), m.get(*w)));
        }
        I::ConvGradients {
            shape,
            x,
            w,
            dy,
            dx,
            dw,
            ..
        } => {
            m.set(
                *dx,
                product::conv_input_gradient(shape, m.get(*w), m.get(*dy)),
            );
            m.set(
                *dw,
                product::conv_weight_gradient(shape, m.get(*x), m.get(*dy)),
            );
        }
        I::ConvInputGradient {
            shape, w, dy, dx, ..
        } => m.set(
            *dx,
            product::conv_input_gradient(shape, m.get(*w), m.get(*dy)),
        ),
        I::ConvWeightGradient {
            shape, x, dy, dw, ..
        } => m.set(
            *dw,
            product::conv_weight_gradient(shape, m.get(*x), m.get(*dy)),
        ),
        I::AddBias { x, b, y } => m.set(*y, product::add_bias(&map(x), m.get(*x), m.get(*b))),
        I::BiasGradient { dy, db } => m.set(*db, product::bias_gradient(&map(dy), m.get(*dy))),
        I::Linear { x, w, b, y } => {
            m.set(*y, product::linear(m.get(*x), m.get(*w), m.get(*b)));
        }
        I::LinearInputGradient { w, dy, dx } => {
            let batch = map(dy).batch;
            m.set(
                *dx,
                product::linear_input_gradient(batch, m.get(*w), m.get(*dy)),
            );
        }
        I::LinearWeightGradient { x, dy, dw } => {
            let batch = map(x).batch;
            m.set(
                *dw,
                product::linear_weight_gradient(batch, m.get(*x), m.get(*dy)),
            );
        }
        I::Rotate { rotation, x, y } => m.set(*y, tokens::rotate(&map(x), rotation, m.get(*x))),
        I::Attention { heads, qkv, y } => {
            m.set(*y, tokens::attention(&map(qkv), *heads, m.get(*qkv)));
        }
        I::AttentionGradient {
            heads,
            qkv,
            dy,
            dqkv,
        } => {
            let found = tokens::attention_gradient(&map(qkv), *heads, m.get(*qkv), m.get(*dy));
            m.set(*dqkv, found);
        }
        I::Tile { tiling, x, y } => m.set(*y, windows::tile(tiling, &map(x), m.get(*x))),
        I::Untile { tiling, y, x } => m.set(*x, windows::untile(tiling, &map(x), m.get(*y))),
        I::WindowAttention {
            attention,
            qkv,
            table,
            y,
        } => {
            let attention = windows::attention(attention, m.get(*qkv), m.get(*table));
            m.set(*y, attention.forward());
        }
        I::WindowAttentionGradient {
            attention,
            qkv,
            table,
            dy,
            dqkv,
            dtable,
        } => {
            let attention = windows::attention(attention, m.get(*qkv), m.get(*table));
            m.set_all(&[*dqkv, *dtable], attention.gradients(m.get(*dy)));
        }
        I::ResponseFactors {
            epsilon,
            x,
            gamma,
            norms,
            factors,
        } => {
            let found = response::factors(&map(x), *epsilon, m.get(*x), m.get(*gamma));
            m.set_all(&[*norms, *factors], found);
        }
        I::ResponseFactorsGradient {
            epsilon,
            gamma,
            norms,
            dfactors,
            slopes,
            dgamma,
        } => {
            let [gamma, norms, dfactors] = [gamma, norms, dfactors].map(|id| m.get(*id));
            let found = response::gradient(*epsilon, gamma, norms, dfactors);
            m.set_all(&[*slopes, *dgamma], found);
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
            m.set(
                *statistics,
                norm::statistics(&map(x), m.get(*x), f64::from(*epsilon)),
            );
            let to = normed(m, map(x), x, gamma).batch_norm(m.get(*beta), m.get(*statistics));
            m.set(*y, relu_if(*relu, to));
        }
        I::BatchNormAgain {
            relu,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => {
            let to = normed(m, map(x), x, gamma).batch_norm(m.get(*beta), m.get(*statistics));
            m.set(*y, relu_if(*relu, to));
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
            let norm = normed(m, map(x), x, gamma);
            let (statistics, dy) = (m.get(*statistics), m.get(*dy));
            let found = match relu {
                true => {
                    let y = norm.batch_norm(m.get(*beta), statistics);
                    norm.batch_norm_gradient(statistics, &past_relu(&y, dy))
                }
                false => norm.batch_norm_gradient(statistics, dy),
            };
            m.set_all(&[*dx, *dgamma, *dbeta], found);
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
            m.set(
                *statistics,
                norm::statistics(&map(x), m.get(*x), f64::from(*epsilon)),
            );
            let to = normed(m, map(x), x, gamma).batch_norm(m.get(*beta), m.get(*statistics));
            let (maxima, found) = pool::maximum(pool, &relu_if(true, to));
            m.set(*y, maxima);
            m.set_places(*places, found);
        }
        I::BatchNormPoolGradient {
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
            ..
        } => {
            let norm = normed(m, map(x), x, gamma);
            let statistics = m.get(*statistics);
            let y = norm.batch_norm(m.get(*beta), statistics);
            let passed = pool::maximum_gradient(pool, m.places(*places), m.get(*dy));
            let found = norm.batch_norm_gradient(statistics, &past_relu(&y, &passed));
            m.set_all(&[*dx, *dgamma, *dbeta], found);
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
            m.set(
                *statistics,
                norm::statistics(&map(x), m.get(*x), f64::from(*epsilon)),
            );
            let to = normed(m, map(x), x, gamma).batch_norm(m.get(*beta), m.get(*statistics));
            m.set(*y, relu_if(true, joint::add(&to, m.get(*residual))));
        }
        I::BatchNormAddAgain {
            x,
            gamma,
            beta,
            residual,
            statistics,
            y,
        } => {
            let to = normed(m, map(x), x, gamma).batch_norm(m.get(*beta), m.get(*statistics));
            m.set(*y, relu_if(true, joint::add(&to, m.get(*residual))));
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
            let passed = past_relu(m.get(*y), m.get(*dy));
            let norm = normed(m, map(x), x, gamma);
            let found = norm.batch_norm_gradient(m.get(*statistics), &passed);
            m.set_all(&[*dx, *dgamma, *dbeta], found);
            m.set(*dresidual, passed);
        }
        I::Running {
            statistics,
            mean,
            variance,
        } => {
            let found = norm::follow(m.get(*statistics), m.get(*mean), m.get(*variance));
            m.set_all(&[*mean, *variance], found);
        }
        I::NormLine {
            epsilon,
            gamma,
            beta,
            mean,
            variance,
            line,
        } => {
            let operands = [gamma, beta, mean, variance].map(|id| m.get(*id));
            m.set(*line, norm::line(operands, f64::from(*epsilon)));
        }
        I::ScaleShift { relu, x, line, y } => {
            let to = norm::scale_shift(&map(x), m.get(*x), m.get(*line));
            m.set(*y, relu_if(*relu, to));
        }
        I::ScaleShiftInputGradient { line, dy, dx } => {
            let scale = &m.get(*line)[..map(dy).channels];
            m.set(*dx, joint::scale(&map(dy), m.get(*dy), scale));
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
            let statistics = [mean, variance].map(|id| m.get(*id));
            let [from, dy] = [x, dy].map(|id| m.get(*id));
            let found = norm::line_gradient(&map(x), from, statistics, f64::from(*epsilon), dy);
            m.set_all(&[*dgamma, *dbeta], found);
        }
        I::LayerNorm {
            epsilon,
            x,
            gamma,
            beta,
            statistics,
            y,
        } => {
            let found = normed(m, map(x), x, gamma).pixel_statistics(f64::from(*epsilon));
            m.set(*statistics, found);
            let to = normed(m, map(x), x, gamma).layer_norm(m.get(*beta), m.get(*statistics));
            m.set(*y, to);
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
            let norm = normed(m, map(x), x, gamma);
            let found = norm.layer_norm_gradient(m.get(*statistics), m.get(*dy));
            m.set_all(&[*dx, *dgamma, *dbeta], found);
        }
        I::Activate { function, x, y } => m.set(*y, activation::activate(*function, m.get(*x))),
        I::ActivateGradient {
            function,
            kept,
            dy,
            dx,
        } => m.set(
            *dx,
            activation::gradient(*function, m.get(*kept), m.get(*dy)),
        ),
        I::MaxPool { pool, x, places, y } => {
            let (maxima, found) = pool::maximum(pool, m.get(*x));
            m.set(*y, maxima);
            m.set_places(*places, found);
        }
        I::MaxPoolGradient {
            pool,
            places,
            dy,
            dx,
        } => m.set(
            *dx,
            pool::maximum_gradient(pool, m.places(*places), m.get(*dy)),
        ),
        I::AveragePool { pool, x, y } => m.set(*y, pool::average(pool, m.get(*x))),
        I::AveragePoolGradient { pool, dy, dx } => {
            m.set(*dx, pool::average_gradient(pool, m.get(*dy)));
        }
        I::GlobalAverage { x, y } => m.set(*y, pool::global_average(&map(x), m.get(*x))),
        I::GlobalAverageGradient { dy, dx } => {
            m.set(*dx, pool::global_average_gradient(&map(dx), m.get(*dy)));
        }
        I::Scale { x, factors, y } => {
            m.set(*y, joint::scale(&map(x), m.get(*x), m.get(*factors)));
        }
        I::FactorsGradient { x, dy, dfactors } => {
            let count = m.get(*dfactors).len();
            let found = joint::factors_gradient(&map(x), count, m.get(*x), m.get(*dy));
            m.set(*dfactors, found);
        }
        I::Add { a, b, y } => m.set(*y, joint::add(m.get(*a), m.get(*b))),
        I::Multiply { a, b, y } => m.set(*y, joint::multiply(m.get(*a), m.get(*b))),
        I::AddRelu { a, b, y } => {
            m.set(*y, relu_if(true, joint::add(m.get(*a), m.get(*b))));
        }
        I::CrossEntropy {
            weight,
            logits,
            targets,
            loss,
            dlogits,
        } => {
            let (classes, weight) = (map(logits).channels, f64::from(*weight));
            let [from, targets] = [logits, targets].map(|id| m.get(*id));
            let (found, gradient) = loss::cross_entropy(classes, from, targets, weight);
            m.set_all(&[*loss, *dlogits], [vec![found], gradient]);
        }
        I::BinaryCrossEntropy {
            weight,
            logits,
            targets,
            loss,
            dlogits,
        } => {
            let [from, targets] = [logits, targets].map(|id| m.get(*id));
            let weight = f64::from(*weight);
            let (found, gradient) = loss::binary_cross_entropy(from, targets, weight);
            m.set_all(&[*loss, *dlogits], [vec![found], gradient]);
        }
        I::Pull {
            strength,
            w,
            start,
            gradient,
        } => {
            let start = start.map(|start| m.get(start));
            let strength = f64::from(*strength);
            let found = update::pull(strength, m.get(*w), start, m.get(*gradient));
            m.set(*gradient, found);
        }
        I::Update {
            descent,
            rate,
            gradient,
            w,
            moments,
        } => {
            let so_far: Vec<&[f64]> = moments.iter().map(|moment| m.get(*moment)).collect();
            let at = (step.lr * rate, step.number);
            let (found, new) = update::update(descent, at, m.get(*gradient), m.get(*w), &so_far);
            m.set(*w, found);
            m.set_all(moments, new);
        }
        I::Average {
            decay,
            values,
            average,
        } => {
            let share = step.share(*decay);
            let pairs = m.get(*average).iter().zip(m.get(*values));
            let found = pairs.map(|(average, value)| average + share * (value - average));
            let found = found.collect();
            m.set(*average, found);
        }
    }
}

fn normed<'a>(m: &'a Memory, map: MapShape, x: &BufferId, gamma: &BufferId) -> Normed<'a> {
    Normed {
        map,
        x: m.get(*x),
        gamma: m.get(*gamma),
    }
}

/// What of `dy` passes a ReLU that wrote `y`, or read it.
fn past_relu(y: &[f64], dy: &[f64]) -> Vec<f64> {
    activation::gradient(Activation::Relu, y, dy)
}
