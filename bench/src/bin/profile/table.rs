//! The instructions of a program by name and shape, the slowest first.

use std::collections::BTreeMap;
use std::fmt;

use engine::{Instruction, Program, Work};
use kernels::ConvShape;

/// Instructions of one name, in one step.
#[derive(Default)]
struct Row {
    seconds: f64,
    work: Work,
    count: usize,
}

/// Rows by name.
pub struct Table(Vec<(String, Row)>);

impl Table {
    /// Sums up the instructions of a name, and with `detail` of a shape.
    pub fn of(program: &Program, seconds: &[f64], detail: bool) -> Self {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for (instruction, seconds) in program.instructions.iter().zip(seconds) {
            let mut name = instruction.name().to_string();
            if detail {
                name = format!("{name} {}", shape(program, instruction));
            }
            let row = rows.entry(name).or_default();
            row.seconds += seconds;
            row.work = row.work + program.work(instruction);
            row.count += 1;
        }
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_by(|(_, a), (_, b)| b.seconds.total_cmp(&a.seconds));
        Self(rows)
    }
}

/// Of a convolution what it is, of anything else the extents of what it writes or changes last.
fn shape(program: &Program, instruction: &Instruction) -> String {
    use Instruction as I;
    match instruction {
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
    }
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

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole: f64 = self.0.iter().map(|(_, row)| row.seconds).sum();
        let columns = ["share", "ms", "GFLOP/s", "GB/s", "count"];
        let [share, ms, flops, bytes, count] = columns;
        writeln!(
            f,
            "{share:>7} {ms:>10} {flops:>9} {bytes:>8} {count:>6}  name"
        )?;
        for (name, row) in &self.0 {
            let giga = |amount: f64| amount / row.seconds * 1e-9;
            writeln!(
                f,
                "{:6.2}% {:10.3} {:9.1} {:8.1} {:6}  {name}",
                100.0 * row.seconds / whole,
                row.seconds * 1e3,
                giga(2.0 * row.work.macs as f64),
                giga(row.work.bytes as f64),
                row.count,
            )?;
        }
        Ok(())
    }
}
