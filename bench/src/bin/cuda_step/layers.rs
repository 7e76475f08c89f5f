//! Every instruction alone.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Context as _;
use engine::{Executor as _, Instruction, Kept, Program, Step};
use engine_cuda::{Cuda, Schedule};
use kernels::ConvShape;

use crate::cost::{Cost, Rates};
use crate::session::Plan;

/// How often an instruction is timed.
const REPEATS: usize = 20;
/// How often it runs before: after that it is replayed.
const WARM: usize = 4;

/// Instructions of one name and shape, in one step.
#[derive(Default)]
struct Row {
    seconds: f64,
    floor: f64,
    cost: Cost,
    count: usize,
}

/// Prints a line for all instructions of a name and shape, the slowest first. None can show less
/// than a launch takes, and some change what they read: only how long they take is right.
pub fn run(plan: &Plan, rates: Rates) -> anyhow::Result<()> {
    let mut trial = plan.trial(Box::new(engine::Cpu::default()))?;
    let program = trial.program()?;
    let schedule = Schedule::of(&program);
    let mut device = plan.device()?;
    for parameter in trial.model().network().parameters() {
        if let Some(values) = trial.model().values(&parameter.path) {
            device.put(&Kept::Tensor(parameter.path), values);
        }
    }
    device.enter(&program);
    trial.upload(&program, &mut device);
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (at, instruction) in program.instructions.iter().enumerate() {
        take(&mut device, &program, at, WARM)?;
        let start = Instant::now();
        take(&mut device, &program, at, REPEATS)?;
        let cost = Cost::of(&program, &schedule, instruction);
        let row = rows.entry(name(&program, instruction)).or_default();
        row.seconds += start.elapsed().as_secs_f64() / REPEATS as f64;
        row.floor += cost.seconds(rates);
        row.cost.bytes += cost.bytes;
        row.cost.operations += cost.operations;
        row.count += 1;
    }
    print(rows);
    Ok(())
}

/// Runs an instruction so often, and waits.
fn take(device: &mut Cuda, program: &Program, at: usize, times: usize) -> anyhow::Result<()> {
    let still = Step { lr: 0.0, number: 1 };
    for _ in 0..times {
        device.run(at..at + 1, still);
    }
    let loss = program.losses.first().context("a step with a loss")?;
    device.download(loss.loss);
    Ok(())
}

/// An instruction by what it does and on what.
fn name(program: &Program, instruction: &Instruction) -> String {
    use Instruction as I;
    let shape = match instruction {
        I::Conv { shape, .. }
        | I::ConvGradients { shape, .. }
        | I::ConvInputGradient { shape, .. }
        | I::ConvWeightGradient { shape, .. } => convolution(shape),
        _ => {
            let operands = instruction.operands();
            let last = operands.writes.last().or(operands.updates.last());
            let shape = last.map(|id| format!("{:?}", program.buffer(*id).shape));
            shape.unwrap_or_default()
        }
    };
    format!("{} {shape}", instruction.name())
}

fn convolution(shape: &ConvShape) -> String {
    let [rows, columns] = shape.kernel;
    format!(
        "{}x{} k{rows}x{columns} s{} g{} {}->{}",
        shape.height,
        shape.width,
        shape.stride[0],
        shape.groups,
        shape.channels_in,
        shape.channels_out
    )
}

fn print(rows: BTreeMap<String, Row>) {
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by(|(_, a), (_, b)| b.seconds.total_cmp(&a.seconds));
    let whole: f64 = rows.iter().map(|(_, row)| row.seconds).sum();
    let floor: f64 = rows.iter().map(|(_, row)| row.floor).sum();
    println!(
        "{:.3} ms of instructions alone, floor {:.3} ms",
        whole * 1e3,
        floor * 1e3
    );
    println!("  share       ms  floor ms   TFLOP/s     TB/s count  name");
    for (name, row) in &rows {
        println!(
            "{:6.2}% {:8.3} {:9.4} {:9.2} {:8.3} {:5}  {name}",
            100.0 * row.seconds / whole,
            row.seconds * 1e3,
            row.floor * 1e3,
            row.cost.operations / row.seconds * 1e-12,
            row.cost.bytes / row.seconds * 1e-12,
            row.count,
        );
    }
}
