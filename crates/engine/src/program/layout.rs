//! The layout of memory, from the time that each buffer is needed.

use std::cmp::Reverse;
use std::ops::Range;

use super::Program;
use super::buffer::{BufferId, Element, Role};
use super::memory::MemoryPlan;

/// Places start at multiples of a cache line.
const LINE: usize = 64;
/// Bytes between buffers, so that those of a round size do not all start at the same offset within
/// their pages, where reads and writes would collide.
const GAP: usize = 5 * LINE;

/// Buffers that share a place, one after the other.
struct Tenancy {
    bytes: usize,
    lifetime: Range<usize>,
    element: Element,
    buffers: Vec<BufferId>,
}

impl MemoryPlan {
    /// The plan for a program: each buffer at the lowest place that is free all its life, largest
    /// first. Where maps shrink fast the order of time leaves fewer holes; the smaller plan is taken.
    pub fn of(program: &Program) -> Self {
        let lifetimes = lifetimes(program);
        let mut tenancies = tenancies(program, &lifetimes);
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
        let mut laid: Vec<(Range<usize>, &Range<usize>)> = Vec::new();
        let mut end = 0;
        for tenancy in tenancies {
            let size = tenancy.bytes.next_multiple_of(LINE) + GAP;
            let overlaps = |other: &Range<usize>| {
                other.start < tenancy.lifetime.end && tenancy.lifetime.start < other.end
            };
            let mut taken: Vec<&Range<usize>> = laid
                .iter()
                .filter(|(_, lifetime)| overlaps(lifetime))
                .map(|(place, _)| place)
                .collect();
            taken.sort_by_key(|place| place.start);
            let mut start = 0;
            for place in taken {
                if place.start >= start + size {
                    break;
                }
                start = start.max(place.end);
            }
            laid.push((start..start + size, &tenancy.lifetime));
            end = end.max(start + size);
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
        for tenancy in tenancies(self, &self.memory.lifetimes) {
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

/// Outputs of instructions that work in place join the input that dies there.
fn tenancies(program: &Program, lifetimes: &[Option<Range<usize>>]) -> Vec<Tenancy> {
    let mut tenancies: Vec<Tenancy> = Vec::new();
    let mut tenancy_of: Vec<Option<usize>> = vec![None; program.buffers.len()];
    let found = |id: BufferId| {
        let lifetime = lifetimes[id.index()].clone()?;
        let buffer = program.buffer(id);
        Some(Tenancy {
            bytes: buffer.bytes(),
            lifetime,
            element: buffer.element,
            buffers: vec![id],
        })
    };
    for id in program
        .ids()
        .filter(|id| program.buffer(*id).role.is_given())
    {
        if let Some(tenancy) = found(id) {
            tenancy_of[id.index()] = Some(tenancies.len());
            tenancies.push(tenancy);
        }
    }
    for (at, instruction) in program.instructions.iter().enumerate() {
        let in_place = instruction.in_place();
        for id in instruction.operands().writes {
            let Some(new) = found(id) else { continue };
            let dies_here = |candidate: &BufferId| {
                let place = tenancy_of[candidate.index()]?;
                let buffer = program.buffer(*candidate);
                let tenancy: &Tenancy = &tenancies[place];
                let fits = buffer.bytes() == new.bytes && buffer.element == new.element;
                let is_last = tenancy.lifetime.end == at + 1;
                (fits && is_last && !buffer.role.is_given()).then_some(place)
            };
            let host = match &in_place {
                Some((output, candidates)) if *output == id => {
                    // The oldest: what runs through many sums stays where it is.
                    let dying = candidates.iter().filter_map(dies_here);
                    dying.min_by_key(|place| tenancies[*place].lifetime.start)
                }
                _ => None,
            };
            match host {
                Some(place) => {
                    let tenancy = &mut tenancies[place];
                    tenancy.lifetime.end = tenancy.lifetime.end.max(new.lifetime.end);
                    tenancy.buffers.push(id);
                    tenancy_of[id.index()] = Some(place);
                }
                None => {
                    tenancy_of[id.index()] = Some(tenancies.len());
                    tenancies.push(new);
                }
            }
        }
    }
    tenancies
}
