//! Programs on the processor, by our kernels.

mod memory;
mod run;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use self::memory::{Memory, Place};
use super::{Executor, Step};
use crate::program::{BufferId, Element, Kept, Program, Role};

/// The processor, through our own kernels on the current rayon pool.
#[derive(Debug, Default)]
pub struct Cpu {
    memory: Memory,
    /// Where what outlives programs lies in memory.
    names: BTreeMap<Kept, usize>,
    program: Option<Arc<Program>>,
}

impl Executor for Cpu {
    fn put(&mut self, kept: &Kept, values: Vec<f32>) {
        match self.names.get(kept) {
            Some(at) => self.memory.kept[*at] = values,
            None => {
                self.names.insert(kept.clone(), self.memory.kept.len());
                self.memory.kept.push(values);
            }
        }
    }

    fn kept(&self, kept: &Kept) -> Option<Vec<f32>> {
        let at = self.names.get(kept)?;
        Some(self.memory.kept[*at].clone())
    }

    fn forget(&mut self, is_forgotten: &dyn Fn(&Kept) -> bool) {
        for (kept, at) in &self.names {
            if is_forgotten(kept) {
                self.memory.kept[*at] = Vec::new();
            }
        }
        self.names.retain(|kept, _| !is_forgotten(kept));
        self.program = None;
    }

    fn enter(&mut self, program: &Arc<Program>) {
        if self
            .program
            .as_ref()
            .is_some_and(|now| Arc::ptr_eq(now, program))
        {
            return;
        }
        let places = program
            .buffers
            .iter()
            .zip(&program.memory.places)
            .map(
                |(buffer, place)| match (&buffer.role, place, buffer.element) {
                    (Role::Kept(kept), _, _) => {
                        if !self.names.contains_key(kept) {
                            self.put(kept, vec![0.0; buffer.len()]);
                        }
                        Place::Kept(self.names[kept])
                    }
                    (_, Some(place), Element::Float) => Place::Float(place.clone()),
                    (_, Some(place), Element::Byte) => Place::Byte(place.clone()),
                    (_, None, _) => Place::Float(0..0),
                },
            )
            .collect();
        let plan = &program.memory;
        self.memory.enter(places, [plan.floats, plan.bytes]);
        self.program = Some(program.clone());
    }

    fn upload(&mut self, buffer: BufferId, values: &[f32]) {
        let [to] = self.memory.floats([buffer]);
        to.copy_from_slice(values);
    }

    fn download(&self, buffer: BufferId) -> Vec<f32> {
        self.memory.read(buffer).to_vec()
    }

    fn run(&mut self, instructions: Range<usize>, step: Step) {
        let Some(program) = self.program.clone() else {
            return;
        };
        for instruction in &program.instructions[instructions] {
            run::run(&program, instruction, step, &mut self.memory);
        }
    }
}
