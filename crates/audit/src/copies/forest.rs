//! Which things hang together, from links that are found one at a time.

/// Sets that are joined, and the links that joined them: a forest, so never more links than
/// things, whatever was compared.
#[derive(Clone, Debug)]
pub struct Forest {
    parent: Vec<u32>,
    /// In the order in which they were found.
    pub links: Vec<[u32; 2]>,
}

impl Forest {
    /// Things 0 to `count` − 1, each alone.
    pub fn new(count: usize) -> Self {
        Self {
            parent: (0..count as u32).collect(),
            links: Vec::new(),
        }
    }

    /// The thing that stands for all that hang together with `thing`.
    pub fn root(&mut self, mut thing: u32) -> u32 {
        while self.parent[thing as usize] != thing {
            // Halving the way keeps it short (Tarjan and van Leeuwen, Journal of the ACM 1984).
            let up = self.parent[self.parent[thing as usize] as usize];
            self.parent[thing as usize] = up;
            thing = up;
        }
        thing
    }

    /// Whether the two hang together.
    pub fn joined(&mut self, a: u32, b: u32) -> bool {
        self.root(a) == self.root(b)
    }

    /// Joins the two, unless they hang together already.
    pub fn join(&mut self, a: u32, b: u32) {
        let (from, to) = (self.root(a), self.root(b));
        if from != to {
            // The lower one stands for both, so that sets are in the order of their first thing.
            self.parent[from.max(to) as usize] = from.min(to);
            self.links.push([a.min(b), a.max(b)]);
        }
    }
}
