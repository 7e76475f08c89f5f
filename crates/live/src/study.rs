//! One watched study, as it is known now.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use record::StudyDirectory;
use serde::Serialize;

use crate::detail::JobDetail;
use crate::error::LiveError;
use crate::finder::{Found, StudyKey};
use crate::job_row::{JobRow, all_shared};
use crate::outline::Outline;
use crate::query::{Page, Query};
use crate::scanner::Scanner;
use crate::summary::{Counts, StudyState, Summary, seconds_left};

/// For how long a file system may be silent before that is told.
const PATIENCE: Duration = Duration::from_secs(5);
/// Rows that are told as changes; of more, only that there are.
const MOST: usize = 200;

/// One watched study. Whatever is asked of it is answered from memory, but for [`detail`](Self::detail).
pub struct Study {
    found: Found,
    directory: StudyDirectory,
    known: Mutex<Known>,
    began: Instant,
    /// Milliseconds from `began` to the last answer of the file system.
    answered: AtomicU64,
    /// Whether an answer is waited for.
    is_asked: AtomicBool,
    is_gone: AtomicBool,
}

#[derive(Default)]
struct Known {
    outline: Arc<Outline>,
    rows: Vec<Arc<JobRow>>,
    counts: Counts,
    changed_at: Option<u64>,
    seconds_left: Option<f64>,
    problem: Option<String>,
    is_read: bool,
    revision: u64,
    records: u64,
    planned: u64,
}

/// What changed since a revision.
#[derive(Clone, Debug, Serialize)]
pub struct Changes {
    /// The revision that this leads to.
    pub revision: u64,
    /// The study in short.
    pub summary: Summary,
    /// Whether the list of jobs is another, or more changed than is told here.
    pub is_anew: bool,
    /// Jobs that changed.
    #[serde(serialize_with = "all_shared")]
    pub jobs: Vec<Arc<JobRow>>,
}

impl Study {
    pub(crate) fn new(found: Found) -> Self {
        Self {
            directory: StudyDirectory::new(&found.path),
            found,
            known: Mutex::default(),
            began: Instant::now(),
            answered: AtomicU64::new(0),
            is_asked: AtomicBool::new(false),
            is_gone: AtomicBool::new(false),
        }
    }

    /// What it is called by those who ask.
    pub fn key(&self) -> &StudyKey {
        &self.found.key
    }

    /// Its path below the folder that was searched.
    pub fn name(&self) -> &str {
        &self.found.name
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.found.path
    }

    /// Its directory.
    pub fn directory(&self) -> &StudyDirectory {
        &self.directory
    }

    /// What of its plan is told; its list of jobs is left out.
    pub fn outline(&self) -> Arc<Outline> {
        self.known().outline.clone()
    }

    /// The study in short.
    pub fn summary(&self) -> Summary {
        self.summary_of(&self.known())
    }

    /// A page of its jobs.
    pub fn jobs(&self, query: &Query) -> Page {
        let (rows, revision) = {
            let known = self.known();
            (known.rows.clone(), known.revision)
        };
        query.page(&rows, revision)
    }

    /// A job by number.
    pub fn job(&self, number: usize) -> Option<Arc<JobRow>> {
        self.known().rows.get(number).cloned()
    }

    /// What changed since a revision.
    pub fn changes(&self, since: u64) -> Changes {
        let known = self.known();
        let changed = known.rows.iter().filter(|row| row.changed > since);
        let mut jobs: Vec<Arc<JobRow>> = changed.take(MOST + 1).cloned().collect();
        let is_anew = known.planned > since || jobs.len() > MOST;
        if is_anew {
            jobs.clear();
        }
        Changes {
            revision: known.revision,
            summary: self.summary_of(&known),
            is_anew,
            jobs,
        }
    }

    /// A job with all that its files say. Reads them: for a thread that may wait.
    pub fn detail(&self, number: usize) -> Result<Option<JobDetail>, LiveError> {
        let Some(row) = self.job(number) else {
            return Ok(None);
        };
        JobDetail::read(&self.directory, row).map(Some)
    }

    /// For how long its file system has not answered, where that is long.
    pub fn silent_for(&self) -> Option<Duration> {
        if !self.is_asked.load(Ordering::Relaxed) {
            return None;
        }
        let answered = Duration::from_millis(self.answered.load(Ordering::Relaxed));
        let silent = self.began.elapsed().saturating_sub(answered);
        (silent >= PATIENCE).then_some(silent)
    }

    pub(crate) fn has_problem(&self) -> bool {
        self.known().problem.is_some()
    }

    /// Whether its folder was found to be gone.
    pub fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed)
    }

    pub(crate) fn leave(&self) {
        self.is_gone.store(true, Ordering::Relaxed);
    }

    /// Looks once; whether anything that is told changed.
    pub(crate) fn look(&self, scanner: &mut Scanner) -> bool {
        let answered = || {
            let now = self.began.elapsed().as_millis() as u64;
            self.answered.store(now, Ordering::Relaxed);
        };
        answered();
        self.is_asked.store(true, Ordering::Relaxed);
        let looked = scanner.look(&answered);
        answered();
        self.is_asked.store(false, Ordering::Relaxed);
        let (has_changed, problem) = match looked {
            Ok(has_changed) => (has_changed, None),
            Err(error) => (false, Some(error.to_string())),
        };
        let is_same = {
            let known = self.known();
            known.problem == problem && known.is_read == scanner.is_read()
        };
        if has_changed || !is_same {
            self.publish(scanner, problem);
        }
        has_changed || !is_same
    }

    fn publish(&self, scanner: &Scanner, problem: Option<String>) {
        let rows = scanner.rows();
        let all = || rows.iter().map(Arc::as_ref);
        let touched = scanner.touched();
        let touched = touched.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let fresh = Known {
            outline: scanner.outline().clone(),
            counts: Counts::new(all()),
            changed_at: touched.map(|at| at.as_secs()),
            seconds_left: seconds_left(all()),
            problem,
            is_read: scanner.is_read(),
            revision: scanner.revision(),
            records: scanner.records(),
            planned: scanner.planned(),
            rows,
        };
        *self.known() = fresh;
    }

    fn summary_of(&self, known: &Known) -> Summary {
        let silent = self.silent_for();
        Summary {
            key: self.found.key.clone(),
            name: self.found.name.clone(),
            title: known.outline.title.clone(),
            data: known.outline.data.clone(),
            state: match (&known.problem, known.revision) {
                (Some(_), 0) => StudyState::Unreadable,
                (_, 0) => StudyState::Unread,
                _ => StudyState::of(&known.counts),
            },
            total: known.counts.total(),
            counts: known.counts.clone(),
            arms: known.outline.arms,
            is_sequential: known.outline.is_sequential,
            changed_at: known.changed_at,
            seconds_left: known.seconds_left,
            problem: known.problem.clone(),
            silent_for: silent.map(|silent| silent.as_secs()),
            is_read: known.is_read,
            revision: known.revision,
            records: known.records,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
