//! What a step costs at least.

use anyhow::{Context as _, bail};
use engine::{Element, Instruction, Program};
use engine_cuda::Schedule;

use crate::numbers::Numbers;
use crate::session::Plan;

/// What a device does in a second at most.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Bytes read and written.
    pub bytes: f64,
    /// Operations of products, two for each multiply-add.
    pub operations: f64,
}

impl Rates {
    /// Reads TB/s and TFLOP/s. Without them those of an H200: 4.3 TB/s was measured for a copy, and
    /// 780 TFLOP/s for a product in bfloat16; TF32 has half of that, `f32` the 60 TFLOP/s of its own
    /// units.
    pub fn parse(words: &[&str], numbers: Numbers) -> anyhow::Result<Self> {
        let tera = |word: &str| -> anyhow::Result<f64> {
            let found: f64 = word.parse().context("TB/S and TFLOP/S are numbers")?;
            Ok(found * 1e12)
        };
        match words {
            [] => Ok(Self {
                bytes: 4.3e12,
                operations: match numbers {
                    Numbers::F32 => 60e12,
                    Numbers::Tf32 => 390e12,
                    Numbers::Bf16 => 780e12,
                },
            }),
            [bytes, operations] => Ok(Self {
                bytes: tera(bytes)?,
                operations: tera(operations)?,
            }),
            _ => bail!("expected TB/S TFLOP/S, found {words:?}"),
        }
    }
}

/// Bytes and operations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Bytes of operands, each read or written once, as the device stores them.
    pub bytes: f64,
    /// Operations of products.
    pub operations: f64,
}

impl Cost {
    /// Of an instruction.
    pub fn of(program: &Program, schedule: &Schedule, instruction: &Instruction) -> Self {
        let operands = instruction.operands();
        let bytes = operands
            .all()
            .chain(operands.updates.iter().copied())
            .map(|id| {
                let buffer = program.buffer(id);
                let one = match buffer.element {
                    Element::Byte => 1,
                    Element::Float if schedule.floats[id.index()] => size_of::<f32>(),
                    Element::Float => schedule.maps.bytes(),
                };
                buffer.len() * one
            });
        Self {
            bytes: bytes.sum::<usize>() as f64,
            operations: 2.0 * program.work(instruction).macs as f64,
        }
    }

    /// The least seconds: bytes and operations at the same time.
    pub fn seconds(self, rates: Rates) -> f64 {
        (self.bytes / rates.bytes).max(self.operations / rates.operations)
    }
}

/// Prints what a step costs at least, one instruction after the other.
pub fn run(plan: &Plan, rates: Rates) -> anyhow::Result<()> {
    let program = plan.program()?;
    let schedule = Schedule::of(&program);
    let costs = program
        .instructions
        .iter()
        .map(|i| Cost::of(&program, &schedule, i));
    let costs: Vec<Cost> = costs.collect();
    let bytes: f64 = costs.iter().map(|cost| cost.bytes).sum();
    let operations: f64 = costs.iter().map(|cost| cost.operations).sum();
    let seconds: f64 = costs.iter().map(|cost| cost.seconds(rates)).sum();
    println!(
        "floor work={} type={} gigabytes={:.3} gigaoperations={:.1} launches={} planned={} \
         floor_ms={:.4} images_a_second={:.0}",
        plan.name,
        plan.numbers.name(),
        bytes * 1e-9,
        operations * 1e-9,
        schedule.launches.len(),
        engine_cuda::footprint(&program),
        seconds * 1e3,
        plan.work.batch as f64 / seconds,
    );
    Ok(())
}
