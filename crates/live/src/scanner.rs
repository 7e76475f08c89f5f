//! Looks at one study, again and again, reading only what changed.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use durable::claims::{Holder, Liveness};
use record::StudyDirectory;
use record::names::PLAN;

use crate::error::LiveError;
use crate::files::Stamp;
use crate::job_row::JobRow;
use crate::job_state::JobState;
use crate::outline::Outline;
use crate::tracked::Tracked;

/// Jobs that one look goes through beside those that somebody works on, until all were seen.
const AT_FIRST: usize = 200;
/// The same afterwards: for what others copy, remove or repair.
const LATER: usize = 50;

/// Looks at one study. A look asks for the plan, for who works on what, for the files of jobs that
/// somebody works on or did at the last look, and for those of some others, in turn.
pub struct Scanner {
    directory: StudyDirectory,
    plan: Option<Stamp>,
    outline: Arc<Outline>,
    jobs: Vec<Tracked>,
    /// The job with which the next turn begins.
    next: usize,
    seen: usize,
    revision: u64,
    records: u64,
    /// The revision that brought the present plan.
    planned: u64,
}

impl Scanner {
    /// Of the study at `path`.
    pub fn new(path: &Path) -> Self {
        Self {
            directory: StudyDirectory::new(path),
            plan: None,
            outline: Arc::default(),
            jobs: Vec::new(),
            next: 0,
            seen: 0,
            revision: 0,
            records: 0,
            planned: 0,
        }
    }

    /// Looks once; whether anything changed. `answered` is called whenever the file system has
    /// answered. After an error, what was known stays.
    pub fn look(&mut self, answered: &dyn Fn()) -> Result<bool, LiveError> {
        let revision = self.revision + 1;
        let mut has_changed = self.look_at_plan(revision)?;
        answered();
        let holders = self.directory.holders_seen();
        let holders = holders.map_err(|e| LiveError::Content {
            path: self.directory.path().into(),
            reason: e.to_string(),
        })?;
        answered();
        let held: HashMap<&str, &Holder> = holders
            .iter()
            .filter(|holder| holder.liveness != Liveness::Dead)
            .map(|holder| (holder.name.as_str(), holder))
            .collect();
        let turn = self.turn();
        for (number, job) in self.jobs.iter_mut().enumerate() {
            let holder = held.get(&*job.row.id).copied();
            let is_live = holder.is_some() || job.row.state == JobState::Running;
            if !is_live && !turn.contains(&number) {
                continue;
            }
            let before = job.row.state;
            if job.look(&self.directory, holder, revision)? {
                has_changed = true;
                let after = job.row.state;
                let is_other_record = before.is_recorded() || after.is_recorded();
                self.records += u64::from(is_other_record);
            }
            answered();
        }
        self.pass(turn.len());
        if has_changed {
            self.revision = revision;
        }
        Ok(has_changed)
    }

    /// Reads the plan where it is another.
    fn look_at_plan(&mut self, revision: u64) -> Result<bool, LiveError> {
        let stamp = Stamp::of(&PLAN.path(self.directory.path()))?;
        if stamp.is_some() && stamp == self.plan {
            return Ok(false);
        }
        let outline = Outline::read(self.directory.path())?;
        let jobs = outline.jobs.iter().enumerate();
        self.jobs = jobs
            .map(|(number, job)| Tracked::new(number, job))
            .collect();
        self.outline = Arc::new(Outline {
            jobs: Vec::new(),
            ..outline
        });
        (self.plan, self.planned) = (stamp, revision);
        (self.next, self.seen) = (0, 0);
        self.records += 1;
        Ok(true)
    }

    /// The jobs whose turn it is.
    fn turn(&self) -> std::ops::Range<usize> {
        let count = if self.is_read() { LATER } else { AT_FIRST };
        self.next..(self.next + count).min(self.jobs.len())
    }

    fn pass(&mut self, count: usize) {
        self.seen = (self.seen + count).min(self.jobs.len());
        self.next += count;
        if self.next >= self.jobs.len() {
            self.next = 0;
        }
    }

    /// Whether every job was looked at.
    pub fn is_read(&self) -> bool {
        self.plan.is_some() && self.seen >= self.jobs.len()
    }

