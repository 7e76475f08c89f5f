//! Neighbours that become one instruction: one pass over a map is cheaper than two.
//!
//! Every rule looks at a norm and at the only reader of what it writes.

use std::collections::BTreeMap;

use kernels::Activation;

use crate::program::{BufferId, Instruction, Program};

/// The program after all rules, without instructions whose results nobody reads.
pub(super) fn fuse(program: Program) -> Program {
    let program = rewrite(program, relu_after_norm);
    let program = rewrite(program, pool_after_norm);
    let program = rewrite(program, sum_after_norm);
    without_dead(program)
}

/// What becomes of an instruction and the only reader of its result; none where the rule does not
/// apply.
type Rule = fn(&Program, &Instruction, &Instruction) -> Option<Instruction>;

/// Applies a rule wherever it fits. The new instruction stands where the reader stood.
fn rewrite(mut program: Program, rule: Rule) -> Program {
    let mut at = 0;
    while at < program.instructions.len() {
        let is_norm = matches!(
            program.instructions[at],
            Instruction::BatchNorm { .. } | Instruction::ScaleShift { .. }
        );
        let reader = is_norm.then(|| only_reader(&program, at)).flatten();
        let fused = reader.and_then(|reader| {
            let [first, second] = [at, reader].map(|place| &program.instructions[place]);
            Some((reader, rule(&program, first, second)?))
        });
        match fused {
            Some((reader, fused)) => {
                program.instructions[reader] = fused;
                remove(&mut program, at);
            }
            None => at += 1,
        }
    }
    program
}

/// Place of the only instruction that reads the first result of the one at `at`; none where there
/// are more, or the result leaves the program or a block.
fn only_reader(program: &Program, at: usize) -> Option<usize> {
    let y = program.instructions[at].map_written()?;
    if is_wanted(program, y) {
        return None;
    }
    let mut readers = program.instructions.iter().enumerate().skip(at + 1);
    let mut reads = |(place, instruction): (usize, &Instruction)| {
        instruction.operands().reads.contains(&y).then_some(place)
    };
    let first = readers.by_ref().find_map(&mut reads)?;
    match readers.find_map(reads) {
        None => Some(first),
        Some(_) => None,
    }
}

/// Whether a buffer is read from outside.
fn is_wanted(program: &Program, id: BufferId) -> bool {
    program.logits.contains(&id)
        || program.blocks.iter().any(|block| block.output == id)
        || program.weighted.iter().any(|layer| layer.output == id)
}

/// Takes out an instruction; what is counted in instructions moves along.
fn remove(program: &mut Program, at: usize) {
    program.instructions.remove(at);
    let moved = |place: &mut usize| *place -= usize::from(*place > at);
    moved(&mut program.forward);
    for block in &mut program.blocks {
        moved(&mut block.end);
    }
    for layer in &mut program.weighted {
        moved(&mut layer.instructions.start);
        moved(&mut layer.instructions.end);
    }
}

/// Instructions that write something somebody reads, or change something.
fn without_dead(mut program: Program) -> Program {
    loop {
        let mut readers: BTreeMap<BufferId, usize> = BTreeMap::new();
        for instruction in &program.instructions {
            for id in instruction.operands().reads {
                *readers.entry(id).or_default() += 1;
            }
        }
        let is_dead = |instruction: &Instruction| {
            let operands = instruction.operands();
            let is_read = |id: &BufferId| readers.contains_key(id) || is_wanted(&program, *id);
            operands.updates.is_empty() && !operands.writes.iter().any(is_read)
        };
        let Some(dead) = program.instructions.iter().rposition(is_dead) else {
            return program;
        };
        remove(&mut program, dead);
    }
}

/// Batch norm, then ReLU.
fn relu_after_norm(_: &Program, norm: &Instruction, relu: &Instruction) -> Option<Instruction> {
    let Instruction::Activate {
        function: Activation::Relu,
        y: to,
        ..
    } = relu
    else {
        return None;
    };
    let mut fused = norm.clone();
    match &mut fused {
        Instruction::BatchNorm { relu, y, .. } | Instruction::ScaleShift { relu, y, .. }
            if !*relu =>
        {
            *relu = true;
            *y = *to;
            Some(fused)
        }
        _ => None,
    }
}

/// Batch norm by the batch with ReLU, then the maximum of windows.
fn pool_after_norm(_: &Program, norm: &Instruction, pool: &Instruction) -> Option<Instruction> {
    match (norm, pool) {
        (
            Instruction::BatchNorm {
                epsilon,
                relu: true,
                x,
                gamma,
                beta,
                statistics,
                ..
            },
            Instruction::MaxPool {
                pool, places, y, ..
            },
        ) => Some(Instruction::BatchNormPool {
            epsilon: *epsilon,
            pool: *pool,
            x: *x,
            gamma: *gamma,
            beta: *beta,
            statistics: *statistics,
            places: *places,
            y: *y,
        }),
        _ => None,
    }
}

/// Batch norm by the batch at the end of a residual body, then the sum and its ReLU.
fn sum_after_norm(_: &Program, norm: &Instruction, sum: &Instruction) -> Option<Instruction> {
    match (norm, sum) {
        (
            Instruction::BatchNorm {
                epsilon,
                relu: false,
                x,
                gamma,
                beta,
                statistics,
                y: normed,
            },
            Instruction::AddRelu { a, b, y },
        ) if a == normed => Some(Instruction::BatchNormAdd {
            epsilon: *epsilon,
            x: *x,
            gamma: *gamma,
            beta: *beta,
            residual: *b,
            statistics: *statistics,
            y: *y,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
