//! In which order a process asks for jobs that many processes ask for.

use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use super::owner::Owner;

/// Each job once: in order as long as nobody else is met, and from a place drawn anew each time that
/// somebody is. So a process that is alone goes through the list as it stands, and of many that begin
/// at once each soon has a stretch of the list to itself.
///
/// ```
/// use durable::claims::{Owner, Turns};
///
/// let mut turns = Turns::new(["a", "b", "c", "d"], &Owner::this_process());
/// assert_eq!((turns.next(), turns.next()), (Some("a"), Some("b")));
/// turns.met_another();
/// let mut rest = [turns.next(), turns.next()];
/// rest.sort();
/// assert_eq!((rest, turns.next()), ([Some("c"), Some("d")], None));
/// ```
#[derive(Clone, Debug)]
pub struct Turns<T> {
    left: VecDeque<T>,
    random: u64,
}

impl<T> Turns<T> {
    /// Through `jobs`; the draws are those of `owner`.
    pub fn new(jobs: impl IntoIterator<Item = T>, owner: &Owner) -> Self {
        let mut hasher = DefaultHasher::new();
        (&owner.host, &owner.machine, owner.pid, owner.started).hash(&mut hasher);
        Self {
            left: jobs.into_iter().collect(),
            random: hasher.finish() | 1,
        }
    }

    /// To be told where the last job was another's: it is in work elsewhere, or was done there since
    /// the list was made.
    pub fn met_another(&mut self) {
        // xorshift64: these draws decide nothing but who asks where.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        if !self.left.is_empty() {
            let step = self.random % self.left.len() as u64;
            self.left.rotate_left(step as usize);
        }
    }

    /// Whether no job is left.
    pub fn is_over(&self) -> bool {
        self.left.is_empty()
    }
}

impl<T> Iterator for Turns<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left.pop_front()
    }
}
