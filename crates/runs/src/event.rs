//! What happens while jobs are done, and who is told.

use durable::claims::Holder;
use record::Job;

/// Something that happened to a job.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// It starts, or goes on, after `step` training steps.
    Started {
        /// Steps taken before.
        step: u64,
        /// What its networks are on.
        device: &'a str,
    },
    /// A training step was taken.
    Stepped {
        /// Steps taken so far.
        step: u64,
        /// Its training loss, in nats.
        loss: f32,
    },
    /// The network was evaluated on the validation partition.
    Evaluated {
        /// Training steps taken.
        step: u64,
        /// Headline AUC on the validation partition, in [0, 1].
        auc: f64,
    },
    /// What it is doing now, for jobs without steps.
    Doing(&'a str),
    /// Its result is written.
    Finished,
    /// It was asked to stop, and goes on, or begins anew, next time.
    Interrupted,
    /// It failed and would fail again; that is recorded.
    Failed(&'a str),
    /// It cannot be done now, for a reason that may pass; nothing is recorded.
    Hindered {
        /// Why.
        error: &'a str,
        /// After how long it is tried again; none where it is left for another time.
        again: Option<std::time::Duration>,
    },
    /// Another process works on it.
    Elsewhere(&'a Holder),
    /// Another process has taken it over.
    Lost(&'a str),
}

/// Is told of everything that happens to jobs; several may be done at once.
pub trait Listener: Sync {
    /// `event` happened to `job`.
    fn hear(&self, job: &Job, event: Event);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silence;

impl Listener for Silence {
    fn hear(&self, _job: &Job, _event: Event) {}
}
