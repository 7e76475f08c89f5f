//! A vector for every buffer.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::program::{BufferId, Element, Kept, Program, Role};

/// Numbers, by the buffers of the present program.
#[derive(Debug, Default)]
pub(super) struct Memory {
    program: Option<Arc<Program>>,
    /// What outlives programs.
    pub kept: BTreeMap<Kept, Vec<f64>>,
    /// By buffer; empty for what is kept.
    numbers: Vec<Vec<f64>>,
    /// By buffer; empty for numbers.
    places: Vec<Vec<u8>>,
}

impl Memory {
    /// The present program.
    pub fn program(&self) -> Option<&Arc<Program>> {
        self.program.as_ref()
    }

    /// Makes a program the present one: no buffer of it is written yet.
    pub fn enter(&mut self, program: &Arc<Program>) {
        if self.program().is_some_and(|now| Arc::ptr_eq(now, program)) {
            return;
        }
        self.leave();
        for buffer in &program.buffers {
            let [mut numbers, mut places] = [0; 2];
            match (&buffer.role, buffer.element) {
                (Role::Kept(name), _) => {
                    let zeros = || vec![0.0; buffer.len()];
                    self.kept.entry(name.clone()).or_insert_with(zeros);
                }
                (_, Element::Float) => numbers = buffer.len(),
                (_, Element::Byte) => places = buffer.len(),
            }
            self.numbers.push(vec![f64::NAN; numbers]);
            self.places.push(vec![u8::MAX; places]);
        }
        self.program = Some(program.clone());
    }

    /// There is no present program any more.
    pub fn leave(&mut self) {
        self.program = None;
        self.numbers.clear();
        self.places.clear();
    }

    /// The numbers of a buffer.
    pub fn get(&self, id: BufferId) -> &[f64] {
        match self.name(id) {
            Some(name) => &self.kept[&name],
            None => &self.numbers[id.index()],
        }
    }

    /// Overwrites the numbers of a buffer.
    ///
    /// # Panics
    /// Panics where it holds another number of them.
    pub fn set(&mut self, id: BufferId, values: Vec<f64>) {
        assert_eq!(values.len(), self.get(id).len(), "numbers of {id}");
        match self.name(id) {
            Some(name) => self.kept.insert(name, values).map_or((), drop),
            None => self.numbers[id.index()] = values,
        }
    }

    /// Overwrites the numbers of several buffers.
    pub fn set_all(&mut self, ids: &[BufferId], all: impl IntoIterator<Item = Vec<f64>>) {
        for (id, values) in ids.iter().zip(all) {
            self.set(*id, values);
        }
    }

    /// The places within windows that a buffer holds.
    pub fn places(&self, id: BufferId) -> &[u8] {
        &self.places[id.index()]
    }

    /// Overwrites places within windows.
    pub fn set_places(&mut self, id: BufferId, places: Vec<u8>) {
        assert_eq!(places.len(), self.places(id).len(), "places of {id}");
        self.places[id.index()] = places;
    }

    /// The name of what outlives programs; none for other buffers.
    fn name(&self, id: BufferId) -> Option<Kept> {
        match &self.program()?.buffer(id).role {
            Role::Kept(name) => Some(name.clone()),
            _ => None,
        }
    }
}
