//! Writes down what jobs are doing, for who looks on from elsewhere, and hears who asks to stop.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use durable::claims::Owner;
use record::{Job, PULSE_LINES, Pulse, PulseLine, StudyDirectory};

use crate::event::{Event, Listener};
use crate::memory::held_mib;

/// Between two looks at what there is to write and who asks to stop.
const TICK: Duration = Duration::from_millis(500);
/// Between two writes about a job of which nothing but its step changed.
const WRITE_EVERY: Duration = Duration::from_secs(2);
/// How long the end of the work waits for the last write, which a file server may hold up.
const LAST_WRITE: Duration = Duration::from_secs(2);

/// What scripts of schedulers set, so that a task can be found from its job.
const TASK: &str = "TRANSFUSION_TASK";

/// A listener that keeps a [`Pulse`] of every job that this process works on, and tells another
/// listener everything as well. What is heard goes into memory; a thread of its own writes it, so
/// that no file server holds up the work, and a pulse that cannot be written is lost silently.
pub struct Pulses<'a> {
    then: &'a dyn Listener,
    shared: Arc<Shared>,
}

struct Shared {
    directory: StudyDirectory,
    owner: Owner,
    task: Option<String>,
    jobs: Mutex<BTreeMap<String, Beat>>,
}

/// The pulse of one job, and what of it is to be written.
struct Beat {
    pulse: Pulse,
    began: Instant,
    first_step: u64,
    written: Option<Instant>,
    due: Due,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// All is written.
    Nothing,
    /// Its step changed.
    Later,
    /// Something else did.
    Now,
    /// Written once more, as its work here has ended without a record.
    Last,
    /// Its record is there: nobody needs the pulse.
    Removal,
}

/// Writes pulses as long as it lives.
pub struct Beating {
    end: Sender<()>,
    ended: Receiver<()>,
}

impl<'a> Pulses<'a> {
    /// Of the study at `directory`; `then` is told everything too.
    pub fn new(directory: &StudyDirectory, then: &'a dyn Listener) -> Self {
        let shared = Shared {
            directory: directory.clone(),
            owner: Owner::this_process(),
            task: std::env::var(TASK).ok().filter(|task| !task.is_empty()),
            jobs: Mutex::default(),
        };
        Self {
            then,
            shared: Arc::new(shared),
        }
    }

    /// Begins to write, and to set `stop` where somebody asks every process of the study to stop;
    /// then `on_stop` is called, once. Where no thread can be started, nothing is written.
    pub fn beat(&self, stop: &Arc<AtomicBool>, on_stop: fn()) -> Beating {
        let (end, asked) = channel();
        let (has_ended, ended) = channel();
        let (shared, stop) = (self.shared.clone(), stop.clone());
        let work = move || {
            shared.beat(&asked, &stop, on_stop);
            has_ended.send(()).ok();
        };
        let named = std::thread::Builder::new().name("pulses".into());
        named.spawn(work).ok();
        Beating { end, ended }
    }
}

impl Drop for Beating {
    fn drop(&mut self) {
        self.end.send(()).ok();
        self.ended.recv_timeout(LAST_WRITE).ok();
    }
}

impl Listener for Pulses<'_> {
    fn hear(&self, job: &Job, event: Event) {
        self.shared.note(job, &event);
        self.then.hear(job, event);
    }
}

impl Shared {
    fn note(&self, job: &Job, event: &Event) {
        let mut jobs = locked(&self.jobs);
        if let Event::Elsewhere(_) | Event::Lost(_) = event {
            // Its pulse is another's now.
            jobs.remove(job.id());
            return;
        }
        let beat = jobs
            .entry(job.id().into())
            .or_insert_with(|| self.begun(job));
        beat.note(event);
    }

    fn begun(&self, job: &Job) -> Beat {
        let now = seconds_since_1970();
        Beat {
            pulse: Pulse {
                id: job.id().into(),
                owner: self.owner.clone(),
                task: self.task.clone(),
                at: now,
                began: now,
                step: None,
                steps: job.trains().map(|spec| spec.train.max_steps),
                loss: None,
                steps_per_second: None,
                memory_mib: None,
                device: None,
                lines: Vec::new(),
            },
            began: Instant::now(),
            first_step: 0,
            written: None,
            due: Due::Now,
        }
    }

