//! A program as text: every buffer, every instruction, and what they take.

use std::fmt;

use super::Program;
use super::buffer::{BufferId, Kept, Role};
use super::cost::Work;
use super::instruction::Instruction;

impl fmt::Display for Program {
    /// Buffers with extents, size, lifetime and place; instructions with operands, multiply-adds
    /// and bytes; totals and the peak.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "buffers")?;
        for id in self.ids() {
            self.buffer_line(f, id)?;
        }
        writeln!(f, "\ninstructions")?;
        for (at, instruction) in self.instructions.iter().enumerate() {
            if at == self.forward {
                writeln!(f, "  backward")?;
            }
            self.instruction_line(f, at, instruction)?;
        }
        let total: Work = self.instructions.iter().map(|i| self.work(i)).sum();
        let memory = &self.memory;
        writeln!(
            f,
            "\n{} instructions: {:.1} million multiply-adds, {} moved",
            self.instructions.len(),
            total.macs as f64 / 1e6,
            size(total.bytes as usize)
        )?;
        writeln!(
            f,
            "peak: {} of maps and gradients (at least {} live at once), {} of tensors",
            size(memory.peak_bytes()),
            size(self.bound_bytes()),
            size(self.kept_bytes())
        )
    }
}

impl Program {
    fn buffer_line(&self, f: &mut fmt::Formatter<'_>, id: BufferId) -> fmt::Result {
        let buffer = self.buffer(id);
        let extents: Vec<String> = buffer.shape.iter().map(usize::to_string).collect();
        let name = match &buffer.role {
            Role::Kept(Kept::Tensor(path) | Kept::Start(path) | Kept::Average(path)) => {
                path.clone()
            }
            Role::Kept(Kept::Moment(path, number)) => format!("{path} #{number}"),
            _ => String::new(),
        };
        let place = match (
            &self.memory.lifetimes[id.index()],
            &self.memory.places[id.index()],
        ) {
            (Some(lifetime), Some(place)) => {
                let at = place.start * buffer.element.bytes();
                format!("lives {}..{} at {at:#x}", lifetime.start, lifetime.end)
            }
            _ => String::new(),
        };
        let line = format!(
            "  {:<6} {:<15} {:<18} {:>10} {name}{place}",
            id.to_string(),
            buffer.role.name(),
            extents.join("×"),
            size(buffer.bytes()),
        );
        writeln!(f, "{}", line.trim_end())
    }

    fn instruction_line(
        &self,
        f: &mut fmt::Formatter<'_>,
        at: usize,
        instruction: &Instruction,
    ) -> fmt::Result {
        let operands = instruction.operands();
        let list = |ids: &[BufferId]| {
            let ids: Vec<String> = ids.iter().map(BufferId::to_string).collect();
            ids.join(" ")
        };
        let Work { macs, bytes } = self.work(instruction);
        let mut line = format!(
            "  {at:<5} {:<26} {}",
            instruction.name(),
            list(&operands.reads)
        );
        if !operands.writes.is_empty() {
            line += &format!(" → {}", list(&operands.writes));
        }
        if !operands.updates.is_empty() {
            line += &format!(" ↻ {}", list(&operands.updates));
        }
        let macs = match macs {
            0 => String::new(),
            macs => format!("{:.1} M multiply-adds, ", macs as f64 / 1e6),
        };
        writeln!(f, "{line:<70} {macs}{}", size(bytes as usize))
    }
}

impl Instruction {
    /// Its name: that of the variant.
    pub fn name(&self) -> String {
        let text = format!("{self:?}");
        let end = text.find([' ', '{']).unwrap_or(text.len());
        text[..end].into()
    }
}

/// Bytes in the unit that fits.
fn size(bytes: usize) -> String {
    let bytes = bytes as f64;
    match bytes {
        0.0..1024.0 => format!("{bytes} B"),
        1024.0..1_048_576.0 => format!("{:.1} KiB", bytes / 1024.0),
        _ => format!("{:.1} MiB", bytes / 1_048_576.0),
    }
}
