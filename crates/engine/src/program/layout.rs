//! The layout of memory, from the time that each buffer is needed.

use std::cmp::Reverse;
use std::ops::Range;

use super::Program;
use super::buffer::{BufferId, Element, Role};
use super::memory::MemoryPlan;
use super::places::lowest_places;
use super::tenancy::{Tenancy, tenancies};

/// Places start at multiples of a cache line.
const LINE: usize = 64;
/// Bytes between buffers, so that those of a round size do not all start at the same offset within
/// their pages, where reads and writes would collide.
const GAP: usize = 5 * LINE;

impl MemoryPlan {
    /// The plan for a program: each buffer at the lowest place that is free all its life, largest
    /// first. Where maps shrink fast the order of time leaves fewer holes; the smaller plan is taken.
    pub fn of(program: &Program) -> Self {
        let lifetimes = lifetimes(program);
        let mut tenancies = tenancies(program, &lifetimes, bytes_in(program));
        tenancies.sort_by_key(|t| (Reverse(t.bytes), t.lifetime.start));
        let by_size = Self::in_order(program, &tenancies, lifetimes.clone());
        tenancies.sort_by_key(|t| (t.lifetime.start, Reverse(t.bytes)));
        let by_time = Self::in_order(program, &tenancies, lifetimes);
        match by_time.peak_bytes() < by_size.peak_bytes() {
            true => by_time,
            false => by_size,
        }
    }

    /// The plan in which each of `tenancies` gets the lowest place that those before it leave free.
    fn in_order(
        program: &Program,
        tenancies: &[Tenancy],
        lifetimes: Vec<Option<Range<usize>>>,
    ) -> Self {
        let mut plan = Self {
            places: vec![None; program.buffers.len()],
            floats: 0,
            bytes: 0,
            lifetimes,
        };
        for element in [Element::Float, Element::Byte] {
            let of = tenancies.iter().filter(|t| t.element == element);
            let end = plan.lay_out(program, of).div_ceil(element.bytes());
            match element {
                Element::Float => plan.floats = end,
                Element::Byte => plan.bytes = end,
            }
        }
        plan
    }

    /// Gives every tenancy its place; returns the bytes of the arena.
    fn lay_out<'a>(
        &mut self,
        program: &Program,
        tenancies: impl Iterator<Item = &'a Tenancy>,
    ) -> usize {
        let tenancies: Vec<&Tenancy> = tenancies.collect();
        let sizes = tenancies.iter().map(|tenancy| {
            let size = tenancy.bytes.next_multiple_of(LINE) + GAP;
            (size, &tenancy.lifetime)
        });
        let (starts, end) = lowest_places(sizes);
        for (tenancy, start) in tenancies.into_iter().zip(starts) {
            let unit = tenancy.element.bytes();
            for id in &tenancy.buffers {
                let first = start / unit;
                let len = program.buffer(*id).len();
                self.places[id.index()] = Some(first..first + len);
            }
        }
        end
    }
}

impl Program {
    /// The most bytes that live at one time, an output in the place of an input counted once: what
    /// no plan can be below.
    pub fn bound_bytes(&self) -> usize {
        let mut change = vec![0_isize; self.instructions.len() + 2];
        for tenancy in tenancies(self, &self.memory.lifetimes, bytes_in(self)) {
            change[tenancy.lifetime.start] += tenancy.bytes as isize;
            change[tenancy.lifetime.end] -= tenancy.bytes as isize;
        }
        let held = change.iter().scan(0, |held, change| {
            *held += change;
            Some(*held)
        });
        held.max().unwrap_or(0) as usize
    }

    /// Plans its memory anew, after its instructions have changed.
    pub(crate) fn planned(mut self) -> Self {
        self.memory = MemoryPlan::of(&self);
        self
    }
}

/// What a buffer takes on the processor.
fn bytes_in(program: &Program) -> impl Fn(BufferId) -> usize {
    |id| program.buffer(id).bytes()
}

/// Of every buffer that does not outlive the program and is used at all.
fn lifetimes(program: &Program) -> Vec<Option<Range<usize>>> {
    let mut all: Vec<Option<Range<usize>>> = vec![None; program.buffers.len()];
    let mut touch = |id: BufferId, at: usize| {
        if matches!(program.buffer(id).role, Role::Kept(_)) {
            return;
        }
        let lifetime = all[id.index()].get_or_insert(at..at + 1);
        lifetime.start = lifetime.start.min(at);
        lifetime.end = lifetime.end.max(at + 1);
    };
    for id in program.ids() {
        if program.buffer(id).role.is_given() {
            touch(id, 0);
        }
    }
    for (at, instruction) in program.instructions.iter().enumerate() {
        instruction.operands().all().for_each(|id| touch(id, at));
    }
    let end = program.instructions.len();
    for id in program.logits.iter().chain(&program.sensitivity) {
        touch(*id, end);
    }
    for share in &program.losses {
        touch(share.loss, end);
    }
    for block in &program.blocks {
        touch(block.output, block.end.saturating_sub(1));
    }
    all
}
