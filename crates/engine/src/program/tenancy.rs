//! Buffers that share a place because one dies where the next begins.

use std::ops::Range;

use super::Program;
use super::buffer::{BufferId, Element};

/// Buffers that share a place, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenancy {
    /// What each of them takes.
    pub bytes: usize,
    /// When any of them is needed, in numbers of instructions.
    pub lifetime: Range<usize>,
    /// What their numbers are stored as.
    pub element: Element,
    /// In order.
    pub buffers: Vec<BufferId>,
}

/// The tenancies of a program, in the order of their first buffers: outputs of instructions that work
/// in place join the input that dies there. Lifetimes are by buffer, none for what has no place;
/// `bytes` is what a buffer takes where the program is to run: only what takes as much joins.
pub fn tenancies(
    program: &Program,
    lifetimes: &[Option<Range<usize>>],
    bytes: impl Fn(BufferId) -> usize,
) -> Vec<Tenancy> {
    let mut tenancies: Vec<Tenancy> = Vec::new();
    let mut tenancy_of: Vec<Option<usize>> = vec![None; program.buffers.len()];
    let found = |id: BufferId| {
        let lifetime = lifetimes[id.index()].clone()?;
        let buffer = program.buffer(id);
        Some(Tenancy {
            bytes: bytes(id),
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
                let fits = bytes(*candidate) == new.bytes && buffer.element == new.element;
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
