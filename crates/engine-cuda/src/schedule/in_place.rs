//! Buffers that share a place because one dies where the other begins.

use std::ops::Range;

use engine::{BufferId, Element, Program};

/// Buffers with one place, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenancy {
    /// When any of them is needed.
    pub lifetime: Range<usize>,
    /// In order; all of one size.
    pub buffers: Vec<BufferId>,
}

/// Every buffer that does not outlive its program, with those that share its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenancies {
    /// In order of their first buffers.
    pub all: Vec<Tenancy>,
    of: Vec<Option<usize>>,
}

impl Tenancies {
    /// Outputs of instructions that work in place join the input that dies there, where
    /// `is_float` finds both stored alike.
    pub fn of(
        program: &Program,
        lifetimes: &[Option<Range<usize>>],
        is_float: impl Fn(BufferId) -> bool,
    ) -> Self {
        let mut tenancies = Self {
            all: Vec::new(),
            of: vec![None; program.buffers.len()],
        };
        for id in program.ids() {
            if let (true, Some(lifetime)) =
                (program.buffer(id).role.is_given(), &lifetimes[id.index()])
            {
                tenancies.begin(id, lifetime);
            }
        }
        for (at, instruction) in program.instructions.iter().enumerate() {
            let in_place = instruction.in_place();
            for id in instruction.operands().writes {
                let Some(lifetime) = &lifetimes[id.index()] else {
                    continue;
                };
                let dying = match &in_place {
                    Some((output, candidates)) if *output == id => candidates.as_slice(),
                    _ => &[],
                };
                let is_alike = |other: BufferId| {
                    let [a, b] = [id, other].map(|id| program.buffer(id));
                    a.len() == b.len()
                        && a.element == Element::Float
                        && b.element == Element::Float
                        && is_float(id) == is_float(other)
                        && !b.role.is_given()
                };
                let host = dying
                    .iter()
                    .filter(|other| is_alike(**other))
                    .filter_map(|other| tenancies.of[other.index()])
                    .find(|host| tenancies.all[*host].lifetime.end == at + 1);
                match host {
                    Some(host) => tenancies.join(host, id, lifetime),
                    None => tenancies.begin(id, lifetime),
                }
            }
        }
        tenancies
    }

    fn begin(&mut self, id: BufferId, lifetime: &Range<usize>) {
        self.of[id.index()] = Some(self.all.len());
        self.all.push(Tenancy {
            lifetime: lifetime.clone(),
            buffers: vec![id],
        });
    }

    fn join(&mut self, host: usize, id: BufferId, lifetime: &Range<usize>) {
        self.of[id.index()] = Some(host);
        let tenancy = &mut self.all[host];
        tenancy.lifetime.end = tenancy.lifetime.end.max(lifetime.end);
        tenancy.buffers.push(id);
    }
}
