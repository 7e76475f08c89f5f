//! Which pictures a training step sees.

use std::ops::Range;

use rand::seq::SliceRandom as _;
use streams::stream;

/// The order of one epoch: `indices`, shuffled by the stream of `seed` and `epoch`.
pub fn epoch_order(indices: &[usize], seed: u64, epoch: u64) -> Vec<usize> {
    let mut order = indices.to_vec();
    order.shuffle(&mut stream(seed, "epoch order", epoch));
    order
}

/// The pictures of training step `step`, of `batch_size` each, over the endless sequence of epoch
/// orders: every batch is full, and one may reach from an epoch into the next. A training set
/// smaller than `batch_size` is a batch of its own.
pub fn step_indices(train: &[usize], batch_size: usize, seed: u64, step: u64) -> Vec<usize> {
    Orders::new(train, batch_size, seed).step(step)
}

/// The pictures of one step after the other: the order of an epoch is drawn once.
#[derive(Clone)]
pub(crate) struct Orders {
    train: Vec<usize>,
    batch_size: usize,
    /// Of the named streams.
    pub seed: u64,
    /// The newest epoch, and its order.
    newest: (u64, Vec<usize>),
}

impl Orders {
    pub fn new(train: &[usize], batch_size: usize, seed: u64) -> Self {
        Self {
            train: train.to_vec(),
            batch_size,
            seed,
            newest: (u64::MAX, Vec::new()),
        }
    }

    /// Positions of a step's pictures in the sequence of all epochs.
    pub fn positions(&self, step: u64) -> Range<u64> {
        let size = self.batch_size.min(self.train.len()) as u64;
        step * size..(step + 1) * size
    }

    /// The pictures of a step.
    pub fn step(&mut self, step: u64) -> Vec<usize> {
        let len = self.train.len() as u64;
        let positions = self.positions(step);
        let picture = |position: u64| {
            let (epoch, at) = (position / len, position % len);
            if self.newest.0 != epoch {
                self.newest = (epoch, epoch_order(&self.train, self.seed, epoch));
            }
            self.newest.1[at as usize]
        };
        positions.map(picture).collect()
    }
}