    fn beat(&self, asked: &Receiver<()>, stop: &AtomicBool, on_stop: fn()) {
        let before = self.directory.stop_word();
        loop {
            let is_over = asked.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout);
            self.write(is_over);
            if is_over {
                return;
            }
            let word = self.directory.stop_word();
            let is_asked = word.is_some() && word != before;
            if is_asked && !stop.swap(true, Ordering::Relaxed) {
                on_stop();
            }
        }
    }

    /// Writes what is due; all of it at the end.
    fn write(&self, is_over: bool) {
        let ids: Vec<String> = locked(&self.jobs).keys().cloned().collect();
        for id in ids {
            let mut jobs = locked(&self.jobs);
            let Some(beat) = jobs.get_mut(&id).filter(|beat| beat.is_due(is_over)) else {
                continue;
            };
            let due = std::mem::replace(&mut beat.due, Due::Nothing);
            beat.written = Some(Instant::now());
            beat.pulse.at = seconds_since_1970();
            beat.pulse.memory_mib = held_mib();
            let pulse = beat.pulse.clone();
            if matches!(due, Due::Last | Due::Removal) {
                jobs.remove(&id);
            }
            drop(jobs);
            match due {
                Due::Removal => self.directory.remove_pulse(&id),
                Due::Nothing | Due::Later | Due::Now | Due::Last => {
                    self.directory.write_pulse(&pulse).ok();
                }
            }
        }
    }
}

impl Beat {
    fn note(&mut self, event: &Event) {
        self.due = match event {
            Event::Stepped { .. } if self.due == Due::Nothing => Due::Later,
            Event::Stepped { .. } => self.due,
            Event::Finished | Event::Failed(_) => Due::Removal,
            Event::Interrupted | Event::Hindered { again: None, .. } => Due::Last,
            _ => Due::Now,
        };
        match event {
            Event::Started { step, device } => {
                self.pulse.device = Some((*device).into());
                (self.began, self.first_step) = (Instant::now(), *step);
                self.pulse.began = seconds_since_1970();
                self.pulse.step = self.pulse.steps.map(|_| *step);
                match step {
                    0 => self.say("began".into()),
                    step => self.say(format!("goes on after step {step}")),
                }
            }
            Event::Stepped { step, loss } => {
                let seconds = self.began.elapsed().as_secs_f64();
                let steps = step.saturating_sub(self.first_step);
                self.pulse.step = Some(*step);
                self.pulse.loss = Some(*loss).filter(|loss| loss.is_finite());
                self.pulse.steps_per_second = (seconds > 0.0).then(|| steps as f64 / seconds);
            }
            Event::Evaluated { step, auc } => {
                self.say(format!("step {step}: validation AUC {auc:.3}"));
            }
            Event::Doing(what) => self.say((*what).into()),
            Event::Interrupted => self.say("interrupted, goes on next time".into()),
            Event::Hindered { error, again } => self.say(match again {
                Some(wait) => format!("{error}; tried again in {} s", wait.as_secs()),
                None => format!("{error}; left for another time, nothing is lost"),
            }),
            Event::Finished | Event::Failed(_) | Event::Elsewhere(_) | Event::Lost(_) => {}
        }
    }

    fn say(&mut self, text: String) {
        let lines = &mut self.pulse.lines;
        if lines.last().is_some_and(|last| last.text == text) {
            return;
        }
        if lines.len() == PULSE_LINES {
            lines.remove(0);
        }
        lines.push(PulseLine {
            at: seconds_since_1970(),
            text,
        });
    }

    fn is_due(&self, is_over: bool) -> bool {
        let is_late = self.written.is_none_or(|at| at.elapsed() >= WRITE_EVERY);
        match self.due {
            Due::Nothing => false,
            Due::Later => is_late || is_over,
            Due::Now | Due::Last | Due::Removal => true,
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn seconds_since_1970() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}
