//! `logs`: what was said of a job, wherever it ran.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use cluster::Tasks;
use record::{Job, JobState, StudyDirectory};
use serde::Serialize;
use serde_json::json;
use study::StudyPlan;

use super::exit::Exit;
use super::output::print_json;
use super::shell::word;

/// Of a longer file, the end is read.
const LONGEST: u64 = 16 << 20;

/// Show what was said of a job: its task's log, its last lines while it runs, its error
#[derive(Debug, Args)]
pub struct Logs {
    /// Directory of the study
    study: PathBuf,
    /// The job: its number or its name, as `status` shows them
    job: String,
    /// All that its task printed, also of other jobs
    #[arg(long)]
    task: bool,
    /// At most so many lines of the task's log, the last ones
    #[arg(long, value_name = "N", default_value_t = 200)]
    last: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Logs {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(&self.study);
        let plan = directory.plan()?;
        let jobs = Job::all(&plan);
        let number = self.number(&jobs)?;
        let job = &jobs[number];
        let task = self.task_log(&directory, &plan, job)?;
        let pulse = directory.pulse(job.id())?;
        let state = job.state(&plan, &directory)?;
        let exit = match state {
            JobState::Failed(_) => Exit::Findings,
            JobState::Done | JobState::Ready | JobState::Waiting => Exit::Done,
        };
        let (is_done, error) = match state {
            JobState::Failed(error) => (false, Some(error)),
            JobState::Done => (true, None),
            JobState::Ready | JobState::Waiting => (false, None),
        };
        if self.json {
            let at_work = pulse.map(|pulse| {
                json!({
                    "by": pulse.owner.to_string(),
                    "task": pulse.task,
                    "lines": pulse.lines,
                })
            });
            print_json(&json!({
                "number": number,
                "job": job.id(),
                "name": job.describe(&plan),
                "is_done": is_done,
                "error": error,
                "task": task,
                "at_work": at_work,
            }))?;
            return Ok(exit);
        }
        output!("job {number}, {}: {}", job.id(), job.describe(&plan));
        let is_told = task.is_some() || pulse.is_some() || error.is_some();
        if let Some(task) = task {
            task.print();
        }
        if let Some(pulse) = pulse {
            let task = pulse
                .task
                .map(|task| format!(", {task}"))
                .unwrap_or_default();
            output!("── {}{task} ──", pulse.owner);
            for line in &pulse.lines {
                output!("{}", line.text);
            }
        }
        if let Some(error) = error {
            output!("failed: {error}");
        }
        if !is_told {
            let how = if is_done {
                "it is done"
            } else {
                "it is not done"
            };
            output!("{how}, and nothing that was said of it is kept");
        }
        Ok(exit)
    }

    fn number(&self, jobs: &[Job]) -> anyhow::Result<usize> {
        let by_name = jobs.iter().position(|job| job.id() == self.job);
        let by_number = || self.job.parse().ok().filter(|number| *number < jobs.len());
        match by_name.or_else(by_number) {
            Some(number) => Ok(number),
            None => bail!(
                "expected a job by number, 0 to {}, or by name; found `{}`: transfusion status {} lists them",
                jobs.len().saturating_sub(1),
                self.job,
                word(&self.study)
            ),
        }
    }

    /// What the job's task printed, where a scheduler had it.
    fn task_log(
        &self,
        directory: &StudyDirectory,
        plan: &StudyPlan,
        job: &Job,
    ) -> anyhow::Result<Option<TaskLog>> {
        let Some(place) = Tasks::ever(directory)?.place(job.id()) else {
            return Ok(None);
        };
        let about = format!("] {}: ", job.describe(plan));
        let is_asked = |line: &String| self.task || line.contains(&about);
        let lines = match place.log.exists() {
            true => {
                let lines = read_end(&place.log)?.into_iter().filter(is_asked);
                let mut lines: Vec<String> = lines.collect();
                let skipped = lines.len().saturating_sub(self.last);
                Some(lines.split_off(skipped))
            }
            false => None,
        };
        Ok(Some(TaskLog {
            task: place.task.to_string(),
            log: place.log,
            look: place.look.to_string(),
            lines,
        }))
    }
}

/// What the task of a job printed.
#[derive(Serialize)]
struct TaskLog {
    /// What it is to its scheduler.
    task: String,
    /// Where it prints.
    log: PathBuf,
    /// The command that tells more of it.
    look: String,
    /// The last lines about the job; none where nothing was printed yet.
    lines: Option<Vec<String>>,
}

impl TaskLog {
    fn print(&self) {
        let Some(lines) = &self.lines else {
            output!(
                "{}: nothing printed yet; {} tells more",
                self.task,
                self.look
            );
            return;
        };
        output!("── {}, {} ──", self.task, self.log.display());
        if lines.is_empty() {
            output!("no line of it is about this job; --task shows them all");
        }
        for line in lines {
            output!("{line}");
        }
    }
}

/// The lines of a file, or of the end of a long one.
fn read_end(path: &Path) -> anyhow::Result<Vec<String>> {
    let read = || -> std::io::Result<Vec<String>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LONGEST)))?;
        let lines = BufReader::new(file.take(LONGEST)).split(b'\n');
        let text = |line: std::io::Result<Vec<u8>>| {
            line.map(|bytes| String::from_utf8_lossy(&bytes).trim_end().to_owned())
        };
        lines.map(text).collect()
    };
    read().with_context(|| format!("cannot read {}", path.display()))
}
