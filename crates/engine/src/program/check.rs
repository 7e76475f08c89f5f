//! What every program keeps to.

use std::collections::BTreeSet;

use super::Program;
use super::buffer::{BufferId, Role};
use super::instruction::Instruction;

/// Why a list of instructions is no program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A buffer is read that nothing has written.
    #[error("instruction {at} reads {buffer}, which nothing has written before")]
    Unwritten {
        /// Number of the instruction.
        at: usize,
        /// The buffer.
        buffer: BufferId,
    },
    /// A buffer is written a second time.
    #[error("instruction {at} writes {buffer}, which holds a result already")]
    Rewritten {
        /// Number of the instruction.
        at: usize,
        /// The buffer.
        buffer: BufferId,
    },
    /// An instruction names a buffer twice.
    #[error("instruction {at} names {buffer} twice")]
    Repeated {
        /// Number of the instruction.
        at: usize,
        /// The buffer.
        buffer: BufferId,
    },
    /// A weight is read after it has moved.
    #[error("instruction {at} reads {buffer}, which an update has moved before")]
    Moved {
        /// Number of the instruction.
        at: usize,
        /// The buffer.
        buffer: BufferId,
    },
    /// Two buffers that are needed at one time share a place.
    #[error("{buffer} and {other} share a place while both are needed")]
    Shared {
        /// One buffer.
        buffer: BufferId,
        /// The other.
        other: BufferId,
    },
}

impl Program {
    /// Whether every buffer is written once and before it is read, no instruction names one twice but for
    /// sums and products of a map and itself, no weight is read after its update but by an average, and no
    /// two buffers share a place while both are needed.
    pub fn check(&self) -> Result<(), Fault> {
        let given = self.ids().filter(|id| self.buffer(*id).role.is_given());
        let mut written: BTreeSet<BufferId> = given.collect();
        let mut moved = BTreeSet::new();
        for (at, instruction) in self.instructions.iter().enumerate() {
            let operands = instruction.operands();
            let mut named = BTreeSet::new();
            let may_repeat = matches!(
                instruction,
                Instruction::Add { a, b, y }
                | Instruction::AddRelu { a, b, y }
                | Instruction::Multiply { a, b, y } if a == b && a != y
            );
            for buffer in operands.all() {
                if !named.insert(buffer) && !may_repeat {
                    return Err(Fault::Repeated { at, buffer });
                }
                let is_late = matches!(instruction, Instruction::Average { .. });
                if moved.contains(&buffer) && !is_late {
                    return Err(Fault::Moved { at, buffer });
                }
            }
            let mut read = operands.reads.iter().chain(&operands.updates);
            if let Some(buffer) = read.find(|id| !written.contains(id)) {
                let buffer = *buffer;
                return Err(Fault::Unwritten { at, buffer });
            }
            for buffer in operands.writes {
                if !written.insert(buffer) || matches!(self.buffer(buffer).role, Role::Kept(_)) {
                    return Err(Fault::Rewritten { at, buffer });
                }
            }
            if let Instruction::Update { w, .. } = instruction {
                moved.insert(*w);
            }
        }
        self.check_places()
    }

    fn check_places(&self) -> Result<(), Fault> {
        let memory = &self.memory;
        let placed: Vec<_> = self
            .ids()
            .filter_map(|id| {
                let place = memory.places[id.index()].as_ref()?;
                let lifetime = memory.lifetimes[id.index()].as_ref()?;
                Some((id, place, lifetime, self.buffer(id).element))
            })
            .collect();
        for (index, (buffer, place, lifetime, element)) in placed.iter().enumerate() {
            for (other, its_place, its_lifetime, its_element) in &placed[..index] {
                let shares = element == its_element
                    && place.start < its_place.end
                    && its_place.start < place.end;
                let first = lifetime.start.max(its_lifetime.start);
                let end = lifetime.end.min(its_lifetime.end);
                // One instruction may write where it reads for the last time.
                let takes_over = place == its_place
                    && first + 1 == end
                    && (first > lifetime.start || first > its_lifetime.start);
                if shares && first < end && !takes_over {
                    let (buffer, other) = (*buffer, *other);
                    return Err(Fault::Shared { buffer, other });
                }
            }
        }
        Ok(())
    }
}
