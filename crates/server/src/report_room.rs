//! Reports with today's numbers, made in the background and kept for a while.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use live::Study;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::settings::MakeReport;

/// Reports that are kept.
const KEPT: usize = 4;
/// Reports that are made at once.
const AT_ONCE: usize = 2;
/// After so long a report no longer counts among those that are made at once.
const LONGEST: Duration = Duration::from_secs(120);
/// Reports with today's numbers.
pub(crate) struct ReportRoom {
    make: Arc<MakeReport>,
    shelf: Arc<Mutex<BTreeMap<String, Kept>>>,
    at_once: Arc<Semaphore>,
}

/// A report, or why there is none.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub(crate) page: Option<Arc<str>>,
    /// Why the last try made none.
    pub(crate) error: Option<String>,
    /// The records that it is of.
    pub(crate) records: Option<u64>,
    /// In seconds since 1970.
    pub(crate) made_at: Option<u64>,
    pub(crate) is_being_made: bool,
    asked: Option<Instant>,
}

impl ReportRoom {
    pub(crate) fn new(make: Arc<MakeReport>) -> Self {
        Self {
            make,
            shelf: Arc::default(),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The report as it was made last; a new one is begun where records have come or gone.
    pub(crate) fn ask(&self, study: &Arc<Study>) -> Kept {
        let summary = study.summary();
        let mut shelf = locked(&self.shelf);
        let kept = shelf.entry(study.key().to_string()).or_default();
        kept.asked = Some(Instant::now());
        let is_due = summary.is_read && kept.records != Some(summary.records);
        if is_due && !kept.is_being_made && summary.silent_for.is_none() {
            kept.is_being_made = true;
            self.begin(study.clone(), summary.records);
        }
        let asked = kept.clone();
        forget_the_oldest(&mut shelf);
        asked
    }

    fn begin(&self, study: Arc<Study>, records: u64) {
        let (make, shelf, at_once) = (self.make.clone(), self.shelf.clone(), self.at_once.clone());
        tokio::spawn(async move {
            let _slot = at_once.acquire().await;
            let made = tokio::task::spawn_blocking(move || {
                let made = catch_unwind(AssertUnwindSafe(|| make(study.directory())));
                let made = made.unwrap_or_else(|_| Err("internal error".into()));
                if let Some(kept) = locked(&shelf).get_mut(study.key().as_str()) {
                    kept.put(made, records);
                }
            });
            timeout(LONGEST, made).await.ok();
        });
    }
}

impl Kept {
    fn put(&mut self, made: Result<String, String>, records: u64) {
        (self.is_being_made, self.records) = (false, Some(records));
        match made {
            Ok(page) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                self.made_at = now.ok().map(|now| now.as_secs());
                (self.page, self.error) = (Some(page.into()), None);
            }
            // The last page that could be made stays.
            Err(error) => self.error = Some(live::clip(&error, 2_000)),
        }
    }
}

fn forget_the_oldest(shelf: &mut BTreeMap<String, Kept>) {
    while shelf.len() > KEPT {
        let idle = shelf.iter().filter(|(_, kept)| !kept.is_being_made);
        let Some(oldest) = idle.min_by_key(|(_, kept)| kept.asked) else {
            return;
        };
        let key = oldest.0.clone();
        shelf.remove(&key);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
