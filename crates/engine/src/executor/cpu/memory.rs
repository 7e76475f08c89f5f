//! The arenas of a program, and what outlives it.

use std::mem::take;
use std::ops::Range;

use crate::program::BufferId;

/// Where a buffer lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Float(Range<usize>),
    Byte(Range<usize>),
    Kept(usize),
}

/// Numbers, by the buffers of the present program.
#[derive(Debug, Default)]
pub(super) struct Memory {
    floats: Vec<f32>,
    bytes: Vec<u8>,
    /// What outlives programs.
    pub kept: Vec<Vec<f32>>,
    places: Vec<Place>,
}

impl Memory {
    /// Makes room for a program; the arenas are as long as the longest so far needed.
    pub fn enter(&mut self, places: Vec<Place>, [floats, bytes]: [usize; 2]) {
        self.places = places;
        if self.floats.len() < floats {
            // The old one goes first, so that there are never two.
            self.floats = Vec::new();
            self.floats = vec![0.0; floats];
        }
        if self.bytes.len() < bytes {
            self.bytes = vec![0; bytes];
        }
    }

    /// Whether two buffers lie at one place.
    pub fn is_same(&self, a: BufferId, b: BufferId) -> bool {
        self.places[a.index()] == self.places[b.index()]
    }

    /// The numbers of a buffer.
    pub fn read(&self, buffer: BufferId) -> &[f32] {
        match &self.places[buffer.index()] {
            Place::Float(range) => &self.floats[range.clone()],
            Place::Kept(at) => &self.kept[*at],
            Place::Byte(_) => &[],
        }
    }

    /// The numbers of different buffers.
    pub fn floats<const N: usize>(&mut self, buffers: [BufferId; N]) -> [&mut [f32]; N] {
        self.with_bytes(buffers, None).0
    }

    /// The numbers of any number of different buffers.
    pub fn many(&mut self, buffers: &[BufferId]) -> Vec<&mut [f32]> {
        let wanted = buffers.iter().map(|id| self.places[id.index()].clone());
        disjoint(
            &mut self.floats,
            &mut self.kept,
            &wanted.collect::<Vec<_>>(),
        )
    }

    /// The numbers of different buffers, and one of bytes.
    pub fn with_bytes<const N: usize>(
        &mut self,
        buffers: [BufferId; N],
        bytes: Option<BufferId>,
    ) -> ([&mut [f32]; N], &mut [u8]) {
        let range = match bytes.map(|id| &self.places[id.index()]) {
            Some(Place::Byte(range)) => range.clone(),
            _ => 0..0,
        };
        let wanted = buffers.map(|id| self.places[id.index()].clone());
        let found = disjoint(&mut self.floats, &mut self.kept, &wanted);
        let Ok(found) = found.try_into() else {
            unreachable!("as many slices as places");
        };
        (found, &mut self.bytes[range])
    }
}

/// Slices at `places`, which a program that passed its check never makes overlap.
fn disjoint<'a>(
    floats: &'a mut [f32],
    kept: &'a mut [Vec<f32>],
    places: &[Place],
) -> Vec<&'a mut [f32]> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|index| match &places[*index] {
        Place::Float(range) | Place::Byte(range) => (0, range.start),
        Place::Kept(at) => (1, *at),
    });
    let mut slices: Vec<&mut [f32]> = places.iter().map(|_| <&mut [f32]>::default()).collect();
    let (mut rest, mut passed) = (floats, 0);
    let (mut others, mut skipped) = (kept, 0);
    for index in order {
        match &places[index] {
            Place::Float(range) | Place::Byte(range) => {
                let (_, from) = take(&mut rest).split_at_mut(range.start - passed);
                let (slice, after) = from.split_at_mut(range.len());
                (rest, passed) = (after, range.end);
                slices[index] = slice;
            }
            Place::Kept(at) => {
                let (_, from) = take(&mut others).split_at_mut(at - skipped);
                if let Some((first, after)) = from.split_first_mut() {
                    (others, skipped) = (after, at + 1);
                    slices[index] = first;
                }
            }
        }
    }
    slices
}

#[cfg(test)]
mod tests;
