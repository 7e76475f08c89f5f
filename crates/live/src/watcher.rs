//! Finds studies and looks at each from a thread of its own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::LiveError;
use crate::finder::{Found, StudyKey, find};
use crate::scanner::Scanner;
use crate::study::Study;

/// Between two looks at a study.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Between two searches of a folder.
const FIND_EVERY: Duration = Duration::from_secs(5);
/// Between two looks at whether to end.
const NAP: Duration = Duration::from_millis(100);
/// Stack of a thread that looks, in bytes: plans and logs are shallow.
const STACK: usize = 1 << 20;

/// Watches every study below some folders, as long as it lives. A folder or a study that does not
/// answer holds up no other.
pub struct Watcher {
    shared: Arc<Shared>,
}

struct Shared {
    studies: Mutex<BTreeMap<StudyKey, Arc<Study>>>,
    has_ended: AtomicBool,
    on_change: Box<dyn Fn() + Send + Sync>,
}

impl Watcher {
    /// Watches what is in or below `roots`. `on_change` is called whenever something changed, from
    /// any thread, and has to return at once.
    pub fn start(
        roots: Vec<PathBuf>,
        on_change: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, LiveError> {
        let shared = Arc::new(Shared {
            studies: Mutex::default(),
            has_ended: AtomicBool::new(false),
            on_change: Box::new(on_change),
        });
        for root in roots {
            let searching = shared.clone();
            thread(move || searching.search(&root))?;
        }
        Ok(Self { shared })
    }

    /// Every study, by name.
    pub fn studies(&self) -> Vec<Arc<Study>> {
        let mut studies: Vec<_> = self.shared.studies().values().cloned().collect();
        studies.sort_by(|a, b| a.name().cmp(b.name()).then_with(|| a.key().cmp(b.key())));
        studies
    }

    /// A study by the digits of its key.
    pub fn study(&self, key: &str) -> Option<Arc<Study>> {
        let studies = self.shared.studies();
        studies
            .values()
            .find(|study| study.key().as_str() == key)
            .cloned()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Threads end by themselves: one that waits for a file server may not be waited for.
        self.shared.has_ended.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    /// Looks for studies below a folder until the end.
    fn search(self: &Arc<Self>, root: &PathBuf) {
        while !self.has_ended() {
            for found in find(std::slice::from_ref(root)) {
                self.add(found);
            }
            self.rest(FIND_EVERY);
        }
    }

    fn add(self: &Arc<Self>, found: Found) {
        let study = {
            let mut studies = self.studies();
            if studies.contains_key(&found.key) {
                return;
            }
            let study = Arc::new(Study::new(found));
            studies.insert(study.key().clone(), study.clone());
            study
        };
        let watching = (self.clone(), study.clone());
        // Without a thread it is listed and never read; the next search tries again.
        if thread(move || watching.0.watch(&watching.1)).is_err() {
            self.studies().remove(study.key());
        }
        (self.on_change)();
    }

    /// Looks at a study until the end, or until it is gone.
    fn watch(&self, study: &Arc<Study>) {
        let mut scanner = Scanner::new(study.path());
        while !self.has_ended() {
            let looked = catch_unwind(AssertUnwindSafe(|| study.look(&mut scanner)));
            let has_changed = looked.unwrap_or_else(|_| {
                // A defect: begin anew rather than tell what may be wrong.
                scanner = Scanner::new(study.path());
                false
            });
            if study.has_problem() && matches!(study.path().try_exists(), Ok(false)) {
                study.leave();
                self.studies().remove(study.key());
                (self.on_change)();
                return;
            }
            if has_changed {
                (self.on_change)();
            }
            // At first as fast as the file system answers.
            if scanner.is_read() || !has_changed {
                self.rest(LOOK_EVERY);
            }
        }
    }

    fn rest(&self, time: Duration) {
        let until = Instant::now() + time;
        while !self.has_ended() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(NAP));
        }
    }

    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    fn studies(&self) -> MutexGuard<'_, BTreeMap<StudyKey, Arc<Study>>> {
        self.studies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn thread(work: impl FnOnce() + Send + 'static) -> Result<(), LiveError> {
    let named = std::thread::Builder::new().name("watch".into());
    let started = named.stack_size(STACK).spawn(work);
    started.map(|_| ()).map_err(LiveError::Thread)
}
