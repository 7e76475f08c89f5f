//! Where the jobs of a study are with schedulers.

use std::path::PathBuf;

use durable::FileError;
use record::StudyDirectory;
use study::cluster::Scheduler;

use crate::queue::{Queue, Standing};
use crate::scheduler::terms;
use crate::submitted::Handed;

/// Submissions of a study, with what their schedulers say.
#[derive(Debug)]
pub struct Tasks {
    /// The last one first: it has what those before it did not do.
    handed: Vec<Handed>,
    queues: Vec<(Scheduler, Queue)>,
    /// Why a scheduler's queue is not known, a sentence each.
    pub unknown: Vec<String>,
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its task, such as `Slurm 412_7`.
    pub task: String,
    /// The scheduler's name.
    pub scheduler: &'static str,
    /// What the scheduler says of the task; none where it says nothing of any.
    pub standing: Option<Option<Standing>>,
    /// What the task prints.
    pub log: PathBuf,
    /// How a person looks at the task.
    pub look: String,
}

impl Tasks {
    /// Of a study, as they stand now: what was taken back is left out, and schedulers are asked where
    /// `ask`.
    pub fn now(directory: &StudyDirectory, ask: bool) -> Result<Self, FileError> {
        let mut tasks = Self::ever(directory)?;
        tasks.handed.retain(|handed| !handed.is_cancelled());
        if ask {
            tasks.ask();
        }
        Ok(tasks)
    }

    /// Of a study, also what was taken back; no scheduler is asked.
    pub fn ever(directory: &StudyDirectory) -> Result<Self, FileError> {
        let mut handed = Handed::all(directory)?;
        handed.reverse();
        Ok(Self {
            handed,
            queues: Vec::new(),
            unknown: Vec::new(),
        })
    }

    fn ask(&mut self) {
        let mut schedulers: Vec<Scheduler> =
            self.handed.iter().map(|h| h.submitted.scheduler).collect();
        schedulers.sort();
        schedulers.dedup();
        for scheduler in schedulers {
            let name = terms(scheduler).name;
            match Queue::of(scheduler) {
                Ok(Some(queue)) => self.queues.push((scheduler, queue)),
                Ok(None) => {}
                Err(error) => self
                    .unknown
                    .push(format!("what {name} says is not known: {error}")),
            }
        }
    }

    /// Where a job of the study is; none where no submission has it.
    pub fn place(&self, job: &str) -> Option<Place> {
        self.handed.iter().find_map(|handed| {
            let task = handed.task(job)?;
            let scheduler = handed.submitted.scheduler;
            let terms = terms(scheduler);
            let queue = self.queues.iter().find(|(of, _)| *of == scheduler);
            Some(Place {
                task: format!("{} {}_{}", terms.name, task.job, task.number),
                scheduler: terms.name,
                standing: queue.map(|(_, queue)| {
                    let told = queue.standing(&task.job, task.number).cloned();
                    // A pod that is yet to be made is in no list.
                    let is_to_come = terms.in_containers && queue.holds(&task.job);
                    let to_come = || Standing {
                        state: "not begun".into(),
                        ..Standing::default()
                    };
                    told.or_else(|| is_to_come.then(to_come))
                }),
                look: terms
                    .look
                    .replace("{id}", &task.job)
                    .replace("{task}", &task.number.to_string()),
                log: task.log,
            })
        })
    }
}
