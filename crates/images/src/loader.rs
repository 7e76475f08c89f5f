//! Batches, prepared on a background thread ahead of training.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::batches::{Batch, Feed, PlacedBatch};
use crate::error::UnreadableImage;
use crate::order::Orders;

/// Batches that wait ready for training.
const AHEAD: usize = 3;

/// Batches in order, prepared in the background until the loader is dropped. An unreadable picture
/// ends the sequence with an error.
pub struct Loader<B = Batch> {
    source: Source<B>,
}

type Made<B> = Result<B, UnreadableImage>;

enum Source<B> {
    /// A thread makes them.
    Ahead {
        ready: Receiver<Made<B>>,
        thread: Option<JoinHandle<()>>,
    },
    /// They are made when they are asked for.
    Asked(Box<dyn Iterator<Item = Made<B>>>),
}

impl Loader {
    /// Batches in memory while one of them is used: those that wait, and the next one, made.
    pub const HELD: usize = AHEAD + 2;

    /// Training batches for `steps`. `threads` prepare each batch (0 = one a core).
    pub fn training(
        feed: &Feed,
        train: &[usize],
        batch_size: usize,
        seed: u64,
        steps: Range<u64>,
        threads: usize,
    ) -> Self {
        let feed = feed.clone();
        let mut orders = Orders::new(train, batch_size, seed);
        let make = move |step| feed.training(&mut orders, step);
        Self::start(steps, threads, make)
    }

    /// Evaluation batches over `indices` in order; the last one may be smaller.
    pub fn evaluation(feed: &Feed, indices: &[usize], batch_size: usize, threads: usize) -> Self {
        let (feed, indices) = (feed.clone(), indices.to_vec());
        let size = batch_size.max(1);
        let steps = 0..indices.len().div_ceil(size) as u64;
        Self::start(steps, threads, move |step| {
            let first = step as usize * size;
            let last = (first + size).min(indices.len());
            feed.evaluation_batch(step, &indices[first..last])
        })
    }
}

impl Loader<PlacedBatch> {
    /// What the batches of [`training`](Loader::training) are made from, for who makes them from an
    /// [`Album`](crate::Album); see [`Feed::training_placements`].
    pub fn placements(
        feed: &Feed,
        train: &[usize],
        batch_size: usize,
        seed: u64,
        steps: Range<u64>,
    ) -> Self {
        let feed = feed.clone();
        let mut orders = Orders::new(train, batch_size, seed);
        let make = move |step| feed.placements(&mut orders, step);
        Self::start(steps, 1, make)
    }
}

impl<B: Send + 'static> Loader<B> {
    fn start(
        steps: Range<u64>,
        threads: usize,
        make: impl FnMut(u64) -> Made<B> + Send + 'static,
    ) -> Self {
        let (ready, receiver) = sync_channel(AHEAD);
        // One of the two sources below makes them; which, is known only when both have it.
        let make = Arc::new(Mutex::new(make));
        let make = move |step| {
            let mut make = make.lock().unwrap_or_else(PoisonError::into_inner);
            make(step)
        };
        let (here, rest) = (make.clone(), steps.clone());
        let ahead = move || {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .ok();
            for step in steps {
                let batch = match &pool {
                    Some(pool) => pool.install(|| make(step)),
                    None => make(step),
                };
                let last = batch.is_err();
                // A closed channel means that nobody waits any more.
                if ready.send(batch).is_err() || last {
                    return;
                }
            }
        };
        let source = match std::thread::Builder::new().spawn(ahead) {
            Ok(thread) => Source::Ahead {
                ready: receiver,
                thread: Some(thread),
            },
            // Without a thread: slower, not other.
            Err(_) => Source::Asked(Box::new(rest.map(here))),
        };
        Self { source }
    }
}

impl<B> Iterator for Loader<B> {
    type Item = Made<B>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Asked(made) => made.next(),
            Source::Ahead { ready, thread } => match ready.recv() {
                Ok(batch) => Some(batch),
                // The end, unless the thread died: a sequence cut short would pass for a whole one.
                Err(_) => match thread.take().map(JoinHandle::join) {
                    Some(Err(panic)) => resume_unwind(panic),
                    Some(Ok(())) | None => None,
                },
            },
        }
    }
}
