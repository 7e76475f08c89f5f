//! Does the jobs of a study: whatever is ready, each once, beside any number of other processes.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use durable::claims::{Attempt, Claim, Claims, Liveness, Lost, Owner, Turns};
use durable::{FileError, Manifest, write_sealed};
use engine::Device;
use record::{
    Begun, Checkpoints, Job, JobDirectory, JobKind, RecordError, RunError, StudyDirectory,
};
use study::{OpenStudy, RunSpec};

use crate::analysis::{Networks, analyse};
use crate::event::{Event, Listener};
use crate::job_failure::{Hindrance, JobFailure};
use crate::probe::probe;
use crate::tally::Tally;
use crate::training::{End, Supply, precision, train, tuned};
use crate::work::Work;

/// Between two looks at what other processes are doing, at least.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A look that takes long is followed by a rest so many times as long: of a thousand processes that
/// wait, none keeps the file server busy. Up to [`REST_AT_MOST`].
const REST: u32 = 9;
const REST_AT_MOST: Duration = Duration::from_secs(30);
/// How long a job waits before it is tried again, each time that something hinders it which may pass.
const AGAIN_AFTER: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(16),
];
/// Between two looks at whether to stop, while a job waits.
const NAP: Duration = Duration::from_millis(100);

/// Which jobs of a study a process takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Share {
    /// All; it waits for those that others work on, and takes over what they abandon.
    #[default]
    All,
    /// The one of this number, from 0, in the order of [`Job::all`].
    One(usize),
    /// Those of these numbers, from 0, in the order of [`Job::all`].
    These(BTreeSet<usize>),
    /// Every job whose number leaves `part` when divided by `of`.
    Part {
        /// From 0, below `of`.
        part: usize,
        /// At least 1.
        of: usize,
    },
}

impl Share {
    /// Whether the job of this number belongs to it.
    pub fn holds(&self, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => *one == number,
            Self::These(these) => these.contains(&number),
            Self::Part { part, of } => number % of == *part,
        }
    }
}

/// Works through the jobs of a study.
pub struct Runner<'a> {
    /// What jobs are made of.
    pub study: &'a OpenStudy,
    /// Where records go.
    pub directory: &'a StudyDirectory,
    /// Which jobs.
    pub share: Share,
    /// Of these the jobs of seeds below this; all of them without it.
    pub seeds_below: Option<u64>,
    /// Runs to train at once, at least 1; each gets an equal share of the processors.
    pub workers: usize,
    /// What networks are on, at least one device: runs to train side by side take turns, all else is
    /// on the first.
    pub devices: &'a [&'a dyn Device],
    /// Set to stop after the current step.
    pub stop: &'a AtomicBool,
    /// Is told of everything.
    pub listener: &'a dyn Listener,
    /// Name, version and source revision of the program, for the record.
    pub program: &'a str,
}

/// What became of an attempt to do a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempted {
    /// It was worked on here.
    Here,
    /// It is recorded already.
    Recorded,
    /// Another process works on it.
    Elsewhere,
}

/// How this process takes jobs.
struct Taking {
    claims: Claims,
    /// This process.
    owner: Owner,
    /// Jobs that were hindered too often, left for another time.
    left: Mutex<BTreeSet<String>>,
    /// Jobs that were found recorded since the last listing.
    recorded: Mutex<BTreeSet<String>>,
    /// Devices, by their place, that failed too often: what is lost stays so within a process.
    given_up: Mutex<BTreeSet<usize>>,
}

