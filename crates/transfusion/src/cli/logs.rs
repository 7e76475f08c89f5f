//! `logs`: what was said of a job, wherever it ran.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use cluster::Tasks;
use record::{Job, JobState, StudyDirectory};
use study::StudyPlan;

use super::exit::Exit;
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
}

impl Logs {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(&self.study);
        let plan = directory.plan()?;
        let jobs = Job::all(&plan);
        let number = self.number(&jobs)?;
        let job = &jobs[number];
        output!("job {number}, {}: {}", job.id(), job.describe(&plan));
        let mut is_told = self.task_log(&directory, &plan, job)?;
        if let Some(pulse) = directory.pulse(job.id())? {
            is_told = true;
            let task = pulse
                .task
                .map(|task| format!(", {task}"))
                .unwrap_or_default();
            output!("── {}{task} ──", pulse.owner);
            for line in &pulse.lines {
                output!("{}", line.text);
            }
        }
        let exit = match job.state(&plan, &directory)? {
            JobState::Failed(error) => {
                output!("failed: {error}");
                return Ok(Exit::Findings);
            }
            JobState::Done => "it is done",
            JobState::Ready | JobState::Waiting => "it is not done",
        };
        if !is_told {
            output!("{exit}, and nothing that was said of it is kept");
        }
        Ok(Exit::Done)
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

    /// What the job's task printed, where a scheduler had it. Whether there was anything.
    fn task_log(
        &self,
        directory: &StudyDirectory,
        plan: &StudyPlan,
        job: &Job,
    ) -> anyhow::Result<bool> {
        let Some(place) = Tasks::ever(directory)?.place(job.id()) else {
            return Ok(false);
        };
        if !place.log.exists() {
            output!(
                "{}: nothing printed yet; {} tells more",
                place.task,
                place.look
            );
            return Ok(true);
        }
        output!("── {}, {} ──", place.task, place.log.display());
        let about = format!("] {}: ", job.describe(plan));
        let is_asked = |line: &String| self.task || line.contains(&about);
        let mut lines: Vec<String> = read_end(&place.log)?.into_iter().filter(is_asked).collect();
        if lines.is_empty() {
            output!("no line of it is about this job; --task shows them all");
        }
        let skipped = lines.len().saturating_sub(self.last);
        for line in lines.drain(skipped..) {
            output!("{line}");
        }
        Ok(true)
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
