//! What a program is told while a study runs: a JSON object a line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use record::names::{REPORT, RESULTS};
use record::{Job, StudyDirectory};
use runs::{Event, Listener, Tally};
use study::StudyPlan;

use crate::line::{FORMAT, JobKeys, Line, Told, elsewhere};

/// Between two lines about the steps of one job.
const STEP_EVERY: Duration = Duration::from_secs(1);

/// Writes every event of a study as a line of JSON, and tells another listener as well.
pub struct Events<'a> {
    plan: &'a StudyPlan,
    then: &'a dyn Listener,
    write: fn(&str),
    /// Identity of a job ─▶ its number, from 0; of the first, where arms of the same rules share it.
    numbers: HashMap<&'a str, usize>,
    told: Mutex<Before>,
}

/// What was told, so that it is not told too often.
#[derive(Default)]
struct Before {
    stepped: BTreeMap<String, Instant>,
    elsewhere: BTreeSet<String>,
}

/// How the work ended.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// The exit code of the program.
    pub exit_code: u8,
    /// How the jobs of its share stand, if any were asked for.
    pub tally: Option<Tally>,
    /// Why it ended early.
    pub error: Option<&'a str>,
}

impl<'a> Events<'a> {
    /// Of the jobs of `plan`; `write` takes each line, without its line feed.
    pub fn new(plan: &'a StudyPlan, then: &'a dyn Listener, write: fn(&str)) -> Self {
        let mut numbers = HashMap::new();
        for (number, job) in Job::all(plan).iter().enumerate() {
            numbers.entry(job.id()).or_insert(number);
        }
        Self {
            plan,
            then,
            write,
            numbers,
            told: Mutex::default(),
        }
    }

    /// The study is planned, and `to_do` are the jobs that this process is to do.
    pub fn planned(&self, program: &str, directory: &Path, to_do: &[Job]) {
        tell(
            self.write,
            Told::StudyPlanned {
                format: FORMAT,
                program,
                directory: shown(directory),
                title: &self.plan.title,
                jobs: Job::all(self.plan).len(),
                to_do: to_do.len(),
                steps: steps(to_do),
            },
        );
    }

    /// Not all was decided: every arm gets `seeds` seeds, and `to_do` are the jobs for that.
    pub fn seeds_added(&self, seeds: usize, to_do: &[Job]) {
        let (to_do, steps) = (to_do.len(), steps(to_do));
        tell(
            self.write,
            Told::SeedsAdded {
                seeds,
                to_do,
                steps,
            },
        );
    }

    /// The report of a study is written, and comes to this sentence.
    pub fn report_written(write: fn(&str), directory: &StudyDirectory, verdict: &str) {
        let told = Told::ReportWritten {
            report: shown(&REPORT.path(directory.path())),
            results: shown(&RESULTS.path(directory.path())),
            verdict,
        };
        tell(write, told);
    }

    /// The last line: nothing comes after it.
    pub fn ended(write: fn(&str), ending: Ending) {
        let Ending {
            exit_code,
            tally,
            error,
        } = ending;
        let told = Told::Ended {
            exit_code,
            done: tally.map(|tally| tally.done),
            failed: tally.map(|tally| tally.failed),
            pending: tally.map(|tally| tally.pending),
            error,
        };
        tell(write, told);
    }

    /// Whether a step of a job is to be told now.
    fn is_due(&self, job: &Job) -> bool {
        let mut told = self.told.lock().unwrap_or_else(|e| e.into_inner());
        let now = Instant::now();
        let last = told.stepped.get(job.id());
        let is_due = last.is_none_or(|at| now.duration_since(*at) >= STEP_EVERY);
        if is_due {
            told.stepped.insert(job.id().into(), now);
        }
        is_due
    }

    /// Whether it is news that another process works on a job.
    fn is_news(&self, job: &Job) -> bool {
        let mut told = self.told.lock().unwrap_or_else(|e| e.into_inner());
        told.elsewhere.insert(job.id().into())
    }
}

impl Listener for Events<'_> {
    fn hear(&self, job: &Job, event: Event) {
        let number = self.numbers.get(job.id()).copied().unwrap_or(0);
        let keys = || JobKeys::of(job, number, self.plan);
        let told = match &event {
            Event::Started { step, device } => Some(Told::JobStarted {
                job: keys(),
                step: *step,
                device,
            }),
            Event::Stepped { step, loss } => self.is_due(job).then(|| Told::Step {
                job: keys(),
                step: *step,
                loss: Some(*loss).filter(|loss| loss.is_finite()),
            }),
            Event::Evaluated { step, auc } => Some(Told::Evaluation {
                job: keys(),
                step: *step,
                validation_auc: Some(*auc).filter(|auc| auc.is_finite()),
            }),
            Event::Doing(what) => Some(Told::Doing { job: keys(), what }),
            Event::Finished => Some(Told::JobFinished { job: keys() }),
            Event::Interrupted => Some(Told::JobInterrupted { job: keys() }),
            Event::Failed(error) => Some(Told::JobFailed { job: keys(), error }),
            Event::Hindered { error, again } => Some(Told::JobHindered {
                job: keys(),
                error,
                again_in_seconds: again.map(|again| again.as_secs()),
            }),
            Event::Elsewhere(holder) => self
                .is_news(job)
                .then(|| elsewhere(keys(), holder.owner.as_ref())),
            Event::Lost(error) => Some(Told::JobLost { job: keys(), error }),
        };
        if let Some(told) = told {
            tell(self.write, told);
        }
        self.then.hear(job, event);
    }
}

fn tell(write: fn(&str), told: Told) {
    // Nothing here has a key that is no text, so that it cannot fail.
    if let Ok(line) = serde_json::to_string(&Line::now(told)) {
        write(&line);
    }
}

/// Training steps that jobs may take.
fn steps(jobs: &[Job]) -> u64 {
    let trains = jobs.iter().filter_map(Job::trains);
    trains.map(|run| run.train.max_steps).sum()
}

/// A path that means the same in another folder.
fn shown(path: &Path) -> String {
    let absolute = std::path::absolute(path);
    let path = absolute.as_deref().unwrap_or(path);
    path.to_string_lossy().into_owned()
}