impl Runner<'_> {
    /// Does every job of its share that has no record and whose runs are done, until none is left.
    /// A job that fails is recorded and the others go on. One that is hindered for a reason that may
    /// pass is tried again a few times, then left for another time; where it cannot be recorded (a
    /// full disk) the work ends. Nothing that was written is lost.
    pub fn run(&self) -> Result<Tally, RecordError> {
        let plan = &self.study.plan;
        let all = Job::all(plan);
        let numbered = all.iter().enumerate();
        let mine: Vec<Job> = numbered
            .filter(|(number, job)| self.share.holds(*number) && self.is_wanted(job))
            .map(|(_, job)| *job)
            .collect();
        let taking = Taking {
            claims: self.directory.claims()?,
            owner: Owner::this_process(),
            left: Mutex::default(),
            recorded: Mutex::default(),
            given_up: Mutex::default(),
        };
        // What is recorded stays so: it is not asked for again.
        let mut unrecorded: Vec<&Job> = mine.iter().collect();
        loop {
            let began = Instant::now();
            let mut attempts = Vec::new();
            let begun = Begun::of(self.directory)?;
            let recorded = std::mem::take(&mut *locked(&taking.recorded));
            unrecorded.retain(|job| {
                let is_new = begun.holds(job) && job.is_recorded(self.directory);
                !(is_new || recorded.contains(job.id()))
            });
            for kind in JobKind::ALL {
                let is_open = |job: &&&Job| {
                    job.kind() == kind
                        && !locked(&taking.left).contains(job.id())
                        && job.is_ready(plan, self.directory)
                };
                let open: Vec<&Job> = unrecorded.iter().filter(is_open).copied().collect();
                attempts.extend(self.of_kind(kind, &open, &taking)?);
            }
            let is_idle = !attempts.contains(&Attempted::Here);
            let is_awaited = attempts.contains(&Attempted::Elsewhere) && self.share == Share::All;
            if self.is_stopped() || (is_idle && !is_awaited) {
                self.release_the_dead(&all, &taking.claims)?;
                return Ok(Tally::of(self.directory, plan, &mine));
            }
            if is_idle {
                self.rest((began.elapsed() * REST).clamp(LOOK_EVERY, REST_AT_MOST));
            }
        }
    }

    fn is_wanted(&self, job: &Job) -> bool {
        let below = self.seeds_below;
        below.is_none_or(|seeds| job.is_of_seeds_below(seeds, &self.study.plan))
    }

    /// Clears up after who died between a result and the release of its claim, and releases it:
    /// nobody else asks for a job that is recorded.
    fn release_the_dead(&self, jobs: &[Job], claims: &Claims) -> Result<(), RecordError> {
        for holder in self.directory.holders()? {
            if holder.liveness != Liveness::Dead {
                continue;
            }
            let Attempt::Held(_claim) = claims.take(&holder.name)? else {
                continue;
            };
            let job = jobs.iter().find(|job| job.id() == holder.name);
            if let Some(job) = job
                && let Some(place) = job.training(self.directory)
                && job.is_done(self.directory)
            {
                Checkpoints::new(&place).clear()?;
            }
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn of_kind(
        &self,
        kind: JobKind,
        open: &[&Job],
        taking: &Taking,
    ) -> Result<Vec<Attempted>, RecordError> {
        match kind {
            JobKind::Tune | JobKind::Train if self.workers > 1 => self.side_by_side(open, taking),
            JobKind::Tune | JobKind::Train | JobKind::Probe | JobKind::Analyse => {
                let analysis = self.study.plan.analysis.as_ref();
                let Some(device) = self.usable(0, taking) else {
                    return Ok(Vec::new());
                };
                let mut networks = analysis.map(|analysis| {
                    let settings = &analysis.settings;
                    let on = self.devices[device];
                    Networks::new(self.study, self.directory, on, settings, self.stop)
                });
                let mut attempts = Vec::new();
                let mut turns = Turns::new(open.iter().copied(), &taking.owner);
                while !self.is_stopped()
                    && !locked(&taking.given_up).contains(&device)
                    && let Some(job) = turns.next()
                {
                    let attempted = self.attempt(job, taking, networks.as_mut(), device, true)?;
                    if attempted != Attempted::Here {
                        turns.met_another();
                    }
                    attempts.push(attempted);
                }
                Ok(attempts)
            }
        }
    }

    /// Several runs at once, each on its share of the processors.
    fn side_by_side(&self, open: &[&Job], taking: &Taking) -> Result<Vec<Attempted>, RecordError> {
        let turns = Mutex::new(Turns::new(open.iter().copied(), &taking.owner));
        let attempts = Mutex::new(Vec::new());
        let broken: Mutex<Option<RecordError>> = Mutex::new(None);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let shared = (processors / self.workers).max(1);
        let work = |worker: usize| {
            while !self.is_stopped()
                && let Some(device) = self.usable(worker, taking)
                && let Some((job, is_last)) = next(&turns)
            {
                // The last run has the processors to itself once the others end.
                let threads = if is_last { processors } else { shared };
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                let attempt = || self.attempt(job, taking, None, device, false);
                let attempted = match &pool {
                    Ok(pool) => pool.install(attempt),
                    Err(_) => attempt(),
                };
                match attempted {
                    Ok(attempted) => {
                        if attempted != Attempted::Here {
                            locked(&turns).met_another();
                        }
                        locked(&attempts).push(attempted);
                    }
                    Err(error) => {
                        self.stop.store(true, Ordering::Relaxed);
                        locked(&broken).get_or_insert(error);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for worker in 1..self.workers {
                // A thread that cannot be started is one fewer at work.
                let named = std::thread::Builder::new();
                named.spawn_scoped(scope, move || work(worker)).ok();
            }
            work(0);
        });
        match locked(&broken).take() {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut locked(&attempts))),
        }
    }

    /// The place of the device of a worker; of the next one that is left, where that failed.
    fn usable(&self, worker: usize, taking: &Taking) -> Option<usize> {
        let given_up = locked(&taking.given_up);
        let mut turn = (0..self.devices.len()).map(|more| (worker + more) % self.devices.len());
        turn.find(|device| !given_up.contains(device))
    }

    /// Claims a job and does it, on the device at a place.
    fn attempt(
        &self,
        job: &Job,
        taking: &Taking,
        mut networks: Option<&mut Networks>,
        device: usize,
        is_alone: bool,
    ) -> Result<Attempted, RecordError> {
        // Others have been at work since the jobs were listed, and a look costs less than a claim.
        if job.is_recorded(self.directory) {
            locked(&taking.recorded).insert(job.id().into());
            return Ok(Attempted::Recorded);
        }
        let claim = match taking.claims.take(job.id())? {
            Attempt::Held(claim) => claim,
            Attempt::Busy(holder) => {
                self.listener.hear(job, Event::Elsewhere(&holder));
                return Ok(Attempted::Elsewhere);
            }
        };
        // Who was paused just now would clear away what its successor is writing.
        if let Err(lost @ (Lost::Taken { .. } | Lost::Gone { .. })) = claim.still_held() {
            self.listener.hear(job, Event::Lost(&lost.to_string()));
            return Ok(Attempted::Elsewhere);
        }
        self.make_place(job)?;
        // Somebody may have finished it just before the claim was free.
        if job.is_recorded(self.directory) {
            return Ok(Attempted::Recorded);
        }
        let work = Work {
            job,
            listener: self.listener,
            stop: self.stop,
            claim: Some(&claim),
            device: self.devices[device],
            is_alone,
            program: self.program,
        };
        let mut waits = AGAIN_AFTER.into_iter();
        loop {
            let networks = networks.as_deref_mut();
            let hindered = match self.once(job, networks, &work, &claim)? {
                Once::Ended(attempted) => return Ok(attempted),
                Once::Hindered(hindrance) => hindrance,
            };
            let again = waits.next().filter(|_| !self.is_stopped());
            let error = &hindered.to_string();
            work.tell(Event::Hindered { error, again });
            match (again, hindered) {
                (Some(wait), _) => self.rest(wait),
                (None, Hindrance::Record(error)) => return Err(error),
                // Another device may do it, or another process.
                (None, Hindrance::Device(_)) => {
                    locked(&taking.given_up).insert(device);
                    return Ok(Attempted::Here);
                }
                (None, Hindrance::Job(_)) => {
                    locked(&taking.left).insert(job.id().into());
                    return Ok(Attempted::Here);
                }
            }
        }
    }

    /// Does a claimed job once.
    fn once(
        &self,
        job: &Job,
        networks: Option<&mut Networks>,
        work: &Work,
        claim: &Claim,
    ) -> Result<Once, RecordError> {
        let caught = catch_unwind(AssertUnwindSafe(|| self.carry_out(job, networks, work)));
        match caught.unwrap_or_else(|panic| Err(JobFailure::of_panic(panic))) {
            Ok(End::Done) => work.tell(Event::Finished),
            Ok(End::Interrupted) => work.tell(Event::Interrupted),
            Err(JobFailure::Record(RecordError::Lost(
                lost @ (Lost::Taken { .. } | Lost::Gone { .. }),
            ))) => {
                work.tell(Event::Lost(&lost.to_string()));
                return Ok(Once::Ended(Attempted::Elsewhere));
            }
            Err(JobFailure::Record(error)) => return Err(error),
            Err(JobFailure::Passing(hindrance)) => return Ok(Once::Hindered(hindrance)),
            Err(JobFailure::Final(error)) => self.fail(job, claim, error)?,
        }
        Ok(Once::Ended(Attempted::Here))
    }

    /// Waits, unless asked to stop.
    fn rest(&self, wait: Duration) {
        let until = Instant::now() + wait;
        while Instant::now() < until && !self.is_stopped() {
            std::thread::sleep(NAP);
        }
    }

    /// Makes the place of its record, and removes what a killed process was writing there.
    fn make_place(&self, job: &Job) -> Result<(), RecordError> {
        match job {
            Job::Probe(probe) => self.directory.probe(probe).make(),
            Job::Trial(trial) => self.directory.trial(trial).make(),
            Job::Train(spec) => self.directory.run(spec).make(),
            Job::Change(_) | Job::Pair(_) | Job::Map(_) => {
                let folder = self.directory.analysis();
                std::fs::create_dir_all(&folder).map_err(FileError::io("create", &folder))?;
                Ok(())
            }
        }
    }

    fn carry_out(
        &self,
        job: &Job,
        networks: Option<&mut Networks>,
        work: &Work,
    ) -> Result<End, JobFailure> {
        match job {
            Job::Probe(planned) => {
                let directory = self.directory.probe(planned);
                Ok(probe(self.study, planned, &directory, work)?)
            }
            Job::Trial(trial) => self.train(&trial.run, &self.directory.trial(trial), work),
            Job::Train(spec) => {
                let Some(spec) = tuned(spec, &self.study.plan, self.directory)? else {
                    return Ok(End::Interrupted);
                };
                // Who is told of it is told of the training that was chosen.
                let job = Job::Train(&spec);
                let work = Work { job: &job, ..*work };
                self.train(&spec, &self.directory.run(&spec), &work)
            }
            Job::Change(_) | Job::Pair(_) | Job::Map(_) => match networks {
                Some(networks) => Ok(analyse(job, networks, work)?),
                None => Ok(End::Interrupted),
            },
        }
    }

    fn train(&self, spec: &RunSpec, place: &JobDirectory, work: &Work) -> Result<End, JobFailure> {
        let supply = Supply::of(self.study, spec);
        let precision = precision(self.directory, spec, work.device)?;
        Ok(train(spec, precision, &supply, place, work)?)
    }

    fn fail(&self, job: &Job, claim: &Claim, error: String) -> Result<(), RecordError> {
        claim.still_held()?;
        self.listener.hear(job, Event::Failed(&error));
        let id = job.id().into();
        Ok(write_sealed(
            &job.error_file(self.directory),
            &RunError { id, error },
            &Manifest::default(),
        )?)
    }
}

/// What became of a job that was tried once.
enum Once {
    Ended(Attempted),
    Hindered(Hindrance),
}

/// The next run, and whether it is the last.
fn next<'a, 'b>(turns: &Mutex<Turns<&'a Job<'b>>>) -> Option<(&'a Job<'b>, bool)> {
    let mut turns = locked(turns);
    let job = turns.next()?;
    Some((job, turns.is_over()))
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}
