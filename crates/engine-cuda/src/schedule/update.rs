//! What is done to many tensors in one launch: weights arranged, running statistics moved, steps of
//! the optimiser.

use engine::{BufferId, Descent, Instruction};
use regimes::Rule;

use super::builder::Builder;
use super::launch::{Argument, Place, flag};
use super::packing::pack;
use super::table::{NOWHERE, Rows, walk, word};
use super::word::Word;

/// Adds the launches for all running statistics, all steps of the optimiser, and all weights that a
/// program of training arranges.
pub(super) fn together(b: &mut Builder) {
    running(b);
    judge(b);
    updates(b);
    averages(b);
    let packed: Vec<_> = b
        .packed
        .iter()
        .map(|(key, packed)| (*key, *packed))
        .collect();
    b.at = 0;
    pack(b, &packed);
    // Before whatever else the first instruction does.
    if !packed.is_empty()
        && let Some(launch) = b.launches.pop()
    {
        b.launches.insert(0, launch);
    }
}

/// Whether a step may move weights is known on the device once its losses are.
fn judge(b: &mut Builder) {
    let is_training = b.program.forward < b.program.instructions.len();
    for (at, share) in b.program.losses.iter().enumerate() {
        if is_training {
            b.at = b.program.forward.saturating_sub(1);
            let arguments = vec![
                b.of(share.loss),
                Argument::Float(share.weight),
                flag(at == 0),
                Argument::At(Place::Step),
            ];
            b.launch("judge_loss", [1, 1], arguments);
        }
    }
}

fn running(b: &mut Builder) {
    let mut rows = Rows::default();
    for (at, instruction) in b.program.instructions.iter().enumerate() {
        if let Instruction::Running {
            statistics,
            mean,
            variance,
        } = instruction
        {
            b.at = at;
            let channels = b.program.buffer(*mean).len();
            let words = [*statistics, *mean, *variance].map(|id| word(b.of(id)));
            rows.push(channels, words.into_iter().chain([Word::count(channels)]));
        }
    }
    walk(b, "follow_statistics", rows, vec![]);
}

/// What pulls a tensor before its update.
type Pull = (BufferId, (f32, Option<BufferId>));

fn updates(b: &mut Builder) {
    let mut pulls: Vec<Pull> = Vec::new();
    let mut rows = Rows::default();
    let mut rule: Option<Descent> = None;
    for (at, instruction) in b.program.instructions.iter().enumerate() {
        match instruction {
            Instruction::Pull {
                strength,
                start,
                gradient,
                ..
            } => pulls.push((*gradient, (*strength, *start))),
            Instruction::Update {
                descent,
                rate,
                gradient,
                w,
                moments,
            } => {
                if rule.is_some_and(|rule| rule != *descent) {
                    step(b, rule.take(), std::mem::take(&mut rows));
                }
                rule = Some(*descent);
                b.at = at;
                let pull = pulls.iter().find(|(of, _)| of == gradient);
                let (strength, start) = pull.map_or((0.0, None), |(_, pull)| *pull);
                let len = b.program.buffer(*w).len();
                let optional = |id: Option<&BufferId>| id.map_or(NOWHERE, |id| word(b.of(*id)));
                let words = [
                    word(b.of(*gradient)),
                    word(b.of(*w)),
                    optional(moments.first()),
                    optional(moments.get(1)),
                    optional(start.as_ref()),
                    Word::Floats([strength, *rate as f32]),
                    Word::count(len),
                ];
                rows.push(len, words);
            }
            _ => {}
        }
    }
    step(b, rule, rows);
}

fn averages(b: &mut Builder) {
    let mut rows = Rows::default();
    for (at, instruction) in b.program.instructions.iter().enumerate() {
        if let Instruction::Average {
            values, average, ..
        } = instruction
        {
            b.at = at;
            let len = b.program.buffer(*values).len();
            let words = [*values, *average].map(|id| word(b.of(id)));
            rows.push(len, words.into_iter().chain([Word::count(len)]));
        }
    }
    walk(b, "average_weights", rows, vec![Argument::At(Place::Step)]);
}

fn step(b: &mut Builder, descent: Option<Descent>, rows: Rows) {
    let Some(descent) = descent else { return };
    let decay = descent.weight_decay as f32;
    let (is_adam, numbers, is_variant) = match descent.rule {
        Rule::Sgd { momentum, nesterov } => (false, [momentum as f32, 0.0, 0.0], nesterov),
        Rule::Adam {
            beta1,
            beta2,
            epsilon,
            decoupled,
        } => (
            true,
            [beta1 as f32, beta2 as f32, epsilon as f32],
            decoupled,
        ),
    };
    let mut arguments = vec![Argument::At(Place::Step), flag(is_adam), flag(is_variant)];
    arguments.extend(numbers.map(Argument::Float));
    arguments.push(Argument::Float(decay));
    walk(b, "update_weights", rows, arguments);
}
