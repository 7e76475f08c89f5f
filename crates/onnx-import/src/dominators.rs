//! Through which steps every way from the picture leads.

use super::step::Step;

/// The last step, for every step, through which every way to it leads.
pub(crate) struct Dominators {
    parents: Vec<usize>,
    depths: Vec<usize>,
}

impl Dominators {
    /// Steps read earlier ones alone; the first is the picture.
    pub(crate) fn new(steps: &[Step]) -> Self {
        let mut found = Self {
            parents: vec![0],
            depths: vec![0],
        };
        for step in steps.iter().skip(1) {
            let inputs = step.inputs.iter().copied();
            let parent = inputs.reduce(|a, b| found.common(a, b)).unwrap_or(0);
            let depth = found.depths.get(parent).map_or(0, |depth| depth + 1);
            found.parents.push(parent);
            found.depths.push(depth);
        }
        found
    }

    /// The last step before `step` through which every way to it leads.
    pub(crate) fn of(&self, step: usize) -> usize {
        self.parents.get(step).copied().unwrap_or(0)
    }

    /// The last step through which every way to both leads.
    pub(crate) fn common(&self, mut a: usize, mut b: usize) -> usize {
        let depth = |step: usize| self.depths.get(step).copied().unwrap_or(0);
        while a != b {
            match depth(a) >= depth(b) {
                true => a = self.of(a),
                false => b = self.of(b),
            }
        }
        a
    }
}
