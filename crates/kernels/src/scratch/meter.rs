//! What work really takes, for tests.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use super::Demand;

/// Blocks that are taken now, and the most of each kind at once.
#[derive(Default)]
struct Taken {
    now: Demand,
    most: Demand,
}

thread_local! {
    static METER: RefCell<Option<Arc<Mutex<Taken>>>> = const { RefCell::new(None) };
}

/// Changes the meter of this thread, if it has one.
fn change(change: impl FnOnce(Demand) -> Demand) {
    // A thread that ends has none any more.
    let _ = METER.try_with(|meter| {
        if let Some(meter) = &*meter.borrow() {
            let mut taken = meter.lock().unwrap_or_else(PoisonError::into_inner);
            taken.now = change(taken.now);
            taken.most = taken.most.then(taken.now);
        }
    });
}

pub(super) fn take(len: usize) {
    change(|now| now.and(Demand::floats(len)));
}

pub(super) fn give(len: usize) {
    change(|now| now.without(Demand::floats(len)));
}

/// What `work` takes on `threads` threads of its own.
pub(super) fn taken(threads: usize, work: impl FnOnce() + Send) -> Demand {
    let meter = Arc::new(Mutex::new(Taken::default()));
    let own = meter.clone();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .start_handler(move |_| METER.set(Some(own.clone())))
        .build()
        .unwrap();
    pool.install(work);
    let taken = meter.lock().unwrap();
    assert_eq!(taken.now, Demand::default());
    taken.most
}
