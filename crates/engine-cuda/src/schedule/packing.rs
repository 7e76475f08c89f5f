//! Weights of convolutions, arranged on the device.

use engine::{BufferId, Instruction};

use super::builder::Builder;
use super::launch::Argument;
use super::maps::MapType;
use super::packed::{Order, Packed};
use super::table::{Rows, walk, word};
use super::word::Word;

impl Builder<'_> {
    /// The weight `w` `[out, in / groups, rows, columns]` of a convolution in the type of maps,
    /// arranged anew: in a program of training all of them at once before its first instruction,
    /// else when this instruction is due.
    pub fn packed(&mut self, w: BufferId, groups: usize, order: Order) -> Argument {
        let buffer = self.program.buffer(w);
        let is_as_it_lies = order == Order::Forward
            && self.maps == MapType::Float
            && buffer.shape[2..].iter().all(|taps| *taps == 1);
        if is_as_it_lies {
            return self.of(w);
        }
        let key = (w, order);
        let bytes = buffer.len() * self.maps.bytes();
        if !self.program.instructions.iter().any(is_update) {
            let at = self.scratch(bytes);
            pack(self, &[(key, Packed { at, groups })]);
            return at;
        }
        if let Some(known) = self.packed.get(&key) {
            return known.at;
        }
        let at = self.region(bytes, 0..self.program.instructions.len());
        self.packed.insert(key, Packed { at, groups });
        at
    }
}

/// Arranges weights for products.
pub(super) fn pack(b: &mut Builder, packed: &[((BufferId, Order), Packed)]) {
    let mut rows = Rows::default();
    for ((w, order), Packed { at, groups }) in packed {
        let buffer = b.program.buffer(*w);
        let extent = |at: usize| buffer.shape.get(at).copied().unwrap_or(1);
        let taps = extent(2) * extent(3);
        let words = [
            word(b.of(*w)),
            word(*at),
            Word::count(extent(0)),
            Word::count(extent(1)),
            Word::count(taps),
            Word::count(*groups),
            Word::count(usize::from(*order == Order::Backward)),
        ];
        rows.push(buffer.len(), words);
    }
    walk(b, "pack_weights", rows, vec![]);
}

fn is_update(instruction: &Instruction) -> bool {
    matches!(instruction, Instruction::Update { .. })
}
