//! How a plan comes into a directory: a study begins there, goes on, or grows.

use std::time::{Duration, Instant};

use durable::claims::Attempt;
use durable::{ABANDONED, Manifest, remove_old_temporaries};
use study::StudyPlan;

use crate::declaration::{Declaration, Declarations};
use crate::difference::{data_difference, is_same_data};
use crate::directory::{StudyDirectory, make};
use crate::error::RecordError;
use crate::job::Job;
use crate::names::{DECLARATIONS, PLAN, RUN_RESULT, STUDY};
use crate::superseded::{Superseded, superseded};

/// How long to wait for another process that changes the plan.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at whether it has done so.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a plan found in its directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// How the directory stood to the plan.
    pub kind: AdoptionKind,
    /// Jobs of the plan that have their result.
    pub reused: usize,
    /// Jobs of the plan that have none yet.
    pub open: usize,
    /// What is kept of earlier plans and belongs to this one no longer.
    pub superseded: Superseded,
}

/// How a directory stood to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptionKind {
    /// There was no study.
    Began,
    /// It held this very plan.
    WentOn,
    /// It held an earlier plan of a study of the same data.
    Grew,
}

impl StudyDirectory {
    /// Makes the directory hold `plan`, or finds that it already does. An earlier plan about the
    /// same data gives way to it: results whose identity is unchanged are reused, and those that no
    /// longer belong are kept. Refuses a directory that holds a study of other data or something
    /// else, and changes nothing then. `study` is the text of the configuration.
    pub fn adopt(&self, plan: &StudyPlan, study: &str) -> Result<Adoption, RecordError> {
        let kind = self.take_over(plan, study)?;
        remove_old_temporaries(self.path(), ABANDONED)?;
        let jobs = Job::all(plan);
        let reused = jobs.iter().filter(|job| job.is_done(self)).count();
        Ok(Adoption {
            kind,
            reused,
            open: jobs.len() - reused,
            superseded: superseded(self, plan)?,
        })
    }

    /// Writes the plan where it is not there yet. Of several processes that come at once one does,
    /// and the others wait and look again.
    fn take_over(&self, plan: &StudyPlan, study: &str) -> Result<AdoptionKind, RecordError> {
        let came = Instant::now();
        loop {
            let kind = self.compare(plan, study)?;
            if kind == AdoptionKind::WentOn && self.study()? == study {
                return Ok(kind);
            }
            make(self.path())?;
            match self.claims()?.take("plan")? {
                Attempt::Held(_claim) => {
                    // Somebody may have been faster than the claim.
                    let kind = self.compare(plan, study)?;
                    if kind != AdoptionKind::WentOn || self.study()? != study {
                        self.write_plan(plan, study)?;
                    }
                    return Ok(kind);
                }
                Attempt::Busy(_) if came.elapsed() < PATIENCE => std::thread::sleep(LOOK_EVERY),
                Attempt::Busy(holder) => {
                    return Err(RecordError::Busy {
                        path: self.path().into(),
                        by: holder
                            .owner
                            .map_or("another process".into(), |o| o.to_string()),
                    });
                }
            }
        }
    }

    /// How the directory stands to a plan; an error where it holds something else.
    fn compare(&self, plan: &StudyPlan, study: &str) -> Result<AdoptionKind, RecordError> {
        match self.existing_plan()?.as_deref() {
            // Asked once more: another process may just have begun the study.
            None if self.holds_anything_but(study)? && self.existing_plan()?.is_none() => {
                Err(RecordError::NotAStudy {
                    path: self.path().into(),
                })
            }
            None => Ok(AdoptionKind::Began),
            Some(existing) if !is_same_data(existing, plan) => Err(RecordError::OtherData {
                path: self.path().into(),
                difference: data_difference(&self.study()?, study),
                found: existing.title.clone(),
            }),
            Some(existing) if is_same_plan(existing, plan) => Ok(AdoptionKind::WentOn),
            Some(_) => Ok(AdoptionKind::Grew),
        }
    }

    /// The plan last: with it, the study is there. Only for who holds the claim on the plan.
    pub(crate) fn write_plan(&self, plan: &StudyPlan, study: &str) -> Result<(), RecordError> {
        let mut declared = self.declarations()?;
        if declared.last().map(|last| &last.compare) != Some(&plan.compare) {
            declared.push(Declaration {
                compare: plan.compare.clone(),
                results: self.results_there()?,
            });
            let declarations = Declarations { declared };
            DECLARATIONS.write(self.path(), &declarations, &Manifest::default())?;
        }
        durable::write(&STUDY.path(self.path()), study.as_bytes())?;
        let files = Manifest::of_files(self.path(), &[STUDY])?;
        Ok(PLAN.write(self.path(), plan, &files)?)
    }

    /// Runs, trials and probes with a result, whether or not they belong to a plan.
    fn results_there(&self) -> Result<usize, RecordError> {
        let mut there = 0;
        for folder in [self.runs(), self.trials(), self.probes()] {
            let directories = crate::superseded::entries(&folder)?;
            let is_done = |name: &&String| RUN_RESULT.exists(&folder.join(name));
            there += directories.iter().filter(is_done).count();
        }
        Ok(there)
    }
}

/// Whether two plans ask the same, whichever version of the program planned them.
fn is_same_plan(a: &StudyPlan, b: &StudyPlan) -> bool {
    a.version == b.version && a == b || {
        let a = StudyPlan {
            version: b.version.clone(),
            ..a.clone()
        };
        a == *b
    }
}