    /// What of the plan is told; its list of jobs is left out.
    pub fn outline(&self) -> &Arc<Outline> {
        &self.outline
    }

    /// Every job, by number.
    pub fn rows(&self) -> Vec<Arc<JobRow>> {
        self.jobs.iter().map(|job| job.row.clone()).collect()
    }

    /// Grows with every look that found a change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Grows with every record that comes or goes.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The revision that brought the present plan.
    pub fn planned(&self) -> u64 {
        self.planned
    }

    /// When a file of the study last changed, by the file server's clock.
    pub fn touched(&self) -> Option<SystemTime> {
        let plan = self.plan.and_then(|stamp| stamp.modified);
        let jobs = self.jobs.iter().filter_map(Tracked::touched);
        jobs.chain(plan).max()
    }
}

#[cfg(test)]
mod tests {
    use durable::Manifest;
    use durable::claims::Attempt;
    use record::names::ERROR;
    use record::{Job, RunError};
    use study::{StudySpec, check, parse};

    use super::*;

    const TEXT: &str = r#"
        title = "Watched"
        data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
        grid  = { model = ["cbr-tiny"], init = ["random"], seeds = 3 }
    "#;

    fn adopt(directory: &StudyDirectory, text: &str) -> study::StudyPlan {
        let spec: StudySpec = parse(text, Path::new("study.toml")).unwrap();
        let plan = check(&spec, Path::new(".")).unwrap().plan;
        directory.adopt(&plan, text).unwrap();
        plan
    }

    fn states(scanner: &mut Scanner) -> Vec<JobState> {
        scanner.look(&|| {}).unwrap();
        scanner.rows().iter().map(|row| row.state).collect()
    }

    #[test]
    fn claims_records_and_another_plan_are_seen_and_silence_is_no_change() {
        use JobState::{Begun, Failed, Running, ToDo};
        let folder = tempfile::tempdir().unwrap();
        let directory = StudyDirectory::new(folder.path().join("study"));
        let plan = adopt(&directory, TEXT);
        let jobs = Job::all(&plan);
        let mut scanner = Scanner::new(directory.path());
        assert_eq!(states(&mut scanner), [ToDo, ToDo, ToDo]);
        assert!(scanner.is_read() && !scanner.look(&|| {}).unwrap());

        let Attempt::Held(claim) = directory.claims().unwrap().take(jobs[1].id()).unwrap() else {
            panic!("nobody else is here");
        };
        assert_eq!(states(&mut scanner), [ToDo, Running, ToDo]);
        assert!(scanner.rows()[1].work.as_ref().unwrap().process == Some(std::process::id()));
        assert_eq!(scanner.rows()[1].changed, scanner.revision());
        let place = directory.run(&plan.runs[1]);
        place.make().unwrap();
        let line = r#"{"step":0,"images":0,"lr":0.1,"train_loss":null,"validation_auc":0.75,"validation_loss":0.7}"#;
        std::fs::write(place.file(record::names::METRICS), format!("{line}\n")).unwrap();
        claim.release().unwrap();
        assert_eq!(states(&mut scanner), [ToDo, Begun, ToDo]);
        assert_eq!(scanner.rows()[1].auc, Some(0.75));

        let records = scanner.records();
        let error = RunError {
            id: plan.runs[1].id.clone(),
            error: "no luck".into(),
        };
        ERROR
            .write(place.path(), &error, &Manifest::default())
            .unwrap();
        assert_eq!(states(&mut scanner), [ToDo, Failed, ToDo]);
        assert_eq!(scanner.rows()[1].error.as_deref(), Some("no luck"));
        std::fs::remove_file(place.file(ERROR)).unwrap();
        assert_eq!(states(&mut scanner), [ToDo, Begun, ToDo]);
        assert_eq!(scanner.records(), records + 2);

        adopt(&directory, &TEXT.replace("seeds = 3", "seeds = 2"));
        assert_eq!(states(&mut scanner), [ToDo, Begun]);
        assert_eq!(scanner.planned(), scanner.revision());
        std::fs::write(directory.file("plan.json"), "{").unwrap();
        assert!(scanner.look(&|| {}).is_err());
        assert_eq!(scanner.rows().len(), 2, "what was known stays");
    }
}
